"""What was heard elsewhere, by rumour."""

from typing import Any

from sqlalchemy import func, select

from bot.db.repositories.base import Repository
from bot.db.rows import HearsayRow
from bot.db.tables import hearsay


class HearsayRepository(Repository):
    """Counted apart from what residents sent."""

    async def log(self, **values: Any) -> int:
        """One time that it was heard; returns the row number."""
        return await self.add(hearsay, **values)

    async def newest(self, *, limit: int = 50) -> list[HearsayRow]:
        """The last that were logged."""
        statement = self.select(HearsayRow, hearsay).order_by(hearsay.c.id.desc()).limit(limit)
        return await self.many(HearsayRow, statement)

    async def counts(self) -> dict[int, int]:
        """How many people said it, by rumour."""
        statement = select(hearsay.c.rumour_id, func.sum(hearsay.c.people)).group_by(hearsay.c.rumour_id)
        return {int(row[0]): int(row[1]) for row in await self.connection.execute(statement)}
