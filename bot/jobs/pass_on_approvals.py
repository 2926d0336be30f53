"""Pass requests for approval, and leaders' calls for help, on to deputies when nobody answers."""

from bot.services.desk import Desk

EVERY_SECONDS = 15.0


async def run(desk: Desk) -> None:
    """One tick."""
    async with desk.db.read() as uow:
        waiting = await uow.approvals.pending()
        alarms = await uow.leaders.alarms(before=desk.clock.now())
    if waiting:
        async with desk.db.write() as uow:
            await desk.approvals.pass_on(uow)
    if alarms:
        async with desk.db.write() as uow:
            await desk.duty.pass_on(uow)
