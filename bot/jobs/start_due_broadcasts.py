"""Start what is due, and mark what has become too late."""

from bot.services.desk import Desk

EVERY_SECONDS = 1.0


async def run(desk: Desk) -> None:
    """One tick; any number of processes may tick, each broadcast starts once."""
    now = desk.clock.now()
    async with desk.db.read() as uow:
        due = await uow.broadcasts.due(now) or await uow.broadcasts.overdue(now)
    if due:
        async with desk.db.write() as uow:
            await desk.launch.end_overdue(uow)
            await desk.launch.start_due(uow)
