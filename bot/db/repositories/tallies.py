"""What became of deliveries: counted for the screen, listed one by one."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from bot.db.repositories.base import Repository
from bot.db.tables import broadcast_groups, deliveries, erased_counts
from bot.domain.broadcasts import ON_THE_WIRE, DeliveryState

QUEUED_STATES = (DeliveryState.RESTING, DeliveryState.QUEUED)
_PRIME = 2_147_483_647
"""2^31 - 1: products of two smaller numbers fit into the 64-bit integers of both engines."""


@dataclass(slots=True)
class Tally:
    """How many deliveries of a broadcast stand where, by (group, state), and how fast it goes.

    `recent` ended on the wire since the asked instant, the first of them at `recent_from`; `held` wait for
    the end of their person's quiet hours, the last of them until `held_until`.
    """

    counts: dict[tuple[int, DeliveryState], int]
    recent: int = 0
    recent_from: datetime | None = None
    held: int = 0
    held_until: datetime | None = None

    def end_queued(self) -> None:
        """The broadcast has ended: what is still queued of it is skipped, whether or not that is written down yet."""
        for group_no, state in list(self.counts):
            if state in QUEUED_STATES:
                n = self.counts.pop((group_no, state))
                skipped = (group_no, DeliveryState.SKIPPED)
                self.counts[skipped] = self.counts.get(skipped, 0) + n
        self.held = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """One delivery in a list."""

    resident_id: int
    language: str | None
    form: str
    state: DeliveryState
    changed_at: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Order:
    """Secret numbers below 2^31 - 1, other ones in each broadcast, that mix the order of its list.

    In the order of the residents' rows the same line would be the same person in every list, whatever it is called.
    """

    factors: tuple[int, int, int]

    def key(self) -> ColumnElement[int]:
        """The expression to sort by: a polynomial of the row's number, with the number itself left out."""
        first, second, third = self.factors
        mixed = (deliveries.c.resident_id % _PRIME * first + second) % _PRIME
        squared = mixed * mixed % _PRIME
        return (squared * third % _PRIME + mixed) % _PRIME * (squared + 1) % _PRIME


class TallyRepository(Repository):
    """Reads only."""

    async def reach(self, rendition_id: int) -> dict[int, int]:
        """How many people got this very rendition, by broadcast, newest first; erased people are counted."""
        group = broadcast_groups.c
        used = or_(group.text_id == rendition_id, group.media_rendition_id == rendition_id)
        counts: dict[int, int] = {}
        for table, number in ((deliveries, func.count()), (erased_counts, func.sum(erased_counts.c.n))):
            statement = (
                select(table.c.broadcast_id, number)
                .join(
                    broadcast_groups,
                    and_(group.broadcast_id == table.c.broadcast_id, group.no == table.c.group_no),
                )
                .where(used, table.c.state == int(DeliveryState.SENT))
                .group_by(table.c.broadcast_id)
            )  # fmt: skip
            for broadcast_id, n in await self.connection.execute(statement):
                counts[int(broadcast_id)] = counts.get(int(broadcast_id), 0) + int(n)
        return dict(sorted(counts.items(), reverse=True))

    async def tally(self, broadcast_id: int, *, since: datetime) -> Tally:
        """The counts, erased people included, and the recent rate, in one look at the broadcast's rows."""
        result = Tally({})
        await self._count(result, broadcast_id, since)
        statement = (
            select(erased_counts.c.group_no, erased_counts.c.state, func.sum(erased_counts.c.n))
            .where(erased_counts.c.broadcast_id == broadcast_id)
            .group_by(erased_counts.c.group_no, erased_counts.c.state)
        )
        for group_no, state, n in await self.connection.execute(statement):
            key = (int(group_no), DeliveryState(state))
            result.counts[key] = result.counts.get(key, 0) + int(n)
        return result

    async def _count(self, result: Tally, broadcast_id: int, since: datetime) -> None:
        recent = deliveries.c.changed_at > since
        statement = (
            select(
                deliveries.c.group_no, deliveries.c.state, func.count(),
                func.count(case((recent, 1))), func.min(case((recent, deliveries.c.changed_at))),
                func.max(deliveries.c.not_before),
            )
            .where(deliveries.c.broadcast_id == broadcast_id)
            .group_by(deliveries.c.group_no, deliveries.c.state)
        )  # fmt: skip
        for group_no, number, n, lately, first, until in await self.connection.execute(statement):
            state = DeliveryState(number)
            result.counts[int(group_no), state] = int(n)
            if state in ON_THE_WIRE and lately:
                result.recent += int(lately)
                result.recent_from = min(filter(None, (result.recent_from, first)))
            if state is DeliveryState.RESTING:
                result.held += int(n)
                result.held_until = max(filter(None, (result.held_until, until)))

    async def listing(
        self, broadcast_id: int, order: Order, *, states: tuple[DeliveryState, ...] = (), language: str | None = None,
        limit: int | None = None, offset: int = 0,
    ) -> AsyncIterator[Listed]:  # fmt: skip
        """Deliveries, streamed; all, or those in these states and sent in this language."""
        statement = (
            select(
                deliveries.c.resident_id, broadcast_groups.c.language, broadcast_groups.c.out_form,
                deliveries.c.state, deliveries.c.changed_at, deliveries.c.error,
            )
            .join(
                broadcast_groups,
                (broadcast_groups.c.broadcast_id == deliveries.c.broadcast_id)
                & (broadcast_groups.c.no == deliveries.c.group_no),
            )
            .where(_wanted(broadcast_id, states, language))
            .order_by(order.key(), deliveries.c.resident_id)
            .limit(limit)
            .offset(offset)
        )  # fmt: skip
        async for row in await self.connection.stream(statement):
            yield Listed(row[0], row[1], row[2], DeliveryState(row[3]), row[4], row[5])


def _wanted(broadcast_id: int, states: tuple[DeliveryState, ...], language: str | None) -> ColumnElement[bool]:
    clauses = [deliveries.c.broadcast_id == broadcast_id]
    if states:
        clauses.append(deliveries.c.state.in_([int(each) for each in states]))
    if language is not None:
        clauses.append(func.coalesce(broadcast_groups.c.language, broadcast_groups.c.read) == language)
    return and_(*clauses)
