"""Taking back what was delivered: a queue of its own beside the states of deliveries, which stay as they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, exists, func, literal_column, or_, select, update

from bot.db.repositories.base import Repository
from bot.db.tables import UNSETTLED, broadcasts, deliveries, erased_counts, residents
from bot.domain.broadcasts import DeliveryState, RecallState

_SENDING, _SENT = int(DeliveryState.SENDING), int(DeliveryState.SENT)
_QUEUED, _WORKING = int(RecallState.QUEUED), int(RecallState.WORKING)
# A literal, not a parameter: only then do both engines see that the small partial index is enough.
_OPEN = deliveries.c.recall < literal_column("2")
_MOST_UNDER_WAY = 500
"""More than a sender has under way at once."""
_TO_DO = (deliveries.c.state == _SENT, deliveries.c.recall.is_(None), deliveries.c.message_ref.is_not(None))


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
    """Finds what is to be taken back, claims, ends and counts it.

    Nothing is marked when a broadcast is recalled but what is under way at that moment and what failed before: a sent
    row without a mark is still to do. Marking a million rows would hold everything up when it is urgent.
    """

    async def mark_under_way(self, broadcast_id: int) -> None:
        """What is on its way at this moment is taken back once it has arrived."""
        under_way = (
            select(deliveries.c.resident_id)
            .where(deliveries.c.broadcast_id == broadcast_id, UNSETTLED, deliveries.c.state == _SENDING)
            .with_hint(deliveries, "INDEXED BY ix_deliveries_unsettled", "sqlite")
        )
        await self.connection.execute(
            update(deliveries)
            .where(
                deliveries.c.broadcast_id == broadcast_id, deliveries.c.resident_id.in_(under_way),
                deliveries.c.state == _SENDING, deliveries.c.recall.is_(None),
            )
            .values(recall=_QUEUED)
        )  # fmt: skip

    async def mark_failed(self, broadcast_id: int) -> None:
        """What could not be taken back is tried once more."""
        await self.connection.execute(
            update(deliveries)
            .where(deliveries.c.broadcast_id == broadcast_id, deliveries.c.recall == int(RecallState.FAILED))
            .values(recall=_QUEUED)
        )

    async def recalled(self, bot_id: int) -> list[int]:
        """Every recalled broadcast, earliest recall first."""
        statement = (
            select(broadcasts.c.id)
            .where(broadcasts.c.recalled_at.is_not(None), broadcasts.c.bot_id == bot_id)
            .order_by(broadcasts.c.recalled_at, broadcasts.c.id)
        )
        return [int(row[0]) for row in await self.connection.execute(statement)]

    async def marked(self, bot_id: int) -> int | None:
        """A recalled broadcast in which something that is marked can be done now."""
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

    async def due_marked(self, broadcast_id: int, *, limit: int) -> list[ToRecall]:
        """The next marked messages of a broadcast."""
        # The index of open recalls holds just these; some may be under way, so it is asked for a few more.
        ids = (
            select(deliveries.c.resident_id)
            .where(deliveries.c.broadcast_id == broadcast_id, _OPEN, deliveries.c.recall == _QUEUED)
            .limit(limit + _MOST_UNDER_WAY)
        )
        chosen = (deliveries.c.resident_id.in_(ids), deliveries.c.recall == _QUEUED)
        return await self._due(broadcast_id, *chosen, limit=limit)

    async def first_unmarked(self, broadcast_id: int, *, after: int) -> int | None:
        """The next resident whose message is still to be taken back and has no mark."""
        found = await self.scalar(
            select(deliveries.c.resident_id)
            .join(residents, residents.c.id == deliveries.c.resident_id)
            .where(deliveries.c.broadcast_id == broadcast_id, deliveries.c.resident_id > after, *_TO_DO)
            .order_by(deliveries.c.resident_id)
            .limit(1)
        )
        return None if found is None else int(found)

    async def due_unmarked(self, broadcast_id: int, *, after: int, limit: int) -> list[ToRecall]:
        """The next unmarked messages of a broadcast, of residents above `after`."""
        return await self._due(broadcast_id, deliveries.c.resident_id > after, *_TO_DO, limit=limit)

    async def _due(self, broadcast_id: int, *chosen: ColumnElement[bool], limit: int) -> list[ToRecall]:
        statement = (
            select(
                deliveries.c.broadcast_id, deliveries.c.resident_id, deliveries.c.group_no, deliveries.c.message_ref,
                deliveries.c.changed_at, residents.c.chat, residents.c.state,
            )
            .join(residents, residents.c.id == deliveries.c.resident_id)
            .where(deliveries.c.broadcast_id == broadcast_id, deliveries.c.state == _SENT, *chosen)
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
            update(deliveries)
            .where(*_one(), or_(deliveries.c.recall.is_(None), deliveries.c.recall == _QUEUED))
            .values(recall=_WORKING, fence=fence),
            [{"b": each.broadcast_id, "r": each.resident_id} for each in rows],
        )

    async def end(self, ended: Sequence[Recalled], *, fence: int) -> None:
        """Record outcomes. Only the sender that wrote the intent may: another fence changes nothing."""
        await self.connection.execute(
            update(deliveries)
            .where(*_one(), deliveries.c.recall == _WORKING, deliveries.c.fence == fence)
            .values(recall=bindparam("s")),
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
        """How many stand where in a recalled broadcast. People who were erased since are not in it."""
        statement = (
            select(deliveries.c.recall, func.count())
            .where(
                deliveries.c.broadcast_id == broadcast_id, deliveries.c.state == _SENT,
                deliveries.c.message_ref.is_not(None),
            )
            .group_by(deliveries.c.recall)
        )  # fmt: skip
        found: dict[RecallState, int] = {}
        for mark, n in await self.connection.execute(statement):
            state = RecallState.QUEUED if mark is None else RecallState(mark)
            found[state] = found.get(state, 0) + int(n)
        return found

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


def _one() -> tuple[ColumnElement[bool], ...]:
    return deliveries.c.broadcast_id == bindparam("b"), deliveries.c.resident_id == bindparam("r")
