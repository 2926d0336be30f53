"""The public record: answered rumours, their counts, and the claims that were worded for it."""

from typing import Any

from sqlalchemy import delete, func, select, update

from bot.db.repositories.base import Repository
from bot.db.rows import ClaimRow, RumourRow
from bot.db.tables import claims, flags, rumours


class ClaimRepository(Repository):
    """What open data is made of."""

    async def get(self, rumour_id: int) -> ClaimRow | None:
        """The claim of one rumour."""
        return await self.one(ClaimRow, self.select(ClaimRow, claims).where(claims.c.rumour_id == rumour_id))

    async def all(self) -> dict[int, ClaimRow]:
        """Every claim, by rumour."""
        return {each.rumour_id: each for each in await self.many(ClaimRow, self.select(ClaimRow, claims))}

    async def put(self, rumour_id: int, **values: Any) -> None:
        """Word it, or word it anew."""
        await self.connection.execute(delete(claims).where(claims.c.rumour_id == rumour_id))
        await self.add(claims, rumour_id=rumour_id, **values)

    async def change(self, rumour_id: int, **values: Any) -> None:
        """Change some columns."""
        await self.connection.execute(update(claims).where(claims.c.rumour_id == rumour_id).values(**values))

    async def answered(self) -> list[RumourRow]:
        """Rumours that are answered now, newest answer first."""
        statement = self.select(RumourRow, rumours).where(rumours.c.state == "answered")
        return await self.many(RumourRow, statement.order_by(rumours.c.closed_at.desc(), rumours.c.id.desc()))

    async def spread(self, column: str) -> dict[int, dict[str | None, int]]:
        """How many flags of each answered rumour have which value of `language` or `area`."""
        value = flags.c[column]
        statement = (
            select(flags.c.rumour_id, value, func.count())
            .join(rumours, rumours.c.id == flags.c.rumour_id)
            .where(rumours.c.state == "answered")
            .group_by(flags.c.rumour_id, value)
        )
        found: dict[int, dict[str | None, int]] = {}
        for rumour_id, name, count in await self.connection.execute(statement):
            found.setdefault(int(rumour_id), {})[name] = int(count)
        return found
