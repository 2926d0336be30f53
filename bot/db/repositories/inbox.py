"""The durable inbox: sealed updates, each stored once and handled once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from sqlalchemy import delete, func, select, update

from bot.db.repositories.base import Repository
from bot.db.tables import conversations, updates


class UpdateState(IntEnum):
    """WAITING to be handled, HANDLED, or QUARANTINED because it could not be."""

    WAITING = 0
    HANDLED = 1
    QUARANTINED = 2


@dataclass(frozen=True, slots=True)
class StoredUpdate:
    """One waiting update: its number and its sealed body."""

    update_id: int
    body: bytes


class InboxRepository(Repository):
    """Stores raw updates and conversation steps."""

    async def store(self, bot_id: int, received: Sequence[tuple[int, bytes]], *, now: datetime) -> int:
        """Keep sealed updates whose number is new; returns how many were. Repeats change nothing."""
        return await self.insert_new(
            updates,
            [
                {
                    "bot_id": bot_id, "update_id": number, "state": UpdateState.WAITING, "body": body,
                    "received_at": now, "error": None,
                }
                for number, body in received
            ],
        )  # fmt: skip

    async def waiting(self, bot_id: int, *, limit: int) -> list[StoredUpdate]:
        """The oldest waiting updates."""
        statement = (
            select(updates.c.update_id, updates.c.body)
            .where(updates.c.bot_id == bot_id, updates.c.state == 0)
            .order_by(updates.c.update_id)
            .limit(limit)
        )
        return [StoredUpdate(row[0], row[1]) for row in await self.connection.execute(statement)]

    async def mark_handled(self, bot_id: int, update_ids: Sequence[int]) -> None:
        """They are done: only their number stays, so that a repeat is recognised."""
        await self._end(bot_id, update_ids, UpdateState.HANDLED, None)

    async def quarantine(self, bot_id: int, update_id: int, error: str) -> None:
        """It cannot be handled: set aside, sealed body kept for a look, the chat goes on."""
        await self.connection.execute(
            update(updates)
            .where(updates.c.bot_id == bot_id, updates.c.update_id == update_id)
            .values(state=UpdateState.QUARANTINED, error=error[:120])
        )

    async def _end(self, bot_id: int, update_ids: Sequence[int], state: UpdateState, error: str | None) -> None:
        await self.connection.execute(
            update(updates)
            .where(updates.c.bot_id == bot_id, updates.c.update_id.in_(update_ids))
            .values(state=state, body=None, error=error)
        )

    async def counts(self) -> dict[str, int]:
        """How many updates wait and how many are quarantined."""
        statement = select(updates.c.state, func.count()).where(updates.c.state != 1).group_by(updates.c.state)
        found = {int(row[0]): int(row[1]) for row in await self.connection.execute(statement)}
        return {"waiting": found.get(0, 0), "quarantined": found.get(2, 0)}

    async def last_update_id(self, bot_id: int) -> int | None:
        """The highest number stored, to go on polling from."""
        value = await self.scalar(select(func.max(updates.c.update_id)).where(updates.c.bot_id == bot_id))
        return None if value is None else int(value)

    async def forget_before(self, instant: datetime) -> int:
        """Remove the records of updates received before `instant`."""
        return int((await self.connection.execute(delete(updates).where(updates.c.received_at < instant))).rowcount)

    async def conversation(self, bot_id: int, tag: bytes) -> bytes | None:
        """The sealed state of a person's conversation."""
        value = await self.scalar(
            select(conversations.c.sealed).where(conversations.c.bot_id == bot_id, conversations.c.person_tag == tag)
        )
        return None if value is None else bytes(value)

    async def keep_conversation(self, bot_id: int, tag: bytes, sealed: bytes, *, now: datetime) -> None:
        """Store or replace it."""
        where = (conversations.c.bot_id == bot_id, conversations.c.person_tag == tag)
        done = await self.connection.execute(update(conversations).where(*where).values(sealed=sealed, updated_at=now))
        if done.rowcount == 0:
            await self.add(conversations, bot_id=bot_id, person_tag=tag, sealed=sealed, updated_at=now)

    async def drop_conversation(self, bot_id: int, tag: bytes) -> None:
        """Forget the state of a person's conversation."""
        await self.connection.execute(
            delete(conversations).where(conversations.c.bot_id == bot_id, conversations.c.person_tag == tag)
        )

    async def drop_conversations_before(self, instant: datetime) -> int:
        """Forget conversations untouched since `instant`."""
        done = await self.connection.execute(delete(conversations).where(conversations.c.updated_at < instant))
        return int(done.rowcount)
