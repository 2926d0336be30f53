"""Answers: a rumour answered with a message, after a second person's yes, told to everyone who asked."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import MessageRow, RumourRow
from bot.domain.answers import AnswerParts, clean_claims
from bot.domain.renditions import SOURCE_LANGUAGE, RenditionState
from bot.domain.residents import Form
from bot.domain.rumours import RumourState, check_open
from bot.domain.staff import Act
from bot.errors import Conflict, InvalidInput, NotAllowed, NotFound, NotVetted
from bot.i18n import strip_controls, utf16_len
from bot.services.audit import Actor, Audit
from bot.services.ports import Clock
from bot.services.renditions import TEXT_UNITS, content_hash
from bot.services.requests import Requests
from bot.services.rumours import Rumours
from bot.services.updates import AnswerUpdates

_VALID_DAYS = 180


class Answers:
    """The approval subject `answer`; its subject number is the rumour's."""

    kind = "answer"
    act = Act.APPROVE_ANSWER

    def __init__(
        self, rumours: Rumours, updates: AnswerUpdates, requests: Requests, audit: Audit, clock: Clock
    ) -> None:
        self._rumours = rumours
        self._requests = requests
        self._updates = updates
        self._audit = audit
        self._clock = clock

    async def use_message(
        self, uow: UnitOfWork, actor: Actor, rumour_id: int, key: str, *, seen: int | None = None
    ) -> None:
        """Draft the answer from a vetted message. Raises NotVetted for one that nobody has vetted.

        `seen` is the draft that the actor looked at (0: none): where a colleague has changed it since, Conflict.
        """
        actor.check(Act.DRAFT_ANSWER)
        await self._ready(uow, actor, rumour_id, seen)
        message = await uow.messages.latest(key)
        if message is None:
            raise NotFound(f"There is no message {key}.")
        if message.vetted_by is None:
            raise NotVetted(f"{key} is a draft: its English source has to be approved by a second person first.")
        if message.valid_until <= self._clock.now():
            raise Conflict(f"{key} is out of date.")
        await self._set_draft(uow, actor, rumour_id, message.id)

    async def compose(
        self, uow: UnitOfWork, actor: Actor, rumour_id: int, parts: AnswerParts, *, seen: int | None = None
    ) -> int:
        """Write the answer part by part, in plain English; returns the message's row number.

        Raises InvalidInput for parts that are missing, too long or repeat the falsehood; Conflict as `use_message`.
        """
        parts = AnswerParts(**{name: strip_controls(value)[0].strip() for name, value in parts.stored().items()})
        parts.check()
        written = await self.write(
            uow, actor, rumour_id, title=parts.title, text=parts.text(), sources=parts.source_list(), seen=seen,
            claims=[parts.claim],
        )  # fmt: skip
        await uow.rumours.change(rumour_id, draft=parts.stored())
        return written

    async def write(
        self, uow: UnitOfWork, actor: Actor, rumour_id: int, *, title: str, text: str,
        sources: list[dict[str, str]] | None = None, seen: int | None = None, claims: Sequence[str] = (),
    ) -> int:  # fmt: skip
        """Write the answer there and then, in plain English; returns the message's row number.

        `claims`: what is going round that it answers; later questions are compared with it. Raises InvalidInput for an
        empty or too long title or text. Writing again replaces the draft.
        """
        actor.check(Act.DRAFT_ANSWER)
        rumour = await self._ready(uow, actor, rumour_id, seen)
        title, text = strip_controls(title)[0].strip(), strip_controls(text)[0].strip()
        if not 1 <= len(title) <= 120:
            raise InvalidInput("A title has 1 to 120 characters.")
        if not text or utf16_len(text) > TEXT_UNITS:
            raise InvalidInput(f"An answer has 1 to {TEXT_UNITS} characters.")
        message_id = await self._new_message(uow, actor, rumour, title, text, sources or [], clean_claims(claims))
        await self._set_draft(uow, actor, rumour_id, message_id)
        return message_id

    async def _ready(self, uow: UnitOfWork, actor: Actor, rumour_id: int, seen: int | None) -> RumourRow:
        """The rumour, open, with the draft that the actor looked at."""
        await uow.decide_alone()
        rumour = await self._rumours.visible(uow, rumour_id)
        check_open(RumourState(rumour.state))
        if seen is not None and (rumour.message_id or 0) != seen and rumour.drafted_by != actor.id:
            raise Conflict("A colleague has drafted an answer since you opened the page: read theirs first.")
        return rumour

    async def _new_message(
        self, uow: UnitOfWork, actor: Actor, rumour: RumourRow, title: str, text: str, sources: list[dict[str, str]],
        claims: list[str],
    ) -> int:  # fmt: skip
        key = f"answer-{rumour.id}"
        now = self._clock.now()
        latest = await uow.messages.latest(key)
        revision = latest.revision + 1 if latest else 1
        hashed = content_hash(key, revision, title, text, *(f"{each['title']} {each['url']}" for each in sources))
        message_id = await uow.messages.add_message(
            key=key, revision=revision, title=title, topic="community", emergency=False, valid_from=now,
            valid_until=now + timedelta(days=_VALID_DAYS), sources=sources, vetted_by=None, vetted_on=None,
            origin="answer", content_hash=hashed, created_by=actor.id, created_at=now, answers=claims,
        )  # fmt: skip
        await uow.messages.add_rendition(
            message_id=message_id, language=SOURCE_LANGUAGE, form=Form.TEXT, text=text, consent=[],
            translator=actor.name, made_by=actor.id, state=RenditionState.DRAFT,
            content_hash=content_hash(hashed, SOURCE_LANGUAGE, Form.TEXT, text), created_at=now,
        )  # fmt: skip
        return message_id

    async def _set_draft(self, uow: UnitOfWork, actor: Actor, rumour_id: int, message_id: int) -> None:
        await uow.approvals.void(self.kind, rumour_id)
        await uow.rumours.change(
            rumour_id, state=RumourState.ANSWERING, message_id=message_id, drafted_by=actor.id, draft=None
        )
        await self._audit.note(uow, actor, Act.DRAFT_ANSWER, f"rumour {rumour_id}")

    # The approval subject

    async def content_hash(self, uow: UnitOfWork, subject_id: int) -> str:
        """The rumour and every word of the English answer."""
        rumour, message = await self._draft(uow, subject_id)
        if rumour.target and not rumour.consulted:
            raise Conflict(
                "This rumour is aimed at a group of people: ask somebody of that group whom people trust first, and "
                "write down what they advised."
            )
        source = await uow.messages.find_rendition(message.id, SOURCE_LANGUAGE, Form.TEXT)
        return content_hash(rumour.id, message.content_hash, source.content_hash if source else "")

    async def describe(self, uow: UnitOfWork, subject_id: int) -> dict[str, Any]:
        """The question, the answer, and how many wait for it in which languages."""
        rumour, message = await self._draft(uow, subject_id)
        source = await uow.messages.find_rendition(message.id, SOURCE_LANGUAGE, Form.TEXT)
        return {
            "rumour_id": rumour.id, "asked": rumour.text[:500], "count": rumour.flag_count, "title": message.title,
            "text": source.text if source else "", "key": message.key,
            "sources": [f"{each['title']}: {each['url']}" for each in message.sources],
            "consulted": f"{rumour.target}: {rumour.consulted}" if rumour.target and rumour.consulted else "",
        }  # fmt: skip

    async def check_approver(self, uow: UnitOfWork, approver: Actor, subject_id: int) -> None:
        """Another person than who drafted the answer and than who wrote it."""
        rumour, message = await self._draft(uow, subject_id)
        written_by = message.created_by if message.origin == "answer" else None
        if approver.id in {rumour.drafted_by, written_by}:
            raise NotAllowed("Nobody approves what they made themselves: ask a second person.")

    async def approved(self, uow: UnitOfWork, approver: Actor, subject_id: int) -> None:
        """The answer is vetted, the rumour answered, and everyone who asked is told."""
        rumour, message = await self._draft(uow, subject_id)
        if rumour.state != RumourState.ANSWERING:
            raise Conflict("This rumour is not waiting for an answer.")
        message = await self._vet(uow, approver, message)
        now = self._clock.now()
        await uow.rumours.change(subject_id, state=RumourState.ANSWERED, decided_by=approver.id, closed_at=now)
        await self._updates.tell_everyone(uow, rumour, message)
        await self._requests.ask_for_answer(uow, message)
        await self._rumours.end_reply_paths(uow, subject_id)

    async def _vet(self, uow: UnitOfWork, approver: Actor, message: MessageRow) -> MessageRow:
        if message.vetted_by is None:
            today = self._clock.now().date()
            await uow.messages.set_vetted(message.id, approver.name, today)
            source = await uow.messages.find_rendition(message.id, SOURCE_LANGUAGE, Form.TEXT)
            if source is not None and source.state == RenditionState.DRAFT:
                await uow.messages.change_rendition(
                    source.id, state=RenditionState.APPROVED, reviewer=approver.name, reviewer_id=approver.id,
                    reviewed_on=today,
                )  # fmt: skip
        vetted = await uow.messages.get(message.id)
        if vetted is None:
            raise NotFound("There is no such message.")
        return vetted

    async def refused(self, uow: UnitOfWork, approver: Actor, subject_id: int, reason: str) -> None:
        """Back to the triager; the draft stays."""
        await uow.rumours.change(subject_id, state=RumourState.NEW)

    async def _draft(self, uow: UnitOfWork, rumour_id: int) -> tuple[RumourRow, MessageRow]:
        rumour = await self._rumours.get(uow, rumour_id)
        message = await uow.messages.get(rumour.message_id) if rumour.message_id else None
        if message is None:
            raise NotFound("This rumour has no answer yet.")
        return rumour, message
