"""Series: a broadcast that repeats. Each occurrence is a broadcast of its own; the next is made when one has come due.

A series is named by the number of its first broadcast, whose rule, first wall time and length of window hold for all.
The unique index over series and occurrence makes any number of schedulers safe.
"""

from datetime import datetime
from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import BroadcastRow, MessageRow
from bot.domain.broadcasts import BroadcastState
from bot.domain.schedule import instant
from bot.services.alerts import Alerts
from bot.services.audit import Audit
from bot.services.plan import Rhythm, wall
from bot.services.planner import Planner
from bot.services.ports import Clock

MAX_MISSED = 31
"""So many missed occurrences become broadcasts of their own; more of them share one that sums them up."""


class Series:
    """Makes the next occurrence, and says which were missed meanwhile."""

    def __init__(self, planner: Planner, alerts: Alerts, audit: Audit, clock: Clock) -> None:
        self._planner = planner
        self._alerts = alerts
        self._audit = audit
        self._clock = clock

    async def follow(self, uow: UnitOfWork, row: BroadcastRow) -> None:
        """Make what comes after an occurrence that has come due, was missed, or is cancelled alone.

        Does nothing for a broadcast outside a series, after the last occurrence, and when it is made already.
        """
        rhythm = await self._planner.rhythm(uow, row)
        if rhythm is None or await self._is_followed(uow, row):
            return
        missed, following = self._upcoming(rhythm, row)
        if missed:
            await self._note_missed(uow, row, rhythm, missed)
        if following is None:
            await self._audit.note_system(uow, "series_ended", f"broadcast {row.id}", series=row.series)
        else:
            await self._make_next(uow, row, rhythm, following)

    async def _is_followed(self, uow: UnitOfWork, row: BroadcastRow) -> bool:
        newest = await uow.broadcasts.of_series(row.series or "", limit=1)
        return newest[0].id != row.id

    def _upcoming(self, rhythm: Rhythm, row: BroadcastRow) -> tuple[list[datetime], datetime | None]:
        """The wall times whose window has passed as well, and the next one; None where the series is over."""
        missed: list[datetime] = []
        for local in rhythm.rule.after(datetime.fromisoformat(row.occurrence or "")):
            if instant(local, rhythm.zone) + rhythm.window > self._clock.now():
                return missed, local
            missed.append(local)
        return missed, None

    async def _note_missed(
        self, uow: UnitOfWork, row: BroadcastRow, rhythm: Rhythm, missed: list[datetime]
    ) -> None:  # fmt: skip
        """Nothing is skipped silently: a broadcast that says so for each, and one alert for all of them."""
        count = f"{len(missed)} more, {missed[0]:%d %B %Y} to {missed[-1]:%d %B %Y}" if missed[1:] else "one more"
        shown, reason = missed, "its latest time passed before it could start"
        if len(missed) > MAX_MISSED:
            shown, reason = missed[-1:], f"it stands for {count}: their latest times passed before they could start"
        now = self._clock.now()
        for local in shown:
            await self._add(uow, row, rhythm, local, state=BroadcastState.MISSED, reason=reason, finished_at=now)
        await self._audit.note_system(uow, "missed", f"broadcast {row.id}", series=row.series, more=len(missed))
        await self._alerts.broadcast(uow, row.id, f"Of its series {count} could not start in time either.")

    async def _make_next(self, uow: UnitOfWork, row: BroadcastRow, rhythm: Rhythm, local: datetime) -> None:
        message = await self._planner.newest(uow, row)
        reason = await self._unapproved(uow, row, message, instant(local, rhythm.zone))
        if reason is None:
            made = await self._add(
                uow, row, rhythm, local, state=BroadcastState.SCHEDULED, approved_by=row.approved_by,
                approved_hash=row.approved_hash, approved_set=row.approved_set, ends_by=message.valid_until,
            )  # fmt: skip
        else:
            made = await self._add(
                uow, row, rhythm, local, state=BroadcastState.DRAFT, message_id=message.id, reason=reason
            )
        if made is not None:
            await self._audit.note_system(uow, "occurrence_made", f"broadcast {made}", series=row.series)
            if reason is not None:
                await self._alerts.broadcast(uow, made, reason)

    async def _unapproved(
        self, uow: UnitOfWork, row: BroadcastRow, message: MessageRow, send_at: datetime
    ) -> str | None:  # fmt: skip
        """Why the yes to the series does not hold for its next occurrence; None when it does."""
        if row.approved_hash is None:
            return "The series waits for a second person's yes."
        if message.valid_until <= send_at:
            return (
                f"{message.key} is valid until {message.valid_until:%d %B %Y}, and this comes later. Renew it, then "
                "cancel this one alone: the next is made with what is in force then."
            )
        return await self._planner.no_longer_approved(uow, row)

    async def _add(
        self, uow: UnitOfWork, row: BroadcastRow, rhythm: Rhythm, local: datetime, *, ends_by: datetime | None = None,
        **values: Any,
    ) -> int | None:  # fmt: skip
        send_at = instant(local, rhythm.zone)
        until = send_at + rhythm.window
        carried: dict[str, Any] = {
            "bot_id": row.bot_id, "message_id": row.message_id, "languages": row.languages, "areas": row.areas,
            "rumour_id": row.rumour_id, "created_by": row.created_by, "repeat": row.repeat, "paid": row.paid,
            "send_at": send_at, "send_local": f"{wall(local)} {rhythm.zone}",
            "until": min(until, ends_by) if ends_by else until, "created_at": self._clock.now(),
        }  # fmt: skip
        return await uow.broadcasts.add_occurrence(row.series or "", wall(local), **{**carried, **values})
