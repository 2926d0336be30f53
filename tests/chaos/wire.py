"""N1 to N5: everything that can go wrong between Vouch and Telegram, and what must be concluded from it."""

import asyncio
import itertools
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import aiohttp

from bot.domain.broadcasts import DeliveryState
from tests.botapi import Arrival
from tests.chaos.crowd import (
    Crowd,
    account,
    counts_of,
    nobody_harmed,
    populate,
    until_arrived,
    until_done,
)
from tests.chaos.figures import Figure, at_least, at_most, exactly, shown
from tests.chaos.rig import Rig, rig
from tests.chaos.sending import begin

PAUSES = {"429-1": 1, "429-5": 5, "429-30": 30, "429-10": 10, "429-None": 5, "429-3600": 3600}
"""Seconds that each refusal asks for; one that names none is given five."""
ERRORS = [f"{when}{status}" for status in (500, 502, 503, 504) for when in ("", "applied-then-")]
LATE = ["hang", "applied-then-hang", "drip", "applied-then-drip"]
BROKEN = [
    f"{when}{what}"
    for what in ("reset", "fin", "cut", "malformed", "wrong-type", "html")
    for when in ("", "applied-then-")
] + ["ok-false"]
LAUNCHED = 0.15
"""Seconds in which calls that had been launched before a refusal was known may still arrive."""
IN_DOUBT_IN_AN_OUTAGE = 13
"""Five results in doubt open the breaker, and eight calls may be under way by then."""


async def run(folder: Path, engine: str, *, small: bool) -> list[Figure]:
    """All faults in one installation, one broadcast after the other."""
    async with rig(folder, engine, VOUCH_RATE_PER_SECOND="100") as place:
        sizes = (200, 0, 0, 0) if small else (1_000, 2_000, 2_000, 22_000)
        crowd = await populate(place, max(sizes))
        place.start_all()
        await place.until_active()
        return await (_mixed(crowd) if small else _each(crowd))


async def _mixed(crowd: Crowd) -> list[Figure]:
    """A little of everything at once."""
    pauses = dict.fromkeys([name for name in PAUSES if PAUSES[name] <= 5], 1)
    counts = {**pauses, **dict.fromkeys([*ERRORS, *LATE, *BROKEN, "slow"], 3)}
    figures = await faults(crowd, "N1-N4", counts, _in_turn(counts))
    return figures + await outage(crowd, shut=5, deaf=6) + await long_pause(crowd, 3)


async def _each(crowd: Crowd) -> list[Figure]:
    """Each row of the matrix at its size."""
    counts = {"429-1": 84, "429-5": 5, "429-30": 2, "429-10": 3, "429-None": 6}
    figures = []
    for row, wanted, share in (
        ("N1", counts, 0.1), ("N2", dict.fromkeys(ERRORS, 100), 0.4), ("N3", dict.fromkeys(LATE, 250), 0.3),
        ("N4", dict.fromkeys(BROKEN, 500), 0.3),
    ):  # fmt: skip
        figures += await faults(crowd, row, wanted, _by_chance(wanted, share))
    return figures + await outage(crowd, shut=600, deaf=60) + await long_pause(crowd, 30)


def _by_chance(counts: dict[str, int], share: float) -> list[dict[str, Any]]:
    """A `share` of the calls goes wrong, each kind as often as it says."""
    # A plan is asked only when the plans before it have let the call pass; so near the head chances hardly differ.
    wanted = sum(counts.values())
    return [{"kind": kind, "chance": share * n / wanted, "count": n} for kind, n in counts.items()]


def _in_turn(counts: dict[str, int]) -> list[dict[str, Any]]:
    """Every third call or so, one kind after the other: in a small run each is certain to happen."""
    order = [kind for turn in range(max(counts.values())) for kind in counts if counts[kind] > turn]
    return [{"kind": kind, "count": 1, "after": 2 * place} for place, kind in enumerate(order)]


async def faults(crowd: Crowd, row: str, counts: dict[str, int], plans: list[dict[str, Any]]) -> list[Figure]:
    """One broadcast in which calls go wrong, each kind as often as it says."""
    place, size = crowd.rig, len(crowd.language)
    since = (await place.api.counts())["sent"]
    await place.api.set(faults=plans, delay_ms=5)
    number = await begin(place)
    await until_done(place, number, 3_600)
    await place.api.set(faults=[])
    found = await account(crowd, number, since)
    calls = crowd.broadcasts(await place.api.sent(since))
    hit = Counter(each.fault for each in calls if each.fault)
    label = f"{row} {place.engine}, {size:,} residents"
    doubtful = sum(n for kind, n in hit.items() if _expected(kind) is DeliveryState.UNCONFIRMED)
    return [
        *nobody_harmed(label, found, size),
        at_least(f"{label}: kinds of faults that happened", len(hit), len(counts), "kinds"),
        shown(f"{label}: faults", hit.total(), "calls"),
        exactly(f"{label}: wrong verdicts", _wrong(calls, found.states), 0, "people"),
        exactly(f"{label}: unconfirmed", found.count(DeliveryState.UNCONFIRMED), doubtful, "deliveries"),
        exactly(f"{label}: sent before a pause was over", too_early(calls), 0, "calls"),
    ]


def _expected(fault: str) -> DeliveryState:
    """What a call that went so leaves behind."""
    if fault in PAUSES:
        return DeliveryState.QUEUED
    return DeliveryState.SENT if fault in {"", "slow"} else DeliveryState.UNCONFIRMED


def _wrong(calls: list[Arrival], states: dict[int, DeliveryState]) -> int:
    """People whose state does not follow from what happened on the wire (section 1.2)."""
    by_chat: dict[int, list[str]] = defaultdict(list)
    for each in calls:
        by_chat[each.chat_id].append(each.fault)
    wrong = 0
    for chat, seen in by_chat.items():
        refused_first = all(fault in PAUSES for fault in seen[:-1])
        wrong += not (refused_first and states.get(chat) is _expected(seen[-1]))
    return wrong


def too_early(calls: list[Arrival]) -> int:
    """Calls that arrived while a refusal's time was not over."""
    over, known, early = 0.0, 0.0, 0
    for each in calls:
        early += known < each.at < over
        if each.fault in PAUSES:
            over, known = max(over, each.at + PAUSES[each.fault] - 0.02), each.at + LAUNCHED
    return early


async def outage(crowd: Crowd, *, shut: float, deaf: float) -> list[Figure]:
    """Telegram refuses connections for a while, later takes none, both in the middle of one broadcast."""
    place, size = crowd.rig, len(crowd.language)
    since = (await place.api.counts())["sent"]
    await place.api.set(delay_ms=30)
    arrived, back, doubts = await place.api.arrived(), [], [0]
    number = await begin(place)
    for part, (door, seconds) in enumerate((("shut", shut), ("deaf", deaf)), 1):
        await until_arrived(place, arrived + size * part // 4, 120)
        await place.api.set(door=door)
        await asyncio.sleep(seconds)
        then = await place.api.arrived()
        await place.api.set(door="open")
        back.append(await until_arrived(place, then + 1, 120))
        doubts.append(counts_of(place, number)[DeliveryState.UNCONFIRMED])
    await until_done(place, number, size / 20 + 120)
    found = await account(crowd, number, since)
    each = max(after - before for before, after in itertools.pairwise(doubts))
    label = f"N5 {place.engine}, refused for {shut:g} s, no answer to connects for {deaf:g} s"
    return [
        *nobody_harmed(label, found, size),
        at_most(f"{label}: unconfirmed an outage, most", each, IN_DOUBT_IN_AN_OUTAGE, "deliveries"),
        at_most(f"{label}: goes on after the return", max(back), 60, "s"),
    ]


async def long_pause(crowd: Crowd, seconds: float) -> list[Figure]:
    """A refusal for an hour: nothing is sent, everything else goes on."""
    place = crowd.rig
    since = (await place.api.counts())["sent"]
    await place.api.set(faults=[{"kind": "429-3600", "count": 1}])
    await begin(place)
    await asyncio.sleep(2)
    person = next(iter(crowd.language))
    await place.api.push([_question(person)])
    await asyncio.sleep(seconds)
    handled = 0
    for _ in range(200):
        handled = await asyncio.to_thread(place.one, "SELECT count(*) FROM updates WHERE state = 1")
        if handled:
            break
        await asyncio.sleep(0.1)
    calls = await place.api.sent(since)
    label = f"N1 {place.engine}, a pause of an hour"
    figures = [
        exactly(f"{label}: sent meanwhile", too_early(calls), 0, "calls"),
        exactly(f"{label}: updates handled meanwhile", handled, 1, "updates"),
        exactly(f"{label}: /readyz answers", await _ready(place), 200, ""),
    ]
    if place.cluster is None:
        figures.append(at_least(f"{label}: pauses in /metrics", await _pauses(place), 1, "pauses"))
    return figures


def _question(chat_id: int) -> dict[str, object]:
    person = {"id": chat_id, "is_bot": False, "first_name": "Sample"}
    chat = {"id": chat_id, "type": "private", "first_name": "Sample"}
    return {"message": {"message_id": 1, "date": 1, "chat": chat, "from": person, "text": "Is it true? A sample."}}


async def _ready(place: Rig) -> int:
    async with aiohttp.ClientSession() as session, session.get(f"{place.url}/readyz") as answer:
        return answer.status


async def _pauses(place: Rig) -> float:
    async with aiohttp.ClientSession() as session, session.get(f"{place.url}/metrics") as answer:
        found = [line for line in (await answer.text()).splitlines() if line.startswith("vouch_channel_pauses_total")]
    return float(found[0].split()[-1])
