"""Revisions: a message is changed by one person and confirmed by another, who says whether its meaning changed.

Only a changed meaning makes its renditions stale: what was recorded for the old words is not sent for the new.
What changes from day to day (a place, a time, a telephone number) are facts beneath the spoken text, not words in it.
What a message answers is read by nobody, but it decides who gets the message by itself: it needs the second yes too,
and makes no new revision.
"""

import difflib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.db import UnitOfWork
from bot.db.repositories.residents import Audience
from bot.db.rows import MessageRow, RenditionRow, RevisionRow
from bot.domain.answers import clean_claims
from bot.domain.broadcasts import BroadcastState
from bot.domain.facts import clean_facts
from bot.domain.renditions import SOURCE_LANGUAGE, RenditionState
from bot.domain.residents import Form
from bot.domain.revisions import Meaning, RevisionKind, RevisionState
from bot.domain.staff import Act
from bot.errors import Conflict, InvalidInput, NotAllowed, NotFound
from bot.i18n import strip_controls, utf16_len
from bot.services.audit import Actor, Audit
from bot.services.cards import Cards
from bot.services.ports import Clock
from bot.services.renditions import TEXT_UNITS, content_hash

_TITLE = 120


@dataclass(frozen=True, slots=True)
class Impact:
    """Whom a changed meaning would cost their language: residents by it, and those who would get nothing."""

    fall_back: Mapping[str, int]
    nothing: int

    @property
    def people(self) -> int:
        """How many in all."""
        return sum(self.fall_back.values()) + self.nothing


class Revisions:
    """Proposes and confirms; the approval subject `revision`."""

    kind = "revision"
    act = Act.CONFIRM_EDIT

    def __init__(self, cards: Cards, audit: Audit, clock: Clock, *, bot_id: int) -> None:
        self._cards = cards
        self._audit = audit
        self._clock = clock
        self._bot_id = bot_id

    async def get(self, uow: UnitOfWork, revision_id: int) -> RevisionRow:
        """One proposal. Raises NotFound."""
        row = await uow.revisions.get(revision_id)
        if row is None or row.kind != RevisionKind.EDIT:
            raise NotFound("There is no such change.")
        return row

    async def propose(
        self, uow: UnitOfWork, actor: Actor, key: str, *, title: str, text: str, facts: Mapping[str, str],
        meaning: Meaning, answers: Sequence[str] | None = None,
    ) -> int:  # fmt: skip
        """Ask for other words or facts; nothing changes until a second person confirms. Returns its number.

        `answers`: what is going round that it answers (None: as it is). Where nothing else is different, the meaning is
        unchanged whatever its author says. Raises InvalidInput for an empty or too long title or text, for what
        `clean_claims` refuses, or where nothing is different.
        """
        actor.check(Act.EDIT_MESSAGE)
        await uow.decide_alone()
        message, source = await newest(uow, key)
        clean = strip_controls(title)[0].strip(), strip_controls(text)[0].strip()
        if not 1 <= len(clean[0]) <= _TITLE or not clean[1] or utf16_len(clean[1]) > TEXT_UNITS:
            raise InvalidInput(f"A title has 1 to {_TITLE} characters, a text 1 to {TEXT_UNITS}.")
        wanted = clean_facts(facts)
        claims = message.answers if answers is None else clean_claims(strip_controls(each)[0] for each in answers)
        if (clean[0], clean[1], wanted) == (message.title, source.text, message.facts):
            if claims == message.answers:
                raise InvalidInput("Nothing is different.")
            meaning = Meaning.UNCHANGED
        for old in await uow.revisions.open_of(message.id):
            await uow.revisions.change(old.id, state=RevisionState.REPLACED)
            await uow.approvals.void(self.kind, old.id)
        revision_id = await uow.revisions.create(
            message_id=message.id, kind=RevisionKind.EDIT, title=clean[0], text=clean[1], facts=wanted,
            answers=claims, meaning=meaning, languages=[], areas=[], state=RevisionState.PROPOSED, made_by=actor.id,
            created_at=self._clock.now(),
        )  # fmt: skip
        await self._audit.note(
            uow, actor, Act.EDIT_MESSAGE, key, meaning=str(meaning), revision=message.revision + 1, answers=claims
        )
        return revision_id

    async def impact(self, uow: UnitOfWork, message: MessageRow) -> Impact:
        """Who would fall back to another language, or get nothing, if every rendition but the English went stale."""
        renditions = await uow.messages.renditions(message.id)
        left = [each for each in renditions if each.language == SOURCE_LANGUAGE and each.form == Form.TEXT]
        fall_back, nothing = Counter[str](), 0
        audience = Audience((), (), message.topic, message.emergency)
        for group in await uow.residents.groups(self._bot_id, audience, self._clock.now()):
            reader = {"listen": group.listen, "read": group.read, "form": group.form}
            before, after = self._cards.choose(renditions, **reader), self._cards.choose(left, **reader)
            if before.language is None or before == after:
                continue
            if after.language is None:
                nothing += group.size
            elif before.language != after.language:
                fall_back[before.language] += group.size
        return Impact(dict(fall_back.most_common()), nothing)

    # The approval subject

    async def content_hash(self, uow: UnitOfWork, subject_id: int) -> str:
        """The old content, and every word, fact and the mark of the new one."""
        row = await self.get(uow, subject_id)
        message = await message_of(uow, row)
        claims = [] if row.answers is None else [row.answers]
        return content_hash(message.content_hash, row.title, row.text, sorted(row.facts.items()), row.meaning, *claims)

    async def describe(self, uow: UnitOfWork, subject_id: int) -> dict[str, Any]:
        """Both texts, what is different, and whom it would cost their language."""
        row = await self.get(uow, subject_id)
        message = await message_of(uow, row)
        _, source = await newest(uow, message.key)
        impact = await self.impact(uow, message)
        changed = row.meaning == Meaning.CHANGED
        return {
            "revision_id": row.id, "key": message.key, "title": row.title, "revision": message.revision + 1,
            "meaning": row.meaning, "text": row.text, "before": source.text, "facts": row.facts,
            "differences": differences(source.text, row.text), "people": impact.people if changed else 0,
            "answers": row.answers if row.answers != message.answers else None,
        }  # fmt: skip

    async def check_approver(self, uow: UnitOfWork, approver: Actor, subject_id: int) -> None:
        """Another person than its author."""
        if approver.id == (await self.get(uow, subject_id)).made_by:
            raise NotAllowed("Nobody approves what they made themselves: ask a second person.")

    async def approved(self, uow: UnitOfWork, approver: Actor, subject_id: int) -> None:
        """The next revision is in force. Its meaning changed: renditions are stale, and what was being sent stops."""
        row = await self.get(uow, subject_id)
        message = await message_of(uow, row)
        if row.state != RevisionState.PROPOSED:
            raise Conflict(f"This change is {row.state} already.")
        latest, source = await newest(uow, message.key)
        if latest.id != message.id:
            raise Conflict("The message has a newer revision: propose the change to that one.")
        answers = message.answers if row.answers is None else row.answers
        if answers != message.answers:
            await self._audit.note(uow, approver, "confirm_answers", message.key, answers=answers)
        if (row.title, row.text, row.facts) == (message.title, source.text, message.facts):
            await uow.messages.change(message.id, answers=answers)
            await uow.revisions.change(row.id, state=RevisionState.CONFIRMED, result_id=message.id)
            return
        hashed = content_hash(message.key, message.revision + 1, row.title, row.text, sorted(row.facts.items()))
        message_id = await copy_message(
            uow, message, key=message.key, revision=message.revision + 1, title=row.title, facts=row.facts,
            content_hash=hashed, vetted_by=approver.name, vetted_on=self._clock.now().date(), created_by=row.made_by,
            created_at=self._clock.now(), answers=answers,
        )  # fmt: skip
        author = await uow.staff.get(row.made_by)
        await uow.messages.add_rendition(
            message_id=message_id, language=SOURCE_LANGUAGE, form=Form.TEXT, text=row.text, consent=[],
            translator=author.name if author else None, made_by=row.made_by, reviewer=approver.name,
            reviewer_id=approver.id, reviewed_on=self._clock.now().date(), state=RenditionState.APPROVED,
            content_hash=content_hash(hashed, SOURCE_LANGUAGE, Form.TEXT, row.text), created_at=self._clock.now(),
        )  # fmt: skip
        if row.meaning == Meaning.CHANGED:
            await self._make_stale(uow, message)
        else:
            await self._carry_over(uow, message, message_id, hashed)
        await uow.revisions.change(row.id, state=RevisionState.CONFIRMED, result_id=message_id)

    async def _make_stale(self, uow: UnitOfWork, message: MessageRow) -> None:
        stale = 0
        for each in await uow.messages.renditions(message.id):
            if each.state not in {RenditionState.APPROVED, RenditionState.DRAFT, RenditionState.PAUSED}:
                continue
            await uow.messages.change_rendition(each.id, state=RenditionState.STALE)
            await uow.approvals.void("rendition", each.id)
            await stop_sending(uow, each.id, "the message changed")
            stale += 1
        await self._audit.note_system(uow, "renditions_stale", f"{message.key} {message.revision}", count=stale)

    async def _carry_over(self, uow: UnitOfWork, message: MessageRow, message_id: int, hashed: str) -> None:
        carried = 0
        for each in await uow.messages.renditions(message.id):
            if each.language == SOURCE_LANGUAGE and each.form == Form.TEXT:
                continue
            carried += await carry_rendition(uow, each, message_id, hashed, self._clock) is not None
        await self._audit.note_system(uow, "renditions_carried", f"{message.key} {message.revision + 1}", count=carried)

    async def refused(self, uow: UnitOfWork, approver: Actor, subject_id: int, reason: str) -> None:
        """Nothing changes; its author hears why."""
        await uow.revisions.change(subject_id, state=RevisionState.REFUSED)

    # Renewing

    async def renew(self, uow: UnitOfWork, actor: Actor, rendition_id: int) -> int:
        """Offer a stale rendition for the new words as it is: a draft, which a second speaker hears and compares.

        Raises Conflict where it is not stale, or the newest revision has one in this language and form.
        """
        actor.check(Act.WRITE_RENDITION)
        await uow.decide_alone()
        row = await uow.messages.rendition(rendition_id)
        message = await uow.messages.get(row.message_id) if row else None
        if row is None or message is None:
            raise NotFound("There is no such rendition.")
        latest, _ = await newest(uow, message.key)
        there = await uow.messages.find_rendition(latest.id, row.language, row.form)
        if row.state != RenditionState.STALE or latest.id == message.id or there is not None:
            raise Conflict("Only a stale rendition of an older revision can be offered for the newest.")
        renewed = await carry_rendition(
            uow, row, latest.id, latest.content_hash, self._clock, state=RenditionState.DRAFT, reviewer=None,
            reviewer_id=None, reviewed_on=None,
        )  # fmt: skip
        if renewed is None:
            raise Conflict("This rendition cannot be used any more.")
        await self._audit.note(uow, actor, "renew_rendition", f"{message.key} {row.language} {row.form}")
        return renewed


async def newest(uow: UnitOfWork, key: str) -> tuple[MessageRow, RenditionRow]:
    """The newest revision with its English source. Raises NotFound."""
    message = await uow.messages.latest(key)
    source = await uow.messages.find_rendition(message.id, SOURCE_LANGUAGE, Form.TEXT) if message else None
    if message is None or source is None:
        raise NotFound(f"There is no message {key}.")
    return message, source


async def message_of(uow: UnitOfWork, row: RevisionRow) -> MessageRow:
    """The revision that a proposal wants to change. Raises NotFound."""
    message = await uow.messages.get(row.message_id)
    if message is None:
        raise NotFound("There is no such message.")
    return message


async def copy_message(uow: UnitOfWork, message: MessageRow, **changed: Any) -> int:
    """A new revision, or a message of its own, like this one but for what is `changed`."""
    values: dict[str, Any] = {
        "topic": message.topic, "emergency": message.emergency, "valid_from": message.valid_from,
        "valid_until": message.valid_until, "sources": message.sources, "origin": message.origin,
        "shelf": message.shelf, "asks": message.asks, "answers": message.answers, "title": message.title,
        "facts": message.facts,
    }  # fmt: skip
    return await uow.messages.add_message(**{**values, **changed})


async def carry_rendition(
    uow: UnitOfWork, row: RenditionRow, message_id: int, hashed: str, clock: Clock, **changed: Any
) -> int | None:
    """The same rendition for another message row, with where it came from on record; None for what was withdrawn."""
    if row.state == RenditionState.WITHDRAWN:
        return None
    kept = (
        "language", "form", "text", "media_id", "leader_id", "consent_id", "consent", "consented_at", "consent_until",
        "translator", "made_by", "reviewer", "reviewer_id", "reviewed_on", "state",
    )  # fmt: skip
    values = {name: getattr(row, name) for name in kept} | {
        "message_id": message_id, "carried_from": row.id, "created_at": clock.now(),
        "content_hash": content_hash(hashed, row.language, row.form, row.text, row.content_hash),
    }  # fmt: skip
    return await uow.messages.add_rendition(**{**values, **changed})


async def stop_sending(uow: UnitOfWork, rendition_id: int, reason: str) -> None:
    """Broadcasts that would still send this rendition stop, at the sender's next step."""
    for broadcast_id in await uow.broadcasts.uses_rendition(rendition_id):
        await uow.broadcasts.move(broadcast_id, BroadcastState.SENDING, BroadcastState.STOPPED, reason=reason)


def differences(before: str, after: str) -> list[str]:
    """The lines that are different, marked - and +, with nothing around them."""
    found = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [each for each in found if not each.startswith(("---", "+++", "@@"))]
