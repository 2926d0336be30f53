"""Likenesses: known texts with their vectors. A row never changes: what changes is removed and added anew."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select

from bot.db.repositories.base import Repository
from bot.db.rows import LikenessRow
from bot.db.tables import likenesses

_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class StoredVector:
    """A row as the index takes it."""

    row: int
    answer: str
    vector: bytes


class LikenessRepository(Repository):
    """Known texts."""

    async def add_many(self, rows: Sequence[dict[str, Any]]) -> None:
        """Add rows."""
        if rows:
            await self.connection.execute(insert(likenesses), list(rows))

    async def vectors_after(self, model: str, row: int) -> AsyncIterator[list[StoredVector]]:
        """Vectors of a model in rows after this one, oldest first, some thousands at a time."""
        while True:
            statement = (
                select(likenesses.c.id, likenesses.c.answer, likenesses.c.vector)
                .where(likenesses.c.model == model, likenesses.c.id > row)
                .order_by(likenesses.c.id)
                .limit(_AT_ONCE)
            )
            found = [StoredVector(*each) for each in await self.connection.execute(statement)]
            if not found:
                return
            yield found
            row = found[-1].row

    async def by_rows(self, rows: Sequence[int]) -> dict[int, LikenessRow]:
        """These rows, as far as they are still there."""
        statement = self.select(LikenessRow, likenesses).where(likenesses.c.id.in_(rows))
        return {each.id: each for each in await self.many(LikenessRow, statement)}

    async def rows_of_owners(self, kind: str, owners: Sequence[str]) -> list[int]:
        """The numbers of the rows of these owners."""
        statement = select(likenesses.c.id).where(likenesses.c.kind == kind, likenesses.c.owner.in_(owners))
        return [int(each[0]) for each in await self.connection.execute(statement)]

    async def rows_of_any(self, owners: Sequence[str]) -> list[int]:
        """The numbers of the rows of these owners, of whatever kind."""
        statement = select(likenesses.c.id).where(likenesses.c.owner.in_(owners))
        return [int(each[0]) for each in await self.connection.execute(statement)]

    async def of_kind(self, kind: str) -> list[LikenessRow]:
        """All rows of a kind, oldest first."""
        statement = self.select(LikenessRow, likenesses).where(likenesses.c.kind == kind).order_by(likenesses.c.id)
        return await self.many(LikenessRow, statement)

    async def with_other_model(self, model: str, limit: int) -> list[LikenessRow]:
        """Some rows whose vectors another model made."""
        statement = self.select(LikenessRow, likenesses).where(likenesses.c.model != model).order_by(likenesses.c.id)
        return await self.many(LikenessRow, statement.limit(limit))

    async def count_other(self, kind: str) -> int:
        """How many rows there are of other kinds."""
        return int(
            await self.scalar(select(func.count()).select_from(likenesses).where(likenesses.c.kind != kind)) or 0
        )

    async def owners(self, kind: str) -> set[str]:
        """Whose rows of a kind there are."""
        found = await self.connection.execute(select(likenesses.c.owner).where(likenesses.c.kind == kind))
        return {str(each[0]) for each in found}

    async def counts(self) -> dict[str, int]:
        """Rows by kind."""
        statement = select(likenesses.c.kind, func.count()).group_by(likenesses.c.kind)
        return {str(kind): int(count) for kind, count in await self.connection.execute(statement)}

    async def remove(self, rows: Sequence[int]) -> None:
        """Remove these rows."""
        await self.connection.execute(delete(likenesses).where(likenesses.c.id.in_(rows)))

    async def remove_kind(self, kind: str) -> None:
        """Remove all rows of a kind."""
        await self.connection.execute(delete(likenesses).where(likenesses.c.kind == kind))
