"""S1: many broadcasts come due at once, several schedulers start them; each is started once, none is missed.

Each scheduler has a database connection pool and services of its own, and runs the job that ticks every second. The
clock is handed in, so a round takes as long as the work does.
"""

import asyncio
import time
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, insert, select, update

from bot.db import Database
from bot.db.tables import broadcast_groups, broadcasts, deliveries
from bot.domain.broadcasts import BroadcastState
from bot.jobs import start_due_broadcasts
from tests.chaos.figures import Figure, exactly, shown
from tests.factories import World
from tests.integration.db.cluster import database

RESIDENTS = ("en-GB", "ur")
"""Two groups of one: a broadcast that is started twice has two of each."""


async def run(folder: Path, engine: str, *, due: int = 1_000, schedulers: int = 2, rounds: int = 20) -> list[Figure]:
    """`due` broadcasts that come due together, `rounds` times; `engine` is `sqlite` or `postgresql`."""
    label = f"S1 {engine}, {schedulers} schedulers, {rounds} x {due:,} due"
    async with database(engine, folder) as db:
        world = World(db, folder)
        ana, bea = await world.staff("Ana Sample"), await world.staff("Bea Sample")
        await world.message("heat", RESIDENTS, days=400)
        for language in RESIDENTS:
            await world.resident(language)
        others = [World(Database(db.url), folder, clock=world.clock) for _ in range(schedulers)]
        started, once, seconds = 0, 0, 0.0
        try:
            for _ in range(rounds):
                at = world.clock.now() + timedelta(hours=1)
                await _lay_out(world, await world.broadcast(ana, bea, at=at.isoformat()), due)
                world.clock.advance(hours=1)
                began = time.perf_counter()
                ticks = [start_due_broadcasts.run(each.desk) for each in others]
                started += sum(await asyncio.gather(*ticks))
                seconds += time.perf_counter() - began
                once += await _started_once(world)
        finally:
            for each in others:
                await each.db.close()
    return [
        exactly(f"{label}: started, as schedulers count", started, due * rounds, "broadcasts"),
        exactly(f"{label}: with one audience each", once, due * rounds, "broadcasts"),
        shown(f"{label}: time a broadcast", seconds / (due * rounds) * 1000, "ms"),
    ]


async def _lay_out(world: World, broadcast_id: int, due: int) -> None:
    """As many as wanted of one that two people made: the same approved content, time and audience."""
    row = asdict(await world.row(broadcast_id))
    del row["id"]
    async with world.db.write() as uow:
        if due > 1:
            await uow.connection.execute(insert(broadcasts), [row] * (due - 1))


async def _started_once(world: World) -> int:
    """How many were started with each resident in them once; then the stage is cleared for the next round."""
    whole = len(RESIDENTS)
    async with world.db.write() as uow:
        found = await uow.connection.execute(
            select(broadcasts.c.id)
            .join(deliveries, deliveries.c.broadcast_id == broadcasts.c.id)
            .where(broadcasts.c.state == BroadcastState.SENDING, broadcasts.c.audience_size == whole)
            .group_by(broadcasts.c.id)
            .having(func.count() == whole)
        )
        count = len(found.all())
        await uow.connection.execute(deliveries.delete())
        await uow.connection.execute(broadcast_groups.delete())
        await uow.connection.execute(update(broadcasts).values(state=BroadcastState.DONE))
    return count
