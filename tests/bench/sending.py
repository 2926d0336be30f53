"""Sending without a pace: durable, beside a bare client and two peers that post the very same messages.

CPU time a message is judged: on wall time, whoever else uses the machine would be measured too. Of several laps the
cheapest counts, for everybody: neighbours and a cold start only ever add.
"""

import json
import sys
from pathlib import Path
from typing import Any

from tests.bench.peers.install import HERE, environment
from tests.bench.place import UNCAPPED, Place, place
from tests.bench.processes import output_of
from tests.chaos.figures import Figure, not_measured, of_limit, share_of, shown
from tests.stage import TOKEN

MESSAGES = 6_000
ROUNDS = 4
PEERS = {"ptb": 1_000, "aiogram": 2_000}
"""Messages a lap: they are slower, and what is compared is the cost of one."""
GOALS = {"sqlite": 0.65, "postgresql": 0.60}
Costs = dict[str, list[float]]
"""CPU microseconds a message, by who sent, lap by lap."""


async def durable(folder: Path, engines: list[str]) -> list[Figure]:
    """Each in turn against the same stand-in; the cheapest lap of each counts."""
    costs: Costs = {}
    figures: list[Figure] = []
    pythons = {name: await environment(name) for name in PEERS}
    for engine in engines:
        async with place(folder, engine, MESSAGES, VOUCH_RATE_PER_SECOND="0", **UNCAPPED) as here:
            await here.stage.start()
            bare: list[float] = []
            for turn in range(ROUNDS):
                await _vouch(here, engine, costs)
                bare.append(await _other(here, folder, MESSAGES, [sys.executable, "-m", "tests.bench.bare", "send"]))
                if engine == engines[0] and turn < 2:
                    await _peers(here, folder, pythons, costs)
        figures += _figures(engine, costs, min(bare))
    return figures


def _figures(engine: str, costs: Costs, bare: float) -> list[Figure]:
    mine = min(costs[engine])
    label = f"durable sending, {engine}"
    found = [
        of_limit(
            f"{label}: messages a CPU second, of a bare client", 1e6 / mine, 1e6 / bare, GOALS[engine], "messages"
        ),
        _beside(f"{label}: CPU a message, of python-telegram-bot's", mine, costs.get("ptb"), 1 / 12),
        _beside(f"{label}: CPU a message, of aiogram's", mine, costs.get("aiogram"), 1 / 2),
        shown(f"{label}: wall time a message", min(costs[f"{engine} wall"]), "us"),
        shown(f"{label}: the stand-in's CPU a message", min(costs[f"{engine} stand-in"]), "us"),
    ]
    if engine == "postgresql":
        found.append(shown(f"{label}: PostgreSQL's CPU a message", min(costs[f"{engine} database"]), "us"))
    return found


def _beside(name: str, mine: float, laps: list[float] | None, goal: float) -> Figure:
    return share_of(name, mine, min(laps), goal, "us") if laps else not_measured(name, "us", goal)


async def _vouch(here: Place, engine: str, costs: Costs) -> None:
    """One broadcast to everybody, from the approval until the last end state is committed."""
    before, counts = here.cpu(), await here.standin.counts()
    await here.until_done(await here.begin(), 180)
    after, later = here.cpu(), await here.standin.counts()
    arrived = await here.standin.sent(counts["sent"])
    assert len({each["chat_id"] for each in arrived}) == len(arrived) == MESSAGES
    for name, seconds in (
        (engine, after[0] - before[0]), (f"{engine} database", after[1] - before[1]),
        (f"{engine} stand-in", later["cpu"] - counts["cpu"]), (f"{engine} wall", arrived[-1]["at"] - arrived[0]["at"]),
    ):  # fmt: skip
        costs.setdefault(name, []).append(seconds / MESSAGES * 1e6)


async def _peers(here: Place, folder: Path, pythons: dict[str, Path | None], costs: Costs) -> None:
    for name, python in pythons.items():
        if python is not None:
            script = str(HERE / f"send_with_{name}.py")
            costs.setdefault(name, []).append(await _other(here, folder, PEERS[name], [str(python), script]))


async def _other(here: Place, folder: Path, count: int, command: list[str]) -> float:
    """CPU microseconds a message of a program that sends the messages of the first `count` arrivals."""
    sent = (await here.standin.counts())["sent"]
    jobs = folder / "jobs.json"
    jobs.write_text(json.dumps(await _jobs(here, count)))
    seconds = float(await output_of(*command, str(jobs)))
    arrived = await here.standin.sent(sent)
    assert len({each["chat_id"] for each in arrived}) == len(arrived) == count
    return seconds / count * 1e6


async def _jobs(here: Place, count: int) -> dict[str, Any]:
    """The very messages that arrived, each with whom it goes to."""
    found = await here.standin.bodies()
    names = [name for name, (method, _) in found.items() if method == "sendMessage"]
    place_of = {name: number for number, name in enumerate(names)}
    bodies = [{key: value for key, value in found[name][1].items() if key != "chat_id"} for name in names]
    sent = (await here.standin.sent(0))[:count]
    to = [[each["chat_id"], place_of[str(each["checksum"])]] for each in sent]
    return {"api": here.standin.url, "token": TOKEN, "to": to, "bodies": bodies}
