"""The durable inbox: sealed updates, each stored once and handled once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import cache

from sqlalchemy import Executable, delete, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.repositories.base import Repository
from bot.db.tables import conversations, updates

LANES = 64
"""The updates of one chat share one of these lanes, 0 to 63; a lane is worked on by one process at a time."""
_LANES_AT_ONCE = 16
"""A worker leaves the other lanes to the other workers."""

# A lane's lock ends with the transaction, after its commit is visible: the next holder sees what was handled. The key
# is negative, so that it meets no other advisory lock of ours.
_TAKE_LANES = text(f"""
    WITH heads AS MATERIALIZED (
        SELECT lane, (SELECT update_id FROM updates WHERE bot_id = :bot_id AND updates.lane = numbers.lane AND state = 0
                      ORDER BY update_id LIMIT 1) AS head
        FROM generate_series(0, {LANES - 1}) AS numbers (lane)
    ), waiting AS MATERIALIZED (SELECT lane FROM heads WHERE head IS NOT NULL ORDER BY head)
    SELECT lane FROM waiting WHERE pg_try_advisory_xact_lock(-1 - {LANES} * CAST(:bot_id AS bigint) - lane)
    LIMIT {_LANES_AT_ONCE}
""")  # noqa: S608 - only our own numbers
_READ_LANES = text("""
    SELECT waiting.update_id, waiting.body FROM unnest(CAST(:lanes AS smallint[])) AS taken (lane) CROSS JOIN LATERAL (
        SELECT update_id, body FROM updates WHERE bot_id = :bot_id AND updates.lane = taken.lane AND state = 0
        ORDER BY update_id LIMIT :each
    ) AS waiting ORDER BY waiting.update_id
""")


@cache
def _keep(dialect: str) -> Executable:
    statement = (sqlite if dialect == "sqlite" else postgresql).insert(conversations)
    new = statement.excluded
    kept: Executable = statement.on_conflict_do_update(
        index_elements=["bot_id", "person_tag"], set_={"sealed": new.sealed, "updated_at": new.updated_at}
    )
    return kept


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
    """Hands out stored updates (bot/db/intake.py stores them), and keeps conversation steps."""

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection)
        self._expected: dict[tuple[int, bytes], bytes | None] = {}
        self._kept: dict[tuple[int, bytes], tuple[bytes, datetime]] = {}

    async def waiting(self, bot_id: int, *, limit: int) -> list[StoredUpdate]:
        """Waiting updates, lane by lane, each lane's oldest first."""
        statement = (
            select(updates.c.update_id, updates.c.body)
            .where(updates.c.bot_id == bot_id, updates.c.state == 0)
            .order_by(updates.c.lane, updates.c.update_id)
            .limit(limit)
        )
        return [StoredUpdate(row[0], row[1]) for row in await self.connection.execute(statement)]

    async def take(self, bot_id: int, *, limit: int) -> list[StoredUpdate]:
        """Up to `limit` waiting updates that are this transaction's alone until it ends, the oldest of their lanes.

        Those of one chat come in their order, and none of its later ones can be taken meanwhile: on PostgreSQL by a
        lock on each lane, on SQLite because one transaction writes at a time.
        """
        if self._one_writer:
            return await self.waiting(bot_id, limit=limit)
        lanes = [int(row[0]) for row in await self.connection.execute(_TAKE_LANES, {"bot_id": bot_id})][:limit]
        if not lanes:
            return []
        # A second statement: only its view is surely younger than the locks.
        found = await self.connection.execute(
            _READ_LANES, {"bot_id": bot_id, "lanes": lanes, "each": limit // len(lanes)}
        )
        return [StoredUpdate(row[0], row[1]) for row in found]

    @property
    def _one_writer(self) -> bool:
        return self.connection.dialect.name == "sqlite"

    async def mark_handled(self, bot_id: int, update_ids: Sequence[int]) -> None:
        """They are done: only their number stays, so that a repeat is recognised (and no lane, a trace of the chat)."""
        await self._end(bot_id, update_ids, UpdateState.HANDLED, None)

    async def quarantine(self, bot_id: int, update_id: int, error: str) -> None:
        """It cannot be handled: set aside, sealed body kept for a look, the chat goes on."""
        await self.connection.execute(
            update(updates)
            .where(updates.c.bot_id == bot_id, updates.c.update_id == update_id)
            .values(state=UpdateState.QUARANTINED, lane=0, error=error[:120])
        )

    async def _end(self, bot_id: int, update_ids: Sequence[int], state: UpdateState, error: str | None) -> None:
        await self.connection.execute(
            update(updates)
            .where(updates.c.bot_id == bot_id, updates.c.update_id.in_(update_ids))
            .values(state=state, lane=0, body=None, error=error)
        )

    async def drop_waiting(self) -> int:
        """Count everything that waits as handled, unread; returns how many."""
        done = await self.connection.execute(
            update(updates)
            .where(updates.c.state == UpdateState.WAITING)
            .values(state=UpdateState.HANDLED, lane=0, body=None, error=None)
        )
        return int(done.rowcount)

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

    async def expect(self, bot_id: int, tags: Sequence[bytes]) -> None:
        """Read the conversations of these persons together, for whoever asks in this transaction."""
        statement = select(conversations.c.person_tag, conversations.c.sealed).where(
            conversations.c.bot_id == bot_id, conversations.c.person_tag.in_(tags)
        )
        found = {bytes(row[0]): bytes(row[1]) for row in await self.connection.execute(statement)}
        self._expected.update({(bot_id, tag): found.get(tag) for tag in tags})

    async def conversation(self, bot_id: int, tag: bytes) -> bytes | None:
        """The sealed state of a person's conversation."""
        key = (bot_id, tag)
        if key in self._kept:
            return self._kept[key][0]
        if key in self._expected:
            return self._expected[key]
        value = await self.scalar(
            select(conversations.c.sealed).where(conversations.c.bot_id == bot_id, conversations.c.person_tag == tag)
        )
        return None if value is None else bytes(value)

    async def keep_conversation(self, bot_id: int, tag: bytes, sealed: bytes, *, now: datetime) -> None:
        """Store or replace it; those of one transaction are written together."""
        self._kept[bot_id, tag] = (sealed, now)

    async def drop_conversation(self, bot_id: int, tag: bytes) -> None:
        """Forget the state of a person's conversation."""
        self._kept.pop((bot_id, tag), None)
        self._expected.pop((bot_id, tag), None)
        await self.connection.execute(
            delete(conversations).where(conversations.c.bot_id == bot_id, conversations.c.person_tag == tag)
        )

    async def flush(self) -> None:
        """Write what is to be kept."""
        if self._kept:
            rows = [
                {"bot_id": bot_id, "person_tag": tag, "sealed": sealed, "updated_at": now}
                for (bot_id, tag), (sealed, now) in self._kept.items()
            ]
            self._kept = {}
            self._expected = {}
            await self.connection.execute(_keep(self.connection.dialect.name), rows)

    def discard(self) -> None:
        """Forget what was to be kept and is not written."""
        self._kept, self._expected = {}, {}

    async def conversation_tags(self) -> list[tuple[int, bytes, datetime]]:
        """Every kept conversation as (bot, keyed hash, updated_at)."""
        statement = select(conversations.c.bot_id, conversations.c.person_tag, conversations.c.updated_at)
        return [(int(row[0]), bytes(row[1]), row[2]) for row in await self.connection.execute(statement)]

    async def drop_conversations_before(self, instant: datetime) -> int:
        """Forget conversations untouched since `instant`."""
        done = await self.connection.execute(delete(conversations).where(conversations.c.updated_at < instant))
        return int(done.rowcount)
