"""Deliveries: one row for one broadcast to one resident. The hot path of sending; Core statements only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, insert, literal, select, text, tuple_, update

from bot.db.repositories.base import Repository
from bot.db.repositories.residents import IN_ROW_ORDER, Audience, audience_clause, of_resident
from bot.db.tables import QUEUED, UNSETTLED, broadcast_groups, broadcasts, deliveries, erased_counts, residents
from bot.db.types import Instant, stored_instant
from bot.domain.broadcasts import ENDED, BroadcastState, DeliveryState

_QUEUED, _SENDING, _RESTING = int(DeliveryState.QUEUED), int(DeliveryState.SENDING), int(DeliveryState.RESTING)
PORTION = 5_000
"""Deliveries that are ended in one transaction: a fraction of a second on either engine."""
_HAD = (_SENDING, int(DeliveryState.SENT), int(DeliveryState.UNCONFIRMED))
_END_SENT_SQLITE = """
UPDATE deliveries SET state = 2, changed_at = ?, message_ref = ?, error = NULL
WHERE broadcast_id = ? AND resident_id = ? AND state = 1 AND fence = ?
"""
_END_SENT_POSTGRESQL = text("""
UPDATE deliveries SET state = 2, changed_at = :now, message_ref = ended.m, error = NULL
FROM (SELECT unnest(CAST(:r AS bigint[])) AS r, unnest(CAST(:m AS bigint[])) AS m) AS ended
WHERE deliveries.broadcast_id = :b AND deliveries.resident_id = ended.r
AND deliveries.state = 1 AND deliveries.fence = :f
""").bindparams(bindparam("now", type_=Instant))
"""From sending (1) to sent (2), a batch at once: SQLAlchemy's own way costs several times as much (decision 0011)."""


_BY_QUEUED, _BY_UNSETTLED = "INDEXED BY ix_deliveries_queued", "INDEXED BY ix_deliveries_unsettled"
"""SQLite would rather walk the primary key, over everything that has ended."""


def _unsettled(broadcast_id: int) -> Select[tuple[int]]:
    """The residents whose delivery rests or is being sent."""
    return (
        select(deliveries.c.resident_id)
        .where(deliveries.c.broadcast_id == broadcast_id, UNSETTLED)
        .with_hint(deliveries, _BY_UNSETTLED, "sqlite")
    )


@dataclass(frozen=True, slots=True)
class Due:
    """One delivery to make now: where to (sealed), and which group's content."""

    broadcast_id: int
    resident_id: int
    group_no: int
    chat: bytes
    state: str
    paused_until: datetime | None
    quiet_from: int | None
    quiet_to: int | None


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

    async def queue(
        self, broadcast_id: int, *, bot_id: int, audience: Audience, now: datetime, no_language: str
    ) -> int:  # fmt: skip
        """One row for every resident of the audience, made inside the database in one pass; returns how many.

        Its groups must be stored. Residents of a group without a language end at once as skipped, for `no_language`.
        """
        groups = broadcast_groups.c
        nothing = groups.language.is_(None)
        chosen = (
            select(
                literal(broadcast_id), residents.c.id, groups.no,
                case((nothing, int(DeliveryState.SKIPPED)), else_=_QUEUED), case((nothing, no_language), else_=None),
            )
            .join(
                broadcast_groups,
                (groups.broadcast_id == broadcast_id) & (groups.listen == residents.c.listen)
                & (groups.read == residents.c.read) & (groups.form == residents.c.form),
            )
            .where(audience_clause(bot_id, audience, now))
            .order_by(residents.c.id)
            .with_hint(residents, IN_ROW_ORDER, "sqlite")
        )  # fmt: skip
        names = ["broadcast_id", "resident_id", "group_no", "state", "error"]
        return await self.insert_count(insert(deliveries).from_select(names, chosen))

    async def due(self, broadcast_id: int, *, limit: int) -> list[Due]:
        """The next queued deliveries of a broadcast, as long as it is being sent."""
        sending = (
            select(broadcasts.c.id)
            .where(broadcasts.c.id == broadcast_id, broadcasts.c.state == BroadcastState.SENDING)
            .exists()
        )
        # First the few that are next, then who they are: PostgreSQL would walk all residents beside all deliveries.
        following = (
            select(deliveries.c.resident_id, deliveries.c.group_no)
            .where(deliveries.c.broadcast_id == broadcast_id, QUEUED, sending)
            .order_by(deliveries.c.resident_id)
            .limit(limit)
            .with_hint(deliveries, _BY_QUEUED, "sqlite")
            # PostgreSQL: whoever is erasing themselves at this moment is left out; from here on they wait for us.
            .with_for_update(skip_locked=True)
            .cte("following")
        )
        statement = (
            select(
                literal(broadcast_id), following.c.resident_id, following.c.group_no, residents.c.chat,
                residents.c.state, residents.c.paused_until, residents.c.quiet_from, residents.c.quiet_to,
            )
            .join_from(following, residents, residents.c.id == following.c.resident_id)
            .order_by(following.c.resident_id)
        )  # fmt: skip
        return [Due(*row) for row in await self.connection.execute(statement)]

    async def anything_to_do(self, broadcast_id: int, now: datetime) -> bool:
        """Whether a delivery is due or has rested long enough, or all have ended, so that the broadcast is done."""
        if await self._is_queued(broadcast_id):
            return True
        rested = and_(deliveries.c.state == _RESTING, deliveries.c.not_before <= now)
        unsettled = _unsettled(broadcast_id).limit(1)
        return await self.scalar(unsettled) is None or await self.scalar(unsettled.where(rested)) is not None

    async def _is_queued(self, broadcast_id: int) -> bool:
        statement = (
            select(deliveries.c.resident_id)
            .where(deliveries.c.broadcast_id == broadcast_id, QUEUED)
            .with_hint(deliveries, _BY_QUEUED, "sqlite")
        )
        return await self.scalar(statement.limit(1)) is not None

    async def intend(self, broadcast_id: int, resident_ids: Sequence[int], *, fence: int) -> set[int]:
        """Write down, before the calls, that these are about to be sent; returns for whom it could be."""
        statement = (
            update(deliveries)
            .where(
                deliveries.c.broadcast_id == broadcast_id, deliveries.c.resident_id.in_(resident_ids),
                deliveries.c.state == _QUEUED,
            )
            .values(state=_SENDING, fence=fence)
            .returning(deliveries.c.resident_id)
        )  # fmt: skip
        return {int(row[0]) for row in await self.connection.execute(statement)}

    async def end_sent(self, broadcast_id: int, sent: Sequence[tuple[int, int]], *, fence: int, now: datetime) -> None:
        """Record (resident, message number) pairs as sent, in one statement.

        Only the sender that wrote the intents may: another fence changes nothing.
        """
        if self.connection.dialect.name == "sqlite":
            at = stored_instant(now)
            rows = [(at, message_ref, broadcast_id, resident_id, fence) for resident_id, message_ref in sent]
            await self.connection.exec_driver_sql(_END_SENT_SQLITE, rows)
        else:
            values = {"b": broadcast_id, "f": fence, "now": now}
            columns = {"r": [each[0] for each in sent], "m": [each[1] for each in sent]}
            await self.connection.execute(_END_SENT_POSTGRESQL, values | columns)

    async def end(self, ended: Ended, *, fence: int, now: datetime) -> None:
        """Record one outcome. Only the sender that wrote the intent may: another fence changes nothing."""
        await self.connection.execute(
            update(deliveries)
            .where(
                deliveries.c.broadcast_id == ended.broadcast_id, deliveries.c.resident_id == ended.resident_id,
                deliveries.c.state == _SENDING, deliveries.c.fence == fence,
            )
            .values(state=int(ended.state), message_ref=ended.message_ref, error=ended.error, changed_at=now)
        )  # fmt: skip

    async def rest(self, broadcast_id: int, resident_id: int, until: datetime) -> None:
        """Leave a queued delivery alone until then."""
        await self.connection.execute(
            update(deliveries)
            .where(
                deliveries.c.broadcast_id == broadcast_id, deliveries.c.resident_id == resident_id,
                deliveries.c.state == _QUEUED,
            )
            .values(state=_RESTING, not_before=until)
        )  # fmt: skip

    async def wake(self, broadcast_id: int, now: datetime) -> int:
        """Queue again what has rested until now; returns how many."""
        rested = _unsettled(broadcast_id).where(deliveries.c.state == _RESTING, deliveries.c.not_before <= now)
        done = await self.connection.execute(
            update(deliveries)
            .where(deliveries.c.broadcast_id == broadcast_id, deliveries.c.resident_id.in_(rested))
            .values(state=_QUEUED)
        )
        return int(done.rowcount)

    async def had(
        self, broadcast_ids: Sequence[int], resident_ids: Sequence[int], *, day: datetime, week: datetime
    ) -> dict[int, tuple[int, int]]:
        """How many messages of these broadcasts each of these residents has had since `day`, and since `week`.

        What is being sent at this moment counts, and so does what may have arrived.
        """
        moment = func.coalesce(deliveries.c.changed_at, literal(day, Instant))
        statement = (
            select(
                deliveries.c.resident_id, func.sum(case((moment >= day, 1), else_=0)), func.count(),
            )
            .where(
                deliveries.c.resident_id.in_(resident_ids), deliveries.c.broadcast_id.in_(broadcast_ids),
                deliveries.c.state.in_(_HAD), moment >= week,
            )
            .group_by(deliveries.c.resident_id)
        )  # fmt: skip
        return {int(row[0]): (int(row[1]), int(row[2])) for row in await self.connection.execute(statement)}

    async def skip(self, broadcast_id: int, resident_id: int, reason: str, *, now: datetime) -> None:
        """End a queued delivery without sending."""
        await self.connection.execute(
            update(deliveries)
            .where(
                deliveries.c.broadcast_id == broadcast_id, deliveries.c.resident_id == resident_id,
                deliveries.c.state.in_((_QUEUED, _RESTING)),
            )
            .values(state=int(DeliveryState.SKIPPED), error=reason, changed_at=now)
        )  # fmt: skip

    async def skip_queued(self, broadcast_id: int, reason: str, *, now: datetime) -> int:
        """End a portion of what is still queued of a broadcast without sending; returns how many.

        A portion, because a million rows take a while: a broadcast that has ended is at its end at once, its queued
        rows count as skipped from then on, and the rest of them is written down portion by portion.
        """
        ended = 0
        for where, index in ((QUEUED,), _BY_QUEUED), ((UNSETTLED, deliveries.c.state == _RESTING), _BY_UNSETTLED):
            portion = (
                select(deliveries.c.resident_id)
                .where(deliveries.c.broadcast_id == broadcast_id, *where)
                .with_hint(deliveries, index, "sqlite")
                .order_by(deliveries.c.resident_id)
                .limit(PORTION - ended)
            )
            done = await self.connection.execute(
                update(deliveries)
                .where(deliveries.c.broadcast_id == broadcast_id, self._is_among(portion), where[-1])
                .values(state=int(DeliveryState.SKIPPED), error=reason, changed_at=now)
            )
            ended += int(done.rowcount)
        return ended

    def _is_among(self, portion: Select[tuple[int]]) -> ColumnElement[bool]:
        """Whether a delivery belongs to a portion of the first ones.

        PostgreSQL has no statistics of a broadcast just queued, takes its rows for a handful, and compares each with
        each: so it is told where the portion ends. SQLite looks each of them up.
        """
        if self.connection.dialect.name == "sqlite":
            return deliveries.c.resident_id.in_(portion)
        first = portion.subquery()
        return deliveries.c.resident_id <= select(func.max(first.c.resident_id)).scalar_subquery()

    async def left_queued(self, *, since: datetime) -> list[tuple[int, str]]:
        """Broadcasts that ended since then, with their state, of which something still stands as queued."""
        ended = select(broadcasts.c.id, broadcasts.c.state).where(
            broadcasts.c.state.in_(ENDED), broadcasts.c.finished_at > since
        )
        found = [(int(row[0]), str(row[1])) for row in await self.connection.execute(ended)]
        return [each for each in found if await self._is_queued(each[0]) or await self._rests(each[0])]

    async def _rests(self, broadcast_id: int) -> bool:
        resting = _unsettled(broadcast_id).where(deliveries.c.state == _RESTING)
        return await self.scalar(resting.limit(1)) is not None

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
        started = select(broadcasts.c.id).where(broadcasts.c.bot_id == bot_id, broadcasts.c.started_at.is_not(None))
        key = (deliveries.c.broadcast_id, deliveries.c.resident_id)
        left = (
            select(*key)
            .where(
                deliveries.c.broadcast_id.in_(started), UNSETTLED, deliveries.c.state == _SENDING,
                deliveries.c.fence < before_fence,
            )
            .with_hint(deliveries, _BY_UNSETTLED, "sqlite")
        )  # fmt: skip
        done = await self.connection.execute(
            update(deliveries)
            .where(tuple_(*key).in_(left))
            .values(
                state=int(DeliveryState.UNCONFIRMED), changed_at=now, error="the process ended while it was sending"
            )
        )
        return int(done.rowcount)

    async def has_open(self, broadcast_id: int) -> bool:
        """Whether anything of it is still queued or being sent."""
        if await self._is_queued(broadcast_id):
            return True
        return await self.scalar(_unsettled(broadcast_id).limit(1)) is not None

    async def of_resident(self, resident_id: int) -> list[tuple[int, int, datetime | None]]:
        """A resident's own deliveries as (broadcast, state, changed_at), for /mydata."""
        statement = select(deliveries.c.broadcast_id, deliveries.c.state, deliveries.c.changed_at).where(
            of_resident(resident_id)
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
