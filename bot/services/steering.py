"""Steering a broadcast that is under way: pause, resume, cancel."""

from datetime import timedelta
from typing import Any

from bot.db import SENDER, UnitOfWork
from bot.db.rows import BroadcastRow
from bot.domain.broadcasts import CUT_OFF_BY, ENDED, BroadcastState, check_step
from bot.domain.staff import Act
from bot.errors import Conflict
from bot.services.audit import Actor, Audit
from bot.services.launch import Launch
from bot.services.planner import Planner
from bot.services.ports import Clock
from bot.services.series import Series

_LEFT_BEHIND = timedelta(days=2)
"""So long after a broadcast ended it is looked for queued rows; they take minutes."""


class Steering:
    """Deliberate acts of staff upon broadcasts, each recorded."""

    def __init__(self, planner: Planner, launch: Launch, series: Series, audit: Audit, clock: Clock) -> None:
        self._planner = planner
        self._launch = launch
        self._series = series
        self._audit = audit
        self._clock = clock

    async def pause(self, uow: UnitOfWork, actor: Actor, broadcast_id: int, reason: str = "paused by staff") -> None:
        """Hold what is being sent: nothing more leaves until it is resumed."""
        row = await self._planner.get(uow, broadcast_id)
        if row.state == BroadcastState.SCHEDULED:
            raise Conflict("A broadcast that is scheduled cannot be paused: cancel it, or wait until it is being sent.")
        await self._steer(uow, actor, broadcast_id, BroadcastState.PAUSED, reason=reason)

    async def resume(self, uow: UnitOfWork, actor: Actor, broadcast_id: int) -> None:
        """Go on. What never started starts now, for those who are residents now, or is scheduled again for its time.

        Raises Conflict past its latest time, or when what was approved changed meanwhile.
        """
        await uow.decide_alone()
        row = await self._planner.get(uow, broadcast_id)
        if row.until is not None and row.until <= self._clock.now():
            raise Conflict("Its latest time has passed: it will not be sent.")
        if row.state == BroadcastState.PAUSED and row.started_at is None:
            await self._start_after_all(uow, actor, row)
            return
        if await self._planner.content_hash(uow, broadcast_id) != row.approved_hash:
            raise Conflict("Its content changed since it was approved: cancel it and ask for approval of a new one.")
        await self._steer(uow, actor, broadcast_id, BroadcastState.SENDING, reason=None)
        if row.bot_id is not None:
            uow.wake(row.bot_id, SENDER)

    async def _start_after_all(self, uow: UnitOfWork, actor: Actor, row: BroadcastRow) -> None:
        actor.check(Act.STEER_BROADCAST)
        reason = await self._launch.why_not(uow, row)
        if reason is not None:
            raise Conflict(f"{reason} Cancel it and ask for approval of a new one.")
        if row.send_at is not None and row.send_at > self._clock.now():
            await self._steer(uow, actor, row.id, BroadcastState.SCHEDULED, reason=None)
            return
        if not await self._launch.start(uow, row.id, held=True):
            raise Conflict("Somebody else changed this broadcast a moment ago.")
        await self._audit.note(uow, actor, Act.STEER_BROADCAST, f"broadcast {row.id}", to=BroadcastState.SENDING)

    async def cancel(self, uow: UnitOfWork, actor: Actor, broadcast_id: int, *, whole_series: bool = False) -> None:
        """End it: what is queued is skipped; what is under way at this moment ends by itself.

        Of a series it ends this one, and the next is made; with `whole_series` it ends all that have not ended, and
        none is made any more, whichever of them is named. Raises Conflict when there is nothing left to end.
        """
        await uow.decide_alone()
        row = await self._planner.get(uow, broadcast_id)
        if not whole_series:
            await self._cancel_one(uow, actor, broadcast_id)
            first_draft = row.series == str(row.id) and row.approved_hash is None
            if not first_draft:
                await self._series.follow(uow, row)
            return
        if row.series is None:
            raise Conflict("This broadcast does not repeat: there is no series to cancel.")
        left = [each.id for each in await uow.broadcasts.of_series(row.series) if each.state not in ENDED]
        if not left:
            raise Conflict("This series has ended already.")
        for each in left:
            await self._cancel_one(uow, actor, each)

    async def _cancel_one(self, uow: UnitOfWork, actor: Actor, broadcast_id: int) -> None:
        now = self._clock.now()
        await self._steer(
            uow, actor, broadcast_id, BroadcastState.CANCELLED, reason=f"cancelled by {actor.name}", finished_at=now
        )
        await uow.deliveries.skip_queued(broadcast_id, CUT_OFF_BY[BroadcastState.CANCELLED], now=now)
        await uow.approvals.void("broadcast", broadcast_id)

    async def left_queued(self, uow: UnitOfWork) -> list[tuple[int, str]]:
        """Broadcasts that have ended, with their state, of which something still stands as queued."""
        return await uow.deliveries.left_queued(since=self._clock.now() - _LEFT_BEHIND)

    async def end_queued(self, uow: UnitOfWork) -> int:
        """Write down a portion of what broadcasts left queued when they ended; returns how many, 0 at the end."""
        for broadcast_id, state in await self.left_queued(uow):
            reason = CUT_OFF_BY.get(BroadcastState(state), "stopped")
            return await uow.deliveries.skip_queued(broadcast_id, reason, now=self._clock.now())
        return 0

    async def _steer(
        self, uow: UnitOfWork, actor: Actor, broadcast_id: int, state: BroadcastState, **values: Any
    ) -> None:
        actor.check(Act.STEER_BROADCAST)
        row = await self._planner.get(uow, broadcast_id)
        check_step(BroadcastState(row.state), state)
        if state is BroadcastState.SENDING and row.state not in {BroadcastState.PAUSED, BroadcastState.STOPPED}:
            raise Conflict("Only a paused or stopped broadcast can be resumed.")
        if not await uow.broadcasts.move(broadcast_id, BroadcastState(row.state), state, **values):
            raise Conflict("Somebody else changed this broadcast a moment ago.")
        await self._audit.note(uow, actor, Act.STEER_BROADCAST, f"broadcast {broadcast_id}", to=state)
