"""Renditions: written, approved by a second speaker, withdrawn. What is not approved never leaves."""

import hashlib
from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import MessageRow, RenditionRow
from bot.domain.broadcasts import BroadcastState
from bot.domain.renditions import SOURCE_LANGUAGE, RenditionState, check_second_person
from bot.domain.residents import Form
from bot.domain.staff import Act
from bot.errors import Conflict, InvalidInput, NotAllowed, NotFound
from bot.i18n import Registry, strip_controls, utf16_len
from bot.services.audit import Actor, Audit
from bot.services.ports import Clock
from bot.services.updates import AnswerUpdates

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

    def __init__(self, registry: Registry, audit: Audit, updates: AnswerUpdates, clock: Clock) -> None:
        self._registry = registry
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
        clean = strip_controls(text)[0].strip()
        if not clean:
            raise InvalidInput("The text is empty.")
        if utf16_len(clean) > TEXT_UNITS:
            raise InvalidInput(f"The text is longer than {TEXT_UNITS} characters.")
        message = await uow.messages.get(message_id)
        if message is None:
            raise NotFound("There is no such message.")
        values: dict[str, Any] = {
            "text": clean, "translator": actor.name, "made_by": actor.id, "state": RenditionState.DRAFT,
            "reviewer": None, "reviewer_id": None, "reviewed_on": None,
            "content_hash": content_hash(message.content_hash, tag, Form.TEXT, clean),
        }  # fmt: skip
        old = await uow.messages.find_rendition(message_id, tag, Form.TEXT)
        if old is not None and old.state == RenditionState.APPROVED:
            raise Conflict("An approved rendition is there already: withdraw it before writing another.")
        if old is not None:
            await uow.messages.change_rendition(old.id, **values)
            await uow.approvals.void(self.kind, old.id)
            rendition_id = old.id
        else:
            rendition_id = await uow.messages.add_rendition(
                message_id=message_id, language=tag, form=Form.TEXT, consent=[], created_at=self._clock.now(),
                **values,
            )  # fmt: skip
        await self._audit.note(uow, actor, Act.WRITE_RENDITION, f"{message.key} {tag}")
        return rendition_id

    async def withdraw(self, uow: UnitOfWork, actor: Actor, rendition_id: int) -> None:
        """Take an approved or draft rendition out of use; broadcasts that would still send it stop."""
        actor.check(Act.WITHDRAW_RENDITION)
        await uow.decide_alone()
        row = await self.get(uow, rendition_id)
        if row.state == RenditionState.WITHDRAWN:
            raise Conflict("This rendition is withdrawn already.")
        await uow.messages.change_rendition(rendition_id, state=RenditionState.WITHDRAWN)
        await uow.approvals.void(self.kind, rendition_id)
        for broadcast_id in await uow.broadcasts.uses_rendition(rendition_id):
            await uow.broadcasts.move(
                broadcast_id, BroadcastState.SENDING, BroadcastState.STOPPED, reason="a rendition was withdrawn"
            )
        await self._audit.note(uow, actor, Act.WITHDRAW_RENDITION, await self._subject(uow, row))

    # The approval subject

    async def content_hash(self, uow: UnitOfWork, subject_id: int) -> str:
        """The rendition's own hash: language, form and every word."""
        return (await self.get(uow, subject_id)).content_hash

    async def describe(self, uow: UnitOfWork, subject_id: int) -> dict[str, Any]:
        """The text beside its English source."""
        row = await self.get(uow, subject_id)
        message = await self._message(uow, row)
        source = await uow.messages.find_rendition(message.id, SOURCE_LANGUAGE, Form.TEXT)
        return {
            "key": message.key, "title": message.title, "language": row.language, "form": row.form, "text": row.text,
            "source": source.text if source else "", "translator": row.translator or "",
        }  # fmt: skip

    async def check_approver(self, uow: UnitOfWork, approver: Actor, subject_id: int) -> None:
        """Another person than the maker and than whose voice it is, who speaks the language."""
        row = await self.get(uow, subject_id)
        check_second_person(
            reviewer=approver.id, maker=row.made_by, reviewer_languages=approver.languages, language=row.language
        )
        leader = await uow.leaders.get(row.leader_id) if row.leader_id else None
        if approver.name in {row.translator, leader.name if leader else None}:
            raise NotAllowed("Nobody approves what they made themselves: ask a second person.")

    async def approved(self, uow: UnitOfWork, approver: Actor, subject_id: int) -> None:
        """The rendition may leave. Approving the English source vets the message."""
        row = await self.get(uow, subject_id)
        if row.state != RenditionState.DRAFT:
            raise Conflict(f"This rendition is {row.state} already.")
        today = self._clock.now().date()
        await uow.messages.change_rendition(
            subject_id, state=RenditionState.APPROVED, reviewer=approver.name, reviewer_id=approver.id,
            reviewed_on=today,
        )  # fmt: skip
        message = await self._message(uow, row)
        if row.language == SOURCE_LANGUAGE and row.form == Form.TEXT and message.vetted_by is None:
            await uow.messages.set_vetted(message.id, approver.name, today)
        await self._updates.rendition_approved(uow, message, row.language)

    async def refused(self, uow: UnitOfWork, approver: Actor, subject_id: int, reason: str) -> None:
        """Stays a draft; its maker hears why."""

    async def _message(self, uow: UnitOfWork, row: RenditionRow) -> MessageRow:
        message = await uow.messages.get(row.message_id)
        if message is None:
            raise NotFound("There is no such message.")
        return message

    async def _subject(self, uow: UnitOfWork, row: RenditionRow) -> str:
        return f"{(await self._message(uow, row)).key} {row.language} {row.form}"
