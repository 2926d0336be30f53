"""Ask leaders before their consent ends, and end it when its time has come."""

from datetime import timedelta

from bot.domain.leaders import ASK_DAYS
from bot.services.desk import Desk

EVERY_SECONDS = 1.0


async def run(desk: Desk) -> None:
    """One tick. It writes only where there is something to do."""
    async with desk.db.read() as uow:
        near = await uow.leaders.consents_until(desk.clock.now() + timedelta(days=ASK_DAYS[0]))
        if not any(desk.consents.is_due(each) for each in near):
            return
    async with desk.db.write() as uow:
        await desk.consents.run(uow)
