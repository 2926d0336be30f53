"""Taking back what was delivered: a queue of its own beside the states of deliveries, which stay as they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, literal_column, or_, select, update

from bot.db.repositories.base import Repository
from bot.db.tables import broadcasts, deliveries, erased_counts, residents
from bot.domain.broadcasts import DeliveryState, RecallState

_SENDING, _SENT = int(DeliveryState.SENDING), int(DeliveryState.SENT)
_QUEUED, _WORKING = int(RecallState.QUEUED), int(RecallState.WORKING)
# A literal, not a parameter: only then do both engines see that the small index of open recalls is enough.
_OPEN = deliveries.c.recall < literal_column("2")


@dataclass(frozen=True, slots=True)
class ToRecall:
    """One delivered message to take back: where it is (sealed) and its number there."""

    broadcast_id: int
    resident_id: int
    group_no: int
    message_ref: int
    sent_at: datetime
    chat: bytes
    state: str


@dataclass(frozen=True, slots=True)
class Recalled:
    """What became of one."""

    broadcast_id: int
    resident_id: int
    state: RecallState


class RecallRepository(Repository):
    """Queues, claims, ends and counts recalls."""

    async def queue(self, broadcast_id: int) -> int:
        """Queue what was delivered and what is on its way at this moment; what failed before is tried again."""
        delivered = and_(
            deliveries.c.state == _SENT, deliveries.c.message_ref.is_not(None),
            or_(deliveries.c.recall.is_(None), deliveries.c.recall == int(RecallState.FAILED)),
        )  # fmt: skip
        on_its_way = and_(deliveries.c.state == _SENDING, deliveries.c.recall.is_(None))
        done = await self.connection.execute(
            update(deliveries)
            .where(deliveries.c.broadcast_id == broadcast_id, or_(delivered, on_its_way))
            .values(recall=_QUEUED)
        )
        return int(done.rowcount)

    async def next(self, bot_id: int) -> int | None:
        """The earliest recalled broadcast with something to do now."""
        waiting = exists().where(
            deliveries.c.broadcast_id == broadcasts.c.id, _OPEN, deliveries.c.recall == _QUEUED,
            deliveries.c.state != _SENDING,
        )  # fmt: skip
        found = await self.scalar(
            select(broadcasts.c.id)
            .where(broadcasts.c.recalled_at.is_not(None), broadcasts.c.bot_id == bot_id, waiting)
            .order_by(broadcasts.c.recalled_at, broadcasts.c.id)
            .limit(1)
        )
        return None if found is None else int(found)

    async def due(self, broadcast_id: int, *, limit: int) -> list[ToRecall]:
        """The next delivered messages of a broadcast to take back."""
        statement = (
            select(
                deliveries.c.broadcast_id, deliveries.c.resident_id, deliveries.c.group_no, deliveries.c.message_ref,
                deliveries.c.changed_at, residents.c.chat, residents.c.state,
            )
            .join(residents, residents.c.id == deliveries.c.resident_id)
            .where(
                deliveries.c.broadcast_id == broadcast_id, _OPEN, deliveries.c.recall == _QUEUED,
                deliveries.c.state == _SENT,
            )
            .order_by(deliveries.c.resident_id)
            .limit(limit)
        )  # fmt: skip
        return [ToRecall(*row) for row in await self.connection.execute(statement)]

    async def drop_unsent(self, broadcast_id: int) -> None:
        """What was on its way when it was recalled, and did not arrive: there is nothing to take back."""
        await self.connection.execute(
            update(deliveries)
            .where(
                deliveries.c.broadcast_id == broadcast_id, _OPEN, deliveries.c.recall == _QUEUED,
                deliveries.c.state.not_in((_SENDING, _SENT)),
            )
            .values(recall=None)
        )  # fmt: skip

    async def intend(self, rows: Sequence[ToRecall], *, fence: int) -> None:
        """Write down, before the calls, that these are about to be taken back."""
        await self.connection.execute(
            update(deliveries).where(*_one(_QUEUED)).values(recall=_WORKING, fence=fence),
            [{"b": each.broadcast_id, "r": each.resident_id} for each in rows],
        )

    async def end(self, ended: Sequence[Recalled], *, fence: int) -> None:
        """Record outcomes. Only the sender that wrote the intent may: another fence changes nothing."""
        await self.connection.execute(
            update(deliveries).where(*_one(_WORKING), deliveries.c.fence == fence).values(recall=bindparam("s")),
            [{"b": each.broadcast_id, "r": each.resident_id, "s": int(each.state)} for each in ended],
        )

    async def give_back(self, bot_id: int, *, before_fence: int) -> None:
        """What an earlier sender left in the middle waits again."""
        recalled = select(broadcasts.c.id).where(broadcasts.c.recalled_at.is_not(None), broadcasts.c.bot_id == bot_id)
        await self.connection.execute(
            update(deliveries)
            .where(
                deliveries.c.broadcast_id.in_(recalled), _OPEN, deliveries.c.recall == _WORKING,
                deliveries.c.fence < before_fence,
            )
            .values(recall=_QUEUED)
        )  # fmt: skip

    async def counts(self, broadcast_id: int) -> dict[RecallState, int]:
        """How many stand where. People who were erased since are not in it."""
        statement = (
            select(deliveries.c.recall, func.count())
            .where(deliveries.c.broadcast_id == broadcast_id, deliveries.c.recall.is_not(None))
            .group_by(deliveries.c.recall)
        )
        return {RecallState(row[0]): int(row[1]) for row in await self.connection.execute(statement)}

    async def erased(self, broadcast_id: int) -> int:
        """How many got it and were erased since: nobody knows any more where to reach them."""
        return int(
            await self.scalar(
                select(func.sum(erased_counts.c.n)).where(
                    erased_counts.c.broadcast_id == broadcast_id, erased_counts.c.state == _SENT
                )
            )
            or 0
        )


def _one(recall: int) -> tuple[ColumnElement[bool], ...]:
    return (
        deliveries.c.broadcast_id == bindparam("b"), deliveries.c.resident_id == bindparam("r"),
        deliveries.c.recall == recall,
    )  # fmt: skip
