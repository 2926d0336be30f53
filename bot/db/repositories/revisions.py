"""Changes of messages that wait for, or had, a second person's yes."""

from typing import Any

from sqlalchemy import update

from bot.db.repositories.base import Repository
from bot.db.rows import RevisionRow
from bot.db.tables import revisions


class RevisionRepository(Repository):
    """Proposals by the message revision that they change."""

    async def create(self, **values: Any) -> int:
        """A new proposal; returns its number."""
        return await self.add(revisions, **values)

    async def get(self, revision_id: int) -> RevisionRow | None:
        """One proposal."""
        return await self.one(RevisionRow, self.select(RevisionRow, revisions).where(revisions.c.id == revision_id))

    async def change(self, revision_id: int, **values: Any) -> None:
        """Change some columns."""
        await self.connection.execute(update(revisions).where(revisions.c.id == revision_id).values(**values))

    async def open_of(self, message_id: int) -> list[RevisionRow]:
        """What is proposed for a message revision and not decided, newest first."""
        statement = self.select(RevisionRow, revisions).where(
            revisions.c.message_id == message_id, revisions.c.state == "proposed"
        )
        return await self.many(RevisionRow, statement.order_by(revisions.c.id.desc()))
