"""Residents' wishes and the ways back to who has them."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from bot.db.repositories.base import Repository
from bot.db.rows import WishPathRow, WishRow
from bot.db.tables import wish_paths, wishes


class WishRepository(Repository):
    """The desk's list of wishes."""

    async def create(self, **values: Any) -> int:
        """A new wish; returns its row number."""
        return await self.add(wishes, **values)

    async def add_path(self, **values: Any) -> None:
        """Keep the sealed way back."""
        await self.add(wish_paths, **values)

    async def get(self, wish_id: int) -> WishRow | None:
        """One wish."""
        return await self.one(WishRow, self.select(WishRow, wishes).where(wishes.c.id == wish_id))

    async def listed(self, *, new: bool, limit: int = 200) -> list[WishRow]:
        """Those that wait, the oldest first; or those that are answered, the newest first."""
        statement = self.select(WishRow, wishes).where((wishes.c.state == "new") == new)
        return await self.many(WishRow, statement.order_by(wishes.c.id if new else wishes.c.id.desc()).limit(limit))

    async def path(self, wish_id: int) -> WishPathRow | None:
        """The way back for one wish."""
        return await self.one(WishPathRow, self.select(WishPathRow, wish_paths).where(wish_paths.c.wish_id == wish_id))

    async def change(self, wish_id: int, **values: Any) -> None:
        """Change some columns."""
        await self.connection.execute(update(wishes).where(wishes.c.id == wish_id).values(**values))

    async def of_person(self, tag: bytes) -> list[WishRow]:
        """Everything that is still joined to this person, newest first."""
        statement = (
            self.select(WishRow, wishes)
            .join(wish_paths, wish_paths.c.wish_id == wishes.c.id)
            .where(wish_paths.c.person_tag == tag)
            .order_by(wishes.c.id.desc())
        )
        return await self.many(WishRow, statement)

    async def count_in(self, tag: bytes, hour: datetime) -> int:
        """How many wishes of this person came within an hour of the clock."""
        statement = (
            select(func.count())
            .select_from(wish_paths)
            .join(wishes, wishes.c.id == wish_paths.c.wish_id)
            .where(wish_paths.c.person_tag == tag, wishes.c.received_hour == hour)
        )
        return int(await self.scalar(statement) or 0)

    async def erase_paths(self, tag: bytes) -> int:
        """Cut every way back to this person."""
        return int((await self.connection.execute(delete(wish_paths).where(wish_paths.c.person_tag == tag))).rowcount)

    async def tags(self) -> list[tuple[bytes, datetime]]:
        """The keyed hash of everybody who has a way back to a wish, and the hour in which they wrote it."""
        statement = select(wish_paths.c.person_tag, wishes.c.received_hour).join(
            wishes, wishes.c.id == wish_paths.c.wish_id
        )
        return [(bytes(row[0]), row[1]) for row in await self.connection.execute(statement)]

    async def end_path(self, wish_id: int) -> None:
        """They have been answered: nobody is kept reachable any longer."""
        await self.connection.execute(delete(wish_paths).where(wish_paths.c.wish_id == wish_id))

    async def forget(self, *, expired: datetime, answered_before: datetime) -> None:
        """Cut ways back that have expired, and take out the words of what was answered long ago."""
        await self.connection.execute(delete(wish_paths).where(wish_paths.c.until <= expired))
        await self.connection.execute(update(wishes).where(wishes.c.answered_at < answered_before).values(text=""))
