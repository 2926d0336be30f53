"""The ready shelf: messages recorded, checked and approved ahead; on the day, facts and a second yes are enough."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import MessageRow, RevisionRow
from bot.domain.facts import clean_facts
from bot.domain.renditions import RenditionState
from bot.domain.revisions import Meaning, RevisionKind, RevisionState
from bot.domain.staff import Act
from bot.errors import Conflict, InvalidInput, NotFound, NotVetted
from bot.services.audit import Actor, Audit, actor_of
from bot.services.broadcasts import Broadcasts
from bot.services.ports import Clock
from bot.services.renditions import content_hash
from bot.services.revisions import carry_rendition, copy_message, message_of, newest

LONGEST_HOURS = 72
"""What is taken from the shelf is about today; later it is written anew."""
_HEAD = re.compile(r"^shelf-")
_KEY_LIMIT = 40


class Shelf:
    """Takes messages from the shelf; the approval subject `shelf`."""

    kind = "shelf"
    act = Act.APPROVE_BROADCAST

    def __init__(self, broadcasts: Broadcasts, audit: Audit, clock: Clock) -> None:
        self._broadcasts = broadcasts
        self._audit = audit
        self._clock = clock

    async def get(self, uow: UnitOfWork, subject_id: int) -> RevisionRow:
        """One message that was taken from the shelf and waits for its yes. Raises NotFound."""
        row = await uow.revisions.get(subject_id)
        if row is None or row.kind != RevisionKind.SHELF:
            raise NotFound("There is no such message from the shelf.")
        return row

    async def take(
        self, uow: UnitOfWork, actor: Actor, key: str, *, facts: Mapping[str, str], languages: Sequence[str] = (),
        areas: Sequence[str] = (), hours: int = 24,
    ) -> int:  # fmt: skip
        """Fill in today's facts; it goes as soon as a second publisher says yes. Returns its number.

        Raises InvalidInput where a fact that the message asks for is missing, or `hours` (how long it is valid) is not
        1 to 72; NotVetted for a draft; Conflict for what is not on the shelf.
        """
        actor.check(Act.CREATE_BROADCAST)
        await uow.decide_alone()
        message, source = await newest(uow, key)
        if message.shelf is None:
            raise Conflict(f"{key} is not on the shelf.")
        if message.vetted_by is None or source.state != RenditionState.APPROVED:
            raise NotVetted(f"{key} is a draft that no second person has vetted: it cannot be taken.")
        if not 1 <= hours <= LONGEST_HOURS:
            raise InvalidInput(f"It is valid for 1 to {LONGEST_HOURS} hours.")
        wanted = clean_facts(facts)
        missing = [each for each in message.asks if each not in wanted]
        if missing:
            raise InvalidInput(f"Fill in what it asks for: {', '.join(missing)}.")
        taken = await uow.revisions.create(
            message_id=message.id, kind=RevisionKind.SHELF, title=message.title, text=source.text, facts=wanted,
            meaning=Meaning.UNCHANGED, languages=list(languages), areas=list(areas), hours=hours,
            state=RevisionState.PROPOSED, made_by=actor.id, created_at=self._clock.now(),
        )  # fmt: skip
        await self._audit.note(uow, actor, "take_from_shelf", key, facts=wanted)
        return taken

    # The approval subject

    async def content_hash(self, uow: UnitOfWork, subject_id: int) -> str:
        """The message, every approved rendition of it, the facts, and who gets it."""
        row = await self.get(uow, subject_id)
        message = await message_of(uow, row)
        renditions = [
            (each.id, each.content_hash)
            for each in await uow.messages.renditions(message.id)
            if each.state == RenditionState.APPROVED
        ]
        return content_hash(
            message.content_hash, sorted(renditions), sorted(row.facts.items()), row.languages, row.areas, row.hours
        )

    async def describe(self, uow: UnitOfWork, subject_id: int) -> dict[str, Any]:
        """The words, the facts, and the languages in which it is there."""
        row = await self.get(uow, subject_id)
        message = await message_of(uow, row)
        found = await uow.messages.renditions(message.id)
        approved = sorted({each.language for each in found if each.state == RenditionState.APPROVED})
        return {
            "revision_id": row.id, "key": message.key, "title": row.title, "text": row.text, "facts": row.facts,
            "languages": row.languages, "areas": row.areas, "hours": row.hours, "approved": approved,
        }  # fmt: skip

    async def check_approver(self, uow: UnitOfWork, approver: Actor, subject_id: int) -> None:
        """Another person than who took it, with a phone of their own."""
        row = await self.get(uow, subject_id)
        await self._broadcasts.check_two(uow, approver.id, row.made_by)

    async def approved(self, uow: UnitOfWork, approver: Actor, subject_id: int) -> None:
        """A message of its own with today's facts, and its broadcast, which starts at once."""
        row = await self.get(uow, subject_id)
        if row.state != RevisionState.PROPOSED:
            raise Conflict(f"This is {row.state} already.")
        author = await uow.staff.get(row.made_by)
        if author is None or not author.active:
            raise Conflict("Whoever took it from the shelf is not on the team any more: take it again.")
        shelf = await message_of(uow, row)
        key, message_id = await self._message(uow, approver, row, shelf)
        await uow.revisions.change(row.id, state=RevisionState.CONFIRMED, result_id=message_id)
        broadcast_id = await self._broadcasts.create(
            uow, actor_of(author, "shelf"), key=key, languages=tuple(row.languages), areas=tuple(row.areas),
            allow_fallback=True,
        )  # fmt: skip
        await self._broadcasts.approved(uow, approver, broadcast_id)

    async def _message(self, uow: UnitOfWork, approver: Actor, row: RevisionRow, shelf: MessageRow) -> tuple[str, int]:
        now = self._clock.now()
        key = f"{_HEAD.sub('', shelf.key)[: _KEY_LIMIT - 20]}-{now:%y%m%d-%H%M}-{row.id}"
        hashed = content_hash(key, 1, shelf.content_hash, sorted(row.facts.items()))
        message_id = await copy_message(
            uow, shelf, key=key, revision=1, shelf=None, asks=[], origin="shelf", facts=row.facts, valid_from=now,
            valid_until=now + timedelta(hours=row.hours or LONGEST_HOURS), vetted_by=approver.name,
            vetted_on=now.date(), content_hash=hashed, created_by=row.made_by, created_at=now,
        )  # fmt: skip
        for each in await uow.messages.renditions(shelf.id):
            if each.state == RenditionState.APPROVED:
                await carry_rendition(uow, each, message_id, hashed, self._clock)
        return key, message_id

    async def refused(self, uow: UnitOfWork, approver: Actor, subject_id: int, reason: str) -> None:
        """Nothing goes out."""
        await uow.revisions.change(subject_id, state=RevisionState.REFUSED)
