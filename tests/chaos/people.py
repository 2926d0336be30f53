"""B1 and B2: people who cannot be reached, and people who leave while a message to them is queued."""

import random
from collections import defaultdict
from datetime import datetime
from pathlib import Path

import aiohttp

from bot.domain.broadcasts import DeliveryState
from bot.domain.residents import ResidentState
from bot.services.vault import Vault
from tests.botapi import MOVED, Arrival
from tests.chaos.crowd import Crowd, account, nobody_harmed, populate, until_arrived, until_done
from tests.chaos.figures import Figure, exactly, shown
from tests.chaos.rig import KEY, Rig, rig
from tests.chaos.sending import begin
from tests.chaos.voices import Voices, pressed, said

UNDER_WAY = 0.05
"""Seconds that a call may take which had left when the request was committed."""


async def run(folder: Path, engine: str, *, recipients: int, leaving: int, rate: float) -> list[Figure]:
    """Both in one installation: a fifth cannot be reached; of the others some leave during a second broadcast."""
    settings = {"VOUCH_RATE_PER_SECOND": f"{rate:g}", "VOUCH_TELEGRAM_UPDATES": "webhook"}
    async with rig(folder, engine, **settings) as place, aiohttp.ClientSession() as session:
        crowd = await populate(place, recipients)
        place.start_all()
        await place.until_ready()
        await place.until_active()
        figures = await unreachable(crowd)
        return figures + await leavers(crowd, session, leaving)


async def unreachable(crowd: Crowd) -> list[Figure]:
    """B1: blocked, deactivated, not found and moved, a twentieth each."""
    place, size = crowd.rig, len(crowd.language)
    chats, each = list(crowd.language), size // 20
    kinds = ("blocked", "deactivated", "unknown", "moved")
    groups = {kind: chats[at * each : (at + 1) * each] for at, kind in enumerate(kinds)}
    await place.api.set(chats={str(chat): kind for kind, found in groups.items() for chat in found})
    for chat in groups["moved"]:
        crowd.language[MOVED - chat] = crowd.language.pop(chat)
    number = await begin(place)
    await until_done(place, number, 300)
    found = await account(crowd, number)
    calls = await place.api.sent()
    tries: dict[int, int] = defaultdict(int)
    for call in calls:
        tries[call.chat_id] += 1
    well = set(chats[4 * each :])
    right = sum(
        found.states.get(MOVED - chat if kind == "moved" else chat)
        is (DeliveryState.SENT if kind == "moved" else DeliveryState.BLOCKED)
        for kind, ids in groups.items() for chat in ids
    )  # fmt: skip
    label = f"B1 {place.engine}, {size:,} residents, 20 % out of reach"
    return [
        *nobody_harmed(label, found, size),
        exactly(f"{label}: classified", right, 4 * each, "people"),
        exactly(
            f"{label}: tried again after a refusal", sum(tries[c] != 1 for g in groups.values() for c in g), 0, "people"
        ),
        exactly(
            f"{label}: reached under the new number, once",
            sum(found.arrived[MOVED - c] == 1 for c in groups["moved"]),
            each,
            "people",
        ),
        exactly(
            f"{label}: the rest reached", sum(found.states[c] is DeliveryState.SENT for c in well), len(well), "people"
        ),
    ]


async def leavers(crowd: Crowd, session: aiohttp.ClientSession, count: int) -> list[Figure]:
    """B2: half of them stop, half are forgotten, at random moments of a broadcast."""
    place = crowd.rig
    await place.api.set(chats={})
    since = (await place.api.counts())["sent"]
    chats = [chat for chat in crowd.language if chat > 0]
    gone = random.Random(5).sample(chats, count)
    voices = Voices(place, session, chats)
    arrived = await place.api.arrived()
    number = await begin(place)
    for turn, chat in enumerate(gone):
        await until_arrived(place, arrived + turn, 60)
        update = said(chat, "/stop") if turn % 2 else pressed(chat, "forget:yes")
        await voices.say(chats.index(chat), update)
    await voices.until_handled(300)
    await until_done(place, number, 300)
    calls = await place.api.sent(since)
    label = f"B2 {place.engine}, {count:,} people leave during a broadcast"
    stopped, lateness = _late(crowd, calls, gone)
    late = sum(seconds > UNDER_WAY for seconds in lateness)
    skipped = place.one(
        "SELECT count(*) FROM deliveries WHERE broadcast_id = ? AND state = ?", int(number), int(DeliveryState.SKIPPED)
    )
    return [
        exactly(f"{label}: stopped", stopped, count // 2, "people"),
        exactly(f"{label}: written to after they had left", late, 0, "people"),
        shown(f"{label}: longest after the commit", max(lateness, default=0.0), "s"),
        shown(f"{label}: skipped", skipped, "deliveries"),
        exactly(f"{label}: of the forgotten still on file", _on_file(place, gone[::2]), 0, "people"),
    ]


def _late(crowd: Crowd, calls: list[Arrival], gone: list[int]) -> tuple[int, list[float]]:
    """How many are stopped; and how long after the commit of a request (erased: after its receipt) it still came."""
    vault = Vault(KEY)
    committed = "changed_at" if crowd.rig.cluster is None else "pg_xact_commit_timestamp(xmin)"
    rows = crowd.rig.rows(f"SELECT chat, {committed} FROM residents WHERE state = ?", str(ResidentState.STOPPED))
    left = {vault.open_chat(bytes(chat)): _seconds(moment) for chat, moment in rows}
    stopped = len(left)
    broadcast = {(each.at, each.chat_id) for each in crowd.broadcasts(calls)}
    for each in calls:
        if (each.at, each.chat_id) not in broadcast:
            left.setdefault(each.chat_id, each.wall)
    known = set(gone)
    after = [each.wall - left[each.chat_id] for each in crowd.broadcasts(calls) if each.chat_id in known]
    return stopped, [seconds for seconds in after if seconds > 0]


def _seconds(moment: object) -> float:
    found = moment if isinstance(moment, datetime) else datetime.fromisoformat(str(moment))
    return found.timestamp() if found.tzinfo else datetime.fromisoformat(f"{moment}+00:00").timestamp()


def _on_file(place: Rig, chats: list[int]) -> int:
    vault, wanted = Vault(KEY), set(chats)
    return sum(vault.open_chat(bytes(chat)) in wanted for (chat,) in place.rows("SELECT chat FROM residents"))
