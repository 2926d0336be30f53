"""C4, C5 and D4: the processes that receive are killed, deployed anew, and lose their database, under traffic."""

import asyncio
import random
import signal
from pathlib import Path

import aiohttp

from bot.domain.broadcasts import DeliveryState
from tests.chaos.crowd import Crowd, account, nobody_harmed, populate, until, until_done
from tests.chaos.figures import Figure, at_least, at_most, exactly, shown
from tests.chaos.rig import Rig, rig
from tests.chaos.sending import begin
from tests.chaos.voices import Voices

WEBHOOK = {"VOUCH_TELEGRAM_UPDATES": "webhook"}
EXIT_SECONDS, BACK_SECONDS = 10.0, 10.0


async def killed(
    folder: Path, engine: str, *, updates: int, kills: int, per_second: float, seed: int = 1
) -> list[Figure]:
    """C4: `kill -9` of the process that takes the webhook."""
    async with rig(folder, engine, VOUCH_RATE_PER_SECOND="0", **WEBHOOK) as place, aiohttp.ClientSession() as session:
        crowd = await populate(place, min(1_000, updates // 10))
        place.start_all()
        await place.until_ready()
        voices = Voices(place, session, list(crowd.language))
        asking = asyncio.create_task(voices.ask_evenly(updates // 2, per_second))
        name = "all" if place.cluster is None else "web"
        for mark in sorted(random.Random(seed).sample(range(updates // 20, updates - updates // 10), kills)):
            await until(_acknowledged(voices, mark), 120, f"{mark} acknowledged", every=0.002)
            await place.end(name, signal.SIGKILL)
            place.start(name)
        await asking
        await voices.until_handled(300)
        return await voices.account(f"C4 {place.engine}, {voices.updates:,} updates at {per_second:g}/s, {kills} kills")


def _acknowledged(voices: Voices, mark: int):  # type: ignore[no-untyped-def]
    async def enough() -> bool:
        return voices.acknowledged >= mark

    return enough


async def deployed(folder: Path, engine: str, *, restarts: int, overlap: float) -> list[Figure]:
    """C5: SIGTERM with the new process beside the old for a while, during traffic and a broadcast."""
    per_second, seconds = 40.0, restarts * (overlap + 2) + 2
    settings = {} if engine == "sqlite" else WEBHOOK
    async with rig(folder, engine, **settings) as place, aiohttp.ClientSession() as session:
        crowd = await populate(place, int(seconds * 25))
        for name in ("worker",) if place.cluster is None else ("worker", "web", "scheduler"):
            place.start(name)
        await place.until_active()
        await place.api.set(delay_ms=30)
        voices = Voices(place, session, list(crowd.language), polled=place.cluster is None)
        number = await begin(place)
        over = asyncio.Event()
        asking = asyncio.create_task(voices.ask_evenly(int(seconds * per_second / 2), per_second, enough=over))
        exits = [await _deploy(place, turn, overlap) for turn in range(restarts)]
        over.set()
        await asking
        await voices.until_handled(600)
        await until_done(place, number, 600)
        label = f"C5 {place.engine}, {restarts} deploys"
        found = await account(crowd, number)
        return [
            *await voices.account(label),
            *nobody_harmed(label, found, len(crowd.language)),
            exactly(f"{label}: unconfirmed", found.count(DeliveryState.UNCONFIRMED), 0, "deliveries"),
            exactly(
                f"{label}: answers unconfirmed", place.one("SELECT count(*) FROM outbox WHERE state = 6"), 0, "answers"
            ),
            exactly(f"{label}: exit codes other than 0", sum(code != 0 for _, code in exits), 0, "exits"),
            at_most(f"{label}: slowest exit", max(took for took, _ in exits), EXIT_SECONDS, "s"),
        ]


async def _deploy(place: Rig, turn: int, overlap: float) -> tuple[float, int]:
    """A new worker beside the old one, which is then told to go; the web process is replaced on its port."""
    old = place.workers()[0]
    place.start(f"worker-{turn}")
    await asyncio.sleep(overlap)
    took, code = await place.end(old, signal.SIGTERM)
    if "web" in place.processes:
        web_took, web_code = await place.end("web", signal.SIGTERM)
        place.start("web")
        await place.until_ready()
        took, code = max(took, web_took), code or web_code
    await place.until_active()
    await asyncio.sleep(1)
    return took, code


async def restarted(
    folder: Path, *, updates: int, per_second: float, restarts: int, recipients: int, apart: tuple[float, float],
    operations: int,
) -> list[Figure]:  # fmt: skip
    """D4: PostgreSQL is restarted, now gently and now as by a crash, while updates come in and a broadcast goes out."""
    async with (
        rig(folder, "postgresql", restarts=True, VOUCH_RATE_PER_SECOND="100", **WEBHOOK) as place,
        aiohttp.ClientSession() as session,
    ):
        crowd = await populate(place, recipients)
        place.start_all()
        await place.until_ready()
        await place.until_active()
        voices = Voices(place, session, list(crowd.language))
        number = await begin(place)
        over = asyncio.Event()
        asking = asyncio.create_task(voices.ask_evenly(updates // 2, per_second, enough=over))
        dice, back = random.Random(4), []
        for turn in range(restarts):
            await asyncio.sleep(dice.uniform(*apart))
            back.append(await _restart(place, voices, ("fast", "immediate")[turn % 2]))
        over.set()
        await asking
        await voices.until_handled(600)
        await until_done(place, number, 600)
        label = f"D4 PostgreSQL, {restarts} restarts"
        return [
            *await _operations(label, voices, crowd, number, operations),
            at_most(f"{label}: slowest return", max(back), BACK_SECONDS, "s"),
        ]


async def _restart(place: Rig, voices: Voices, how: str) -> float:
    """Restart the server; returns the seconds from its return to the next acknowledged update and the next message."""
    assert place.cluster is not None
    await asyncio.to_thread(place.cluster.restart, how)
    acknowledged, arrived = voices.acknowledged, await place.api.arrived()

    async def goes_on() -> bool:
        return voices.acknowledged > acknowledged and await place.api.arrived() > arrived

    return await until(goes_on, 60, f"going on after a restart ({how})")


async def _operations(label: str, voices: Voices, crowd: Crowd, number: str, least: int) -> list[Figure]:
    found = await account(crowd, number)
    answers = (await crowd.rig.api.counts())["applied"] - found.arrived.total()
    done = voices.acknowledged + voices.updates + answers + found.arrived.total()
    return [
        *await voices.account(label),
        *nobody_harmed(label, found, len(crowd.language)),
        at_least(f"{label}: operations (stored, handled, answered, sent)", done, least, "operations"),
        shown(f"{label}: unconfirmed", found.count(DeliveryState.UNCONFIRMED), "deliveries"),
        shown(f"{label}: posts refused meanwhile", voices.statuses.total() - voices.statuses[200], "posts"),
    ]
