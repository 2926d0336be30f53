"""People who ask, delivered as Telegram does: in order within a chat, again and again until it is acknowledged.

A question is two updates, its text and the press of "yes"; it must become one flag and two answers, whatever happens.
"""

import asyncio
import json
import re
import statistics
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.chaos.crowd import until
from tests.chaos.figures import Figure, exactly, shown
from tests.chaos.rig import SECRET, Rig

_ASKED = re.compile(r"person (\d+) asks question (\d+)")
_HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
CONNECTIONS = 40
"""At once; Telegram's default."""


@dataclass(slots=True)
class Voices:
    """Everybody who asks, and what came of it. `polled`: the stand-in hands the updates out; else they are posted."""

    rig: Rig
    session: aiohttp.ClientSession
    chats: list[int]
    polled: bool = False
    asked: Counter[int] = field(default_factory=Counter)
    acknowledged: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    _sent: int = 0
    _lines: dict[int, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONNECTIONS))
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def updates(self) -> int:
        """How many updates were made so far."""
        return self._sent

    async def ask(self, person: int) -> None:
        """One person types the next question and presses yes."""
        self.asked[person] += 1
        turn = self.asked[person]
        text = f"Is it true? person {person} asks question {turn}, in words of their own"
        await self.say(person, said(self.chats[person], text), pressed(self.chats[person], f"c:{turn}"))

    async def say(self, person: int, *updates: dict[str, Any]) -> None:
        """Hand these updates of one person over; returns before they are acknowledged."""
        numbered = [{"update_id": self._sent + place, **each} for place, each in enumerate(updates, 1)]
        self._sent += len(updates)
        if self.polled:
            await self.rig.api.push(numbered)
            return
        task = asyncio.create_task(self._deliver(person, numbered))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def ask_evenly(
        self, questions: int, updates_per_second: float, *, enough: asyncio.Event | None = None
    ) -> None:  # fmt: skip
        """Ask so many questions, everybody in turn, at an even pace; and go on until it is `enough`."""
        began, number = time.monotonic(), 0
        while number < questions or (enough is not None and not enough.is_set()):
            await self.ask(number % len(self.chats))
            number += 1
            await asyncio.sleep(max(0.0, began + number * 2 / updates_per_second - time.monotonic()))

    async def _deliver(self, person: int, updates: list[dict[str, Any]]) -> None:
        async with self._lines[person]:
            for each in updates:
                await self._until_taken(json.dumps(each).encode())
                self.acknowledged += 1

    async def _until_taken(self, body: bytes) -> None:
        pause = 0.05
        while True:
            async with self._room:
                began = time.monotonic()
                status = await self.post(body)
                self.seconds.append(time.monotonic() - began)
            self.statuses[status] += 1
            if status == 200:
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, 1.0)

    async def post(self, body: bytes) -> int:
        """One try; 0 when there was no answer."""
        try:
            url, limit = f"{self.rig.url}/telegram/webhook", aiohttp.ClientTimeout(total=60)
            async with self.session.post(url, data=body, headers=_HEADERS, timeout=limit) as answer:
                return answer.status
        except (aiohttp.ClientError, TimeoutError):
            return 0

    async def until_handled(self, seconds: float) -> float:
        """Wait until everything is acknowledged, handled and answered; returns the seconds it took."""

        async def all_acknowledged() -> bool:
            if self.polled:
                return not (await self.rig.api.counts())["waiting"]
            return not self._tasks

        try:
            took = await until(all_acknowledged, seconds, "everything acknowledged", every=0.1)
            return took + await until(self._nothing_waits, seconds, "everything handled", every=0.25)
        except AssertionError as error:
            raise AssertionError(
                f"{error}; waiting: {await asyncio.to_thread(waiting, self.rig)}\n{self.rig.logs()}"
            ) from None

    async def _nothing_waits(self) -> bool:
        return await asyncio.to_thread(waiting, self.rig) == (0, 0)

    async def account(self, label: str) -> list[Figure]:
        """What became of all questions: flags are the effects, the outbox the answers, the stand-in what arrived."""
        effects: Counter[tuple[int, int]] = Counter()
        order: dict[int, list[int]] = defaultdict(list)
        for (text,) in self.rig.rows("SELECT text FROM flags ORDER BY id"):
            person, turn = (int(part) for part in _ASKED.search(text).groups())  # type: ignore[union-attr]
            effects[person, turn] += 1
            order[person].append(turn)
        wanted = {(person, turn) for person, n in self.asked.items() for turn in range(1, n + 1)}
        answers = sum(n for kind, n in self._answers() if kind in {"check.ask", "check.passed"})
        unconfirmed = self.rig.one("SELECT count(*) FROM outbox WHERE state = 6")
        return [
            exactly(f"{label}: acknowledged and lost", len(wanted - set(effects)), 0, "questions"),
            exactly(f"{label}: handled twice", sum(n - 1 for n in effects.values()), 0, "questions"),
            exactly(f"{label}: out of order", sum(turns != sorted(turns) for turns in order.values()), 0, "chats"),
            exactly(f"{label}: answers", answers, 2 * len(wanted), "answers"),
            exactly(f"{label}: answered twice", await self._answered_twice(), 0, "chats"),
            exactly(
                f"{label}: quarantined", self.rig.one("SELECT count(*) FROM updates WHERE state = 2"), 0, "updates"
            ),
            shown(f"{label}: answers in doubt", unconfirmed, "answers"),
        ]

    def _answers(self) -> list[tuple[Any, ...]]:
        return self.rig.rows("SELECT kind, count(*) FROM outbox GROUP BY kind")

    async def _answered_twice(self) -> int:
        """Chats that got more messages or edits than they were owed."""
        arrived = Counter(each.chat_id for each in await self.rig.api.sent() if each.applied and _is_answer(each.text))
        return sum(arrived[self.chats[person]] > 2 * n for person, n in self.asked.items())

    def quantile(self, share: float) -> float:
        """Seconds within which this share of the posts was answered."""
        return statistics.quantiles(self.seconds, n=1000)[int(share * 1000) - 1] if len(self.seconds) > 1 else 0.0


def _is_answer(text: str) -> bool:
    return "2020" not in text


def said(chat_id: int, text: str) -> dict[str, Any]:
    """An update: a person types."""
    return {"message": {"message_id": 1, "date": 1, "chat": _chat(chat_id), "from": _person(chat_id), "text": text}}


def pressed(chat_id: int, data: str) -> dict[str, Any]:
    """An update: a person presses a button."""
    message = {"message_id": 1, "date": 1, "chat": _chat(chat_id), "text": "a screen"}
    return {
        "callback_query": {
            "id": "1", "from": _person(chat_id), "message": message, "chat_instance": "1", "data": data,
        }
    }  # fmt: skip


def _chat(chat_id: int) -> dict[str, Any]:
    return {"id": chat_id, "type": "private", "first_name": "Sample"}


def _person(chat_id: int) -> dict[str, Any]:
    return {"id": chat_id, "is_bot": False, "first_name": "Sample"}


def waiting(rig: Rig) -> tuple[int, int]:
    """Updates not handled yet, and answers not sent yet."""
    updates = rig.one("SELECT count(*) FROM updates WHERE state = 0")
    return int(updates), int(rig.one("SELECT count(*) FROM outbox WHERE state < 2"))
