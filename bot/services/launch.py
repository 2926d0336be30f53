"""Launching broadcasts: started on time with a frozen audience, or told to staff when it is too late."""

from datetime import datetime

from bot.db import UnitOfWork
from bot.db.rows import BroadcastRow
from bot.domain.broadcasts import BroadcastState, DeliveryState
from bot.domain.staff import Act, Role, may
from bot.services.audit import Audit
from bot.services.outbox import Address, Outbox
from bot.services.planner import Planner
from bot.services.ports import Clock


class Launch:
    """Everything about a broadcast that happens because its time has come."""

    def __init__(self, planner: Planner, outbox: Outbox, audit: Audit, clock: Clock, *, bot_id: int) -> None:
        self._planner = planner
        self._outbox = outbox
        self._audit = audit
        self._clock = clock
        self._bot_id = bot_id

    async def start(self, uow: UnitOfWork, broadcast_id: int) -> bool:
        """Freeze the audience and begin. A content that is not what was approved goes back to its author.

        Returns False when somebody else started it first, or it went back.
        """
        await uow.decide_alone()
        row = await self._planner.get(uow, broadcast_id)
        if row.state != BroadcastState.SCHEDULED or row.approved_hash is None:
            return False
        if await self._planner.content_hash(uow, broadcast_id) != row.approved_hash:
            await self._back_to_author(uow, row)
            return False
        now = self._clock.now()
        won = await uow.broadcasts.move(
            broadcast_id, BroadcastState.SCHEDULED, BroadcastState.SENDING, started_at=now, bot_id=self._bot_id
        )
        if not won:
            return False
        size = await self._queue_deliveries(uow, row, now)
        await uow.broadcasts.change(broadcast_id, audience_size=size)
        return True

    async def _queue_deliveries(self, uow: UnitOfWork, row: BroadcastRow, now: datetime) -> int:
        message = await self._planner.message(uow, row)
        plan = await self._planner.plan(uow, row)
        audience = self._planner.audience(row, message)
        await uow.broadcasts.add_groups(
            [
                {
                    "broadcast_id": row.id, "no": no, "listen": each.group.listen, "read": each.group.read,
                    "form": each.group.form, "language": each.choice.language, "out_form": each.choice.form,
                    "text_id": each.choice.text_id, "media_rendition_id": each.choice.media_id,
                    "missing": each.choice.missing,
                }
                for no, each in enumerate(plan.groups)
            ]
        )  # fmt: skip
        size = 0
        for no, each in enumerate(plan.groups):
            reachable = each.choice.language is not None
            size += await uow.deliveries.queue_group(
                row.id, no, bot_id=self._bot_id, audience=audience, listen=each.group.listen, read=each.group.read,
                form=each.group.form, state=DeliveryState.QUEUED if reachable else DeliveryState.SKIPPED,
                error=None if reachable else "no approved rendition", now=now,
            )  # fmt: skip
        return size

    async def _back_to_author(self, uow: UnitOfWork, row: BroadcastRow) -> None:
        reason = "Its content changed after it was approved: ask for approval again."
        await uow.broadcasts.move(
            row.id, BroadcastState.SCHEDULED, BroadcastState.DRAFT, reason=reason, approved_by=None,
            approved_hash=None, approved_set=None,
        )  # fmt: skip
        await self._audit.note_system(uow, "approval_voided", f"broadcast {row.id}")
        await self.alert(uow, row.id, reason)

    async def start_due(self, uow: UnitOfWork) -> int:
        """Start every scheduled broadcast whose time has come; returns how many."""
        started = 0
        for row in await uow.broadcasts.due(self._clock.now()):
            started += await self.start(uow, row.id)
        return started

    async def end_overdue(self, uow: UnitOfWork) -> int:
        """What has passed its latest time is never sent: missed, and staff are told. Returns how many."""
        missed = 0
        for row in await uow.broadcasts.overdue(self._clock.now()):
            now = self._clock.now()
            if not await uow.broadcasts.move(
                row.id, BroadcastState(row.state), BroadcastState.MISSED, finished_at=now,
                reason="its latest time passed",
            ):  # fmt: skip
                continue
            await uow.deliveries.skip_all(row.id, "too late", now=now)
            await self._audit.note_system(uow, "missed", f"broadcast {row.id}")
            await self.alert(uow, row.id, "Its latest time passed; nothing more of it is sent.")
            missed += 1
        return missed

    async def alert(self, uow: UnitOfWork, broadcast_id: int, reason: str) -> None:
        """Tell every publisher in their chat that a broadcast needs them."""
        for row in await uow.staff.all():
            if row.chat is not None and may([Role(each) for each in row.roles], Act.STEER_BROADCAST):
                await self._outbox.put(
                    uow, Address(self._bot_id, row.chat), "staff.broadcast_alert", "en-GB",
                    broadcast_id=broadcast_id, reason=reason,
                )  # fmt: skip
