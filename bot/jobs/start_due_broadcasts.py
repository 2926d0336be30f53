"""Start what is due, hold what is late for a person, and mark what has become too late."""

from bot.services.desk import Desk

EVERY_SECONDS = 1.0


async def run(desk: Desk) -> int:
    """One tick; returns how many broadcasts it started.

    Any number of processes may tick, each broadcast starts once: each is decided in a transaction of its own, so that
    a thousand of them hold up nobody who writes meanwhile.
    """
    async with desk.db.read() as uow:
        waiting = await desk.launch.waiting(uow)
    started = 0
    for broadcast_id in waiting:
        async with desk.db.write() as uow:
            started += await desk.launch.take_up(uow, broadcast_id)
    return started
