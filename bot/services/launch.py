"""Launching broadcasts: started on time with a frozen audience; held for a person, or missed, when it is too late."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.db import SENDER, UnitOfWork
from bot.db.rows import BroadcastRow
from bot.domain.broadcasts import CUT_OFF_BY, BroadcastState
from bot.domain.schedule import LATE_BY, planned
from bot.errors import Conflict
from bot.services.alerts import Alerts
from bot.services.audit import Audit
from bot.services.planner import Planner
from bot.services.ports import Clock
from bot.services.prices import Prices
from bot.services.series import Series

_ZONE_CHANGE = timedelta(hours=26)
"""So far a new rule can move an instant (UTC-12 to UTC+14), and so far ahead wall times are checked at every tick."""
_UNFINISHED = (BroadcastState.SCHEDULED, BroadcastState.SENDING, BroadcastState.PAUSED, BroadcastState.STOPPED)


class Launch:
    """Everything about a broadcast that happens because its time has come."""

    def __init__(
        self, planner: Planner, series: Series, prices: Prices, alerts: Alerts, audit: Audit, clock: Clock, *,
        bot_id: int,
    ) -> None:  # fmt: skip
        self._planner = planner
        self._series = series
        self._prices = prices
        self._alerts = alerts
        self._audit = audit
        self._clock = clock
        self._bot_id = bot_id

    async def start(self, uow: UnitOfWork, broadcast_id: int, *, held: bool = False) -> bool:
        """Freeze the audience and begin. A content that is not what was approved goes back to its author.

        `held`: a person lets go what came due too late and waited for them. Returns False when somebody else started
        it first, when its latest time has passed, or it went back.
        """
        await uow.decide_alone()
        row = await self._planner.get(uow, broadcast_id)
        now = self._clock.now()
        waits = BroadcastState.PAUSED if held else BroadcastState.SCHEDULED
        if row.state != waits or row.approved_hash is None or _is_over(row, now):
            return False
        reason = await self.why_not(uow, row)
        if reason is not None:
            await self._back_to_author(uow, row, reason)
            return False
        if not await uow.broadcasts.move(
            broadcast_id, waits, BroadcastState.SENDING, started_at=now, bot_id=self._bot_id, reason=None
        ):
            return False
        size = await self._queue_deliveries(uow, row, now)
        await uow.broadcasts.change(broadcast_id, audience_size=size)
        await self._note_exemption(uow, row)
        await self._series.follow(uow, row)
        uow.wake(self._bot_id, SENDER)
        return True

    async def why_not(self, uow: UnitOfWork, row: BroadcastRow) -> str | None:
        """Why the second person's yes does not cover what would be sent now, or what it would cost; None if it does."""
        try:
            await self._prices.check(uow, row)
        except Conflict as error:
            return str(error)
        return await self._planner.no_longer_approved(uow, row)

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
        return await uow.deliveries.queue(
            row.id, bot_id=self._bot_id, audience=audience, now=now, no_language="no approved rendition"
        )

    async def _note_exemption(self, uow: UnitOfWork, row: BroadcastRow) -> None:
        """An emergency reaches people in their quiet hours and beyond their share of messages: that is on record."""
        if (await self._planner.message(uow, row)).emergency:
            quiet = await uow.residents.count_with_quiet_hours(self._bot_id)
            await self._audit.note_system(
                uow, "emergency_exempt", f"broadcast {row.id}", quiet_hours=quiet, caps="not applied"
            )

    async def _back_to_author(self, uow: UnitOfWork, row: BroadcastRow, reason: str) -> None:
        """A draft again; in a series, of the newest revision, so that a new yes is a yes to what is in force."""
        newest = await self._planner.newest(uow, row)
        await uow.broadcasts.move(
            row.id, BroadcastState(row.state), BroadcastState.DRAFT, reason=reason, approved_by=None,
            approved_hash=None, approved_set=None, message_id=row.message_id if row.series is None else newest.id,
        )  # fmt: skip
        await self._audit.note_system(uow, "approval_voided", f"broadcast {row.id}")
        await self._alerts.broadcast(uow, row.id, reason)

    # What the time asks for

    async def waiting(self, uow: UnitOfWork) -> list[int]:
        """The broadcasts that the time asks something of: due, too late, or moved by a new rule of their zone."""
        now = self._clock.now()
        over = [row.id for row in await uow.broadcasts.overdue(now)]
        due = [row.id for row in await uow.broadcasts.due(now + _ZONE_CHANGE) if _due_at(row) <= now or _moved(row)]
        return list(dict.fromkeys(over + due))

    async def take_up(self, uow: UnitOfWork, broadcast_id: int) -> bool:
        """Do what the time asks of one broadcast; returns whether it was started.

        Any number of schedulers may come: whoever is first decides, the others find it decided.
        """
        await uow.decide_alone()
        row = await self._planner.get(uow, broadcast_id)
        if row.state == BroadcastState.SCHEDULED and _moved(row):
            row = await self._keep_wall_time(uow, row)
        now = self._clock.now()
        if row.state in _UNFINISHED and _is_over(row, now):
            await self._miss(uow, row)
        elif row.state == BroadcastState.SCHEDULED and row.send_at is not None:
            if now - row.send_at > LATE_BY:
                await self._hold(uow, row)
            elif now >= row.send_at:
                return await self.start(uow, broadcast_id)
        return False

    async def start_due(self, uow: UnitOfWork) -> int:
        """Do all that the time asks in one transaction; returns how many broadcasts were started."""
        return sum([await self.take_up(uow, each) for each in await self.waiting(uow)])

    async def _miss(self, uow: UnitOfWork, row: BroadcastRow) -> None:
        """What has passed its latest time is never sent, and staff are told."""
        now = self._clock.now()
        if not await uow.broadcasts.move(
            row.id, BroadcastState(row.state), BroadcastState.MISSED, finished_at=now, reason="its latest time passed"
        ):
            return
        await uow.deliveries.skip_queued(row.id, CUT_OFF_BY[BroadcastState.MISSED], now=now)
        await self._audit.note_system(uow, "missed", f"broadcast {row.id}")
        await self._alerts.broadcast(uow, row.id, "Its latest time passed; nothing more of it is sent.")
        await self._series.follow(uow, row)

    async def _hold(self, uow: UnitOfWork, row: BroadcastRow) -> None:
        """Too late to go by itself, and not too late for a person who knows what has happened meanwhile."""
        said = (row.send_local or "").replace("T", " ")
        reason = f"It was due at {said} and could not start then. Resume sends it now, cancel ends it."
        if not await uow.broadcasts.move(row.id, BroadcastState.SCHEDULED, BroadcastState.PAUSED, reason=reason):
            return
        await self._audit.note_system(uow, "held_late", f"broadcast {row.id}")
        await self._alerts.broadcast(uow, row.id, reason)
        await self._series.follow(uow, row)

    async def _keep_wall_time(self, uow: UnitOfWork, row: BroadcastRow) -> BroadcastRow:
        """The rules of the zone changed: the time that people read stays, its instant moves, and the yes with it.

        A latest time of its own stays where it is; in a series it moves along.
        """
        send_at = _due_at(row)
        agreed = await self._planner.content_hash(uow, row.id) == row.approved_hash
        until = row.until
        if row.series is not None and row.until is not None and row.send_at is not None:
            until = row.until + (send_at - row.send_at)
        await uow.broadcasts.change(row.id, send_at=send_at, until=until)
        if agreed:
            await uow.broadcasts.change(row.id, approved_hash=await self._planner.content_hash(uow, row.id))
        await self._audit.note_system(uow, "zone_changed", f"broadcast {row.id}")
        return replace(row, send_at=send_at, until=until)

    async def alert(self, uow: UnitOfWork, broadcast_id: int, reason: str) -> None:
        """Tell every publisher in their chat that a broadcast needs them."""
        await self._alerts.broadcast(uow, broadcast_id, reason)


def _is_over(row: BroadcastRow, now: datetime) -> bool:
    return row.until is not None and row.until <= now


def _due_at(row: BroadcastRow) -> datetime:
    due_at = planned(row.send_local) or row.send_at
    if due_at is None:
        raise ValueError("only a broadcast with a time can come due")
    return due_at


def _moved(row: BroadcastRow) -> bool:
    return row.send_at is not None and _due_at(row) != row.send_at
