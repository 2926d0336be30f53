"""Gists by flag."""

from typing import Any

from sqlalchemy import delete, select, update

from bot.db.repositories.base import Repository
from bot.db.rows import FlagRow, GistRow
from bot.db.tables import flags, gists, rumours


class GistRepository(Repository):
    """Asked for, and given."""

    async def get(self, flag_id: int) -> GistRow | None:
        """What was asked or said about one flag."""
        return await self.one(GistRow, self.select(GistRow, gists).where(gists.c.flag_id == flag_id))

    async def of(self, flag_ids: list[int]) -> dict[int, GistRow]:
        """The same for many, by flag."""
        rows = await self.many(GistRow, self.select(GistRow, gists).where(gists.c.flag_id.in_(flag_ids)))
        return {each.flag_id: each for each in rows}

    async def ask(self, flag_id: int, **values: Any) -> None:
        """Note who is asked; asking somebody else takes the place of it."""
        await self.connection.execute(delete(gists).where(gists.c.flag_id == flag_id))
        await self.add(gists, flag_id=flag_id, text=None, given_by=None, given_at=None, **values)

    async def give(self, flag_id: int, **values: Any) -> None:
        """Keep what the speaker says."""
        await self.connection.execute(update(gists).where(gists.c.flag_id == flag_id).values(**values))

    async def wanting(self, source: str, *, limit: int = 200) -> list[FlagRow]:
        """Flags of open rumours in another language than `source` without a gist, by language, the oldest first."""
        statement = (
            self.select(FlagRow, flags)
            .join(rumours, rumours.c.id == flags.c.rumour_id)
            .outerjoin(gists, gists.c.flag_id == flags.c.id)
            .where(
                rumours.c.state.in_(("new", "answering")), flags.c.language.is_not(None), flags.c.language != source,
                gists.c.text.is_(None),
            )
            .order_by(flags.c.language, flags.c.id)
            .limit(limit)
        )  # fmt: skip
        return await self.many(FlagRow, statement)

    async def aimed_at_people(self, rumour_ids: list[int]) -> set[int]:
        """Those among these rumours that are marked as aimed at a group of people: they are shown covered."""
        statement = select(rumours.c.id).where(rumours.c.id.in_(rumour_ids), rumours.c.target.is_not(None))
        return set((await self.connection.execute(statement)).scalars())
