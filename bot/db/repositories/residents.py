"""Residents: found by a keyed hash, never by name."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.repositories.base import Repository
from bot.db.rows import ResidentRow
from bot.db.tables import broadcasts, deliveries, erased_counts, flags, originals, reply_paths, residents
from bot.domain.broadcasts import CUT_OFF, DeliveryState, ResendKind
from bot.domain.residents import ResidentState

_MAY_HAVE_IT = (
    DeliveryState.RESTING, DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.UNCONFIRMED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Again:
    """The residents of an earlier broadcast whose delivery ended in a certain way."""

    broadcast_id: int
    kind: ResendKind


@dataclass(frozen=True, slots=True)
class Audience:
    """Who a broadcast is for. Empty `languages` or `areas` mean all; a language counts as heard or as read.

    With `again` it is only for those whom an earlier broadcast left out.
    """

    languages: tuple[str, ...]
    areas: tuple[str, ...]
    topic: str
    emergency: bool
    again: Again | None = None


@dataclass(frozen=True, slots=True)
class AudienceGroup:
    """Residents of an audience who chose the same languages and form."""

    listen: str
    read: str
    form: str
    size: int


IN_ROW_ORDER = "NOT INDEXED"
"""For SQLite: an audience is most of the table, and its indexes lead to the rows in no order at all."""


_PORTION = 20_000


def audience_clause(bot_id: int, audience: Audience, now: datetime) -> ColumnElement[bool]:
    """The SQL condition for who gets a broadcast now; the same for the dry run and for the real thing."""
    active = or_(
        residents.c.state == ResidentState.ACTIVE,
        and_(residents.c.state == ResidentState.PAUSED, residents.c.paused_until <= now),
    )
    clauses = [residents.c.bot_id == bot_id, active]
    if audience.languages:
        clauses.append(or_(residents.c.read.in_(audience.languages), residents.c.listen.in_(audience.languages)))
    if audience.areas:
        clauses.append(residents.c.area.in_(audience.areas))
    if audience.again is not None:
        clauses += _left_out(audience.again)
    if not audience.emergency:
        chosen = cast(residents.c.topics, String)
        clauses.append(residents.c.emergencies_only.is_(False))
        clauses.append(or_(chosen == "[]", chosen.like(f'%"{audience.topic}"%')))
    return and_(*clauses)


def of_resident(resident_id: int) -> ColumnElement[bool]:
    """The SQL condition for a person's own deliveries, found by each broadcast and the primary key.

    An index by resident would grow with residents times broadcasts, and serve only /mydata and /forget.
    """
    started = select(broadcasts.c.id).where(broadcasts.c.started_at.is_not(None))
    return and_(deliveries.c.broadcast_id.in_(started), deliveries.c.resident_id == resident_id)


def _left_out(again: Again) -> list[ColumnElement[bool]]:
    """Left out by the earlier broadcast, and not reached by another one that was sent again for the same reason."""
    ended = deliveries.c.state == int(DeliveryState.UNCONFIRMED)
    if again.kind is ResendKind.REST:
        cut_off = and_(deliveries.c.state == int(DeliveryState.SKIPPED), deliveries.c.error.in_(CUT_OFF))
        # The broadcast has ended: what still stands as queued is skipped, and will be written down so.
        open_ended = (DeliveryState.FAILED, DeliveryState.QUEUED, DeliveryState.RESTING)
        ended = or_(deliveries.c.state.in_([int(each) for each in open_ended]), cut_off)
    left_out = select(deliveries.c.resident_id).where(deliveries.c.broadcast_id == again.broadcast_id, ended)
    others = select(broadcasts.c.id).where(broadcasts.c.resend_of == again.broadcast_id)
    reached = exists().where(
        deliveries.c.broadcast_id.in_(others), deliveries.c.resident_id == residents.c.id,
        deliveries.c.state.in_([int(each) for each in _MAY_HAVE_IT]),
    )  # fmt: skip
    return [residents.c.id.in_(left_out), ~reached]


class ResidentRepository(Repository):
    """Residents and what hangs on them."""

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection)
        self._expected: dict[tuple[int, bytes], ResidentRow | None] = {}

    async def expect(self, bot_id: int, tags: Sequence[bytes]) -> None:
        """Read these residents together, for whoever asks in this transaction before one is changed."""
        statement = self.select(ResidentRow, residents).where(
            residents.c.bot_id == bot_id, residents.c.person_tag.in_(tags)
        )
        found = {each.person_tag: each for each in await self.many(ResidentRow, statement)}
        self._expected.update({(bot_id, tag): found.get(tag) for tag in tags})

    async def get(self, bot_id: int, tag: bytes) -> ResidentRow | None:
        """The resident behind a keyed hash."""
        if (bot_id, tag) in self._expected:
            return self._expected[bot_id, tag]
        return await self.one(
            ResidentRow,
            self.select(ResidentRow, residents).where(residents.c.bot_id == bot_id, residents.c.person_tag == tag),
        )

    async def create(self, **values: Any) -> int:
        """A new resident; returns the row number."""
        self._expected.clear()
        return await self.add(residents, **values)

    async def create_many(self, rows: Sequence[dict[str, Any]]) -> int:
        """Many new residents at once; those known already are left as they are."""
        return await self.insert_new(residents, rows)

    async def change(self, resident_id: int, **values: Any) -> None:
        """Change some columns."""
        self._expected.clear()
        await self.connection.execute(update(residents).where(residents.c.id == resident_id).values(**values))

    async def move(self, resident_id: int, bot_id: int, *, tag: bytes, chat: bytes) -> None:
        """The person has another address now. Where somebody is known at it already, the old record goes."""
        there = await self.get(bot_id, tag)
        if there is not None and there.id != resident_id:
            await self.erase(resident_id)
            return
        await self.change(resident_id, person_tag=tag, chat=chat)

    async def count(self, state: ResidentState | None = None) -> int:
        """How many there are (in one state)."""
        statement = select(func.count()).select_from(residents)
        if state is not None:
            statement = statement.where(residents.c.state == state)
        return int(await self.scalar(statement) or 0)

    async def count_with_quiet_hours(self, bot_id: int) -> int:
        """Active residents who chose quiet hours."""
        statement = select(func.count()).where(
            residents.c.bot_id == bot_id, residents.c.state == ResidentState.ACTIVE, residents.c.quiet_from.is_not(None)
        )
        return int(await self.scalar(statement) or 0)

    async def count_by_language(self) -> dict[str, int]:
        """Active residents by reading language, most first."""
        statement = (
            select(residents.c.read, func.count())
            .where(residents.c.state == ResidentState.ACTIVE)
            .group_by(residents.c.read)
            .order_by(func.count().desc(), residents.c.read)
        )
        return {row[0]: int(row[1]) for row in await self.connection.execute(statement)}

    async def count_by_listening(self) -> dict[str, int]:
        """Active residents by the language that they listen to."""
        statement = (
            select(residents.c.listen, func.count())
            .where(residents.c.state == ResidentState.ACTIVE)
            .group_by(residents.c.listen)
        )
        return {row[0]: int(row[1]) for row in await self.connection.execute(statement)}

    async def groups(self, bot_id: int, audience: Audience, now: datetime) -> list[AudienceGroup]:
        """The audience by languages and form, with sizes, the largest first."""
        key = (residents.c.listen, residents.c.read, residents.c.form)
        statement = (
            select(*key, func.count())
            .where(audience_clause(bot_id, audience, now))
            .group_by(*key)
            .with_hint(residents, IN_ROW_ORDER, "sqlite")
        )
        sizes: Counter[tuple[str, str, str]] = Counter()
        for portion in await self._portions():
            for listen, read, form, size in await self.connection.execute(statement.where(*portion)):
                sizes[listen, read, form] += size
        return [AudienceGroup(*key, size) for key, size in sorted(sizes.items(), key=lambda each: (-each[1], each[0]))]

    async def _portions(self) -> list[tuple[ColumnElement[bool], ...]]:
        """All residents, on SQLite in portions: it groups by sorting, in memory, which grows with what is sorted."""
        if self.connection.dialect.name != "sqlite":
            return [()]
        last = int(await self.scalar(select(func.max(residents.c.id))) or 0)
        return [(residents.c.id > first, residents.c.id <= first + _PORTION) for first in range(0, last + 1, _PORTION)]

    async def erase(self, resident_id: int) -> None:
        """Remove the resident and their delivery rows; how those ended stays in the totals, without the person."""
        mine = (
            select(deliveries.c.broadcast_id, deliveries.c.group_no, deliveries.c.state)
            .where(of_resident(resident_id))
        )  # fmt: skip
        for broadcast_id, group_no, state in (await self.connection.execute(mine)).all():
            await self._count_erased(broadcast_id, group_no, state)
        await self.connection.execute(delete(deliveries).where(of_resident(resident_id)))
        self._expected.clear()
        await self.connection.execute(delete(residents).where(residents.c.id == resident_id))

    async def _count_erased(self, broadcast_id: int, group_no: int, state: int) -> None:
        # A delivery that was still open when its person left counts as skipped; an open intent as unconfirmed.
        kept = {-1: 5, 0: 5, 1: 6}.get(state, state)
        where = (
            erased_counts.c.broadcast_id == broadcast_id,
            erased_counts.c.group_no == group_no,
            erased_counts.c.state == kept,
        )
        fresh = {"broadcast_id": broadcast_id, "group_no": group_no, "state": kept, "n": 0}
        await self.insert_new(erased_counts, [fresh])
        await self.connection.execute(update(erased_counts).where(*where).values(n=erased_counts.c.n + 1))

    async def erase_reply_paths(self, tag: bytes) -> int:
        """Cut every link between this person and what they asked, and remove its sealed originals."""
        theirs = select(reply_paths.c.flag_id).where(reply_paths.c.person_tag == tag)
        await self.connection.execute(delete(originals).where(originals.c.flag_id.in_(theirs)))
        done = await self.connection.execute(delete(reply_paths).where(reply_paths.c.person_tag == tag))
        return int(done.rowcount)

    async def tags(self) -> AsyncIterator[tuple[int, bytes, datetime]]:
        """Every resident as (row number, keyed hash, joined_at), streamed."""
        statement = select(residents.c.id, residents.c.person_tag, residents.c.joined_at)
        async for row in await self.connection.stream(statement):
            yield int(row[0]), bytes(row[1]), row[2]

    async def asking_tags(self) -> list[tuple[bytes, datetime]]:
        """The keyed hash of everybody who has a way back to what they asked, and the hour in which they asked."""
        statement = select(reply_paths.c.person_tag, flags.c.received_hour).join(
            flags, flags.c.id == reply_paths.c.flag_id
        )
        return [(bytes(row[0]), row[1]) for row in await self.connection.execute(statement)]

    async def expired(self, *, blocked_before: datetime, stopped_before: datetime, limit: int) -> list[int]:
        """Residents who blocked us or stopped long enough ago to be erased."""
        statement = (
            select(residents.c.id)
            .where(
                or_(
                    and_(residents.c.state == ResidentState.BLOCKED, residents.c.changed_at < blocked_before),
                    and_(residents.c.state == ResidentState.STOPPED, residents.c.changed_at < stopped_before),
                )
            )
            .limit(limit)
        )
        return [int(row[0]) for row in await self.connection.execute(statement)]
