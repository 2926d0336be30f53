"""Every campaign by name, with the size that it has in `make chaos` and the small one of `make test`."""

import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.chaos import (
    fuzz,
    inbox,
    inflow,
    kills,
    people,
    points,
    privacy,
    proofs,
    races,
    receiving,
    schedulers,
    sending,
    soak,
    storage,
    town,
    wire,
    workers,
)
from tests.chaos.figures import Figure, shown
from tests.stage import stage

SQLITE, POSTGRESQL = ("sqlite",), ("postgresql",)
BOTH = SQLITE + POSTGRESQL
RESIDENTS = 6_000
"""About as many as saw the film that a borough's faith and community leaders made in March 2020."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """What runs, on which engines; `title` is a sentence for the screen."""

    title: str
    run: Callable[[Path, str, bool], Awaitable[list[Figure]]]
    engines: tuple[str, ...] = BOTH


async def _kills(folder: Path, engine: str, small: bool) -> list[Figure]:
    if small:
        return await kills.run(folder, engine, recipients=100, kills=5 if engine == "sqlite" else 3)
    return await kills.run(folder, engine, recipients=2_000, kills=200)


async def _points(folder: Path, engine: str, small: bool) -> list[Figure]:
    return await points.run(folder, engine, times=1 if small else 20, most=3 if small else 1_000)


async def _webhook(folder: Path, engine: str, small: bool) -> list[Figure]:
    if small:
        return await receiving.killed(folder, engine, updates=400, kills=1, per_second=200)
    return await receiving.killed(folder, engine, updates=30_000, kills=20, per_second=500)


async def _deploys(folder: Path, engine: str, small: bool) -> list[Figure]:
    return await receiving.deployed(folder, engine, restarts=1 if small else 20, overlap=2 if small else 5)


async def _restarts(folder: Path, engine: str, small: bool) -> list[Figure]:
    if small:
        return await receiving.restarted(
            folder, updates=400, per_second=60, restarts=1, recipients=400, apart=(3, 5), operations=1_600
        )
    return await receiving.restarted(
        folder, updates=8_000, per_second=45, restarts=8, recipients=2_000, apart=(5, 40), operations=20_000
    )


async def _wire(folder: Path, engine: str, small: bool) -> list[Figure]:
    return await wire.run(folder, engine, small=small)


async def _locked(folder: Path, engine: str, small: bool) -> list[Figure]:
    if small:
        return await storage.locked(folder, updates=100, holds=[0.1, 0.5, 1, 6])
    return await storage.locked(folder, updates=1_000, holds=[0.1 + 9.9 * part / 39 for part in range(40)])


async def _full(folder: Path, engine: str, small: bool) -> list[Figure]:
    if small:
        return await storage.full(folder, updates=100, seconds=3)
    (other := folder / "disk").mkdir()
    figures = await storage.full(folder, updates=1_000, seconds=20)
    if os.geteuid() != 0:
        return [*figures, shown("D2 SQLite, a full disk: left out, only root can make one", 1, "campaigns")]
    return figures + await storage.full(other, updates=1_000, seconds=20, disk=True)


async def _repeated(folder: Path, engine: str, small: bool) -> list[Figure]:
    return await inflow.repeated(folder, engine, updates=500 if small else 10_000)


async def _poison(folder: Path, engine: str, small: bool) -> list[Figure]:
    return await inflow.poisoned(folder, engine)


async def _workers(folder: Path, engine: str, small: bool) -> list[Figure]:
    if small:
        return await workers.stopped(folder, engine, workers=2, recipients=400, turns=1, stop=13)
    (two := folder / "two").mkdir()
    (four := folder / "four").mkdir()
    figures = await workers.stopped(two, engine, workers=2, recipients=10_000, turns=5, stop=40)
    return figures + await workers.stopped(four, engine, workers=4, recipients=10_000, turns=5, stop=40)


async def _pollers(folder: Path, engine: str, small: bool) -> list[Figure]:
    return await workers.contested(folder, engine, seconds=6 if small else 600)


async def _schedulers(folder: Path, engine: str, small: bool) -> list[Figure]:
    return await schedulers.run(folder, engine, broadcasts=20 if small else 1_000, rounds=1 if small else 20)


async def _people(folder: Path, engine: str, small: bool) -> list[Figure]:
    if small:
        return await people.run(folder, engine, recipients=300, leaving=60, rate=200)
    return await people.run(folder, engine, recipients=5_000, leaving=500, rate=200)


async def _flood(folder: Path, engine: str, small: bool) -> list[Figure]:
    return await inflow.flooded_by_one(folder, engine, updates=500 if small else 10_000, seconds=5 if small else 60)


async def _everybody(folder: Path, engine: str, small: bool) -> list[Figure]:
    if small:
        return await inflow.flooded_by_all(folder, engine, people=200, per_second=400, seconds=1)
    return await inflow.flooded_by_all(folder, engine, people=5_000, per_second=1_000, seconds=60)


async def _soak(folder: Path, engine: str, small: bool) -> list[Figure]:
    return await soak.run(folder, engine, seconds=40 if small else 900, warm=15 if small else 300)


async def _residents(folder: Path, _engine: str, small: bool) -> list[Figure]:
    """Undisturbed, with kills in the middle, and then the search for the people in every file and log."""
    size = 300 if small else RESIDENTS
    async with stage(folder, VOUCH_RATE_PER_SECOND="25", VOUCH_LOG_LEVEL="DEBUG") as vouch:
        place = await town.build(vouch, size)
        await vouch.start()
        figures = await sending.steady(place, share=0.03 if small else 0.02)
        figures += await sending.killed(place, 3, seed=3)
        everybody = list(place.people.values())
        return figures + await privacy.sweep(vouch, everybody, label=f"after {size:,} residents twice")


async def _polling(folder: Path, _engine: str, small: bool) -> list[Figure]:
    updates, kills_ = (400, 2) if small else (2_000, 5)
    async with stage(folder) as vouch:
        place = await town.build(vouch, updates // 10, seed=5)
        return await inbox.flood(place, updates=updates, kills=kills_, per_second=300, seed=5)


async def _updates(folder: Path, _engine: str, small: bool) -> list[Figure]:
    return await fuzz.run(folder, 2_000 if small else 10_000, seed=6)


async def _flows(folder: Path, _engine: str, small: bool) -> list[Figure]:
    return await privacy.flows(folder, 60 if small else 200)


async def _chain(folder: Path, _engine: str, small: bool) -> list[Figure]:
    return await proofs.manipulate(folder, times=25 if small else 5_000)


async def _forwards(folder: Path, _engine: str, small: bool) -> list[Figure]:
    return await proofs.forward(folder, clips=2 if small else 100)


async def _races(folder: Path, engine: str, small: bool) -> list[Figure]:
    return await races.run(folder, engine, races=40 if small else 1_000)


CAMPAIGNS: Mapping[str, Campaign] = {
    "kills": Campaign("C1, C2: kill -9 in the middle of a broadcast, then sent again to the unconfirmed", _kills),
    "points": Campaign("C3: kill -9 right before and after each commit and each message", _points),
    "webhook": Campaign("C4: kill -9 of the process that takes the webhook", _webhook),
    "deploys": Campaign("C5: old and new processes overlap, during traffic and a broadcast", _deploys),
    "wire": Campaign("N1-N5: refusals, errors, silence, broken answers, an outage", _wire),
    "locked": Campaign("D1: another program holds the SQLite file", _locked, SQLITE),
    "full": Campaign("D2: the disk is full", _full, SQLITE),
    "restarts": Campaign("D4: PostgreSQL restarts, gently and as by a crash", _restarts, POSTGRESQL),
    "repeated": Campaign("U1: updates that come twice, late, and in another order", _repeated),
    "poison": Campaign("U2: updates that make no sense", _poison),
    "workers": Campaign("W1: workers are frozen, wake up, and are killed", _workers, POSTGRESQL),
    "pollers": Campaign("W2: another program takes the bot's updates", _pollers),
    "schedulers": Campaign("S1: two schedulers and very many due broadcasts", _schedulers),
    "people": Campaign("B1, B2: people out of reach, and people who leave meanwhile", _people),
    "flood": Campaign("O1: one person who does not stop asking", _flood),
    "everybody": Campaign("O2: everybody asks at once", _everybody),
    "soak": Campaign("K1: ordinary life, and nothing grows", _soak),
    "residents": Campaign("6,000 residents twice at 25 a second, then the search for them", _residents, SQLITE),
    "polling": Campaign("updates by polling with kills, before the demo's stand-in", _polling, SQLITE),
    "updates": Campaign("F1: generated updates of every kind", _updates, SQLITE),
    "races": Campaign("R1: the two-person rule, raced from many connections", _races),
    "chain": Campaign("A1: the record is changed, cut, swapped and added to, in 5,000 ways", _chain, SQLITE),
    "forwards": Campaign("A2: recordings come back exactly and altered", _forwards, SQLITE),
    "flows": Campaign("P2: people through every flow; half of them are forgotten", _flows, SQLITE),
}
