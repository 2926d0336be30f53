"""Groups by keyed hash."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, update

from bot.db.repositories.base import Repository
from bot.db.rows import GroupChatRow
from bot.db.tables import groups


class GroupRepository(Repository):
    """What the administrators of a group chose."""

    async def get(self, bot_id: int, tag: bytes) -> GroupChatRow | None:
        """One group; None where nothing was ever chosen."""
        return await self.one(
            GroupChatRow, self.select(GroupChatRow, groups).where(groups.c.bot_id == bot_id, groups.c.group_tag == tag)
        )

    async def set(self, bot_id: int, tag: bytes, *, automatic: bool, now: datetime) -> None:
        """Switch answers that nobody asked for on or off; off leaves no trace."""
        await self.drop(bot_id, tag)
        if automatic:
            await self.add(groups, bot_id=bot_id, group_tag=tag, automatic=True, answered=[], changed_at=now)

    async def change(self, bot_id: int, tag: bytes, **values: Any) -> None:
        """Change some columns."""
        await self.connection.execute(
            update(groups).where(groups.c.bot_id == bot_id, groups.c.group_tag == tag).values(**values)
        )

    async def drop(self, bot_id: int, tag: bytes) -> None:
        """The bot has left, or answers only when asked."""
        await self.connection.execute(delete(groups).where(groups.c.bot_id == bot_id, groups.c.group_tag == tag))

    async def move(self, bot_id: int, tag: bytes, *, to: bytes) -> None:
        """The group became a supergroup, with another number."""
        if await self.get(bot_id, tag) is not None:
            await self.drop(bot_id, to)
            await self.change(bot_id, tag, group_tag=to)
