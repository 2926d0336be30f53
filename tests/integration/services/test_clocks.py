"""S2: clocks that step, drift, change twice a year or by law. Every local date once, and nothing skipped in silence.

Each row of a stage is a case: one series with a wall time of its own, played against one clock.
"""

import random
import struct
import zoneinfo
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.db.rows import BroadcastRow
from bot.domain.broadcasts import BroadcastState
from bot.domain.schedule import LATE_BY, instant
from bot.jobs import start_due_broadcasts
from tests.factories import World
from tests.fakes import FakeClock
from tests.integration.db.cluster import database

LONDON = "Europe/London"
SAMPLE = "Sample/Borough"
NIGHT = ("00:00", "00:30", "00:59", "01:00", "01:15", "01:30", "01:59", "02:00", "02:30", "10:00")
Ticks = Callable[[datetime], Iterator[datetime]]


def _steady(days: float, minutes: int = 30) -> Ticks:
    """A tick now and then, as far apart as can be: half an hour late is not too late."""

    def ticks(start: datetime) -> Iterator[datetime]:
        for n in range(int(days * 24 * 60 / minutes)):
            yield start + timedelta(minutes=minutes * n)

    return ticks


def _stepped(at_hour: float, by: timedelta, days: float = 3.1) -> Ticks:
    """Somebody sets the clock on the second day: from then on it shows another time."""

    def ticks(start: datetime) -> Iterator[datetime]:
        for now in _steady(days)(start):
            yield now + by if now >= start + timedelta(days=1, hours=at_hour) else now

    return ticks


def _slewed(days: float) -> Ticks:
    """A clock that is being corrected: seconds of other lengths, other distances, now and then a little back."""

    def ticks(start: datetime) -> Iterator[datetime]:
        chance, now = random.Random(11), start
        while now < start + timedelta(days=days):
            yield now
            now += timedelta(seconds=chance.choice((-2, 1, 500, 900, 1499)) * chance.uniform(0.9995, 1.0005))

    return ticks


@dataclass(frozen=True)
class Stage:
    """Series of these wall times, from this local date on, on this clock."""

    name: str
    start: datetime
    ticks: Ticks
    times: tuple[str, ...] = NIGHT
    zone: str = LONDON
    dates: int = 3
    repeat: str = "FREQ=DAILY"


def _day(year: int, month: int, day: int, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC) - timedelta(minutes=5)


STAGES = (
    Stage("the clocks go forward", _day(2027, 3, 27), _steady(3.1)),
    Stage("the clocks go back", _day(2026, 10, 24) - timedelta(hours=1), _steady(3.1)),
    Stage("29 February", _day(2028, 2, 27), _steady(4.1), ("00:00", "10:00", "23:59"), dates=4),
    Stage("a gap at midnight", datetime(2027, 3, 26, 21, 55, tzinfo=UTC), _steady(3.1), ("00:00", "00:30", "01:00"),
          "Asia/Beirut"),
    Stage("a change of half an hour", datetime(2027, 10, 1, 13, 25, tzinfo=UTC), _steady(3.1),
          ("01:45", "02:00", "02:15"), "Australia/Lord_Howe"),
    Stage("an hour back just after it started", _day(2026, 12, 1), _stepped(10.4, timedelta(hours=-1)),
          ("09:00", "09:30", "10:00", "10:20", "10:30", "11:00")),
    Stage("an hour back in the odd night", _day(2026, 10, 24) - timedelta(hours=1),
          _stepped(2.2, timedelta(hours=-1)), ("00:30", "01:00", "01:30", "02:00")),
    Stage("an hour back over midnight", _day(2026, 12, 1), _stepped(0.4, timedelta(hours=-1)),
          ("00:00", "00:10", "23:30", "23:59")),
    Stage("a clock that is slewed", _day(2026, 12, 1), _slewed(3.1), ("00:00", "09:00", "10:00", "23:00", "23:59")),
    Stage("a clock that is slewed in spring", _day(2027, 3, 27), _slewed(3.1), ("00:59", "01:00", "01:30", "02:00")),
    Stage("a clock that is slewed in autumn", _day(2026, 10, 24) - timedelta(hours=1), _slewed(3.1),
          ("00:59", "01:00", "01:30", "02:00")),
)  # fmt: skip
FORWARD = Stage("an hour forward", _day(2026, 12, 1), _stepped(9.4, timedelta(hours=1)),
                ("08:00", "09:30", "09:50", "09:55", "10:10", "10:20", "10:40"))  # fmt: skip
LAWS = ("00:30", "03:00", "09:00", "12:00", "18:00", "23:30")


async def _play(folder: Path, stage: Stage) -> dict[str, list[BroadcastRow]]:
    """Every series of a stage as it stands at the end, without what is still ahead."""
    async with database("sqlite", folder) as db:
        clock = FakeClock(stage.start)
        world = World(db, folder, clock=clock)
        world.settle(zone=stage.zone)
        ana, bea = await world.staff("Ana Sample"), await world.staff("Bea Sample")
        await world.message("heat", ["en-GB"], days=8_000)
        await world.resident("en-GB")
        first = (stage.start + timedelta(minutes=10)).astimezone(zoneinfo.ZoneInfo(stage.zone)).date()
        made = {
            at: await world.broadcast(ana, bea, at=f"{first}T{at}", repeat=stage.repeat) for at in stage.times
        }  # fmt: skip
        for now in stage.ticks(stage.start):
            clock.advance(seconds=(now - clock.now()).total_seconds())
            await start_due_broadcasts.run(world.desk)
        async with db.read() as uow:
            found = {at: await uow.broadcasts.of_series(str(each)) for at, each in made.items()}
    return {
        at: [row for row in reversed(rows) if row.state != BroadcastState.SCHEDULED] for at, rows in found.items()
    }  # fmt: skip


def _check_dates(at: str, rows: list[BroadcastRow], dates: int) -> None:
    """One broadcast a local date without a gap; `dates` of them at least."""
    days = [date.fromisoformat((row.occurrence or "")[:10]) for row in rows]
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))], at
    assert len(days) >= dates, at


def _check_started(at: str, row: BroadcastRow, zone: str) -> None:
    """Started at its wall time, or up to half an hour after it."""
    expected = instant(datetime.fromisoformat(row.occurrence or ""), zone)
    assert row.send_at == expected, at
    assert row.started_at is not None, (at, row.occurrence, row.state, row.reason)
    assert timedelta(0) <= row.started_at - expected <= LATE_BY, (at, row.started_at)


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
async def test_once_on_every_local_date(tmp_path: Path, stage: Stage) -> None:
    for at, rows in (await _play(tmp_path, stage)).items():
        _check_dates(at, rows, stage.dates)
        for row in rows:
            _check_started(at, row, stage.zone)


async def test_a_clock_set_forward_starts_what_is_a_little_late_and_shows_the_rest(tmp_path: Path) -> None:
    for at, rows in (await _play(tmp_path, FORWARD)).items():
        _check_dates(at, rows, FORWARD.dates)
        held = "08:55" < at < "09:55"  # on the second day, the tick of 08:55 is followed by one that says 10:25
        for n, row in enumerate(rows):
            if n == 1 and held:
                assert row.started_at is None, at
                assert row.state == BroadcastState.MISSED, "it waited for a person, and nobody came"
            else:
                _check_started(at, row, LONDON)


async def test_29_february_and_a_yearly_rule(tmp_path: Path) -> None:
    def ticks(start: datetime) -> Iterator[datetime]:
        for year in range(2028, 2037):
            for month, day in ((2, 28), (2, 29), (3, 1)):
                if day != 29 or year % 4 == 0:
                    yield from _steady(1, 60 * 4)(datetime(year, month, day, tzinfo=UTC))

    stage = Stage("yearly", _day(2028, 2, 28), ticks, ("04:00",), repeat="FREQ=YEARLY")
    rows = (await _play(tmp_path, stage))["04:00"]
    assert [row.occurrence for row in rows] == [f"{year}-02-28T04:00" for year in range(2028, 2037)]
    leap = Stage("leap", _day(2028, 2, 29), ticks, ("04:00",), repeat="FREQ=YEARLY")
    rows = (await _play(tmp_path, leap))["04:00"]
    assert [row.occurrence for row in rows] == [f"{year}-02-29T04:00" for year in (2028, 2032, 2036)]
    for row in rows:
        _check_started("04:00", row, LONDON)


# A zone whose rules are changed while series run


def _law(folder: Path, hours_east: int) -> None:
    """From now on, the sample zone is so many hours ahead of UTC (RFC 9636: no transitions, the rule in the footer)."""
    counts = struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    block = b"TZif2" + bytes(15) + counts + struct.pack(">lbB", hours_east * 3600, 0, 0) + b"XST\0"
    path = folder / SAMPLE
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(block + block + f"\nXST{-hours_east}\n".encode())
    zoneinfo.ZoneInfo.clear_cache(only_keys=[SAMPLE])


@pytest.fixture
def zones(tmp_path: Path) -> Iterator[Path]:
    """A folder of zones that a test may change."""
    zoneinfo.reset_tzpath([tmp_path])
    yield tmp_path
    zoneinfo.reset_tzpath()
    zoneinfo.ZoneInfo.clear_cache()


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_new_law_moves_the_instant_and_not_the_wall_time(zones: Path, tmp_path: Path, hours: int) -> None:
    """Six wall times each way: what was to come keeps its wall time, and each date still comes once."""
    _law(zones, 0)

    def ticks(start: datetime) -> Iterator[datetime]:
        for now in _steady(4.1)(start):
            if now == start + timedelta(days=1, hours=13):
                _law(zones, hours)  # at 12:55 on the second day
            yield now

    stage = Stage("law", _day(2026, 12, 1), ticks, LAWS, SAMPLE)
    for at, rows in (await _play(tmp_path, stage)).items():
        _check_dates(at, rows, stage.dates)
        for row in rows[2:]:
            _check_started(at, row, SAMPLE)
        assert all(row.started_at is not None for row in rows), at


async def test_the_yes_to_a_single_broadcast_survives_a_new_law(zones: Path, tmp_path: Path) -> None:
    _law(zones, 0)
    async with database("sqlite", tmp_path) as db:
        world = World(db, tmp_path)
        world.settle(zone=SAMPLE)
        ana, bea = await world.staff("Ana Sample"), await world.staff("Bea Sample")
        await world.message("heat", ["en-GB"])
        broadcast_id = await world.broadcast(ana, bea, at="2026-11-02T12:00")
        _law(zones, 1)
        world.clock.advance(hours=2, minutes=10)  # 11:10 in UTC, 12:10 by the new law
        assert await start_due_broadcasts.run(world.desk) == 1
        row = await world.row(broadcast_id)
    assert (row.state, row.send_at) == (BroadcastState.SENDING, datetime(2026, 11, 2, 11, tzinfo=UTC))


def test_there_are_sixty_cases() -> None:
    assert sum(len(stage.times) for stage in (*STAGES, FORWARD)) + 2 * len(LAWS) + 3 >= 60
