"""Thank leaders and translators whose broadcasts have gone out."""

from bot.services.desk import Desk

EVERY_SECONDS = 10.0


async def run(desk: Desk) -> None:
    """One tick. It writes only where there is somebody to thank."""
    async with desk.db.read() as uow:
        if not await uow.broadcasts.unthanked(limit=1):
            return
    async with desk.db.write() as uow:
        await desk.thanks.run(uow)
