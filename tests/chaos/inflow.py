"""U1, U2, O1 and O2: updates that come twice, late or as poison, and far too many of them."""

import asyncio
import json
import random
import time
from pathlib import Path
from typing import Any

import aiohttp

from bot.channels.telegram.updates import ALLOWED_UPDATES
from tests.chaos.crowd import populate, until
from tests.chaos.figures import Figure, at_least, at_most, exactly, shown
from tests.chaos.rig import Rig, rig
from tests.chaos.soak import memory_mib
from tests.chaos.voices import Voices, pressed, said, waiting

WEBHOOK = {"VOUCH_TELEGRAM_UPDATES": "webhook", "VOUCH_RATE_PER_SECOND": "0"}
PACED = {"VOUCH_TELEGRAM_UPDATES": "webhook", "VOUCH_RATE_PER_SECOND": "25"}
ANSWERED_SECONDS = 1.0


async def repeated(folder: Path, engine: str, *, updates: int, seed: int = 1) -> list[Figure]:
    """U1: three in ten come twice, at once or much later, and neighbours of one chat change places."""
    async with rig(folder, engine, **WEBHOOK) as place, aiohttp.ClientSession() as session:
        crowd = await populate(place, max(10, updates // 100))
        place.start_all()
        await place.until_ready()
        await place.until_active()
        (tapping, *chats), dice = list(crowd.language), random.Random(seed)
        voices = Voices(place, session, chats)
        bodies = [_numbered(10 + 2 * n, said(chats[n % len(chats)], f"question {n} of many")) for n in range(updates)]
        posts = bodies + dice.sample(bodies, updates * 3 // 10)
        for at in range(0, len(posts) - 1, 3):
            posts[at], posts[at + 1] = posts[at + 1], posts[at]
        answers = await _post_all(voices, posts)
        answers += await _post_all(voices, dice.sample(bodies, min(200, updates)))  # a replay, long after
        answers += await _post_all(voices, [_numbered(9, said(tapping, "a question with a button"))])
        taps = [_numbered(11 + 2 * n, pressed(tapping, "c:1")) for n in (updates, updates, updates + 1, updates + 2)]
        answers += await _post_all(voices, taps)
        await voices.until_handled(300)
        label = f"U1 {place.engine}, {len(answers):,} posts of {updates + 4:,} updates"
        asked = place.one("SELECT count(*) FROM outbox WHERE kind = 'check.ask'")
        flags = place.one("SELECT count(*) FROM flags")
        return [
            exactly(f"{label}: not acknowledged", sum(status != 200 for status in answers), 0, "posts"),
            exactly(f"{label}: stored", place.one("SELECT count(*) FROM updates"), updates + 4, "updates"),
            exactly(f"{label}: answered", asked, updates + 1, "answers"),
            exactly(f"{label}: flags of a button tapped three times", flags, 1, "flags"),
            exactly(f"{label}: quarantined", place.one("SELECT count(*) FROM updates WHERE state = 2"), 0, "updates"),
        ]


def _numbered(number: int, update: dict[str, Any]) -> str:
    return json.dumps({"update_id": number, **update})


async def _post_all(voices: Voices, bodies: list[str]) -> list[int]:
    room = asyncio.Semaphore(40)

    async def post(body: str) -> int:
        async with room:
            return await voices.post(body.encode())

    return list(await asyncio.gather(*(post(each) for each in bodies)))


def poison(chat_id: int) -> list[Any]:
    """200 kinds: every kind of update with values that it must not have, from a chat that asks in between."""
    chat = said(chat_id, "")["message"]["chat"]
    values: list[Any] = [
        None, 7, "text", [], {}, {"chat": None}, {"chat": {}}, {"chat": {"id": "x", "type": "private"}},
        {"chat": chat, "text": 7}, {"chat": chat, "from": 7, "text": "a"}, {"chat": {**chat, "id": 2**64}, "text": "a"},
    ]  # fmt: skip
    found = [{kind: value} for kind in ALLOWED_UPDATES for value in values]
    return (found * (200 // len(found) + 1))[:200]


async def poisoned(folder: Path, engine: str) -> list[Figure]:
    """U2: 200 kinds of poison; each is acknowledged, set aside, and the chat goes on."""
    async with rig(folder, engine, **WEBHOOK) as place, aiohttp.ClientSession() as session:
        crowd = await populate(place, 1)
        place.start_all()
        await place.until_ready()
        await place.until_active()
        chat = next(iter(crowd.language))
        voices, slowest, answers = Voices(place, session, [chat]), 0.0, []
        kinds = poison(chat)
        for number, update in enumerate(kinds):
            body = json.dumps({"update_id": 100 + number, **update})
            answers.append(await voices.post(body.encode()))
            if number % 20 == 19:
                slowest = max(slowest, await _ask_and_wait(place, voices, chat, 1_000 + number))
        label = f"U2 {place.engine}, {len(kinds)} kinds of poison"
        handled = place.one("SELECT count(*) FROM updates WHERE state = 1")
        return [
            exactly(f"{label}: not acknowledged", sum(status != 200 for status in answers), 0, "posts"),
            exactly(f"{label}: set aside or needing nothing", await _done(place), len(kinds) + 10, "updates"),
            at_least(f"{label}: handled", handled, 10, "updates"),
            at_most(f"{label}: the chat's next update answered, slowest", slowest, ANSWERED_SECONDS, "s"),
        ]


async def _done(place: Rig) -> int:
    return int(place.one("SELECT count(*) FROM updates WHERE state > 0"))


async def _ask_and_wait(place: Rig, voices: Voices, chat: int, number: int) -> float:
    """Seconds until an ordinary question is answered."""
    before = await place.api.arrived()
    update = {"update_id": number, **said(chat, f"an ordinary question, number {number}")}
    assert await voices.post(json.dumps(update).encode()) == 200

    async def answered() -> bool:
        return await place.api.arrived() > before

    return await until(answered, 30, "an answer")


async def flooded_by_one(folder: Path, engine: str, *, updates: int, seconds: float) -> list[Figure]:
    """O1: one person passes on question after question; everybody else must not notice."""
    async with (
        rig(folder, engine, **PACED) as place,
        aiohttp.ClientSession() as session,
    ):
        crowd = await populate(place, 50)
        place.start_all()
        await place.until_ready()
        await place.until_active()
        chats = list(crowd.language)
        voices = Voices(place, session, chats)
        flood = asyncio.create_task(_flood(voices, updates // 2, seconds))
        others, end = [], time.monotonic() + seconds
        while time.monotonic() < end:
            others.append(await _others_answer(place, voices, chats, len(others)))
            await asyncio.sleep(0.3)
        await flood

        async def all_handled() -> bool:
            return (await asyncio.to_thread(waiting, place))[0] == 0

        await until(all_handled, 300, "the flood handled", every=0.5)
        label = f"O1 {place.engine}, {updates:,} updates of one person in {seconds:g} s"
        kept = place.one("SELECT count(*) FROM flags")
        others.sort()
        return [
            at_most(f"{label}: flags kept in an hour", kept, 20, "flags"),
            at_most(f"{label}: others answered, 95 of 100 within", others[int(len(others) * 0.95)], 1.0, "s"),
            shown(f"{label}: not acknowledged", voices.statuses.total() - voices.statuses[200], "posts"),
        ]


async def _flood(voices: Voices, questions: int, seconds: float) -> None:
    began = time.monotonic()
    for number in range(questions):
        await voices.ask(0)
        await asyncio.sleep(max(0.0, began + number * seconds / questions - time.monotonic()))


async def _others_answer(place: Rig, voices: Voices, chats: list[int], number: int) -> float:
    """Seconds until somebody else is answered (at most 30)."""
    chat = chats[1 + number % (len(chats) - 1)]
    since = (await place.api.counts())["sent"]
    await voices.say(1 + number % (len(chats) - 1), said(chat, f"an ordinary question, number {number}"))

    async def answered() -> bool:
        return any(each.chat_id == chat for each in await place.api.sent(since))

    try:
        return await until(answered, 30, "an answer", every=0.05)
    except AssertionError:
        return 30.0


async def flooded_by_all(folder: Path, engine: str, *, people: int, per_second: float, seconds: float) -> list[Figure]:
    """O2: everybody writes at once: taken at that pace, nothing lost, the console still answers."""
    async with rig(folder, engine, **WEBHOOK) as place, aiohttp.ClientSession() as session:
        crowd = await populate(place, people)
        place.start_all()
        await place.until_ready()
        await place.until_active()
        voices = Voices(place, session, list(crowd.language))
        pages: list[float] = []
        looking = asyncio.create_task(_look(place, session, pages))
        began = time.monotonic()
        await voices.ask_evenly(int(per_second * seconds / 2), per_second)
        await until(_all_taken(voices), 300, "all taken", every=0.05)
        taken = voices.acknowledged / (time.monotonic() - began)
        cleared = await voices.until_handled(600)
        looking.cancel()
        most = max(memory_mib(process.pid) for process in place.processes.values())
        label = f"O2 {place.engine}, {people:,} people at {per_second:g}/s for {seconds:g} s"
        return [
            at_least(f"{label}: taken", taken, per_second * 0.99, "updates a second"),
            at_most(f"{label}: webhook, 99 of 100 within", voices.quantile(0.99) * 1000, 250, "ms"),
            at_most(f"{label}: console, 95 of 100 within", sorted(pages)[int(len(pages) * 0.95)], 1.0, "s"),
            at_most(f"{label}: memory of the largest process", most, 400, "MiB resident"),
            at_most(f"{label}: backlog cleared", cleared, 300, "s"),
            *await voices.account(label),
        ]


def _all_taken(voices: Voices):  # type: ignore[no-untyped-def]
    async def taken() -> bool:
        return voices.acknowledged == voices.updates

    return taken


async def _look(place: Rig, session: aiohttp.ClientSession, pages: list[float]) -> None:
    """Ask for the console's first page again and again."""
    while True:
        began = time.monotonic()
        async with session.get(f"{place.url}/console/", allow_redirects=True) as answer:
            await answer.read()
        pages.append(time.monotonic() - began)
        await asyncio.sleep(0.5)
