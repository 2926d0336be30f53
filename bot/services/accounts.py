"""Accounting for broadcasts: what became of every delivery, as numbers, as speed and as lists."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.db import UnitOfWork
from bot.db.repositories.tallies import QUEUED_STATES, Listed, Order, Tally
from bot.db.rows import BroadcastRow, MessageRow
from bot.domain.broadcasts import CUT_OFF_BY, ENDED, BroadcastState, DeliveryState, RecallState
from bot.domain.renditions import SOURCE_LANGUAGE
from bot.errors import Unavailable
from bot.services.planner import Planner
from bot.services.ports import Clock

RATE_WINDOW = timedelta(seconds=30)
"""The rate on screen is that of the last half minute: steady enough to read, fresh enough to see a stall."""
_SHORTEST = 1.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deliveries to list: in one state, in one language, as `show` counts them; None means all."""

    state: str | None = None
    language: str | None = None


class Accounts:
    """Looks at broadcasts before, during and after; changes nothing."""

    def __init__(self, planner: Planner, clock: Clock) -> None:
        self._planner = planner
        self._clock = clock

    async def show(self, uow: UnitOfWork, broadcast_id: int) -> dict[str, Any]:
        """The shape of `vouch broadcasts show` (bot/README.md, the outside contract)."""
        row = await self._planner.get(uow, broadcast_id)
        message = await self._planner.message(uow, row)
        names = await uow.staff.names([each for each in (row.created_by, row.approved_by) if each])
        now = self._clock.now()
        tally = await uow.tallies.tally(broadcast_id, since=now - RATE_WINDOW)
        if row.state in ENDED:
            tally.end_queued()
        counts, by_language = await self._counts(uow, broadcast_id, tally)
        size = row.audience_size
        if size is None:
            size = (await self._planner.plan(uow, row)).size
        rate = _rate(row, tally, now)
        return {
            "id": row.id, "message": message.key, "revision": message.revision, "state": row.state,
            "reason": row.reason, "audience": {"languages": row.languages, "areas": row.areas, "size": size},
            "created_by": names.get(row.created_by), "approved_by": names.get(row.approved_by or 0),
            "send_at": _rfc3339(row.send_at), "until": _rfc3339(row.until), "series": row.series,
            "repeat": row.repeat, "occurrence": row.occurrence, "paid": row.paid,
            "resend": {"of": row.resend_of, "kind": row.resend_kind} if row.resend_of else None, "counts": counts,
            "by_language": by_language, "rate": rate, "held": tally.held,
            "expected_end_at": _rfc3339(_expected_end(tally, rate, now)), "started_at": _rfc3339(row.started_at),
            "finished_at": _rfc3339(row.finished_at), "recalled_at": _rfc3339(row.recalled_at),
            "recall": await _recall(uow, row),
        }  # fmt: skip

    async def listing(self, uow: UnitOfWork, broadcast_id: int) -> AsyncIterator[dict[str, Any]]:
        """Every delivery as in `vouch broadcasts deliveries --json`, in no order of people."""
        row = await self._planner.get(uow, broadcast_id)
        async for each in await self._listed(uow, row, Wanted()):
            yield each

    async def sheet(
        self, uow: UnitOfWork, broadcast_id: int, wanted: Wanted = Wanted(), *, limit: int | None = None,
        offset: int = 0,
    ) -> AsyncIterator[dict[str, Any]]:  # fmt: skip
        """The wanted deliveries with the message and its revision: who got which revision, and who did not."""
        row = await self._planner.get(uow, broadcast_id)
        message = await self._planner.message(uow, row)
        async for each in await self._listed(uow, row, wanted, limit, offset):
            yield _with_revision(each, message)

    async def _listed(
        self, uow: UnitOfWork, row: BroadcastRow, wanted: Wanted, limit: int | None = None, offset: int = 0
    ) -> AsyncIterator[dict[str, Any]]:
        """The resident's id is a keyed hash, and so is the order: both are other ones in each broadcast, so that
        nobody can be followed across them."""
        key = await _listing_key(uow, row.id)
        words = {each: _word(row, each) for each in DeliveryState}
        found = uow.tallies.listing(
            row.id, _order(key), states=tuple(each for each in words if words[each] == wanted.state),
            language=wanted.language, limit=limit, offset=offset,
        )  # fmt: skip
        cut_off = CUT_OFF_BY.get(BroadcastState(row.state))
        return (_line(each, key, words[each.state], cut_off) async for each in found)

    async def _counts(
        self, uow: UnitOfWork, broadcast_id: int, tally: Tally
    ) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
        groups = {each.no: each.language or each.read for each in await uow.broadcasts.groups(broadcast_id)}
        total = {state.word: 0 for state in DeliveryState if state is not DeliveryState.RESTING}
        by_language: dict[str, dict[str, int]] = {}
        for (group_no, state), n in tally.counts.items():
            name = state.word
            total[name] += n
            line = by_language.setdefault(groups.get(group_no, SOURCE_LANGUAGE), dict.fromkeys(total, 0))
            line[name] += n
        return total, by_language


def _rate(row: BroadcastRow, tally: Tally, now: datetime) -> float | None:
    """Messages a second since the first of the last half minute; None unless it is being sent."""
    if row.state != BroadcastState.SENDING:
        return None
    if tally.recent_from is None:
        return 0.0
    return round(tally.recent / max(_SHORTEST, (now - tally.recent_from).total_seconds()), 1)


def _expected_end(tally: Tally, rate: float | None, now: datetime) -> datetime | None:
    """When the last one leaves at this rate, or when the last quiet hours end; None where nothing leaves now."""
    waiting = sum(n for (_, state), n in tally.counts.items() if state < DeliveryState.SENT)
    if rate is None or not waiting or (not rate and waiting > tally.held):
        return None
    end = now + timedelta(seconds=(waiting - tally.held) / rate) if rate else now
    return max(end, tally.held_until) if tally.held_until else end


async def _recall(uow: UnitOfWork, row: BroadcastRow) -> dict[str, int] | None:
    if row.recalled_at is None:
        return None
    counts = await uow.recalls.counts(row.id)
    return {
        "queued": counts.get(RecallState.QUEUED, 0) + counts.get(RecallState.WORKING, 0),
        "edited": counts.get(RecallState.EDITED, 0), "deleted": counts.get(RecallState.DELETED, 0),
        "followed_up": counts.get(RecallState.FOLLOWED_UP, 0), "failed": counts.get(RecallState.FAILED, 0),
    }  # fmt: skip


async def _listing_key(uow: UnitOfWork, broadcast_id: int) -> bytes:
    salt = await uow.meta.get("listing_salt")
    if not salt:
        raise Unavailable("This list needs what the worker leaves in the database when it first starts.")
    return hashlib.blake2b(f"{salt}:{broadcast_id}".encode(), digest_size=32).digest()


def _order(key: bytes) -> Order:
    digest = hashlib.blake2b(b"order", key=key, digest_size=12).digest()
    first, second, third = (1 + int.from_bytes(digest[at : at + 4]) % 2_147_483_646 for at in (0, 4, 8))
    return Order((first, second, third))


def _word(row: BroadcastRow, state: DeliveryState) -> str:
    """What a delivery of this broadcast is called: once it has ended, nothing of it is queued any more."""
    ended = row.state in ENDED and state in QUEUED_STATES
    return DeliveryState.SKIPPED.word if ended else state.word


def _line(each: Listed, key: bytes, word: str, cut_off: str | None) -> dict[str, Any]:
    # A letter first: spreadsheets take some hexadecimal numbers for figures like 1E+23.
    opaque = "r" + hashlib.blake2b(str(each.resident_id).encode(), key=key, digest_size=8).hexdigest()
    sent = each.state is DeliveryState.SENT
    error = cut_off if each.state in QUEUED_STATES else each.error
    return {
        "resident": opaque, "language": each.language, "form": each.form, "state": word,
        "sent_at": _rfc3339(each.changed_at) if sent else None, "error": error,
    }  # fmt: skip


def _with_revision(line: dict[str, Any], message: MessageRow) -> dict[str, Any]:
    return {"resident": line["resident"], "message": message.key, "revision": message.revision, **line}


def _rfc3339(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
