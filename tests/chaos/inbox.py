"""Campaigns of receiving: people ask and say yes, the process dies again and again, every question must count once.

Each question is a text of its own and becomes one flag when its sender says yes; the flags are the count of effects.
"""

import asyncio
import random
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox import Person
from tests.chaos.figures import Figure, exactly, shown
from tests.chaos.sending import until
from tests.chaos.town import Town, rows
from tests.stage import Stage

_ASKED = re.compile(r"person (\d+) asks question (\d+)")


@dataclass(slots=True)
class Questions:
    """What everybody has asked so far, as update numbers."""

    stage: Stage
    people: list[Person]
    asked: Counter[int] = field(default_factory=Counter)
    updates: list[int] = field(default_factory=list)

    def ask(self, number: int) -> None:
        """One person types the next question and presses yes: two updates, one after the other."""
        person, turn = self.people[number], self.asked[number] + 1
        self.asked[number] = turn
        text = f"Is it true? person {number} asks question {turn}, in words of their own"
        self._push("message", person, self._said(person, {"text": text}))
        self._push("callback_query", person, self._press(person, f"c:{turn}"))

    def _push(self, kind: str, person: Person, payload: dict[str, Any]) -> None:
        update_id = self.stage.sandbox.core.updates.push(kind, person.chat.id, payload)
        assert update_id is not None, f"the bot has not asked for {kind}"
        self.updates.append(update_id)

    def _said(self, person: Person, content: dict[str, Any]) -> dict[str, Any]:
        return self.stage.sandbox.core.world.put(person.chat, {"from": person.user, **content})

    def _press(self, person: Person, data: str) -> dict[str, Any]:
        # Of a message that is gone: the answer then comes as a new message, which can be counted.
        message = {"message_id": 1, "date": 0, "chat": person.chat.json}
        number = self.stage.sandbox.core.world.next_number()
        return {"id": number, "from": person.user, "message": message, "chat_instance": "1", "data": data}

    def all_confirmed(self) -> bool:
        """Whether the stand-in has had every update acknowledged."""
        return not self.stage.sandbox.core.updates.pending

    def acknowledged(self) -> int:
        """How many updates have been acknowledged so far."""
        return len(self.updates) - len(self.stage.sandbox.core.updates.pending)


async def flood(town: Town, *, updates: int, kills: int, per_second: float, seed: int = 1) -> list[Figure]:
    """Post `updates` updates while the process is killed `kills` times, and count the effects."""
    stage = town.stage
    questions = Questions(stage, list(town.people.values()))
    await stage.start()
    asking = asyncio.create_task(_ask_evenly(questions, updates // 2, per_second))
    waited: list[int] = []
    for mark in sorted(random.Random(seed).sample(range(updates // 20, updates - updates // 10), kills)):
        await until(lambda mark=mark: questions.acknowledged() >= mark, 120, f"{mark} acknowledged", every=0.001)  # type: ignore[misc]
        await stage.kill()
        waited.append(questions.acknowledged() - _handled(stage))
        await stage.start(wait=False)
    await asking
    await until(questions.all_confirmed, 60, "everything acknowledged")
    await until(lambda: not _waiting(stage), 60, "everything handled", every=0.2)
    return [*_figures(questions, kills), shown("  acknowledged, not yet handled at the kills", sum(waited), "updates")]


async def _ask_evenly(questions: Questions, count: int, per_second: float) -> None:
    for number in range(count):
        questions.ask(number % len(questions.people))
        await asyncio.sleep(2 / per_second)


def _handled(stage: Stage) -> int:
    return int(rows(stage, "SELECT count(*) FROM updates WHERE state = 1")[0][0])


def _waiting(stage: Stage) -> int:
    (updates,) = rows(stage, "SELECT count(*) FROM updates WHERE state = 0")[0]
    (answers,) = rows(stage, "SELECT count(*) FROM outbox WHERE state < 2")[0]
    return int(updates) + int(answers)


def _figures(questions: Questions, kills: int) -> list[Figure]:
    stage, mode = questions.stage, questions.stage.env.get("VOUCH_TELEGRAM_UPDATES", "polling")
    effects: Counter[tuple[int, int]] = Counter()
    order: dict[int, list[int]] = {}
    for (text,) in rows(stage, "SELECT text FROM flags ORDER BY id"):
        person, turn = (int(part) for part in _ASKED.search(text).groups())  # type: ignore[union-attr]
        effects[person, turn] += 1
        order.setdefault(person, []).append(turn)
    wanted = {(person, turn) for person, n in questions.asked.items() for turn in range(1, n + 1)}
    kinds = dict(rows(stage, "SELECT kind, count(*) FROM outbox GROUP BY kind"))
    answers = {name: kinds.get(name, 0) for name in ("check.ask", "check.passed")}
    quarantined = rows(stage, "SELECT count(*) FROM updates WHERE state = 2")[0][0]
    label = f"{len(questions.updates):,} updates by {mode}, {kills} kills"
    return [
        exactly(f"{label}: acknowledged and lost", len(wanted - set(effects)), 0, "questions"),
        exactly(f"{label}: handled twice", sum(n - 1 for n in effects.values()), 0, "questions"),
        exactly(f"{label}: answers put into the outbox", sum(answers.values()), len(questions.updates), "answers"),
        exactly(f"{label}: other answers", sum(kinds.values()) - sum(answers.values()), 0, "answers"),
        exactly(f"{label}: out of order", sum(turns != sorted(turns) for turns in order.values()), 0, "chats"),
        exactly(f"{label}: answered twice or out of order", _wrong_answers(questions), 0, "chats"),
        exactly(f"{label}: quarantined", quarantined, 0, "updates"),
        shown(f"{label}: answers in doubt", _in_doubt(stage), "answers"),
    ]


def _wrong_answers(questions: Questions) -> int:
    """Chats where the questions that were answered do not stand once each, in order."""
    wrong = 0
    for person in questions.people:
        seen = [
            int(button["callback_data"][2:])
            for message in questions.stage.received(person)
            for row in message.get("reply_markup", {}).get("inline_keyboard", [])
            for button in row
            if button.get("callback_data", "").startswith("c:")
        ]
        wrong += seen != sorted(set(seen))
    return wrong


def _in_doubt(stage: Stage) -> int:
    return int(rows(stage, "SELECT count(*) FROM outbox WHERE state = 6")[0][0])
