"""S1: many broadcasts become due at once before several schedulers; each must start once."""

import asyncio
import contextlib
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.app.base import Base
from bot.db import UnitOfWork
from bot.services.audit import actor_of
from tests.chaos.crowd import populate, until
from tests.chaos.figures import Figure, at_most, exactly
from tests.chaos.rig import Rig, rig
from tests.chaos.town import AUTHOR, MESSAGE, SECOND, base_of

RESIDENTS = 2
"""A start freezes an audience: a second start would meet its rows."""


async def run(folder: Path, engine: str, *, broadcasts: int, rounds: int) -> list[Figure]:
    """Two schedulers and `broadcasts` that become due at the same moment, `rounds` times."""
    async with rig(folder, engine) as place:
        await populate(place, RESIDENTS)
        for name in ("scheduler", "scheduler-2"):
            place.start(name)
        took = [await _round(place, broadcasts) for _ in range(rounds)]
        total = broadcasts * rounds
        label = f"S1 {place.engine}, two schedulers, {broadcasts:,} due broadcasts, {rounds} rounds"
        started = place.one("SELECT count(*) FROM broadcasts WHERE started_at IS NOT NULL")
        frozen = place.rows("SELECT broadcast_id, count(*) FROM deliveries GROUP BY broadcast_id")
        return [
            exactly(f"{label}: started", started, total, "broadcasts"),
            exactly(f"{label}: audiences frozen once", sum(n == RESIDENTS for _, n in frozen), total, "broadcasts"),
            exactly(
                f"{label}: missed", place.one("SELECT count(*) FROM broadcasts WHERE state = 'missed'"), 0, "broadcasts"
            ),
            exactly(f"{label}: ticks that failed", place.logs_say("job.failed"), 0, "lines"),
            at_most(f"{label}: due to started, slowest round", max(took), 60, "s"),
        ]


class _Tried(Exception):
    """Undoes what was only tried, to see how long it takes on this machine."""


async def _schedule(base: Base, uow: UnitOfWork, count: int, due: datetime) -> None:
    author, second = [actor_of(await base.desk.staff.by_name(uow, each), "test") for each in (AUTHOR, SECOND)]
    for _ in range(count):
        number = await base.desk.broadcasts.create(uow, author, key=MESSAGE, at=due.isoformat())
        await base.desk.approvals.approve_directly(uow, second, "broadcast", number)


async def _round(place: Rig, count: int) -> float:
    """Schedule `count` broadcasts for the same moment and wait; returns the seconds from it until all have started."""
    async with base_of(place) as base:
        with contextlib.suppress(_Tried):
            async with base.db.write() as uow:
                began = time.monotonic()
                await _schedule(base, uow, 5, datetime.now(UTC) + timedelta(days=1))
                raise _Tried
        due = datetime.now(UTC) + timedelta(seconds=5 + count * (time.monotonic() - began) / 5 * 4)
        async with base.db.write() as uow:
            await _schedule(base, uow, count, due)
    assert datetime.now(UTC) < due, "scheduling took longer than was thought: nothing is proved"
    await asyncio.sleep((due - datetime.now(UTC)).total_seconds())

    async def all_started() -> bool:
        return not await asyncio.to_thread(place.one, "SELECT count(*) FROM broadcasts WHERE state = 'scheduled'")

    return await until(all_started, 600, f"{count} broadcasts started", every=0.2)
