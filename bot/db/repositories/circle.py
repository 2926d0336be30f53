"""Notes of the leaders' circle."""

from typing import Any

from sqlalchemy import or_, update

from bot.db.repositories.base import Repository
from bot.db.rows import CircleNoteRow
from bot.db.tables import circle_notes


class CircleRepository(Repository):
    """States: domain/circle.py."""

    async def create(self, **values: Any) -> int:
        """A new note; returns its number."""
        return await self.add(circle_notes, **values)

    async def get(self, note_id: int) -> CircleNoteRow | None:
        """One note."""
        return await self.one(
            CircleNoteRow, self.select(CircleNoteRow, circle_notes).where(circle_notes.c.id == note_id)
        )

    async def change(self, note_id: int, **values: Any) -> None:
        """Change some columns."""
        await self.connection.execute(update(circle_notes).where(circle_notes.c.id == note_id).values(**values))

    async def in_state(self, state: str, *, limit: int = 100) -> list[CircleNoteRow]:
        """Notes in a state, oldest first."""
        statement = self.select(CircleNoteRow, circle_notes).where(circle_notes.c.state == state)
        return await self.many(CircleNoteRow, statement.order_by(circle_notes.c.id).limit(limit))

    async def of_leader(self, leader_id: int) -> list[CircleNoteRow]:
        """Everything that one leader wrote, oldest first."""
        statement = self.select(CircleNoteRow, circle_notes).where(circle_notes.c.leader_id == leader_id)
        return await self.many(CircleNoteRow, statement.order_by(circle_notes.c.id))

    async def shown(self, key: str, topic: str, *, limit: int = 200) -> list[CircleNoteRow]:
        """Notes that leaders may read, about a message or its topic, newest first."""
        statement = self.select(CircleNoteRow, circle_notes).where(
            circle_notes.c.state == "shown", or_(circle_notes.c.key == key, circle_notes.c.topic == topic)
        )
        return await self.many(CircleNoteRow, statement.order_by(circle_notes.c.id.desc()).limit(limit))
