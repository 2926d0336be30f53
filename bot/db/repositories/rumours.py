"""Rumours, the flags that share them, reply paths and questions back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.repositories.base import Repository
from bot.db.rows import FlagRow, OriginalRow, QuestionRow, ReplyPathRow, RumourRow
from bot.db.tables import flags, originals, questions, reply_paths, rumour_keys, rumour_notes, rumours
from bot.domain.rumours import ReplyState


@dataclass(frozen=True, slots=True)
class PersonFlag:
    """One flag of one person, with where its rumour stands and what their way back says."""

    flag: FlagRow
    state: str
    message_id: int | None
    told: str
    answer_language: str
    way_back_until: datetime
    hears_by: datetime | None
    wants_changes: bool


class RumourRepository(Repository):
    """The desk's records."""

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection)
        self._expected: dict[str, RumourRow | None] = {}

    async def create(self, **values: Any) -> int:
        """A new rumour; returns its row number."""
        return await self.add(rumours, **values)

    async def get(self, rumour_id: int) -> RumourRow | None:
        """One rumour."""
        return await self.one(RumourRow, self.select(RumourRow, rumours).where(rumours.c.id == rumour_id))

    async def change(self, rumour_id: int, **values: Any) -> None:
        """Change some columns."""
        self._expected = {key: row for key, row in self._expected.items() if row is None or row.id != rumour_id}
        await self.connection.execute(update(rumours).where(rumours.c.id == rumour_id).values(**values))

    async def find(self, keys: Sequence[str]) -> RumourRow | None:
        """The rumour that owns one of these text or media keys."""
        if not keys:
            return None
        if all(key in self._expected for key in keys):
            known = [row for key in keys if (row := self._expected[key]) is not None]
            return min(known, key=lambda row: row.id, default=None)
        statement = (
            self.select(RumourRow, rumours)
            .join(rumour_keys, rumour_keys.c.rumour_id == rumours.c.id)
            .where(rumour_keys.c.key.in_(keys))
            .order_by(rumours.c.id)
            .limit(1)
        )
        return await self.one(RumourRow, statement)

    async def expect(self, keys: Sequence[str]) -> None:
        """Find together who owns these keys, for whoever asks in this transaction before a rumour is changed."""
        statement = (
            self.select(RumourRow, rumours)
            .add_columns(rumour_keys.c.key)
            .join(rumour_keys, rumour_keys.c.rumour_id == rumours.c.id)
            .where(rumour_keys.c.key.in_(keys))
        )
        found = {key: RumourRow(*values) for *values, key in await self.connection.execute(statement)}
        self._expected.update({key: found.get(key) for key in keys})

    async def own_keys(self, rumour_id: int, keys: Sequence[str]) -> None:
        """Let these keys lead to the rumour, unless another owns them."""
        for key in keys:
            self._expected.pop(key, None)
        await self.insert_new(rumour_keys, [{"key": each, "rumour_id": rumour_id} for each in keys])

    async def queue(self, states: Sequence[str], *, limit: int = 200) -> list[RumourRow]:
        """Rumours in these states: urgent first, then most asked about, then oldest."""
        statement = (
            self.select(RumourRow, rumours)
            .where(rumours.c.state.in_(states))
            .order_by(rumours.c.urgent.desc(), rumours.c.flag_count.desc(), rumours.c.first_at)
            .limit(limit)
        )
        return await self.many(RumourRow, statement)

    async def counts(self) -> dict[str, int]:
        """Rumours by state."""
        statement = select(rumours.c.state, func.count()).group_by(rumours.c.state)
        return {row[0]: int(row[1]) for row in await self.connection.execute(statement)}

    # Flags

    async def add_flag(self, **values: Any) -> int:
        """A new flag; returns its row number."""
        return await self.add(flags, **values)

    async def flags(self, rumour_id: int, *, limit: int = 100) -> list[FlagRow]:
        """Flags of a rumour, oldest first."""
        return await self.many(
            FlagRow,
            self.select(FlagRow, flags).where(flags.c.rumour_id == rumour_id).order_by(flags.c.id).limit(limit),
        )

    async def flag(self, flag_id: int) -> FlagRow | None:
        """One flag."""
        return await self.one(FlagRow, self.select(FlagRow, flags).where(flags.c.id == flag_id))

    async def count_flags(self, rumour_id: int) -> int:
        """How many flags share the rumour."""
        return int(
            await self.scalar(
                select(func.count()).select_from(flags).where(flags.c.rumour_id == rumour_id)
            )
            or 0
        )  # fmt: skip

    async def flag_of_person(self, rumour_id: int, tag: bytes) -> FlagRow | None:
        """This person's flag of this rumour, if there is one."""
        statement = (
            self.select(FlagRow, flags)
            .join(reply_paths, reply_paths.c.flag_id == flags.c.id)
            .where(flags.c.rumour_id == rumour_id, reply_paths.c.person_tag == tag)
            .limit(1)
        )
        return await self.one(FlagRow, statement)

    async def flags_of_person(self, tag: bytes) -> list[PersonFlag]:
        """Everything this person asked that is still joined to them, newest first."""
        statement = (
            select(
                *self.select(FlagRow, flags).selected_columns, rumours.c.state, rumours.c.message_id,
                reply_paths.c.state, reply_paths.c.language, reply_paths.c.until,
                reply_paths.c.expect_at, reply_paths.c.wants_changes,
            )
            .join(reply_paths, reply_paths.c.flag_id == flags.c.id)
            .join(rumours, rumours.c.id == flags.c.rumour_id)
            .where(reply_paths.c.person_tag == tag)
            .order_by(flags.c.id.desc())
        )  # fmt: skip
        return [PersonFlag(FlagRow(*row[:-7]), *row[-7:]) for row in await self.connection.execute(statement)]

    async def add_one(self, rumour_id: int, column: str) -> None:
        """Count one more in `helped`, `not_helped` or `seen_again`."""
        await self.connection.execute(
            update(rumours).where(rumours.c.id == rumour_id).values({column: rumours.c[column] + 1})
        )

    # Reply paths

    async def answered_tags(self, rumour_id: int) -> list[bytes]:
        """The keyed hashes of those who asked about this rumour and have had its answer."""
        statement = (
            select(reply_paths.c.person_tag)
            .join(flags, flags.c.id == reply_paths.c.flag_id)
            .where(flags.c.rumour_id == rumour_id, reply_paths.c.state != ReplyState.WAITING)
        )
        return [bytes(row[0]) for row in await self.connection.execute(statement)]

    async def add_reply_path(self, **values: Any) -> None:
        """Keep the sealed way back to who asked."""
        await self.add(reply_paths, **values)

    async def reply_path(self, flag_id: int) -> ReplyPathRow | None:
        """The way back for one flag."""
        return await self.one(
            ReplyPathRow, self.select(ReplyPathRow, reply_paths).where(reply_paths.c.flag_id == flag_id)
        )

    async def asked_in(self, tag: bytes, hour: datetime) -> int:
        """How many questions of this person came within an hour of the clock (more of its time is not kept)."""
        statement = (
            select(func.count())
            .select_from(reply_paths)
            .join(flags, flags.c.id == reply_paths.c.flag_id)
            .where(reply_paths.c.person_tag == tag, flags.c.received_hour == hour)
        )
        return int(await self.scalar(statement) or 0)

    async def reply_paths(self, rumour_id: int, states: Sequence[ReplyState], *, now: datetime) -> list[ReplyPathRow]:
        """Ways back for a rumour's flags in these states that have not expired."""
        statement = (
            self.select(ReplyPathRow, reply_paths)
            .join(flags, flags.c.id == reply_paths.c.flag_id)
            .where(flags.c.rumour_id == rumour_id, reply_paths.c.state.in_(states), reply_paths.c.until > now)
            .order_by(reply_paths.c.flag_id)
        )
        return await self.many(ReplyPathRow, statement)

    async def paths_with_flags(
        self, rumour_id: int, states: Sequence[ReplyState], *, now: datetime
    ) -> list[tuple[ReplyPathRow, FlagRow]]:
        """Ways back that have not expired, each with what was asked."""
        ours = self.select(ReplyPathRow, reply_paths).selected_columns
        statement = (
            select(*ours, *self.select(FlagRow, flags).selected_columns)
            .join(flags, flags.c.id == reply_paths.c.flag_id)
            .where(flags.c.rumour_id == rumour_id, reply_paths.c.state.in_(states), reply_paths.c.until > now)
            .order_by(reply_paths.c.flag_id)
        )
        at = len(ours)
        return [(ReplyPathRow(*row[:at]), FlagRow(*row[at:])) for row in await self.connection.execute(statement)]

    async def promises_due(self, now: datetime, *, limit: int) -> list[tuple[ReplyPathRow, FlagRow]]:
        """Those who wait for an answer and were told a time that has passed, oldest promise first."""
        ours = self.select(ReplyPathRow, reply_paths).selected_columns
        statement = (
            select(*ours, *self.select(FlagRow, flags).selected_columns)
            .join(flags, flags.c.id == reply_paths.c.flag_id)
            .where(reply_paths.c.expect_at <= now, reply_paths.c.until > now)
            .order_by(reply_paths.c.expect_at)
            .limit(limit)
        )
        at = len(ours)
        return [(ReplyPathRow(*row[:at]), FlagRow(*row[at:])) for row in await self.connection.execute(statement)]

    async def change_reply_paths(self, flag_ids: Sequence[int], **values: Any) -> None:
        """Change some columns of these ways back."""
        for start in range(0, len(flag_ids), 500):
            part = flag_ids[start : start + 500]
            await self.connection.execute(update(reply_paths).where(reply_paths.c.flag_id.in_(part)).values(**values))

    async def set_reply_state(self, flag_ids: Sequence[int], state: ReplyState) -> None:
        """Note what these people have been told."""
        await self.change_reply_paths(flag_ids, state=state, expect_at=None)

    async def shorten_reply_paths(self, rumour_id: int, until: datetime) -> None:
        """After closing, ways back end at `until` at the latest."""
        of_rumour = select(flags.c.id).where(flags.c.rumour_id == rumour_id)
        await self.connection.execute(
            update(reply_paths)
            .where(
                reply_paths.c.flag_id.in_(of_rumour),
                reply_paths.c.until > until,
                reply_paths.c.wants_changes.is_(False),
            )
            .values(until=until)
        )

    # What flags said before personal details were taken out

    async def add_original(self, flag_id: int, sealed: bytes, until: datetime) -> None:
        """Keep the sealed original of a flag until then."""
        await self.add(originals, flag_id=flag_id, sealed=sealed, until=until)

    async def original(self, flag_id: int) -> OriginalRow | None:
        """The sealed original of a flag."""
        return await self.one(OriginalRow, self.select(OriginalRow, originals).where(originals.c.flag_id == flag_id))

    async def with_originals(self, flag_ids: Sequence[int], *, now: datetime) -> set[int]:
        """Which of these flags have a sealed original that has not expired."""
        statement = select(originals.c.flag_id).where(originals.c.flag_id.in_(flag_ids), originals.c.until > now)
        return {int(row[0]) for row in await self.connection.execute(statement)}

    async def forget_originals(self, now: datetime) -> None:
        """Remove originals past their time."""
        await self.connection.execute(delete(originals).where(originals.c.until <= now))

    async def forget_expired_reply_paths(self, now: datetime) -> int:
        """Cut every way back that has expired."""
        return int((await self.connection.execute(delete(reply_paths).where(reply_paths.c.until <= now))).rowcount)

    async def answered_by(self, message_id: int) -> list[RumourRow]:
        """Rumours answered by this message revision."""
        return await self.many(
            RumourRow,
            self.select(RumourRow, rumours).where(rumours.c.message_id == message_id, rumours.c.state == "answered"),
        )

    # Questions back

    async def add_question(self, **values: Any) -> int:
        """A question to one who asked; returns its row number."""
        return await self.add(questions, **values)

    async def question(self, question_id: int) -> QuestionRow | None:
        """One question."""
        return await self.one(QuestionRow, self.select(QuestionRow, questions).where(questions.c.id == question_id))

    async def questions(self, flag_ids: Sequence[int]) -> list[QuestionRow]:
        """Questions about these flags, oldest first."""
        return await self.many(
            QuestionRow,
            self.select(QuestionRow, questions).where(questions.c.flag_id.in_(flag_ids)).order_by(questions.c.id),
        )

    async def change_question(self, question_id: int, **values: Any) -> None:
        """Record the reply."""
        await self.connection.execute(update(questions).where(questions.c.id == question_id).values(**values))

    async def forget_closed_before(self, instant: datetime) -> list[int]:
        """Remove flags of rumours closed before `instant`; the rumour, its count and decision stay without text.

        Returns the numbers of media that belonged to them.
        """
        old = select(rumours.c.id).where(rumours.c.closed_at < instant)
        media_ids = [
            int(row[0])
            for row in await self.connection.execute(
                select(flags.c.media_id).where(flags.c.rumour_id.in_(old), flags.c.media_id.is_not(None))
            )
        ]
        gone = select(flags.c.id).where(flags.c.rumour_id.in_(old))
        await self.connection.execute(delete(questions).where(questions.c.flag_id.in_(gone)))
        await self.connection.execute(delete(reply_paths).where(reply_paths.c.flag_id.in_(gone)))
        await self.connection.execute(delete(flags).where(flags.c.rumour_id.in_(old)))
        await self.connection.execute(delete(rumour_notes).where(rumour_notes.c.rumour_id.in_(old)))
        await self.connection.execute(
            update(rumours).where(rumours.c.closed_at < instant).values(text="", reason="", consulted=None)
        )
        return media_ids
