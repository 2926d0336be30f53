"""Who is on call: one publisher at a time, written down in the console; then their deputy; then everybody."""

from datetime import timedelta
from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import LeaderRow, StaffRow
from bot.domain.renditions import SOURCE_LANGUAGE
from bot.domain.staff import Act, Role
from bot.services.audit import Actor, Audit
from bot.services.outbox import Address, Outbox
from bot.services.ports import Clock

_KEY = "on_call"
_LAST = 2
"""Steps of a call for help: 0 the publisher on call, 1 their deputy, 2 every publisher and admin."""


class Duty:
    """A call for help goes to one person at a time, and on until somebody says that they see to it."""

    def __init__(self, outbox: Outbox, audit: Audit, clock: Clock, *, bot_id: int, minutes: int) -> None:
        self._outbox = outbox
        self._audit = audit
        self._clock = clock
        self._bot_id = bot_id
        self._minutes = minutes

    async def on_call(self, uow: UnitOfWork) -> StaffRow | None:
        """The publisher on call, or None where nobody is written down (or whoever was has left)."""
        number = await uow.meta.get(_KEY)
        row = await uow.staff.get(int(number)) if number else None
        return row if row is not None and row.active and Role.PUBLISHER in row.roles else None

    async def take(self, uow: UnitOfWork, actor: Actor) -> None:
        """I am on call from now on. Raises NotAllowed for who is no publisher."""
        actor.check(Act.STEER_BROADCAST)
        await uow.meta.set(_KEY, str(actor.id))
        await self._audit.note(uow, actor, "take_duty", actor.name)

    async def leave(self, uow: UnitOfWork, actor: Actor) -> None:
        """I am not on call any more; calls go to everybody until somebody else is."""
        row = await self.on_call(uow)
        if row is not None and row.id == actor.id:
            await uow.meta.forget(_KEY)
            await self._audit.note(uow, actor, "leave_duty", actor.name)

    async def call(self, uow: UnitOfWork, leader: LeaderRow, **params: Any) -> None:
        """A leader needs help now: tell the first person who can be reached."""
        await self._tell_from(uow, leader.id, 0, **params)

    async def seen(self, uow: UnitOfWork, actor: Actor, leader_id: int) -> bool:
        """Somebody sees to it; returns whether they are the first."""
        actor.check(Act.INVITE_LEADER)
        leader = await uow.leaders.get(leader_id)
        if leader is None or leader.alarm_at is None:
            return False
        await uow.leaders.change(leader_id, alarm_at=None, alarm_step=0)
        await self._audit.note(uow, actor, "see_to_leader", f"leader {leader_id}")
        return True

    async def pass_on(self, uow: UnitOfWork) -> int:
        """Calls that nobody has taken in time go on; returns how many did."""
        await uow.decide_alone()
        late = self._clock.now() - timedelta(minutes=self._minutes)
        # At the last step everybody knows: it stays open until somebody takes it, and goes to nobody else.
        moved = [each for each in await uow.leaders.alarms(before=late) if each.alarm_step < _LAST]
        for each in moved:
            await self._tell_from(uow, each.id, each.alarm_step + 1, paused=0)
        return len(moved)

    async def _tell_from(self, uow: UnitOfWork, leader_id: int, step: int, **params: Any) -> None:
        people: list[StaffRow] = []
        while step <= _LAST and not people:
            people = [each for each in await self._at(uow, step) if each.chat is not None]
            step += not people
        for each in people:
            await self._outbox.put(
                uow, Address(self._bot_id, each.chat or b""), "staff.voice_misused", SOURCE_LANGUAGE,
                leader_id=leader_id, **params,
            )  # fmt: skip
        await uow.leaders.change(leader_id, alarm_at=self._clock.now(), alarm_step=min(step, _LAST))

    async def _at(self, uow: UnitOfWork, step: int) -> list[StaffRow]:
        if step == _LAST:
            return [row for row in await uow.staff.all() if {Role.PUBLISHER, Role.ADMIN} & set(row.roles)]
        first = await self.on_call(uow)
        if first is None or step == 0:
            return [first] if first is not None else []
        deputy = await uow.staff.get(first.deputy_id) if first.deputy_id else None
        return [deputy] if deputy is not None and deputy.active else []
