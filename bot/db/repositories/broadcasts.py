"""Broadcasts and their groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select, update

from bot.db.repositories.base import Repository
from bot.db.rows import BroadcastRow, GroupRow
from bot.db.tables import broadcast_groups, broadcasts, messages
from bot.domain.broadcasts import BroadcastState


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A broadcast being sent: what the sender must know of it."""

    id: int
    emergency: bool
    until: datetime | None
    rumour_id: int | None
    resend_of: int | None


class BroadcastRepository(Repository):
    """Broadcasts by state and time."""

    async def create(self, **values: Any) -> int:
        """A new broadcast; returns its number."""
        return await self.add(broadcasts, **values)

    async def add_occurrence(self, series: str, occurrence: str, **values: Any) -> int | None:
        """One more occurrence of a series; returns its number, or None when somebody was faster."""
        if not await self.insert_new(broadcasts, [{"series": series, "occurrence": occurrence, **values}]):
            return None
        return int(
            await self.scalar(
                select(broadcasts.c.id).where(broadcasts.c.series == series, broadcasts.c.occurrence == occurrence)
            )
        )

    async def of_series(self, series: str, *, limit: int = 1_000) -> list[BroadcastRow]:
        """The occurrences of a series, newest first."""
        return await self.many(
            BroadcastRow,
            self.select(BroadcastRow, broadcasts)
            .where(broadcasts.c.series == series)
            .order_by(broadcasts.c.occurrence.desc())
            .limit(limit),
        )

    async def unthanked(self, *, limit: int) -> list[BroadcastRow]:
        """Broadcasts that went out as a whole, whose leaders have not been thanked yet."""
        statement = self.select(BroadcastRow, broadcasts).where(
            broadcasts.c.state == BroadcastState.DONE, broadcasts.c.thanked_at.is_(None)
        )
        return await self.many(BroadcastRow, statement.order_by(broadcasts.c.id).limit(limit))

    async def get(self, broadcast_id: int) -> BroadcastRow | None:
        """One broadcast."""
        return await self.one(
            BroadcastRow, self.select(BroadcastRow, broadcasts).where(broadcasts.c.id == broadcast_id)
        )

    async def page(self, *, limit: int = 100) -> list[BroadcastRow]:
        """Broadcasts, newest first."""
        return await self.many(
            BroadcastRow, self.select(BroadcastRow, broadcasts).order_by(broadcasts.c.id.desc()).limit(limit)
        )

    async def move(
        self, broadcast_id: int, from_state: BroadcastState, to_state: BroadcastState, **values: Any
    ) -> bool:
        """Change the state if it is still `from_state`; False when somebody was faster."""
        done = await self.connection.execute(
            update(broadcasts)
            .where(broadcasts.c.id == broadcast_id, broadcasts.c.state == from_state)
            .values(state=to_state, **values)
        )
        return bool(done.rowcount == 1)

    async def change(self, broadcast_id: int, **values: Any) -> None:
        """Change some columns."""
        await self.connection.execute(update(broadcasts).where(broadcasts.c.id == broadcast_id).values(**values))

    async def stop_film(self, film_id: int, reason: str) -> None:
        """Broadcasts that would still send this film stop, at the sender's next step."""
        await self.connection.execute(
            update(broadcasts)
            .where(broadcasts.c.film_id == film_id, broadcasts.c.state == BroadcastState.SENDING)
            .values(state=BroadcastState.STOPPED, reason=reason)
        )

    async def due(self, now: datetime) -> list[BroadcastRow]:
        """Scheduled broadcasts whose time has come."""
        return await self.many(
            BroadcastRow,
            self.select(BroadcastRow, broadcasts)
            .where(broadcasts.c.state == BroadcastState.SCHEDULED, broadcasts.c.send_at <= now)
            .order_by(broadcasts.c.send_at, broadcasts.c.id),
        )

    async def hold_sending(self, bot_id: int) -> None:
        """Nobody stops what is being sent before this unit of work ends; who stopped it already is seen by it.

        PostgreSQL alone: between reading what is due and writing its intents a withdrawal could be committed there. On
        SQLite one writes at a time.
        """
        if self.connection.dialect.name == "postgresql":
            await self.connection.execute(
                select(broadcasts.c.id)
                .where(broadcasts.c.state == BroadcastState.SENDING, broadcasts.c.bot_id == bot_id)
                .order_by(broadcasts.c.id)
                .with_for_update(read=True)
            )

    async def under_way(self, bot_id: int, now: datetime, *, paid: bool | None = None) -> list[UnderWay]:
        """Broadcasts being sent and not past their latest time: emergencies first, then oldest; of all, by default."""
        statement = (
            select(
                broadcasts.c.id, messages.c.emergency, broadcasts.c.until, broadcasts.c.rumour_id,
                broadcasts.c.resend_of,
            )
            .join(messages, messages.c.id == broadcasts.c.message_id)
            .where(
                broadcasts.c.state == BroadcastState.SENDING, broadcasts.c.bot_id == bot_id,
                or_(broadcasts.c.until.is_(None), broadcasts.c.until > now),
                *(() if paid is None else (broadcasts.c.paid.is_(paid),)),
            )
            .order_by(messages.c.emergency.desc(), broadcasts.c.id)
        )  # fmt: skip
        return [UnderWay(*row) for row in await self.connection.execute(statement)]

    async def counted_since(self, bot_id: int, instant: datetime) -> list[int]:
        """Broadcasts whose messages may have arrived since `instant` and count as unasked: all but emergencies."""
        statement = (
            select(broadcasts.c.id)
            .join(messages, messages.c.id == broadcasts.c.message_id)
            .where(
                broadcasts.c.bot_id == bot_id, broadcasts.c.started_at.is_not(None), messages.c.emergency.is_(False),
                or_(broadcasts.c.finished_at.is_(None), broadcasts.c.finished_at > instant),
            )
        )  # fmt: skip
        return [int(row[0]) for row in await self.connection.execute(statement)]

    async def in_states(self, states: Sequence[BroadcastState]) -> list[BroadcastRow]:
        """Broadcasts in these states, oldest first."""
        return await self.many(
            BroadcastRow,
            self.select(BroadcastRow, broadcasts).where(broadcasts.c.state.in_(states)).order_by(broadcasts.c.id),
        )

    async def paid(self) -> list[BroadcastRow]:
        """Every broadcast that is paid for; a borough has a handful a month."""
        return await self.many(BroadcastRow, self.select(BroadcastRow, broadcasts).where(broadcasts.c.paid))

    async def overdue(self, now: datetime) -> list[BroadcastRow]:
        """Unfinished broadcasts whose latest time has passed."""
        unfinished = (
            BroadcastState.SCHEDULED, BroadcastState.SENDING, BroadcastState.PAUSED, BroadcastState.STOPPED,
        )  # fmt: skip
        return await self.many(
            BroadcastRow,
            self.select(BroadcastRow, broadcasts).where(broadcasts.c.state.in_(unfinished), broadcasts.c.until <= now),
        )

    async def add_groups(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep the plan of a broadcast that starts."""
        if rows:
            await self.connection.execute(insert(broadcast_groups), list(rows))

    async def groups(self, broadcast_id: int) -> list[GroupRow]:
        """The plan of a broadcast."""
        return await self.many(
            GroupRow,
            self.select(GroupRow, broadcast_groups)
            .where(broadcast_groups.c.broadcast_id == broadcast_id)
            .order_by(broadcast_groups.c.no),
        )

    async def uses_rendition(self, rendition_id: int) -> list[int]:
        """Unfinished broadcasts that would still send this rendition."""
        statement = (
            select(broadcast_groups.c.broadcast_id)
            .join(broadcasts, broadcasts.c.id == broadcast_groups.c.broadcast_id)
            .where(
                broadcasts.c.state.in_((BroadcastState.SENDING, BroadcastState.PAUSED, BroadcastState.STOPPED)),
                (broadcast_groups.c.text_id == rendition_id) | (broadcast_groups.c.media_rendition_id == rendition_id),
            )
            .distinct()
        )
        return [int(row[0]) for row in await self.connection.execute(statement)]
