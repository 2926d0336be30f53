"""A million residents on file: the start, queueing a broadcast to all, its first messages and its last."""

import asyncio
import json
import sqlite3
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.db.tables import deliveries
from bot.domain.broadcasts import DeliveryState
from tests.bench.pace import said
from tests.bench.place import UNCAPPED, Place, place
from tests.bench.processes import output_of, resident_mb
from tests.chaos import town
from tests.chaos.figures import Figure, at_most, exactly, near, shown

RESIDENTS = 1_000_000
FEW = ("en-GB",)
"""A seventeenth of them."""
SPAN = 8_000
"""Messages whose cost is compared, at the beginning and at the end; as many go before, to warm up."""
SECONDS = {"sqlite": 3.0, "postgresql": 5.0}
STRANGER = 9_500_000_000


async def million(folder: Path, engines: list[str]) -> list[Figure]:
    """With 1,000,000 residents: start, idle memory, queueing, and what the first and the last messages cost."""
    figures: list[Figure] = []
    for engine in engines:
        async with place(folder, engine, RESIDENTS, VOUCH_RATE_PER_SECOND="0") as here:
            figures += await _start(here, engine)
            number, found = await _queueing(here, engine)
            figures += found
            figures += await _beginning_and_end(here, engine, number)
    return figures


async def _start(here: Place, engine: str) -> list[Figure]:
    """Somebody wrote before the start; the clock stops when their answer arrives. Then a while of nothing."""
    await here.standin.push([said(STRANGER, "/start")])
    began = time.monotonic()
    await here.stage.start(wait=False)
    await here.until_sent(1, 60)
    at = (await here.standin.sent())[0]["at"]
    assert here.stage.process is not None
    used = here.cpu()[0]
    await asyncio.sleep(5)
    memory = resident_mb(here.stage.process.pid)
    await here.stage.stop()
    return [
        at_most(f"a million on file, {engine}: from the start to the first answer", at - began, 2.0, "s"),
        shown(f"a million on file, {engine}: CPU of the start", used, "s"),
        at_most(f"a million on file, {engine}: idle memory", memory, 120, "MB"),
    ]


async def _queueing(here: Place, engine: str) -> tuple[int, list[Figure]]:
    """The big one under the default limits a person; a small one beside it, in a process of its own."""
    big = await _approve(here)
    assert big["size"] == RESIDENTS, big
    await _steer(here, "pause", big["number"])
    here.stage.env.update(UNCAPPED)
    small = await _approve(here, *FEW)
    await _steer(here, "pause", small["number"])
    label = f"queueing 1,000,000, {engine}"
    grown = big["peak"] - small["peak"]
    found = [
        at_most(f"{label}: from the approval to the commit", big["seconds"], SECONDS[engine], "s"),
        at_most(f"{label}: memory beyond that for {small['size']:,}", grown, 8, "MB"),
    ]
    if engine == "sqlite":
        limit = _bare(here.stage.data_dir / "vouch.db")
        found.append(shown(f"{label}: beside a bare INSERT of the same rows", big["seconds"], "s", limit))
    return int(big["number"]), found


async def _approve(here: Place, *languages: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.approve", *languages]
    found: dict[str, Any] = json.loads(await output_of(*command, env=here.stage.env))
    return found


async def _steer(here: Place, act: str, number: int) -> None:
    await here.stage.cli("broadcasts", act, str(number), "--by", town.AUTHOR)


def _bare(path: Path) -> float:
    """Seconds for the same rows into an equal table without indexes, in one transaction made durable."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=60)) as connection:
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(
            "CREATE TABLE bare (broadcast_id INTEGER, resident_id INTEGER, group_no INTEGER, state INTEGER, "
            "error TEXT, PRIMARY KEY (broadcast_id, resident_id)) WITHOUT ROWID"
        )
        began = time.monotonic()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO bare SELECT 1, id, 0, 0, NULL FROM residents WHERE state = 'active'")
        connection.execute("COMMIT")
        seconds = time.monotonic() - began
        connection.execute("DROP TABLE bare")
        return seconds


@dataclass(slots=True)
class _Stretch:
    """CPU microseconds a message between two marks: of Vouch, and of its database."""

    vouch: float
    database: float

    @property
    def both(self) -> float:
        return self.vouch + self.database


async def _beginning_and_end(here: Place, engine: str, number: int) -> list[Figure]:
    """Sends begin, are paused, all but the last are marked as sent, and it ends."""
    await here.stage.start()
    await _steer(here, "resume", number)
    first = await _stretch(here)
    await _steer(here, "pause", number)
    await asyncio.sleep(2)
    await _skip_ahead(here, number)
    await _steer(here, "resume", number)
    last = await _stretch(here)
    await here.until_done(number, 120)
    assert here.stage.process is not None
    peak = resident_mb(here.stage.process.pid, peak=True)
    counts = (await here.stage.show(str(number)))["counts"]
    await here.stage.stop()
    label = f"a broadcast to 1,000,000, {engine}"
    return [
        near(f"{label}: CPU a message at the end, as at the beginning", last.both, first.both, 0.10, "us"),
        shown(f"{label}: of that in its database, at the end", last.database, "us", first.database or None),
        at_most(f"{label}: most memory", peak, 150, "MB"),
        exactly(f"{label}: sent", counts["sent"], RESIDENTS, "deliveries"),
    ]


async def _stretch(here: Place) -> _Stretch:
    since = (await here.standin.counts())["sent"]
    before = await _at(here, since + SPAN)
    after = await _at(here, since + 2 * SPAN)
    vouch, database = [
        (later - earlier) / (after[1] - before[1]) * 1e6 for earlier, later in zip(before[0], after[0], strict=True)
    ]
    return _Stretch(vouch, database)


async def _at(here: Place, count: int) -> tuple[tuple[float, float], int]:
    """What had been used when so many had arrived, and how many they were by then."""
    arrived = await here.until_sent(count, 120)
    return here.cpu(), arrived


async def _skip_ahead(here: Place, number: int) -> None:
    """As if all but the last had been sent already.

    PostgreSQL is given the clean-up that autovacuum would have made several times on the way (each fifth of the rows).
    """
    mine = (deliveries.c.broadcast_id == number) & (deliveries.c.state == int(DeliveryState.QUEUED))
    boundary = (
        sa.select(deliveries.c.resident_id)
        .where(mine)
        .order_by(deliveries.c.resident_id.desc())
        .offset(2 * SPAN + 2_000)
        .limit(1)
    )
    async with here.base.db.write() as uow:
        last = (await uow.connection.execute(boundary)).scalar_one()
        await uow.connection.execute(
            sa.update(deliveries)
            .where(mine, deliveries.c.resident_id <= last)
            .values(state=int(DeliveryState.SENT), fence=0, changed_at=here.base.clock.now())
        )
    if not here.base.db.is_sqlite:
        async with here.base.db.engine.connect() as connection:
            alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await alone.exec_driver_sql("VACUUM (ANALYZE) deliveries")
