"""Steering a broadcast that is under way: pause, resume, cancel."""

from typing import Any

from bot.db import UnitOfWork
from bot.domain.broadcasts import BroadcastState, check_step
from bot.domain.staff import Act
from bot.errors import Conflict
from bot.services.audit import Actor, Audit
from bot.services.planner import Planner
from bot.services.ports import Clock


class Steering:
    """Deliberate acts of staff upon broadcasts, each recorded."""

    def __init__(self, planner: Planner, audit: Audit, clock: Clock) -> None:
        self._planner = planner
        self._audit = audit
        self._clock = clock

    async def pause(self, uow: UnitOfWork, actor: Actor, broadcast_id: int, reason: str = "paused by staff") -> None:
        """Hold it: nothing more leaves until it is resumed."""
        await self._steer(uow, actor, broadcast_id, BroadcastState.PAUSED, reason=reason)

    async def resume(self, uow: UnitOfWork, actor: Actor, broadcast_id: int) -> None:
        """Go on. Raises Conflict past its latest time, or when its renditions changed meanwhile."""
        await uow.decide_alone()
        row = await self._planner.get(uow, broadcast_id)
        if row.until is not None and row.until <= self._clock.now():
            raise Conflict("Its latest time has passed: it will not be sent.")
        if await self._planner.content_hash(uow, broadcast_id) != row.approved_hash:
            raise Conflict("Its content changed since it was approved: cancel it and ask for approval of a new one.")
        await self._steer(uow, actor, broadcast_id, BroadcastState.SENDING, reason=None)

    async def cancel(self, uow: UnitOfWork, actor: Actor, broadcast_id: int) -> None:
        """End it: what is queued is skipped; what is under way at this moment ends by itself."""
        now = self._clock.now()
        await self._steer(
            uow, actor, broadcast_id, BroadcastState.CANCELLED, reason=f"cancelled by {actor.name}", finished_at=now
        )
        await uow.deliveries.skip_all(broadcast_id, "cancelled", now=now)
        await uow.approvals.void("broadcast", broadcast_id)

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
