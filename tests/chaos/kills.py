"""C1 and C2: `kill -9` at random points of a broadcast, then "send again to the unconfirmed"."""

import asyncio
import contextlib
import itertools
import random
import signal
import time
from pathlib import Path

from bot.domain.broadcasts import DeliveryState, ResendKind
from bot.services.audit import actor_of
from tests.chaos.crowd import (
    Crowd,
    account,
    at_rate,
    counts_of,
    nobody_harmed,
    populate,
    until_arrived,
    until_done,
)
from tests.chaos.figures import Figure, at_most, exactly, shown
from tests.chaos.rig import Rig, rig
from tests.chaos.sending import begin
from tests.chaos.town import AUTHOR, SECOND, base_of

RATE = 25.0
IN_DOUBT_PER_KILL = 8
"""Calls that may be under way at once at 25 a second; a kill can leave no more than these in doubt."""
MEAN_IN_DOUBT = 1.0
RESUME_ALONE, RESUME_STANDBY = 5.0, 35.0


async def run(folder: Path, engine: str, *, recipients: int, kills: int, seed: int = 1) -> list[Figure]:
    """Kill the active sender `kills` times in one broadcast to `recipients` at 25 a second and 30 ms."""
    async with rig(folder, engine) as place:
        crowd = await populate(place, recipients, seed=seed)
        await place.api.set(delay_ms=30)
        place.start_all()
        await place.until_active()
        number, figures = await disturb(crowd, kills, seed)
        return figures + await send_again(crowd, number, kills)


async def disturb(crowd: Crowd, kills: int, seed: int) -> tuple[str, list[Figure]]:
    """The kills, and the account of them; returns the broadcast's number as well."""
    place, size, dice = crowd.rig, len(crowd.language), random.Random(seed)
    number = await begin(place)
    resumed, doubts, waits = [], [], 35.0 if place.cluster else 15.0
    for mark in sorted(dice.sample(range(max(2, size // 20), size - size // 20), kills)):
        await until_arrived(place, mark, size / RATE + 60)
        await asyncio.sleep(dice.random() / RATE)
        before, seconds = await _kill_and_wait(place, waits)
        resumed.append(seconds)
        doubts.append(counts_of(place, number)[DeliveryState.UNCONFIRMED])
        assert before < size
    await until_done(place, number, size / RATE + 90)
    found = await account(crowd, number)
    label = f"C1 {place.engine}, {size:,} residents, {kills} kills"
    each = [after - before for before, after in itertools.pairwise([0, *doubts])]
    unconfirmed = found.count(DeliveryState.UNCONFIRMED)
    arrived = sum(found.arrived[chat] for chat, state in found.states.items() if state is DeliveryState.UNCONFIRMED)
    return number, [
        *nobody_harmed(label, found, size),
        at_most(f"{label}: unconfirmed a kill, mean", unconfirmed / kills, MEAN_IN_DOUBT, "deliveries"),
        at_most(f"{label}: unconfirmed a kill, most", max(each), IN_DOUBT_PER_KILL, "deliveries"),
        shown(f"{label}: unconfirmed that had arrived", arrived, "deliveries", unconfirmed or None),
        at_most(f"{label}: slowest resumption", max(resumed), RESUME_STANDBY if place.cluster else RESUME_ALONE, "s"),
        shown(f"{label}: mean resumption", sum(resumed) / kills, "s"),
        at_rate(label, found, RATE),
    ]


async def send_again(crowd: Crowd, number: str, kills: int) -> list[Figure]:
    """C2: somebody chooses to send again to those of whom it is not known, and a second person says yes."""
    place = crowd.rig
    doubtful = counts_of(place, number)[DeliveryState.UNCONFIRMED]
    if doubtful:
        async with base_of(place) as base, base.db.write() as uow:
            author, second = [actor_of(await base.desk.staff.by_name(uow, each), "test") for each in (AUTHOR, SECOND)]
            again = await base.desk.resend.make(uow, author, int(number), ResendKind.UNCONFIRMED)
            await base.desk.approvals.approve_directly(uow, second, "broadcast", again)
        await until_done(place, str(again), 120)
    arrived = (await account(crowd, number)).arrived
    label = f"C2 {place.engine}, {kills} kills, then sent again to the unconfirmed"
    twice = sum(n > 1 for n in arrived.values())
    return [
        exactly(f"{label}: lost", sum(not arrived[chat] for chat in crowd.language), 0, "people"),
        at_most(f"{label}: twice", twice, doubtful, "people"),
        exactly(f"{label}: more than twice", sum(n > 2 for n in arrived.values()), 0, "people"),
    ]


async def _kill_and_wait(place: Rig, seconds: float) -> tuple[int, float]:
    """Kill the active one, start it again; returns what had arrived and the seconds to the next message."""
    name = await place.until_active()
    await place.end(name, signal.SIGKILL)
    await asyncio.sleep(0.05)  # a call that had left arrives
    before, started = await place.api.arrived(), time.monotonic()
    place.start(name)
    with contextlib.suppress(AssertionError):
        await until_arrived(place, before + 1, seconds)
    return before, time.monotonic() - started
