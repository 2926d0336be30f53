"""Media: files that came in or will go out, and where they are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from bot.db.repositories.base import Repository
from bot.db.rows import MediaRow
from bot.db.tables import flags, media, renditions


class MediaRepository(Repository):
    """States: `wanted` (to be fetched), `stored`, `too_big`, `failed`, `removed`."""

    async def create(self, **values: Any) -> int:
        """A new media row; returns its number."""
        return await self.add(media, **values)

    async def get(self, media_id: int) -> MediaRow | None:
        """One media row."""
        return await self.one(MediaRow, self.select(MediaRow, media).where(media.c.id == media_id))

    async def change(self, media_id: int, **values: Any) -> None:
        """Change some columns."""
        await self.connection.execute(update(media).where(media.c.id == media_id).values(**values))

    async def arrived(self, media_id: int, **values: Any) -> bool:
        """Change a file that was still wanted. False where another worker was first."""
        still = update(media).where(media.c.id == media_id, media.c.state == "wanted")
        return bool((await self.connection.execute(still.values(**values))).rowcount == 1)

    async def wanted(self, bot_id: int, *, limit: int) -> list[MediaRow]:
        """Files still to be fetched from the channel, oldest first."""
        statement = (
            self.select(MediaRow, media)
            .where(media.c.state == "wanted", media.c.bot_id == bot_id)
            .order_by(media.c.id)
            .limit(limit)
        )
        return await self.many(MediaRow, statement)

    async def of_flags_before(self, instant: datetime, kinds: Sequence[str]) -> list[MediaRow]:
        """Stored files of flags that came before `instant`, of these kinds."""
        statement = (
            self.select(MediaRow, media)
            .where(
                media.c.id.in_(select(flags.c.media_id)), media.c.created_at < instant,
                media.c.state != "removed", media.c.kind.in_(kinds),
                media.c.id.not_in(select(renditions.c.media_id).where(renditions.c.media_id.is_not(None))),
            )
        )  # fmt: skip
        return await self.many(MediaRow, statement)

    async def left_over(self, *, limit: int) -> list[MediaRow]:
        """Erased media whose files are still in the store."""
        statement = self.select(MediaRow, media).where(media.c.state == "removed", media.c.path.is_not(None))
        return await self.many(MediaRow, statement.order_by(media.c.id).limit(limit))

    async def stored_paths(self) -> list[str]:
        """The names of all files in the store that a row leads to."""
        statement = select(media.c.path).where(media.c.path.is_not(None)).order_by(media.c.id)
        return [str(row[0]) for row in await self.connection.execute(statement)]

    async def remove(self, media_id: int) -> None:
        """Delete the row (its file is removed by the caller)."""
        await self.connection.execute(delete(media).where(media.c.id == media_id))
