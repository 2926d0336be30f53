"""The desk's own records about rumours: how they spread, notes, moves between rumours, who looks, saved replies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, delete, exists, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.db.repositories.base import Repository
from bot.db.rows import MoveRow, NoteRow, RumourRow, SavedReplyRow
from bot.db.tables import (
    flags,
    moved_flags,
    rumour_keys,
    rumour_moves,
    rumour_notes,
    rumour_viewers,
    rumours,
    saved_replies,
)


@dataclass(frozen=True, slots=True)
class Filter:
    """What part of the queue is looked at; None means all of it. `assignee`: a staff number, 0 for nobody's."""

    states: tuple[str, ...]
    language: str | None = None
    area: str | None = None
    harm: int | None = None
    assignee: int | None = None


@dataclass(frozen=True, slots=True)
class SpreadRow:
    """How far one rumour has come."""

    recent: int
    languages: tuple[str, ...]
    areas: tuple[str, ...]
    kinds: tuple[str, ...]


class TriageRepository(Repository):
    """Everything here is about rumours and staff, nothing about who asked."""

    async def filtered(self, chosen: Filter, *, limit: int) -> list[RumourRow]:
        """Rumours of this part of the queue: what a person called urgent, then the most asked, at most `limit`."""
        statement = self.select(RumourRow, rumours).where(*_conditions(chosen))
        if "new" in chosen.states:
            statement = statement.order_by(rumours.c.urgent.desc(), rumours.c.flag_count.desc(), rumours.c.first_at)
        else:
            statement = statement.order_by(rumours.c.closed_at.desc(), rumours.c.id.desc())
        return await self.many(RumourRow, statement.limit(limit))

    async def count(self, chosen: Filter) -> int:
        """How many rumours are in this part of the queue."""
        return int(await self.scalar(select(func.count()).select_from(rumours).where(*_conditions(chosen))) or 0)

    async def spread(self, rumour_ids: Sequence[int], *, since: datetime) -> dict[int, SpreadRow]:
        """How far these rumours have come; `recent` counts flags from `since` on."""
        parts = [
            select(flags.c.rumour_id, literal(what).label("what"), column.label("value"), func.count(), _recent(since))
            .where(flags.c.rumour_id.in_(rumour_ids))
            .group_by(flags.c.rumour_id, column)
            for what, column in (("language", flags.c.language), ("area", flags.c.area), ("kind", flags.c.kind))
        ]
        found: dict[int, dict[str, dict[str, int]]] = {}
        recent: dict[int, int] = {}
        for part in parts:
            for rumour_id, what, value, count, fresh in await self.connection.execute(part):
                if value is not None:
                    found.setdefault(rumour_id, {}).setdefault(what, {})[value] = count
                if what == "kind":
                    recent[rumour_id] = recent.get(rumour_id, 0) + int(fresh or 0)
        return {
            number: SpreadRow(recent.get(number, 0), *(_most(found[number], what) for what in _WHATS))
            for number in found
        }

    async def hours(self, rumour_id: int) -> list[tuple[datetime, str | None, str | None, int]]:
        """When, in which language and from which area a rumour was asked about: (hour, language, area, flags)."""
        statement = (
            select(flags.c.received_hour, flags.c.language, flags.c.area, func.count())
            .where(flags.c.rumour_id == rumour_id)
            .group_by(flags.c.received_hour, flags.c.language, flags.c.area)
            .order_by(flags.c.received_hour)
        )
        return [(row[0], row[1], row[2], int(row[3])) for row in await self.connection.execute(statement)]

    async def due_before(self, instant: datetime, *, reminders: int) -> list[RumourRow]:
        """Rumours that wait for somebody, are due before `instant`, and were reminded of fewer times than this."""
        return await self.many(
            RumourRow,
            self.select(RumourRow, rumours)
            .where(
                rumours.c.state.in_(("new", "safeguarding")), rumours.c.due_at <= instant,
                rumours.c.reminders < reminders,
            )
            .order_by(rumours.c.due_at)
            .limit(100),
        )  # fmt: skip

    # Notes

    async def add_note(self, **values: Any) -> int:
        """A note for colleagues."""
        return await self.add(rumour_notes, **values)

    async def notes(self, rumour_id: int) -> list[NoteRow]:
        """Notes, oldest first."""
        return await self.many(
            NoteRow,
            self.select(NoteRow, rumour_notes).where(rumour_notes.c.rumour_id == rumour_id).order_by(rumour_notes.c.id),
        )

    # Moves

    async def move(
        self, kind: str, from_id: int, into_id: int, flag_ids: Sequence[int] | None, keys: Sequence[str], **made: Any
    ) -> tuple[int, int]:
        """Take flags (None: all of them) from one rumour to another; returns the move's number and their count."""
        move_id = await self.add(rumour_moves, kind=kind, from_id=from_id, into_id=into_id, keys=list(keys), **made)
        chosen = flags.c.rumour_id == from_id
        if flag_ids is not None:
            chosen = and_(chosen, flags.c.id.in_(flag_ids))
        await self.connection.execute(
            moved_flags.insert().from_select(["move_id", "flag_id"], select(literal(move_id), flags.c.id).where(chosen))
        )
        done = await self.connection.execute(update(flags).where(chosen).values(rumour_id=into_id))
        await self.give_keys(keys, into_id)
        return move_id, int(done.rowcount)

    async def give_keys(self, keys: Sequence[str], rumour_id: int) -> None:
        """From now on these keys lead to this rumour."""
        await self.connection.execute(
            update(rumour_keys).where(rumour_keys.c.key.in_(keys)).values(rumour_id=rumour_id)
        )

    async def keys_of(self, rumour_id: int) -> list[str]:
        """The keys that lead to a rumour."""
        statement = select(rumour_keys.c.key).where(rumour_keys.c.rumour_id == rumour_id).order_by(rumour_keys.c.key)
        return [str(row[0]) for row in await self.connection.execute(statement)]

    async def get_move(self, move_id: int) -> MoveRow | None:
        """One move."""
        return await self.one(MoveRow, self.select(MoveRow, rumour_moves).where(rumour_moves.c.id == move_id))

    async def moves(self, rumour_id: int) -> list[MoveRow]:
        """Moves from and to a rumour that were not undone, newest first."""
        return await self.many(
            MoveRow,
            self.select(MoveRow, rumour_moves)
            .where(
                or_(rumour_moves.c.from_id == rumour_id, rumour_moves.c.into_id == rumour_id),
                rumour_moves.c.undone_at.is_(None),
            )
            .order_by(rumour_moves.c.id.desc()),
        )

    async def move_back(self, move: MoveRow, now: datetime) -> int:
        """Undo a move: the flags that are still where it brought them go back; returns how many did."""
        chosen = and_(
            flags.c.rumour_id == move.into_id,
            flags.c.id.in_(select(moved_flags.c.flag_id).where(moved_flags.c.move_id == move.id)),
        )
        done = await self.connection.execute(update(flags).where(chosen).values(rumour_id=move.from_id))
        await self.connection.execute(
            update(rumour_keys)
            .where(rumour_keys.c.key.in_(move.keys), rumour_keys.c.rumour_id == move.into_id)
            .values(rumour_id=move.from_id)
        )
        await self.connection.execute(update(rumour_moves).where(rumour_moves.c.id == move.id).values(undone_at=now))
        return int(done.rowcount)

    async def first_and_last_hour(self, rumour_id: int) -> tuple[datetime | None, datetime | None]:
        """When the flags that a rumour has came."""
        statement = select(func.min(flags.c.received_hour), func.max(flags.c.received_hour))
        row = (await self.connection.execute(statement.where(flags.c.rumour_id == rumour_id))).one()
        return row[0], row[1]

    # Who looks

    async def look(self, rumour_id: int, staff_id: int, now: datetime) -> None:
        """Note that somebody has this rumour on their screen."""
        dialect = sqlite if self.connection.dialect.name == "sqlite" else postgresql
        row = {"rumour_id": rumour_id, "staff_id": staff_id, "seen_at": now}
        statement = dialect.insert(rumour_viewers).values(row)
        await self.connection.execute(
            statement.on_conflict_do_update(index_elements=["rumour_id", "staff_id"], set_={"seen_at": now})
        )

    async def viewers(self, rumour_id: int, *, since: datetime, but: int) -> list[int]:
        """Who else has had it on their screen since then: staff numbers."""
        statement = (
            select(rumour_viewers.c.staff_id)
            .where(
                rumour_viewers.c.rumour_id == rumour_id, rumour_viewers.c.seen_at >= since,
                rumour_viewers.c.staff_id != but,
            )
            .order_by(rumour_viewers.c.staff_id)
        )  # fmt: skip
        return [int(row[0]) for row in await self.connection.execute(statement)]

    async def forget_viewers_before(self, instant: datetime) -> None:
        """Remove what says who looked at what long ago."""
        await self.connection.execute(delete(rumour_viewers).where(rumour_viewers.c.seen_at < instant))

    # Saved replies

    async def add_reply(self, **values: Any) -> int:
        """A saved reply."""
        return await self.add(saved_replies, **values)

    async def replies(self, languages: Sequence[str] | None = None) -> list[SavedReplyRow]:
        """Saved replies, of these languages where some are given."""
        statement = self.select(SavedReplyRow, saved_replies)
        if languages is not None:
            statement = statement.where(saved_replies.c.language.in_(languages))
        return await self.many(SavedReplyRow, statement.order_by(saved_replies.c.language, saved_replies.c.title))

    async def remove_reply(self, reply_id: int) -> None:
        """Delete a saved reply."""
        await self.connection.execute(delete(saved_replies).where(saved_replies.c.id == reply_id))


_WHATS = ("language", "area", "kind")


def _recent(since: datetime) -> Any:
    return func.sum(case((flags.c.received_hour >= since, 1), else_=0))


def _most(found: dict[str, dict[str, int]], what: str) -> tuple[str, ...]:
    counts = found.get(what, {})
    return tuple(sorted(counts, key=lambda value: (-counts[value], value)))


def _conditions(chosen: Filter) -> list[Any]:
    found: list[Any] = [rumours.c.state.in_(chosen.states)]
    for column, value in ((flags.c.language, chosen.language), (flags.c.area, chosen.area)):
        if value is not None:
            found.append(exists().where(flags.c.rumour_id == rumours.c.id, column == value))
    if chosen.harm is not None:
        found.append(rumours.c.harm == chosen.harm)
    if chosen.assignee is not None:
        wanted = rumours.c.assignee_id
        found.append(wanted.is_(None) if chosen.assignee == 0 else wanted == chosen.assignee)
    return found
