"""Promises: whoever asked was told a time. When it passes they hear once more; and before, the desk is reminded."""

from datetime import timedelta

from bot.db import UnitOfWork
from bot.db.rows import RumourRow, StaffRow
from bot.domain.rumours import ReplyState, RumourState
from bot.domain.staff import Act, Role, may
from bot.services.outbox import Address, Outbox
from bot.services.ports import Clock
from bot.services.rumours import on_call

_AHEAD = timedelta(hours=1)
_BATCH = 500


class Promises:
    """Works for the clock; decides nothing about rumours."""

    def __init__(self, outbox: Outbox, clock: Clock, *, bot_id: int) -> None:
        self._outbox = outbox
        self._clock = clock
        self._bot_id = bot_id

    async def keep(self, uow: UnitOfWork) -> int:
        """Tell those whose time has passed that we are still checking, once; returns how many promises were looked at.

        It answers their own question, so it counts as asked for; who was answered meanwhile gets nothing.
        """
        await uow.decide_alone()
        due = await uow.rumours.promises_due(self._clock.now(), limit=_BATCH)
        told: set[tuple[int, bytes]] = set()
        for path, flag in due:
            if path.state != ReplyState.WAITING or (flag.rumour_id, path.person_tag) in told:
                continue
            told.add((flag.rumour_id, path.person_tag))
            await self._outbox.put(
                uow, Address(path.bot_id, path.chat, path.person_tag), "check.still", path.language, code=flag.code
            )
        await uow.rumours.change_reply_paths([flag.id for _, flag in due], expect_at=None)
        return len(due)

    async def reminders_due(self, uow: UnitOfWork) -> bool:
        """Whether the team has to be reminded of something."""
        now = self._clock.now()
        soon = await uow.triage.due_before(now + _AHEAD, reminders=1)
        return bool(soon or await uow.triage.due_before(now, reminders=2))

    async def remind(self, uow: UnitOfWork) -> int:
        """Remind the team an hour before a rumour is due, and again when its time has passed; returns how many."""
        await uow.decide_alone()
        now = self._clock.now()
        overdue = await uow.triage.due_before(now, reminders=2)
        soon = [each for each in await uow.triage.due_before(now + _AHEAD, reminders=1) if each not in overdue]
        for row in (*overdue, *soon):
            late = row in overdue
            for person in await self._who(uow, row):
                await self._outbox.put(
                    uow, Address(self._bot_id, person.chat or b""), "staff.due", "en-GB", rumour_id=row.id,
                    due_at=row.due_at.isoformat() if row.due_at else "", late=late, people=row.flag_count,
                    safeguarding=row.state == RumourState.SAFEGUARDING,
                )  # fmt: skip
            await uow.rumours.change(row.id, reminders=2 if late else 1)
        return len(overdue) + len(soon)

    async def _who(self, uow: UnitOfWork, row: RumourRow) -> list[StaffRow]:
        """Whoever has it; else everybody who could take it."""
        if row.state == RumourState.SAFEGUARDING:
            return await on_call(uow)
        people = [each for each in await uow.staff.all() if each.chat is not None]
        mine = [each for each in people if each.id == row.assignee_id]
        return mine or [each for each in people if may([Role(one) for one in each.roles], Act.TRIAGE)]
