"""Accounting for broadcasts: what became of every delivery, as numbers and as lists."""

import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from bot.db import UnitOfWork
from bot.domain.broadcasts import DeliveryState
from bot.domain.renditions import SOURCE_LANGUAGE
from bot.services.planner import Planner


class Accounts:
    """Looks at broadcasts before, during and after; changes nothing."""

    def __init__(self, planner: Planner) -> None:
        self._planner = planner

    async def show(self, uow: UnitOfWork, broadcast_id: int) -> dict[str, Any]:
        """The shape of `vouch broadcasts show` (bot/README.md, the outside contract)."""
        row = await self._planner.get(uow, broadcast_id)
        message = await self._planner.message(uow, row)
        names = await uow.staff.names([each for each in (row.created_by, row.approved_by) if each])
        counts, by_language = await self._counts(uow, broadcast_id)
        size = row.audience_size
        if size is None:
            size = (await self._planner.plan(uow, row)).size
        return {
            "id": row.id, "message": message.key, "revision": message.revision, "state": row.state,
            "reason": row.reason, "audience": {"languages": row.languages, "areas": row.areas, "size": size},
            "created_by": names.get(row.created_by), "approved_by": names.get(row.approved_by or 0),
            "send_at": _rfc3339(row.send_at), "until": _rfc3339(row.until), "series": row.series, "counts": counts,
            "by_language": by_language, "started_at": _rfc3339(row.started_at),
            "finished_at": _rfc3339(row.finished_at), "recalled_at": _rfc3339(row.recalled_at),
        }  # fmt: skip

    async def listing(self, uow: UnitOfWork, broadcast_id: int, *, salt: str) -> AsyncIterator[dict[str, Any]]:
        """Every delivery as in `vouch broadcasts deliveries --json`.

        The resident's id is a keyed hash over `salt` and the broadcast: another one in each broadcast, so that nobody
        can be followed across them.
        """
        key = hashlib.blake2b(f"{salt}:{broadcast_id}".encode(), digest_size=32).digest()
        async for resident_id, language, form, state, changed_at, error in uow.deliveries.listing(broadcast_id):
            opaque = hashlib.blake2b(str(resident_id).encode(), key=key, digest_size=8).hexdigest()
            sent = state == DeliveryState.SENT
            yield {
                "resident": opaque, "language": language, "form": form, "state": DeliveryState(state).word,
                "sent_at": _rfc3339(changed_at) if sent else None, "error": error,
            }  # fmt: skip

    async def _counts(self, uow: UnitOfWork, broadcast_id: int) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
        groups = {each.no: each.language or each.read for each in await uow.broadcasts.groups(broadcast_id)}
        total = {state.word: 0 for state in DeliveryState if state is not DeliveryState.RESTING}
        by_language: dict[str, dict[str, int]] = {}
        for (group_no, state), n in (await uow.deliveries.counts(broadcast_id)).items():
            name = state.word
            total[name] += n
            line = by_language.setdefault(groups.get(group_no, SOURCE_LANGUAGE), dict.fromkeys(total, 0))
            line[name] += n
        return total, by_language


def _rfc3339(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
