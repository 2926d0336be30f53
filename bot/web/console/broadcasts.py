"""Broadcasts: planned with a dry run, approved by a second person, watched and steered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.db.rows import BroadcastRow, RumourRow
from bot.domain.broadcasts import ENDED, BroadcastState
from bot.domain.paid import stars
from bot.domain.rumours import RumourState
from bot.errors import Conflict, InvalidInput, NotFound
from bot.web.console import approvals, series
from bot.web.console.renditions import send_to_myself
from bot.web.visit import Visit

_S = BroadcastState
_SHOWN = 30
"""The list is asked for again every few seconds, and each line counts its deliveries."""
_BEFORE = frozenset({_S.DRAFT, _S.SCHEDULED})
_UNDER_WAY = frozenset({_S.SENDING, _S.PAUSED, _S.STOPPED})


@dataclass(frozen=True, slots=True)
class BroadcastLine:
    """One broadcast in a list."""

    row: BroadcastRow
    title: str
    counts: dict[str, int]
    size: int

    @property
    def ended(self) -> int:
        """Deliveries that are not under way any more."""
        return sum(self.counts.values()) - self.counts["queued"] - self.counts["sending"]


async def lines_of(visit: Visit, rows: list[BroadcastRow]) -> list[BroadcastLine]:
    """Broadcasts with their titles and counts."""
    lines = []
    for row in rows:
        message = await visit.uow.messages.get(row.message_id)
        shown = await visit.desk.accounts.show(visit.uow, row.id)
        lines.append(BroadcastLine(row, message.title if message else "", shown["counts"], shown["audience"]["size"]))
    return lines


async def listing(visit: Visit) -> web.Response:
    """Every broadcast, newest first."""
    part = visit.live("broadcasts", "broadcasts_list.html", "/console/broadcasts/live", **await _listing(visit))
    return visit.page("broadcasts.html", part=part)


async def listing_live(visit: Visit) -> web.Response:
    """Only the list."""
    return visit.live_answer("broadcasts", "broadcasts_list.html", "/console/broadcasts/live", **await _listing(visit))


async def _listing(visit: Visit) -> dict[str, Any]:
    return {"lines": await lines_of(visit, await visit.uow.broadcasts.page(limit=_SHOWN))}


# Making one


async def new(visit: Visit) -> web.Response:
    """The form; `?rumour=` fills it in for a corrective broadcast, `?message=` for a message.

    `&where=spread` ticks the languages and areas in which the rumour was asked about.
    """
    rumour_id = visit.request.query.get("rumour", "") or visit.text("rumour")
    chosen = visit.request.query.get("message", "")
    rumour = await visit.uow.rumours.get(int(rumour_id)) if _is_number(rumour_id) else None
    film_id = visit.request.query.get("film", "") or visit.text("film")
    film = await visit.uow.films.get(int(film_id)) if _is_number(film_id) else None
    if film is not None:
        chosen = (await visit.desk.film_sharing.message(visit.uow, film)).key
    if rumour is not None and rumour.message_id is not None:
        message = await visit.uow.messages.get(rumour.message_id)
        chosen = message.key if message else ""
    languages, areas = await _where_it_spreads(visit, rumour)
    counts = await visit.uow.residents.count_by_language()
    known = [each for each in visit.desk.registry.languages if each.read]
    return visit.page(
        "broadcast_new.html", rumour=rumour, film=film, repeats=series.REPEATS, chosen=chosen, counts=counts,
        messages=sorted(await visit.uow.messages.in_force(visit.now), key=lambda each: each.title),
        spoken=sorted((each for each in known if each.tag in counts), key=lambda each: -counts[each.tag]),
        others=[each for each in known if each.tag not in counts], languages_ticked=languages, areas_ticked=areas,
    )  # fmt: skip


async def _where_it_spreads(visit: Visit, rumour: RumourRow | None) -> tuple[list[str], list[str]]:
    if rumour is None or visit.request.query.get("where") != "spread":
        return [], []
    spread = (await visit.desk.triage.spread(visit.uow, [rumour.id])).get(rumour.id)
    return ([], []) if spread is None else (list(spread.languages), list(spread.areas))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 15


async def create(visit: Visit) -> web.Response:
    """Keep the draft and show its dry run."""
    if not visit.text("message"):
        raise InvalidInput("Choose a message first.")
    rumour_id = visit.whole_number("rumour") if visit.text("rumour") else None
    if rumour_id is not None:
        await _check_answered(visit, rumour_id)
    broadcast_id = await visit.desk.broadcasts.create(
        visit.uow, visit.me, key=visit.text("message"), languages=tuple(visit.texts("languages")),
        areas=tuple(visit.texts("areas")), at=visit.text("at") or None, until=visit.text("until") or None,
        repeat=series.chosen_rule(visit), rumour_id=rumour_id, allow_fallback=visit.text("fallback") == "yes",
        paid=visit.text("paid") == "yes", film_id=visit.whole_number("film") if visit.text("film") else None,
    )  # fmt: skip
    return visit.go(f"/console/broadcasts/{broadcast_id}", "created")


async def _check_answered(visit: Visit, rumour_id: int) -> None:
    rumour = await visit.desk.rumours.get(visit.uow, rumour_id)
    if rumour.state != RumourState.ANSWERED:
        raise Conflict("This rumour is not answered: a correction needs an approved answer.")


# One broadcast


async def show(visit: Visit) -> web.Response:
    """The dry run before, the counts during and after, the texts, and where the yes stands."""
    row = await visit.desk.planner.get(visit.uow, visit.number())
    message = await visit.uow.messages.get(row.message_id)
    if message is None:
        raise NotFound("There is no such message.")
    before = row.state in _BEFORE
    standing = visit.live("status", "broadcast_status.html", _status_path(row), **await _status(visit, row))
    draft = row.state == _S.DRAFT
    return visit.page(
        "broadcast.html", row=row, message=message, standing=standing, draft=draft, before=before,
        plan=await visit.desk.broadcasts.describe(visit.uow, row.id) if before else None,
        series=await series.part(visit, row), again=await visit.desk.resend.sizes(visit.uow, row),
        texts=await _texts(visit, row),
        approval=await approvals.view(visit, visit.desk.broadcasts, row.id) if draft else None,
    )  # fmt: skip


async def _texts(visit: Visit, row: BroadcastRow) -> list[Any]:
    """The approved renditions it sends: those that the approver saw, once there was one."""
    found = await visit.uow.messages.renditions(row.message_id)
    return [
        each
        for each in found
        if (each.state == "approved" if row.approved_set is None else each.id in row.approved_set)
    ]


async def status_live(visit: Visit) -> web.Response:
    """Only where it stands; the whole page again once that is another state than the page was made for."""
    row = await visit.desk.planner.get(visit.uow, visit.number())
    if visit.request.query.get("state") not in {None, row.state}:
        return web.Response(status=204, headers={"HX-Refresh": "true"})
    return visit.live_answer("status", "broadcast_status.html", _status_path(row), **await _status(visit, row))


def _status_path(row: BroadcastRow) -> str:
    return f"/console/broadcasts/{row.id}/live?state={row.state}"


async def _status(visit: Visit, row: BroadcastRow) -> dict[str, Any]:
    shown = await visit.desk.accounts.show(visit.uow, row.id)
    counts = shown["counts"]
    pending = await visit.uow.approvals.pending("broadcast", row.id)
    names = await visit.uow.staff.names([pending[-1].asked_id] if pending else [])
    return {
        "row": row, "shown": shown, "counts": counts, "progress": await _progress(visit, row, shown),
        "ended": sum(counts.values()) - counts["queued"] - counts["sending"],
        "by_language": sorted(shown["by_language"].items(), key=lambda line: (-sum(line[1].values()), line[0])),
        "pending": pending[-1] if pending else None,
        "asked": names.get(pending[-1].asked_id, "") if pending else "",
        "can_pause": row.state == _S.SENDING, "can_resume": row.state in {_S.PAUSED, _S.STOPPED},
        "can_cancel": row.state in _BEFORE | _UNDER_WAY,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Progress:
    """How fast it goes, when it ends, and why nothing leaves. `late`: not everybody before its latest time."""

    rate: float
    ends_at: datetime | None
    held: int
    late: bool
    ahead: int | None


async def _progress(visit: Visit, row: BroadcastRow, shown: dict[str, Any]) -> Progress | None:
    if shown["rate"] is None:
        return None
    ends_at = datetime.fromisoformat(shown["expected_end_at"]) if shown["expected_end_at"] else None
    late = ends_at is not None and row.until is not None and ends_at > row.until
    # The sender's own order: whoever stands before this one is sent first.
    under_way = await visit.uow.broadcasts.under_way(visit.desk.bot_id, visit.now, paid=row.paid)
    first = under_way[0].id if under_way and not shown["rate"] else row.id
    return Progress(shown["rate"], ends_at, shown["held"], late, first if first != row.id else None)


async def ask(visit: Visit) -> web.Response:
    """Ask a second person."""
    row = await visit.desk.planner.get(visit.uow, visit.number())
    if row.state != _S.DRAFT:
        raise Conflict(f"This broadcast is {row.state} already.")
    await approvals.ask(visit, visit.desk.broadcasts, row.id)
    return _back(visit, "asked")


async def approve(visit: Visit) -> web.Response:
    """The second person's yes; to a paid one it names the price."""
    row = await visit.desk.planner.get(visit.uow, visit.number())
    price = await visit.desk.prices.of(visit.uow, row) if row.state == _S.DRAFT else None
    if price is not None and visit.text("price") != str(price.highest):
        raise InvalidInput(f"It may cost up to {stars(price.highest)} Stars now: tick the box that says so.")
    await approvals.approve(visit, visit.desk.broadcasts, visit.number())
    return _back(visit, "broadcast_approved")


async def refuse(visit: Visit) -> web.Response:
    """The second person's no."""
    await approvals.refuse(visit, visit.desk.broadcasts, visit.number())
    return _back(visit, "refused")


async def test_send(visit: Visit) -> web.Response:
    """One of its renditions to my own chat."""
    row = await visit.desk.planner.get(visit.uow, visit.number())
    rendition = await visit.desk.renditions.get(visit.uow, visit.whole_number("rendition"))
    if rendition.message_id != row.message_id:
        raise InvalidInput("This rendition does not belong to this broadcast.")
    await send_to_myself(visit, rendition)
    return _back(visit, "test_sent")


async def pause(visit: Visit) -> web.Response:
    """Hold it."""
    await visit.desk.steering.pause(visit.uow, visit.me, visit.number())
    return _back(visit, "paused")


async def resume(visit: Visit) -> web.Response:
    """Go on."""
    await visit.desk.steering.resume(visit.uow, visit.me, visit.number())
    return _back(visit, "resumed")


async def confirm_cancel(visit: Visit) -> web.Response:
    """Are you sure?"""
    row = await visit.desk.planner.get(visit.uow, visit.number())
    return visit.page(
        "broadcast_cancel.html", line=(await lines_of(visit, [row]))[0], alone=row.state not in ENDED,
        series=await series.part(visit, row),
    )  # fmt: skip


async def cancel(visit: Visit) -> web.Response:
    """End it."""
    whole = visit.text("series") == "yes"
    await visit.desk.steering.cancel(visit.uow, visit.me, visit.number(), whole_series=whole)
    return _back(visit, "cancelled")


def _back(visit: Visit, done: str) -> web.Response:
    return visit.go(f"/console/broadcasts/{visit.number()}", done)
