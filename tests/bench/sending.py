"""Sending: the whole durable sender without a pace, beside a bare loop that posts the same messages; and the pace."""

import json
import statistics
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp

from bot.channels.telegram.outgoing import text_call
from bot.chat.renderer import ChatRenderer
from bot.sandbox import Person
from bot.services.contents import Contents
from tests.bench.processes import cpu_seconds, output_of, running
from tests.chaos import sending, town
from tests.chaos.figures import Figure, of_limit, shown
from tests.stage import TOKEN, Stage, free_port, stage

MESSAGES = 2_000
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Lap:
    """One round: seconds from the first arrival to the last, CPU seconds of the sending process."""

    wall: float
    cpu: float


async def durable_beside_bare(folder: Path) -> list[Figure]:
    """Both against the same stand-in, in turns; the middle one of the rounds counts."""
    api = f"http://127.0.0.1:{(port := free_port())}"
    sandbox = ("bot.sandbox", "--port", str(port), "--token", TOKEN, "--no-rate-limit")
    async with running(f"{api}/sandbox/api/people", *sandbox):
        vouch = Stage(folder, VOUCH_TELEGRAM_API_URL=api)
        people = await _people(api)
        place = await town.build(vouch, people)
        durable, bare = [], []
        await vouch.start()
        try:
            for _ in range(ROUNDS):
                durable.append(await _durable(vouch, api))
                bare.append(await _bare(place, api, folder))
        finally:
            await vouch.close()
    return _figures(durable, bare)


def _figures(durable: list[Lap], bare: list[Lap]) -> list[Figure]:
    """CPU time is judged: on wall time the stand-in, which both share, is the limit."""
    walls = [statistics.median(each.wall for each in laps) for laps in (durable, bare)]
    cpus = [statistics.median(each.cpu for each in laps) for laps in (durable, bare)]
    mine, limit = MESSAGES / cpus[0], MESSAGES / cpus[1]
    return [
        of_limit("sending, durable, a CPU second, of a bare loop", mine, limit, 0.65, "messages"),
        shown("sending, durable, a second, of a bare loop", MESSAGES / walls[0], "messages", MESSAGES / walls[1]),
        shown("sending: CPU at 25 a second", 100 * sending.RATE / mine, "% of a core"),
    ]


async def _people(api: str) -> list[Person]:
    fields = {"count": MESSAGES, "languages": ["en"], "started": True}
    async with aiohttp.ClientSession() as session, session.post(f"{api}/sandbox/api/people", json=fields) as answer:
        return [Person(each["id"], "Sample", "en", started=True) for each in await answer.json()]


async def _sent(api: str, since: int = 0) -> list[dict[str, Any]]:
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{api}/sandbox/api/sent", params={"since": since}) as answer:
            found: list[dict[str, Any]] = await answer.json()
            return found


async def _lap(api: str, since: int, cpu: float) -> Lap:
    found = await _sent(api, since)
    assert len({each["chat_id"] for each in found}) == len(found) == MESSAGES
    times = sorted(datetime.fromisoformat(each["at"]) for each in found)
    return Lap((times[-1] - times[0]).total_seconds(), cpu)


async def _durable(vouch: Stage, api: str) -> Lap:
    assert vouch.process is not None
    since, before = len(await _sent(api)), cpu_seconds(vouch.process.pid)
    await sending.until_done(vouch, await sending.begin(vouch), 120)
    return await _lap(api, since, cpu_seconds(vouch.process.pid) - before)


async def _bare(place: town.Town, api: str, folder: Path) -> Lap:
    since = len(await _sent(api))
    jobs = folder / "jobs.json"
    jobs.write_text(json.dumps(await _jobs(place, api)))
    return await _lap(api, since, float(await output_of("tests.bench.bare", "send", str(jobs))))


async def _jobs(place: town.Town, api: str) -> dict[str, Any]:
    """The very messages of the last broadcast, each with whom it goes to."""
    bodies: dict[str, dict[str, Any]] = {}
    async with town.base_of(place.stage) as base, base.db.read() as uow:
        renderer = ChatRenderer(base.catalogs, base.controller)
        contents = Contents(base.desk.cards, renderer)
        newest = (await uow.broadcasts.page())[0].id
        for group in await uow.broadcasts.groups(newest):
            _, params = text_call(0, (await contents.of(uow, newest))[group.no])
            bodies[group.read] = {name: value for name, value in params.items() if name != "chat_id"}
    names = list(bodies)
    to = [[chat_id, names.index(tag)] for chat_id, tag in place.language.items()]
    return {"url": f"{api}/bot{TOKEN}/sendMessage", "to": to, "bodies": list(bodies.values())}


async def pace(folder: Path) -> list[Figure]:
    """250 residents at 25 a second."""
    async with stage(folder, VOUCH_RATE_PER_SECOND="25") as vouch:
        place = await town.build(vouch, 250)
        await vouch.start()
        number = await sending.begin(vouch)
        await sending.until_done(vouch, number, 60)
        found = sending.account(place, number)
        rate = (len(found.times) - 1) / found.seconds
        return [
            of_limit("the pace of 25 a second", rate, sending.RATE, 0.99, "messages/s"),
            shown("the pace: fullest second", found.most_in_a_second, "messages", 30),
        ]
