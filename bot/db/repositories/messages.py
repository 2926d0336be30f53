"""Messages by revision, and their renditions."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, select, update

from bot.db.repositories.base import Repository
from bot.db.rows import MessageRow, RenditionRow
from bot.db.tables import messages, renditions
from bot.domain.renditions import RenditionState


class MessageRepository(Repository):
    """The library as it stands in the database, which is the truth."""

    async def add_message(self, **values: Any) -> int:
        """A new revision; returns its row number."""
        return await self.add(messages, **values)

    async def get(self, message_id: int) -> MessageRow | None:
        """One revision by row number."""
        return await self.one(MessageRow, self.select(MessageRow, messages).where(messages.c.id == message_id))

    async def latest(self, key: str) -> MessageRow | None:
        """The newest revision of a message."""
        return await self.one(
            MessageRow,
            self.select(MessageRow, messages)
            .where(messages.c.key == key)
            .order_by(messages.c.revision.desc())
            .limit(1),
        )

    async def earlier(self, key: str, revision: int) -> list[MessageRow]:
        """The revisions before this one, newest first."""
        statement = self.select(MessageRow, messages).where(messages.c.key == key, messages.c.revision < revision)
        return await self.many(MessageRow, statement.order_by(messages.c.revision.desc()))

    async def all_latest(self) -> list[MessageRow]:
        """The newest revision of every message, by key."""
        newest = (
            select(messages.c.key, func.max(messages.c.revision).label("revision")).group_by(messages.c.key).subquery()
        )
        statement = (
            self.select(MessageRow, messages)
            .join(
                newest, and_(newest.c.key == messages.c.key, newest.c.revision == messages.c.revision)
            )
            .order_by(messages.c.key)
        )  # fmt: skip
        return await self.many(MessageRow, statement)

    async def in_force(self, now: datetime) -> list[MessageRow]:
        """Newest revisions that are vetted and valid now, emergencies first."""
        found = [
            each
            for each in await self.all_latest()
            if each.vetted_by is not None and each.shelf is None and each.valid_from <= now < each.valid_until
        ]
        return sorted(found, key=lambda each: (not each.emergency, each.key))

    async def set_vetted(self, message_id: int, by: str, on: date) -> None:
        """Record who vetted the English source, and when."""
        await self.connection.execute(
            update(messages).where(messages.c.id == message_id).values(vetted_by=by, vetted_on=on)
        )

    async def change(self, message_id: int, **values: Any) -> None:
        """Change some columns of a revision (a draft that has not left)."""
        await self.connection.execute(update(messages).where(messages.c.id == message_id).values(**values))

    # Renditions

    async def add_rendition(self, **values: Any) -> int:
        """A new rendition; returns its row number."""
        return await self.add(renditions, **values)

    async def rendition(self, rendition_id: int) -> RenditionRow | None:
        """One rendition by row number."""
        return await self.one(
            RenditionRow, self.select(RenditionRow, renditions).where(renditions.c.id == rendition_id)
        )

    async def find_rendition(self, message_id: int, language: str, form: str) -> RenditionRow | None:
        """A message's rendition in a language and form: the one in use, else the last that was withdrawn."""
        statement = (
            self.select(RenditionRow, renditions)
            .where(
                renditions.c.message_id == message_id, renditions.c.language == language, renditions.c.form == form,
            )
            .order_by(renditions.c.state == "withdrawn", renditions.c.id.desc())
            .limit(1)
        )  # fmt: skip
        return await self.one(RenditionRow, statement)

    async def renditions_by_leader(self, leader_id: int) -> list[RenditionRow]:
        """Everything that a leader has spoken or signed, newest first."""
        statement = (
            self.select(RenditionRow, renditions)
            .where(renditions.c.leader_id == leader_id)
            .order_by(renditions.c.id.desc())
        )
        return await self.many(RenditionRow, statement)

    async def recordings(self) -> list[RenditionRow]:
        """Every approved voice or video of any message."""
        return await self.many(
            RenditionRow,
            self.select(RenditionRow, renditions).where(
                renditions.c.media_id.is_not(None), renditions.c.state == RenditionState.APPROVED
            ),
        )

    async def renditions(self, message_id: int) -> list[RenditionRow]:
        """All renditions of a revision, by language and form."""
        return await self.many(
            RenditionRow,
            self.select(RenditionRow, renditions)
            .where(renditions.c.message_id == message_id)
            .order_by(renditions.c.language, renditions.c.form),
        )

    async def renditions_of(self, message_ids: Sequence[int]) -> dict[int, list[RenditionRow]]:
        """Renditions of many revisions, by revision."""
        found: dict[int, list[RenditionRow]] = {each: [] for each in message_ids}
        statement = (
            self.select(RenditionRow, renditions)
            .where(renditions.c.message_id.in_(message_ids))
            .order_by(renditions.c.language, renditions.c.form)
        )
        for row in await self.many(RenditionRow, statement):
            found[row.message_id].append(row)
        return found

    async def change_rendition(self, rendition_id: int, **values: Any) -> None:
        """Change some columns of a rendition."""
        await self.connection.execute(update(renditions).where(renditions.c.id == rendition_id).values(**values))

    async def waiting_review(self, languages: Sequence[str]) -> list[tuple[RenditionRow, MessageRow]]:
        """Draft renditions of newest revisions in these languages, with their message."""
        latest = {each.id: each for each in await self.all_latest()}
        statement = (
            self.select(RenditionRow, renditions)
            .where(
                renditions.c.state == "draft", renditions.c.language.in_(languages),
                renditions.c.message_id.in_(list(latest)),
            )
            .order_by(renditions.c.created_at, renditions.c.id)
        )  # fmt: skip
        found = [(row, latest[row.message_id]) for row in await self.many(RenditionRow, statement)]
        # People are waiting for answers to what they asked: those come first.
        return sorted(found, key=lambda pair: pair[1].origin != "answer")
