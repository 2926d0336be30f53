"""Renditions: written, approved by a second speaker, withdrawn. What is not approved never leaves."""

import hashlib
from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import LeaderRow, MessageRow, RenditionRow, RequestRow
from bot.domain.leaders import RequestState, ReviewState, Task
from bot.domain.renditions import SOURCE_LANGUAGE, RenditionState, check_second_person
from bot.domain.residents import Form
from bot.domain.staff import Act
from bot.errors import Conflict, InvalidInput, NotAllowed, NotFound
from bot.i18n import Registry, strip_controls, utf16_len
from bot.services.audit import Actor, Audit
from bot.services.ports import Clock
from bot.services.updates import AnswerUpdates
from bot.services.voices import Voices

TEXT_UNITS = 3_500
"""UTF-16 units of a text rendition, so that title, sources and footer still fit into Telegram's 4,096."""


def content_hash(*parts: object) -> str:
    """SHA-256 over the parts, unambiguously joined."""
    digest = hashlib.sha256()
    for part in parts:
        encoded = str(part).encode()
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.hexdigest()


class Renditions:
    """The approval subject `rendition`, and everything before and after it."""

    kind = "rendition"
    act = Act.APPROVE_RENDITION

    def __init__(
        self, registry: Registry, audit: Audit, updates: AnswerUpdates, voices: Voices, clock: Clock
    ) -> None:  # fmt: skip
        self._registry = registry
        self._voices = voices
        self._audit = audit
        self._updates = updates
        self._clock = clock

    async def get(self, uow: UnitOfWork, rendition_id: int) -> RenditionRow:
        """One rendition. Raises NotFound."""
        row = await uow.messages.rendition(rendition_id)
        if row is None:
            raise NotFound("There is no such rendition.")
        return row

    async def find(self, uow: UnitOfWork, key: str, language: str, form: Form = Form.TEXT) -> RenditionRow:
        """The newest revision's rendition in a language and form. Raises NotFound."""
        message = await uow.messages.latest(key)
        if message is None:
            raise NotFound(f"There is no message {key}.")
        row = await uow.messages.find_rendition(message.id, language, form)
        if row is None:
            raise NotFound(f"{key} has no {form} rendition in {language}.")
        return row

    async def write(self, uow: UnitOfWork, actor: Actor, message_id: int, language: str, text: str) -> int:
        """Write (or rewrite) the text of a message in a language: a draft until a second speaker approves it.

        Raises InvalidInput for an unknown language or an empty or too long text, Conflict when an approved rendition
        is there (withdraw it first).
        """
        actor.check(Act.WRITE_RENDITION)
        await uow.decide_alone()
        tag = self._registry.get(language).tag
        message = await uow.messages.get(message_id)
        if message is None:
            raise NotFound("There is no such message.")
        rendition_id = await self._put(uow, message, tag, text, translator=actor.name, made_by=actor.id)
        await self._audit.note(uow, actor, Act.WRITE_RENDITION, f"{message.key} {tag}")
        return rendition_id

    async def _put(self, uow: UnitOfWork, message: MessageRow, tag: str, text: str, **maker: Any) -> int:
        clean = strip_controls(text)[0].strip()
        if not clean:
            raise InvalidInput("The text is empty.")
        if utf16_len(clean) > TEXT_UNITS:
            raise InvalidInput(f"The text is longer than {TEXT_UNITS} characters.")
        values: dict[str, Any] = {
            "leader_id": None, **maker, "text": clean, "state": RenditionState.DRAFT,
            "reviewer": None, "reviewer_id": None, "reviewed_on": None,
            "content_hash": content_hash(message.content_hash, tag, Form.TEXT, clean),
        }  # fmt: skip
        old = await uow.messages.find_rendition(message.id, tag, Form.TEXT)
        if old is not None and old.state == RenditionState.APPROVED:
            raise Conflict("An approved rendition is there already: withdraw it before writing another.")
        if old is not None:
            await uow.messages.change_rendition(old.id, **values)
            await uow.approvals.void(self.kind, old.id)
            return old.id
        return await uow.messages.add_rendition(
            message_id=message.id, language=tag, form=Form.TEXT, consent=[], created_at=self._clock.now(), **values
        )

    async def write_translation(
        self, uow: UnitOfWork, leader: LeaderRow, request: RequestRow, text: str, *, typed_by: int | None = None
    ) -> int:
        """What a translator handed in: a draft by them, credited only if they agree. Raises as `write`."""
        message = await uow.messages.get(request.message_id)
        if message is None:
            raise NotFound("There is no such message.")
        name = leader.name if leader.credited else "a community translator"
        return await self._put(
            uow, message, request.language, text, translator=name, made_by=typed_by, leader_id=leader.id
        )

    async def withdraw(self, uow: UnitOfWork, actor: Actor, rendition_id: int) -> None:
        """Take an approved or draft rendition out of use; broadcasts that would still send it stop."""
        actor.check(Act.WITHDRAW_RENDITION)
        await uow.decide_alone()
        row = await self.get(uow, rendition_id)
        if row.state == RenditionState.WITHDRAWN:
            raise Conflict("This rendition is withdrawn already.")
        await uow.messages.change_rendition(rendition_id, state=RenditionState.WITHDRAWN)
        await uow.approvals.void(self.kind, rendition_id)
        await self._voices.stop(uow, rendition_id, "a rendition was withdrawn")
        await self._audit.note(uow, actor, Act.WITHDRAW_RENDITION, await self._subject(uow, row))

    # The approval subject

    async def content_hash(self, uow: UnitOfWork, subject_id: int) -> str:
        """The rendition's own hash: language, form and every word."""
        return (await self.get(uow, subject_id)).content_hash

    async def describe(self, uow: UnitOfWork, subject_id: int) -> dict[str, Any]:
        """The text beside its English source; a recording that was made here is heard alone first (`blind`)."""
        row = await self.get(uow, subject_id)
        message = await self._message(uow, row)
        source = await uow.messages.find_rendition(message.id, SOURCE_LANGUAGE, Form.TEXT)
        media = await uow.media.get(row.media_id) if row.media_id else None
        return {
            "key": message.key, "title": message.title, "language": row.language, "form": row.form, "text": row.text,
            "source": source.text if source else "", "translator": row.translator or "", "rendition_id": row.id,
            "blind": row.consent_id is not None,
            "media": None if media is None else {"media_id": media.id, "kind": media.kind, "file_id": media.file_id},
        }  # fmt: skip

    async def check_approver(self, uow: UnitOfWork, approver: Actor, subject_id: int) -> None:
        """Another person than the maker and than whose voice it is, who speaks the language."""
        row = await self.get(uow, subject_id)
        check_second_person(
            reviewer=approver.id, maker=row.made_by, reviewer_languages=approver.languages, language=row.language
        )
        await self.check_not_theirs(uow, approver, subject_id)

    async def check_not_theirs(self, uow: UnitOfWork, approver: Actor, subject_id: int) -> None:
        """Raise NotAllowed for its maker and for its leader, also where that is one phone under two names."""
        row = await self.get(uow, subject_id)
        leader = await uow.leaders.get(row.leader_id) if row.leader_id else None
        member = await uow.staff.get(approver.id)
        names = {row.translator, leader.name if leader else None, leader.name_own if leader else None}
        one_phone = (
            leader is not None and member is not None
            and leader.person_tag is not None and leader.person_tag == member.person_tag
        )  # fmt: skip
        if approver.name in names or row.made_by == approver.id or one_phone:
            raise NotAllowed("Nobody approves what they made themselves: ask a second person.")

    async def approved(self, uow: UnitOfWork, approver: Actor, subject_id: int) -> None:
        """The rendition may leave. Approving the English source vets the message.

        Raises NotAllowed for a recording made here that this person has not heard alone and then compared.
        """
        row = await self.get(uow, subject_id)
        if row.consent_id is not None:
            heard = await uow.recordings.review_by(row.id, approver.id, row.content_hash)
            if heard is None or heard.state != ReviewState.COMPARED:
                raise NotAllowed("Hear it first, say what it means, and then look at the source: begin the review.")
        await self.let_leave(uow, row, reviewer=approver.name, by=approver)

    async def let_leave(self, uow: UnitOfWork, row: RenditionRow, *, reviewer: str, by: Actor) -> None:
        """What follows a yes, whoever gave it by the rules. Raises Conflict where it is no draft (any more)."""
        if row.state != RenditionState.DRAFT:
            raise Conflict(f"This rendition is {row.state} already.")
        today = self._clock.now().date()
        await uow.messages.change_rendition(
            row.id, state=RenditionState.APPROVED, reviewer=reviewer, reviewer_id=by.id, reviewed_on=today
        )
        message = await self._message(uow, row)
        if row.language == SOURCE_LANGUAGE and row.form == Form.TEXT and message.vetted_by is None:
            await uow.messages.set_vetted(message.id, by.name, today)
        await self._updates.rendition_approved(uow, message, row.language)
        await self._thank(uow, row, message)

    async def _thank(self, uow: UnitOfWork, row: RenditionRow, message: MessageRow) -> None:
        """Its leader or translator hears of it; a voice that may not be heard at this moment waits, paused."""
        if row.leader_id is None:
            return
        for request in await uow.leaders.requests(
            leader_id=row.leader_id, message_id=row.message_id, states=[RequestState.SUBMITTED]
        ):
            if (request.language, request.form) == (row.language, row.form) or request.kind == Task.RECORD:
                await uow.leaders.change_request(request.id, state=RequestState.DONE, changed_at=self._clock.now())
        if row.consent_id is not None:
            await self._voices.settle(uow, row.leader_id)
        leader = await self._voices.leader(uow, row.leader_id)
        await self._voices.tell(uow, leader, "recording.approved", title=message.title, language=row.language)

    async def refused(self, uow: UnitOfWork, approver: Actor, subject_id: int, reason: str) -> None:
        """Stays a draft; its maker hears why."""

    async def _message(self, uow: UnitOfWork, row: RenditionRow) -> MessageRow:
        message = await uow.messages.get(row.message_id)
        if message is None:
            raise NotFound("There is no such message.")
        return message

    async def _subject(self, uow: UnitOfWork, row: RenditionRow) -> str:
        return f"{(await self._message(uow, row)).key} {row.language} {row.form}"
