"""Write down that what ended broadcasts left queued was skipped, in portions that hold nobody up."""

from bot.services.desk import Desk

EVERY_SECONDS = 2.0


async def run(desk: Desk) -> None:
    """One tick: until nothing is left."""
    async with desk.db.read() as uow:
        left = bool(await desk.steering.left_queued(uow))
    while left:
        async with desk.db.write() as uow:
            left = await desk.steering.end_queued(uow) > 0
