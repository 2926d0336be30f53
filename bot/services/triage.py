"""Triage: whose a rumour is, by when, how grave, what belongs together, and what colleagues should know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.db import UnitOfWork
from bot.db.repositories.triage import Filter, SpreadRow
from bot.db.rows import MoveRow, RumourRow
from bot.domain.rumours import CLOSING_REASONS, OPEN_STATES, Harm, RumourState, check_open
from bot.domain.staff import Act, Role, may
from bot.domain.urgency import RECENT_HOURS, Spread, Urgency, urgency
from bot.errors import Conflict, InvalidInput, NotFound
from bot.i18n import strip_controls
from bot.matching.normalise import keys_of
from bot.services.audit import Actor, Audit
from bot.services.ports import Clock
from bot.services.rumours import Rumours
from bot.services.updates import AnswerUpdates

MOST_SCORED = 500
"""So many open rumours are weighed at each look; beyond them come those that fewest people asked."""
LOOKING = timedelta(seconds=40)
"""Whoever had a rumour on their screen within this time is still there: the page says so every 15 seconds."""


@dataclass(frozen=True, slots=True)
class Line:
    """One rumour in the queue."""

    rumour: RumourRow
    spread: SpreadRow
    urgency: Urgency


class Triage:
    """The desk's own order of things."""

    def __init__(self, rumours: Rumours, updates: AnswerUpdates, audit: Audit, clock: Clock) -> None:
        self._rumours = rumours
        self._updates = updates
        self._audit = audit
        self._clock = clock

    # The queue

    async def queue(self, uow: UnitOfWork, chosen: Filter, *, page: int = 1, size: int = 50) -> list[Line]:
        """A page of the queue, most urgent first; what is closed, newest first."""
        rows = await uow.triage.filtered(chosen, limit=MOST_SCORED)
        if not set(chosen.states) & OPEN_STATES:
            rows = rows[(page - 1) * size : page * size]
        spread = await self.spread(uow, [each.id for each in rows])
        lines = [self._line(each, spread.get(each.id, _NOWHERE)) for each in rows]
        if not set(chosen.states) & OPEN_STATES:
            return lines
        return sorted(lines, key=lambda line: (-line.urgency.score, line.rumour.id))[(page - 1) * size : page * size]

    async def spread(self, uow: UnitOfWork, rumour_ids: Sequence[int]) -> dict[int, SpreadRow]:
        """How far rumours have come."""
        hour = self._clock.now().replace(minute=0, second=0, microsecond=0)
        return await uow.triage.spread(rumour_ids, since=hour - timedelta(hours=RECENT_HOURS - 1))

    def _line(self, row: RumourRow, spread: SpreadRow) -> Line:
        far = Spread(row.flag_count, spread.recent, len(spread.languages), len(spread.areas))
        weighed = urgency(
            far, urgent=row.urgent, harm=Harm(row.harm), first_at=row.first_at, due_at=row.due_at,
            now=self._clock.now(),
        )  # fmt: skip
        return Line(row, spread, weighed)

    # Whose, by when, how grave

    async def assign(self, uow: UnitOfWork, actor: Actor, rumour_id: int, name: str | None) -> None:
        """Give a rumour to somebody by name, or to nobody. Raises InvalidInput for one who cannot triage."""
        actor.check(Act.TRIAGE)
        await self._rumours.visible(uow, rumour_id)
        assignee = None
        if name is not None:
            assignee = await uow.staff.by_name(name)
            if assignee is None or not assignee.active:
                raise NotFound(f"There is no staff member named {name}.")
            if not may([Role(each) for each in assignee.roles], Act.TRIAGE):
                raise InvalidInput(f"{name} is neither triager nor publisher.")
        await uow.rumours.change(rumour_id, assignee_id=assignee.id if assignee else None)
        await self._audit.note(uow, actor, "assign_rumour", f"rumour {rumour_id}", to=name or "nobody")

    async def decline(self, uow: UnitOfWork, actor: Actor, rumour_id: int) -> None:
        """Leave a rumour to somebody else, without having to say why."""
        actor.check(Act.TRIAGE)
        rumour = await self._rumours.visible(uow, rumour_id)
        if rumour.assignee_id == actor.id:
            await uow.rumours.change(rumour_id, assignee_id=None)
        await self.note(uow, actor, rumour_id, f"{actor.name} would rather leave this one to somebody else.")

    async def set_due(self, uow: UnitOfWork, actor: Actor, rumour_id: int, due_at: datetime | None) -> None:
        """When it has to be decided; reminders start anew. Raises InvalidInput for a time that has passed."""
        actor.check(Act.TRIAGE)
        check_open(RumourState((await self._rumours.visible(uow, rumour_id)).state))
        if due_at is not None and due_at <= self._clock.now():
            raise InvalidInput("Choose a time that is still to come.")
        await uow.rumours.change(rumour_id, due_at=due_at, reminders=0)
        await self._audit.note(
            uow, actor, "set_due", f"rumour {rumour_id}", due=due_at.isoformat() if due_at else "none"
        )

    async def judge(self, uow: UnitOfWork, actor: Actor, rumour_id: int, harm: Harm) -> None:
        """Set what may follow where people believe it."""
        actor.check(Act.TRIAGE)
        await self._rumours.visible(uow, rumour_id)
        await uow.rumours.change(rumour_id, harm=int(harm))
        await self._audit.note(uow, actor, "judge_harm", f"rumour {rumour_id}", harm=harm.name.lower())

    async def mark_target(self, uow: UnitOfWork, actor: Actor, rumour_id: int, group: str) -> None:
        """Mark that a rumour is aimed at a group of people (empty: take the mark off).

        From then on its words are covered on screen, and no answer leaves before a trusted person of that group was
        consulted.
        """
        actor.check(Act.TRIAGE)
        await self._rumours.visible(uow, rumour_id)
        clean = strip_controls(group)[0].strip()
        if len(clean) > 80:
            raise InvalidInput("Name the group in at most 80 characters, in its own words.")
        await uow.rumours.change(rumour_id, target=clean or None)
        await self._audit.note(uow, actor, "mark_target", f"rumour {rumour_id}", marked=bool(clean))

    async def note_consulted(self, uow: UnitOfWork, actor: Actor, rumour_id: int, text: str) -> None:
        """Record which trusted person of the group was asked before answering, and what they advised."""
        actor.check(Act.TRIAGE)
        await self._rumours.visible(uow, rumour_id)
        clean = strip_controls(text)[0].strip()
        if not 1 <= len(clean) <= 1000:
            raise InvalidInput("Write down whom you asked and what they advised, in 1 to 1,000 characters.")
        await uow.rumours.change(rumour_id, consulted=clean, consulted_by=actor.id, consulted_at=self._clock.now())
        await self._audit.note(uow, actor, "note_consulted", f"rumour {rumour_id}")

    async def note(self, uow: UnitOfWork, actor: Actor, rumour_id: int, text: str) -> None:
        """Leave a note for colleagues. Raises InvalidInput for an empty or very long one."""
        actor.check(Act.TRIAGE)
        await self._rumours.visible(uow, rumour_id)
        clean = strip_controls(text)[0].strip()
        if not 1 <= len(clean) <= 2000:
            raise InvalidInput("A note has 1 to 2,000 characters.")
        await uow.triage.add_note(rumour_id=rumour_id, text=clean, made_by=actor.id, made_at=self._clock.now())

    async def close_many(
        self, uow: UnitOfWork, actor: Actor, rumour_ids: Sequence[int], outcome: RumourState, reason: str
    ) -> int:
        """Close several in the same way; returns how many were closed. What is decided meanwhile is left alone."""
        if not rumour_ids:
            raise InvalidInput("Tick the rumours to close first.")
        closed = 0
        for rumour_id in dict.fromkeys(rumour_ids):
            row = await self._rumours.visible(uow, rumour_id)
            if RumourState(row.state) in OPEN_STATES:
                await self._rumours.close(uow, actor, rumour_id, outcome, reason)
                closed += 1
        return closed

    # What belongs together

    async def merge(self, uow: UnitOfWork, actor: Actor, from_id: int, into_id: int) -> int:
        """Everything that was asked under one rumour belongs to another; returns the move's number.

        Where the other is decided, those who wait are told its end at once. Raises Conflict where the first is not open
        or the other was merged away, InvalidInput for merging a rumour with itself.
        """
        actor.check(Act.TRIAGE)
        await uow.decide_alone()
        if from_id == into_id:
            raise InvalidInput("A rumour cannot be merged with itself.")
        away, into = await self._rumours.visible(uow, from_id), await self._rumours.visible(uow, into_id)
        check_open(RumourState(away.state))
        if RumourState(into.state) == RumourState.MERGED:
            raise Conflict(f"Rumour {into_id} was merged into rumour {into.merged_into} itself.")
        await uow.approvals.void("answer", from_id)
        move_id, moved = await self._move(
            uow, actor, "merge", from_id, into_id, None, await uow.triage.keys_of(from_id)
        )
        await uow.rumours.change(
            from_id, state=RumourState.MERGED, merged_into=into_id, decided_by=actor.id, message_id=None,
            closed_at=self._clock.now(), flag_count=0,
        )  # fmt: skip
        await uow.rumours.change(
            into_id, flag_count=into.flag_count + moved, last_at=max(into.last_at, away.last_at),
            first_at=min(into.first_at, away.first_at), urgent=into.urgent or away.urgent,
            harm=max(into.harm, away.harm), target=into.target or away.target,
        )  # fmt: skip
        await self._tell_arrived(uow, into)
        await self._audit.note(uow, actor, "merge_rumour", f"rumour {from_id}", into=into_id, flags=moved)
        return move_id

    async def _tell_arrived(self, uow: UnitOfWork, into: RumourRow) -> None:
        state = RumourState(into.state)
        if state in CLOSING_REASONS:
            await self._rumours.tell_closed(uow, into, state)
        elif state == RumourState.ANSWERED and into.message_id is not None:
            message = await uow.messages.get(into.message_id)
            if message is not None and message.valid_until > self._clock.now():
                await self._updates.tell_everyone(uow, into, message)

    async def split(self, uow: UnitOfWork, actor: Actor, rumour_id: int, flag_ids: Sequence[int]) -> int:
        """These flags are about something else: a rumour of their own; returns its number.

        Raises InvalidInput where no flag is chosen, or all of them, or one of another rumour.
        """
        actor.check(Act.TRIAGE)
        await uow.decide_alone()
        rumour = await self._rumours.visible(uow, rumour_id)
        check_open(RumourState(rumour.state))
        chosen = [flag for each in dict.fromkeys(flag_ids) if (flag := await uow.rumours.flag(each)) is not None]
        if not chosen or any(each.rumour_id != rumour_id for each in chosen):
            raise InvalidInput("Tick what does not belong here, among what people sent.")
        if len(chosen) >= await uow.rumours.count_flags(rumour_id):
            raise InvalidInput("Leave at least one: a rumour cannot lose everything that was asked.")
        now = self._clock.now()
        new_id = await uow.rumours.create(
            state=RumourState.NEW, urgent=any(each.urgent for each in chosen), text=chosen[0].text,
            language=chosen[0].language, flag_count=len(chosen), first_at=chosen[0].received_hour, last_at=now,
            due_at=self._rumours.promised(), harm=rumour.harm, target=rumour.target,
        )  # fmt: skip
        ids = {each.id for each in chosen}
        staying = {
            key for each in await uow.rumours.flags(rumour_id) if each.id not in ids for key in keys_of(each.text)
        }
        keys = [key for each in chosen for key in keys_of(each.text) if key not in staying]
        own = set(await uow.triage.keys_of(rumour_id))
        await self._move(uow, actor, "split", rumour_id, new_id, sorted(ids), [each for each in keys if each in own])
        await uow.rumours.change(rumour_id, flag_count=max(0, rumour.flag_count - len(chosen)))
        await self._audit.note(uow, actor, "split_rumour", f"rumour {rumour_id}", into=new_id, flags=len(chosen))
        return new_id

    async def _move(
        self, uow: UnitOfWork, actor: Actor, kind: str, from_id: int, into_id: int, flag_ids: list[int] | None,
        keys: Sequence[str],
    ) -> tuple[int, int]:  # fmt: skip
        return await uow.triage.move(
            kind, from_id, into_id, flag_ids, keys, made_by=actor.id, made_at=self._clock.now()
        )

    async def undo(self, uow: UnitOfWork, actor: Actor, move_id: int) -> MoveRow:
        """Take a merge or a split back: each flag returns to where it was. What people were told stays told.

        Raises Conflict when it was undone already, or where a rumour has been decided or merged since.
        """
        actor.check(Act.TRIAGE)
        await uow.decide_alone()
        move = await uow.triage.get_move(move_id)
        if move is None or move.undone_at is not None:
            raise Conflict("This was undone already.")
        back, away = await self._rumours.visible(uow, move.from_id), await self._rumours.visible(uow, move.into_id)
        expected = RumourState.MERGED if move.kind == "merge" else None
        if expected and (back.state != expected or back.merged_into != away.id):
            raise Conflict("Something was decided since: this can no longer be undone by itself.")
        if not expected and (RumourState(back.state) not in OPEN_STATES or RumourState(away.state) not in OPEN_STATES):
            raise Conflict("Something was decided since: merge them by hand.")
        moved = await uow.triage.move_back(move, self._clock.now())
        await uow.rumours.change(away.id, flag_count=max(0, away.flag_count - moved))
        values: dict[str, object] = {"flag_count": back.flag_count + moved}
        if move.kind == "merge":
            values |= {"state": RumourState.NEW, "merged_into": None, "closed_at": None, "decided_by": None}
        else:
            await uow.approvals.void("answer", away.id)
            await uow.rumours.change(
                away.id, state=RumourState.MERGED, merged_into=back.id, closed_at=self._clock.now(),
                decided_by=actor.id, message_id=None,
            )  # fmt: skip
        await uow.rumours.change(back.id, **values)
        await self._audit.note(uow, actor, f"undo_{move.kind}", f"rumour {back.id}", flags=moved)
        return move

    # Who looks, and saved replies

    async def look(self, uow: UnitOfWork, actor: Actor, rumour_id: int) -> list[str]:
        """Note that somebody has a rumour open; returns who else has."""
        now = self._clock.now()
        await uow.triage.look(rumour_id, actor.id, now)
        return await self.others_here(uow, actor, rumour_id)

    async def others_here(self, uow: UnitOfWork, actor: Actor, rumour_id: int) -> list[str]:
        """Who else has it open, by name."""
        found = await uow.triage.viewers(rumour_id, since=self._clock.now() - LOOKING, but=actor.id)
        return sorted((await uow.staff.names(found)).values())

    async def save_reply(self, uow: UnitOfWork, actor: Actor, *, language: str, title: str, text: str) -> None:
        """Keep a question or a kind word for next time, in one language."""
        actor.check(Act.TRIAGE)
        title, text = strip_controls(title)[0].strip(), strip_controls(text)[0].strip()
        if not 1 <= len(title) <= 80 or not 1 <= len(text) <= 1000:
            raise InvalidInput("A saved reply has a title of at most 80 characters and a text of at most 1,000.")
        await uow.triage.add_reply(
            language=language, title=title, text=text, made_by=actor.id, made_at=self._clock.now()
        )

    async def remove_reply(self, uow: UnitOfWork, actor: Actor, reply_id: int) -> None:
        """Remove a saved reply."""
        actor.check(Act.TRIAGE)
        await uow.triage.remove_reply(reply_id)


_NOWHERE = SpreadRow(0, (), (), ())
