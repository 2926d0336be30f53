"""The outbox: answers to people, committed together with what they answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.repositories.base import Repository
from bot.db.rows import OutboxRow
from bot.db.tables import outbox
from bot.domain.broadcasts import DeliveryState

_PUT = insert(outbox).inline()
QUEUED, SENDING = int(DeliveryState.QUEUED), int(DeliveryState.SENDING)


class OutboxRepository(Repository):
    """Rows wait (queued), carry the intent (sending), and end; an ended row keeps no address and no words."""

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection)
        self._collected: list[dict[str, Any]] = []

    async def put(
        self, *, bot_id: int, tag: bytes | None, chat: bytes, kind: str, params: dict[str, Any], language: str,
        now: datetime,
    ) -> None:  # fmt: skip
        """Queue one message to one person; those of one transaction are written together, in their order."""
        self._collected.append(
            {
                "bot_id": bot_id, "person_tag": tag, "chat": chat, "kind": kind, "params": params,
                "language": language, "state": QUEUED, "not_before": now, "created_at": now,
            }
        )  # fmt: skip

    async def flush(self) -> None:
        """Write what was put."""
        if self._collected:
            rows, self._collected = self._collected, []
            await self.connection.execute(_PUT, rows)

    def discard(self) -> None:
        """Forget what was put and not written."""
        self._collected = []

    async def queued(self, bot_id: int, *, limit: int, now: datetime) -> list[OutboxRow]:
        """The oldest queued rows that are due."""
        await self.flush()
        statement = self.select(OutboxRow, outbox).where(
            outbox.c.bot_id == bot_id, outbox.c.state == QUEUED, outbox.c.not_before <= now
        )
        return await self.many(OutboxRow, statement.order_by(outbox.c.id).limit(limit))

    async def intend(self, ids: Sequence[int], *, fence: int) -> None:
        """Write down, before the call, that these are about to be sent."""
        await self.connection.execute(update(outbox).where(outbox.c.id.in_(ids)).values(state=SENDING, fence=fence))

    async def postpone(self, row: OutboxRow, not_before: datetime) -> None:
        """Leave a queued row, and what else is queued for its person, alone until `not_before`."""
        whose = outbox.c.id == row.id if row.person_tag is None else outbox.c.person_tag == row.person_tag
        await self.connection.execute(
            update(outbox)
            .where(
                whose, outbox.c.bot_id == row.bot_id, outbox.c.state == QUEUED, outbox.c.not_before < not_before
            )
            .values(not_before=not_before)
        )  # fmt: skip

    async def end(self, row_id: int, state: DeliveryState, *, fence: int, now: datetime, error: str | None) -> None:
        """Record the outcome; what the row said and to whom is removed."""
        await self.connection.execute(
            update(outbox)
            .where(outbox.c.id == row_id, outbox.c.state == SENDING, outbox.c.fence == fence)
            .values(state=int(state), ended_at=now, error=error, person_tag=None, chat=None, params={})
        )

    async def requeue(self, row_id: int, *, fence: int, not_before: datetime, chat: bytes | None = None) -> None:
        """Certainly not sent: wait again until `not_before`, at the new address where one is given."""
        values: dict[str, Any] = {"state": QUEUED, "not_before": not_before, "fence": None}
        if chat is not None:
            values["chat"] = chat
        await self.connection.execute(
            update(outbox)
            .where(outbox.c.id == row_id, outbox.c.state == SENDING, outbox.c.fence == fence)
            .values(**values)
        )

    async def give_up_intents(self, bot_id: int, *, before_fence: int, now: datetime) -> int:
        """Intents of an earlier sender have no known outcome: unconfirmed, never repeated."""
        done = await self.connection.execute(
            update(outbox)
            .where(outbox.c.bot_id == bot_id, outbox.c.state == SENDING, outbox.c.fence < before_fence)
            .values(
                state=int(DeliveryState.UNCONFIRMED), ended_at=now, person_tag=None, chat=None, params={},
                error="the process ended while it was sending",
            )
        )  # fmt: skip
        return int(done.rowcount)

    async def drop_of(self, bot_id: int, tags: Sequence[bytes]) -> None:
        """Remove what is still queued for these person tags."""
        await self.flush()
        await self.connection.execute(
            delete(outbox).where(outbox.c.bot_id == bot_id, outbox.c.person_tag.in_(tags), outbox.c.state == QUEUED)
        )

    async def drop_to(self, chat: bytes) -> None:
        """Remove what is still queued for exactly this sealed address."""
        await self.flush()
        await self.connection.execute(delete(outbox).where(outbox.c.chat == chat, outbox.c.state == QUEUED))

    async def drop_open(self) -> int:
        """Remove everything that is queued or being sent; returns how many."""
        await self.flush()
        done = await self.connection.execute(delete(outbox).where(outbox.c.state.in_((QUEUED, SENDING))))
        return int(done.rowcount)

    async def next_due(self, bot_id: int) -> datetime | None:
        """When the earliest queued row may be sent."""
        await self.flush()
        value: datetime | None = await self.scalar(
            select(func.min(outbox.c.not_before)).where(outbox.c.bot_id == bot_id, outbox.c.state == QUEUED)
        )
        return value

    async def counts(self) -> dict[str, int]:
        """Rows by state name."""
        await self.flush()
        statement = select(outbox.c.state, func.count()).group_by(outbox.c.state)
        return {DeliveryState(row[0]).name.lower(): int(row[1]) for row in await self.connection.execute(statement)}

    async def forget_ended_before(self, instant: datetime) -> int:
        """Remove the empty records of what ended before `instant`."""
        done = await self.connection.execute(delete(outbox).where(outbox.c.ended_at < instant))
        return int(done.rowcount)
