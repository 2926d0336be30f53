"""Deliveries: one row for one broadcast to one resident. The hot path of sending; Core statements only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, insert, literal, select, update

from bot.db.repositories.base import Repository
from bot.db.repositories.residents import Audience, audience_clause
from bot.db.tables import broadcasts, deliveries, erased_counts, residents
from bot.domain.broadcasts import DeliveryState

_QUEUED, _SENDING = int(DeliveryState.QUEUED), int(DeliveryState.SENDING)


@dataclass(frozen=True, slots=True)
class Due:
    """One delivery to make now: where to (sealed), and which group's content."""

    broadcast_id: int
    resident_id: int
    group_no: int
    chat: bytes
    state: str
    paused_until: datetime | None


@dataclass(frozen=True, slots=True)
class Ended:
    """One delivery's end state, to be recorded."""

    broadcast_id: int
    resident_id: int
    state: DeliveryState
    message_ref: int | None = None
    error: str | None = None


class DeliveryRepository(Repository):
    """Creates, claims, ends and counts deliveries."""

    async def queue_group(
        self, broadcast_id: int, group_no: int, *, bot_id: int, audience: Audience, listen: str, read: str,
        form: str, state: DeliveryState, error: str | None, now: datetime,
    ) -> int:  # fmt: skip
        """One row for every resident of a group, made inside the database; returns how many."""
        chosen = select(
            literal(broadcast_id), residents.c.id, literal(group_no), literal(int(state)), literal(error)
        ).where(
            audience_clause(bot_id, audience, now),
            residents.c.listen == listen, residents.c.read == read, residents.c.form == form,
        )  # fmt: skip
        names = ["broadcast_id", "resident_id", "group_no", "state", "error"]
        return await self.insert_count(insert(deliveries).from_select(names, chosen))

    async def due(self, broadcast_id: int, *, limit: int) -> list[Due]:
        """The next queued deliveries of a broadcast."""
        statement = (
            select(
                deliveries.c.broadcast_id, deliveries.c.resident_id, deliveries.c.group_no,
                residents.c.chat, residents.c.state, residents.c.paused_until,
            )
            .join(residents, residents.c.id == deliveries.c.resident_id)
            .where(deliveries.c.broadcast_id == broadcast_id, deliveries.c.state == _QUEUED)
            .order_by(deliveries.c.resident_id)
            .limit(limit)
        )  # fmt: skip
        return [Due(*row) for row in await self.connection.execute(statement)]

    async def intend(self, due: Sequence[Due], *, fence: int) -> None:
        """Write down, before the calls, that these are about to be sent."""
        statement = (
            update(deliveries)
            .where(
                deliveries.c.broadcast_id == bindparam("b"), deliveries.c.resident_id == bindparam("r"),
                deliveries.c.state == _QUEUED,
            )
            .values(state=_SENDING, fence=fence)
        )  # fmt: skip
        await self.connection.execute(statement, [{"b": each.broadcast_id, "r": each.resident_id} for each in due])

    async def end(self, ended: Sequence[Ended], *, fence: int, now: datetime) -> None:
        """Record outcomes. Only the sender that wrote the intent may: another fence changes nothing."""
        statement = (
            update(deliveries)
            .where(
                deliveries.c.broadcast_id == bindparam("b"), deliveries.c.resident_id == bindparam("r"),
                deliveries.c.state == _SENDING, deliveries.c.fence == fence,
            )
            .values(state=bindparam("s"), message_ref=bindparam("m"), error=bindparam("e"), changed_at=now)
        )  # fmt: skip
        values = [
            {"b": each.broadcast_id, "r": each.resident_id, "s": int(each.state), "m": each.message_ref,
             "e": each.error}
            for each in ended
        ]  # fmt: skip
        if values:
            await self.connection.execute(statement, values)

    async def skip(self, broadcast_id: int, resident_id: int, reason: str, *, now: datetime) -> None:
        """End a queued delivery without sending."""
        await self.connection.execute(
            update(deliveries)
            .where(
                deliveries.c.broadcast_id == broadcast_id, deliveries.c.resident_id == resident_id,
                deliveries.c.state == _QUEUED,
            )
            .values(state=int(DeliveryState.SKIPPED), error=reason, changed_at=now)
        )  # fmt: skip

    async def skip_all(self, broadcast_id: int, reason: str, *, now: datetime) -> int:
        """End everything of a broadcast that is still queued without sending."""
        done = await self.connection.execute(
            update(deliveries)
            .where(deliveries.c.broadcast_id == broadcast_id, deliveries.c.state == _QUEUED)
            .values(state=int(DeliveryState.SKIPPED), error=reason, changed_at=now)
        )
        return int(done.rowcount)

    async def requeue(self, broadcast_id: int, resident_id: int, *, fence: int) -> None:
        """Certainly not sent: back into the queue."""
        await self.connection.execute(
            update(deliveries)
            .where(
                deliveries.c.broadcast_id == broadcast_id, deliveries.c.resident_id == resident_id,
                deliveries.c.state == _SENDING, deliveries.c.fence == fence,
            )
            .values(state=_QUEUED, fence=None)
        )  # fmt: skip

    async def give_up_intents(self, bot_id: int, *, before_fence: int, now: datetime) -> int:
        """Intents of an earlier sender have no known outcome: unconfirmed, never repeated by themselves."""
        of_bot = select(broadcasts.c.id).where(broadcasts.c.bot_id == bot_id)
        done = await self.connection.execute(
            update(deliveries)
            .where(
                deliveries.c.broadcast_id.in_(of_bot), deliveries.c.state == _SENDING,
                deliveries.c.fence < before_fence,
            )
            .values(
                state=int(DeliveryState.UNCONFIRMED), changed_at=now,
                error="the process ended while it was sending",
            )
        )  # fmt: skip
        return int(done.rowcount)

    async def has_open(self, broadcast_id: int) -> bool:
        """Whether anything of it is still queued or being sent."""
        found = await self.scalar(
            select(deliveries.c.resident_id)
            .where(deliveries.c.broadcast_id == broadcast_id, deliveries.c.state < 2)
            .limit(1)
        )
        return found is not None

    async def of_resident(self, resident_id: int) -> list[tuple[int, int, datetime | None]]:
        """A resident's own deliveries as (broadcast, state, changed_at), for /mydata."""
        statement = select(deliveries.c.broadcast_id, deliveries.c.state, deliveries.c.changed_at).where(
            deliveries.c.resident_id == resident_id
        )
        return [(int(row[0]), int(row[1]), row[2]) for row in await self.connection.execute(statement)]

    async def forget_finished_before(self, instant: datetime) -> int:
        """Turn rows of broadcasts finished before `instant` into totals."""
        old = select(broadcasts.c.id).where(broadcasts.c.finished_at < instant)
        statement = (
            select(deliveries.c.broadcast_id, deliveries.c.group_no, deliveries.c.state, func.count())
            .where(deliveries.c.broadcast_id.in_(old))
            .group_by(deliveries.c.broadcast_id, deliveries.c.group_no, deliveries.c.state)
        )
        found = [tuple(row) for row in await self.connection.execute(statement)]
        for broadcast_id, group_no, state, n in found:
            await self._add_total(broadcast_id, group_no, state, n)
        await self.connection.execute(deliveries.delete().where(deliveries.c.broadcast_id.in_(old)))
        return sum(int(row[3]) for row in found)

    async def _add_total(self, broadcast_id: int, group_no: int, state: int, n: int) -> None:
        where = (
            erased_counts.c.broadcast_id == broadcast_id, erased_counts.c.group_no == group_no,
            erased_counts.c.state == state,
        )  # fmt: skip
        done = await self.connection.execute(update(erased_counts).where(*where).values(n=erased_counts.c.n + n))
        if done.rowcount == 0:
            await self.connection.execute(
                insert(erased_counts).values(broadcast_id=broadcast_id, group_no=group_no, state=state, n=n)
            )
