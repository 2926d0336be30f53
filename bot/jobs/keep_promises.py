"""Tell those whose time has passed that we are still checking, and remind the team of what is due."""

from bot.services.desk import Desk

EVERY_SECONDS = 20.0


async def run(desk: Desk) -> None:
    """One tick; a writing transaction only where something is due."""
    now = desk.clock.now()
    async with desk.db.read() as uow:
        waiting = bool(await uow.rumours.promises_due(now, limit=1)) or await desk.promises.reminders_due(uow)
    while waiting:
        async with desk.db.write() as uow:
            waiting = bool(await desk.promises.keep(uow)) | bool(await desk.promises.remind(uow))
