"""Any number of schedulers: what comes due is started once, and its series goes on once."""

import asyncio
from collections import Counter
from pathlib import Path

from bot.db import Database
from bot.domain.broadcasts import BroadcastState
from bot.jobs import start_due_broadcasts
from tests.chaos import due
from tests.factories import World


async def test_two_schedulers_start_sixty_due_broadcasts_once_each(engine: str, tmp_path: Path) -> None:
    figures = await due.run(tmp_path, engine, due=60, rounds=1)
    for each in figures:
        print(each.name, each.value, each.unit)
    assert [each for each in figures if not each.met] == []


async def test_three_schedulers_make_each_next_occurrence_once(world: World, tmp_path: Path) -> None:
    ana, bea = await world.staff("Ana Sample"), await world.staff("Bea Sample")
    await world.message("heat", ["en-GB"], days=400)
    series = [await world.broadcast(ana, bea, at="2026-11-03T10:00", repeat="FREQ=DAILY") for _ in range(8)]
    others = [World(Database(world.db.url), tmp_path, clock=world.clock) for _ in range(3)]
    try:
        for _ in range(3):
            world.clock.advance(hours=25 if world.clock.now().day == 2 else 24)
            started = await asyncio.gather(*(start_due_broadcasts.run(each.desk) for each in others))
            assert sum(started) == len(series)
    finally:
        for each in others:
            await each.db.close()
    async with world.db.read() as uow:
        rows = [row for each in series for row in await uow.broadcasts.of_series(str(each))]
    assert sum(row.started_at is not None for row in rows) == 24
    assert sum(row.state == BroadcastState.SCHEDULED for row in rows) == 8
    assert Counter(row.occurrence for row in rows) == {f"2026-11-{day:02}T10:00": 8 for day in (3, 4, 5, 6)}
