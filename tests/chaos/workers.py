"""W1 and W2: workers that stop, come back and die; a stranger that takes the bot's updates."""

import asyncio
import contextlib
import signal
from pathlib import Path

import aiohttp

from bot.domain.broadcasts import DeliveryState
from tests.chaos.crowd import Crowd, account, at_rate, nobody_harmed, populate, until, until_arrived, until_done
from tests.chaos.figures import Figure, at_least, at_most, shown
from tests.chaos.rig import Rig, rig
from tests.chaos.sending import Account, begin
from tests.chaos.voices import Voices
from tests.stage import TOKEN

RATE = 25.0
TAKEOVER_SECONDS = 35.0
_WINDOW = 10.0
"""Seconds over which the overall pace is looked at."""


async def stopped(folder: Path, engine: str, *, workers: int, recipients: int, turns: int, stop: float) -> list[Figure]:
    """W1: in turns, the active worker is frozen (SIGSTOP), wakes up (SIGCONT), and its successor is killed."""
    async with rig(folder, engine) as place:
        crowd = await populate(place, recipients)
        await place.api.set(delay_ms=30)
        for name in ("worker", *(f"worker-{number}" for number in range(2, workers + 1)), "scheduler"):
            place.start(name)
        await place.until_active()
        number, taken = await begin(place), []
        for turn in range(1, turns + 1):
            await until_arrived(place, recipients * turn // (turns + 2), recipients / RATE + 120)
            taken += await _disturb(place, stop)
        await until_done(place, number, recipients / RATE * 2 + 120)
        found = await account(crowd, number)
        label = f"W1 {place.engine}, {workers} workers, {recipients:,} residents, {turns} stops and kills"
        return [
            *nobody_harmed(label, found, recipients),
            at_most(f"{label}: slowest takeover", max(taken), TAKEOVER_SECONDS, "s"),
            at_most(f"{label}: pace over any 10 s", _pace(found), RATE * 1.05, "messages a second"),
            at_rate(label, found, RATE),
            shown(f"{label}: unconfirmed", found.count(DeliveryState.UNCONFIRMED), "deliveries"),
        ]


async def _disturb(place: Rig, stop: float) -> list[float]:
    """Freeze the active worker, let it wake up beside its successor, kill the successor; returns the takeovers."""
    frozen = await place.until_active()
    place.signal(frozen, signal.SIGSTOP)
    began = asyncio.get_running_loop().time()
    await asyncio.sleep(0.2)
    first = await until_arrived(place, await place.api.arrived() + 1, TAKEOVER_SECONDS + 10)
    await asyncio.sleep(max(0.0, began + stop - asyncio.get_running_loop().time()))
    place.signal(frozen, signal.SIGCONT)
    await asyncio.sleep(2.0)
    active = await place.until_active()
    await place.end(active, signal.SIGKILL)
    second = await until_arrived(place, await place.api.arrived() + 1, TAKEOVER_SECONDS + 10)
    place.start(active)
    return [first, second]


def _pace(found: Account) -> float:
    """Messages a second in the fullest ten seconds."""
    most = left = 0
    for right, at in enumerate(found.times):
        while at - found.times[left] >= _WINDOW:
            left += 1
        most = max(most, right - left + 1)
    return most / _WINDOW


async def contested(folder: Path, engine: str, *, seconds: float) -> list[Figure]:
    """W2: another program asks for the bot's updates all the time (409), then goes away."""
    async with rig(folder, engine) as place, aiohttp.ClientSession() as session:
        crowd = await populate(place, 100)
        place.start("worker") if place.cluster is None else place.start_all()
        await place.until_active()
        voices = Voices(place, session, list(crowd.language), polled=True)
        asking = asyncio.create_task(voices.ask_evenly(int(seconds * 5), 10))
        stranger = asyncio.create_task(_stranger(place, session))
        await asyncio.sleep(seconds)
        stranger.cancel()
        await asyncio.gather(stranger, return_exceptions=True)
        await asking
        back = await until(_taken(crowd), 60, "updates are taken again")
        await voices.until_handled(120)
        label = f"W2 {place.engine}, another poller for {seconds:g} s"
        return [
            *await voices.account(label),
            at_most(f"{label}: alone again", back, 30, "s"),
            at_least(f"{label}: alarms in the log", place.logs_say("polling.conflict"), 1, "lines"),
        ]


def _taken(crowd: Crowd):  # type: ignore[no-untyped-def]
    async def taken() -> bool:
        return not (await crowd.rig.api.counts())["waiting"]

    return taken


async def _stranger(place: Rig, session: aiohttp.ClientSession) -> None:
    """Polls as somebody would who copied the token: confirms nothing."""
    while True:
        with contextlib.suppress(aiohttp.ClientError):
            async with session.post(f"{place.api.url}/bot{TOKEN}/getUpdates", json={"timeout": 3}) as answer:
                await answer.read()
        await asyncio.sleep(0.05)
