"""Recognition: what is known about what somebody sent, when it was asked in other words or another language.

Compared with are open and answered rumours, and every vetted message in force: what it answers, and its words in each
language in which it is approved. Whoever asks is answered at once only when the engine is sure, nothing contradicts,
and the answer is one that could be sent to them: approved and in force. In between they choose among at most three, or
pass it on. What came of it is kept as a label without any text, and the thresholds are fitted to the labels of this
installation.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import LikenessRow, RumourRow
from bot.domain.renditions import SOURCE_LANGUAGE, RenditionState
from bot.domain.residents import Form
from bot.domain.rumours import OPEN_STATES, RumourState
from bot.matching.fit import Fitted, Label, fitted
from bot.matching.guard import against
from bot.matching.model import name
from bot.matching.verdict import Candidate, Decision
from bot.services.cards import Cards
from bot.services.matching import AT_ONCE, MESSAGE, KnownText, Match, Matching
from bot.services.ports import Clock

OFFERED = 3
_A_SECOND, _BURST = 3.0, 30.0
_AS_NEAR = 0.75
"""Only what is at least this near, as a share of the nearest, is offered: next to another's open question that says the
same, a message about something else is no candidate."""
FEWEST_WORDS = 4
"""A shorter text says too little to be answered by itself (research: keywords match anything)."""
_RUMOUR, _CLAIM = "rumour", "claim"
_LONGEST = 2000
_STORED = "matching_thresholds"
_Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Offer:
    """An answer that somebody may get: its message, and how it looks to them."""

    message_id: int
    card: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Recognised:
    """What is known: an answer that is certain, or some to choose among (at most three), and how sure that is."""

    answer: Offer | None
    offers: tuple[Offer, ...]
    confidence: float
    language: str


class Pace:
    """How much is compared while updates are handled: a few a second, and a burst now and then.

    What comes beyond that is handled as if nothing were known, and is compared later, by the job and at the desk:
    a flood must not hold up everybody's messages.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._left, self._at = _BURST, clock.now()

    def free(self) -> bool:
        """Whether one more is within the pace; takes it."""
        now = self._clock.now()
        self._left = min(_BURST, self._left + max(0.0, (now - self._at).total_seconds()) * _A_SECOND)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Recognition:
    """Looks things up by what they mean."""

    def __init__(self, matching: Matching, cards: Cards, clock: Clock) -> None:
        self._matching = matching
        self._cards = cards
        self._clock = clock
        self._pace = Pace(clock)

    # Residents

    async def recognise(self, uow: UnitOfWork, text: str, *, listen: str, read: str, form: str) -> Recognised | None:
        """What is known about a text, as this person would get it; None where nothing comes near."""
        if not text.strip() or not self._pace.free():
            return None
        await self._use_fitted(uow)
        found = await self._matching.match(uow, text[:_LONGEST], may_answer=len(text.split()) >= FEWEST_WORDS)
        if found.verdict.decision == Decision.NEW:
            return None
        offers = await self._offers(uow, found, listen=listen, read=read, form=form)
        first = _first(found)
        sure = found.verdict.decision == Decision.ANSWER and bool(offers)
        answer = offers[0][1] if sure and first is not None and offers[0][0] == first.answer else None
        if not offers:
            return None
        return Recognised(answer, tuple(each for _, each in offers), found.verdict.confidence, _language(found))

    async def _offers(self, uow: UnitOfWork, found: Match, **reader: str) -> list[tuple[int, Offer]]:
        offers: dict[int, tuple[int, Offer]] = {}
        nearest_first = sorted(found.verdict.candidates, key=lambda candidate: -candidate.cosine)
        for each in nearest_first:
            message_id = message_of_likeness(found.rows[each.row])
            if each.cosine < _AS_NEAR * nearest_first[0].cosine:
                break
            if message_id is None or each.answer in offers:
                continue
            offer = await self.offer(uow, message_id, **reader)
            if offer is not None:
                offers[each.answer] = (each.answer, offer)
            if len(offers) == OFFERED:
                break
        return list(offers.values())

    async def offer(self, uow: UnitOfWork, message_id: int, *, listen: str, read: str, form: str) -> Offer | None:
        """A message as this person gets it, while it is vetted and in force; else None."""
        message = await uow.messages.get(message_id)
        now = self._clock.now()
        if message is None or message.vetted_by is None or not message.valid_from <= now < message.valid_until:
            return None
        card = await self._cards.for_person(uow, message, listen=listen, read=read, form=form)
        return None if card is None else Offer(message_id, card)

    async def judged(self, uow: UnitOfWork, confidence: float, *, right: bool, by: str, language: str) -> None:
        """Keep whether a recognition was right: a figure and a language, no text and no person."""
        await uow.match_labels.add_label(
            confidence=round(confidence, 2), right=right, by=by, language=language or None, made_at=self._clock.now()
        )

    async def same(self, uow: UnitOfWork, text: str) -> int | None:
        """The open rumour that a text is another wording of, so surely that nobody is asked; staff may split.

        Nearness alone decides, and that nothing contradicts: "it is closed" does not join "it is open".
        """
        if len(text.split()) < FEWEST_WORDS or not self._pace.free():
            return None
        found = await self._matching.match(uow, text[:_LONGEST], may_answer=False)
        for each in sorted(found.verdict.candidates, key=lambda candidate: -candidate.cosine):
            row = found.rows[each.row]
            if each.cosine < self._matching.thresholds.same:
                break
            if row.kind == _RUMOUR and row.answer.startswith("r") and not against(text, [row.text]):
                rumour = await uow.rumours.get(int(row.owner))
                if rumour is not None and rumour.state in OPEN_STATES:
                    return rumour.id
        return None

    async def note(self, uow: UnitOfWork, rumour: RumourRow) -> None:
        """A new rumour: the next question is compared with it already."""
        if rumour.text.strip() and self._pace.free():
            known = KnownText(_RUMOUR, str(rumour.id), f"r{rumour.id}", rumour.language, rumour.text[:_LONGEST])
            await self._matching.remember(uow, [known])

    # Staff

    async def suggestions(self, uow: UnitOfWork, rumour: RumourRow) -> list[LikenessRow]:
        """Known texts that may mean the same as this rumour, for staff: nearest first, each answer once."""
        if not rumour.text.strip():
            return []
        found = await self._matching.match(uow, rumour.text[:_LONGEST], without=[str(rumour.id)])
        if found.verdict.decision == Decision.NEW:
            return []
        chosen: dict[int, Candidate] = {}
        for each in found.verdict.candidates:
            chosen.setdefault(each.answer, each)
        return [found.rows[each.row] for each in list(chosen.values())[:OFFERED]]

    # What is compared with

    async def missing(self, uow: UnitOfWork) -> list[KnownText]:
        """Some of the texts that are to be compared with and have no vector of this model yet."""
        wanted, held = await self._both(uow)
        old = await uow.likenesses.with_other_model(name(), AT_ONCE)
        again = [KnownText(each.kind, each.owner, each.answer, each.language, each.text) for each in old]
        return [*(each for key, each in wanted.items() if key not in held), *again][:AT_ONCE]

    async def has_news(self, uow: UnitOfWork) -> bool:
        """Whether `learn` would change anything."""
        wanted, held = await self._both(uow)
        return wanted.keys() != held.keys() or bool(await uow.likenesses.with_other_model(name(), 1))

    async def learn(self, uow: UnitOfWork, ready: Mapping[str, bytes]) -> None:
        """Bring what is compared with up to date, as far as vectors are `ready` (by text); the rest comes next time.

        Notes whether what was answered since was recognised.
        """
        wanted, held = await self._both(uow)
        new = [each for key, each in wanted.items() if key not in held and each.text in ready]
        await self._label_answered(uow, new, {(each.kind, each.owner): each for each in held.values()})
        late = {(each.kind, each.owner) for key, each in wanted.items() if key not in held and each.text not in ready}
        gone = [each for key, each in held.items() if key not in wanted and (each.kind, each.owner) not in late]
        old = [each for each in await uow.likenesses.with_other_model(name(), AT_ONCE) if each.text in ready]
        await uow.likenesses.remove([each.id for each in (*gone, *old)])
        again = [KnownText(each.kind, each.owner, each.answer, each.language, each.text) for each in old]
        added = [*new, *(each for each in again if each not in new)]
        await self._matching.keep(uow, added, [ready[each.text] for each in added])

    async def _both(self, uow: UnitOfWork) -> tuple[dict[_Key, KnownText], dict[_Key, LikenessRow]]:
        wanted = [*await self._rumours(uow), *await self._messages(uow)]
        held = [each for kind in (_RUMOUR, _CLAIM, MESSAGE) for each in await uow.likenesses.of_kind(kind)]
        return {_key(each): each for each in wanted}, {_key(each): each for each in held}

    async def _rumours(self, uow: UnitOfWork) -> list[KnownText]:
        states = [*OPEN_STATES, RumourState.ANSWERED]
        rows = await uow.rumours.queue(states, limit=200_000)
        read = dict(await uow.manifests.asked_words(states))
        return [
            KnownText(
                _RUMOUR, str(each.id),
                f"m{each.message_id}" if each.state == RumourState.ANSWERED and each.message_id else f"r{each.id}",
                each.language, said[:_LONGEST],
            )
            for each in rows
            if (said := (each.text.strip() and each.text) or read.get(each.id, ""))
        ]  # fmt: skip

    async def _messages(self, uow: UnitOfWork) -> list[KnownText]:
        # Owners have a letter before the number: a rumour of the same number is another owner.
        now = self._clock.now()
        known: list[KnownText] = []
        for message in await uow.messages.in_force(now):
            known += [
                KnownText(_CLAIM, f"a{message.id}", f"m{message.id}", SOURCE_LANGUAGE, each) for each in message.answers
            ]
            known += [
                KnownText(MESSAGE, f"t{each.id}", f"m{message.id}", each.language, each.text[:_LONGEST])
                for each in await uow.messages.renditions(message.id)
                if each.form == Form.TEXT and each.state == RenditionState.APPROVED
            ]
        return known

    async def _label_answered(
        self, uow: UnitOfWork, new: Sequence[KnownText], stored: dict[tuple[str, str], LikenessRow]
    ) -> None:
        for each in new:
            before = stored.get((each.kind, each.owner))
            if each.kind != _RUMOUR or before is None or not before.answer.startswith("r") or each.answer[0] != "m":
                continue
            found = await self._matching.match(uow, each.text, without=[each.owner])
            first = _first(found)
            if first is not None and message_of_likeness(found.rows[first.row]) is not None:
                right = found.rows[first.row].answer == each.answer
                await self.judged(uow, found.verdict.confidence, right=right, by="staff", language=each.language or "")

    # Thresholds

    async def fit(self, uow: UnitOfWork) -> Fitted:
        """Fit the thresholds to the labels of this installation, and keep them with their date."""
        labels = [Label(each.confidence, each.right) for each in await uow.match_labels.all()]
        result = fitted(labels)
        stored = {"answer": result.thresholds.answer, "labels": result.labels, "precision": result.precision,
                  "recall": result.recall, "at": self._clock.now().isoformat()}  # fmt: skip
        await uow.meta.set(_STORED, json.dumps(stored))
        self._matching.thresholds = result.thresholds
        return result

    async def figures(self, uow: UnitOfWork) -> dict[str, Any]:
        """What staff may read about matching: thresholds, since when, from how many decisions, and how it does."""
        stored = json.loads(await uow.meta.get(_STORED) or "{}")
        return {
            "fitted": stored, "at": datetime.fromisoformat(stored["at"]) if stored else None,
            "texts": await uow.likenesses.counts(), "labels": await uow.match_labels.counts(),
            "thresholds": self._matching.thresholds,
        }  # fmt: skip

    async def _use_fitted(self, uow: UnitOfWork) -> None:
        stored = json.loads(await uow.meta.get(_STORED) or "{}")
        if stored:
            self._matching.use_answer_threshold(float(stored["answer"]))


def _first(found: Match) -> Candidate | None:
    return max(found.verdict.candidates, key=lambda each: each.cosine, default=None)


def _language(found: Match) -> str:
    first = _first(found)
    return (found.rows[first.row].language or "") if first is not None else ""


def message_of_likeness(row: LikenessRow) -> int | None:
    """The message that a known text is, or is answered by."""
    return int(row.answer[1:]) if row.answer.startswith("m") and row.answer[1:].isdecimal() else None


def _key(each: KnownText | LikenessRow) -> _Key:
    return each.kind, each.owner, each.answer, each.text
