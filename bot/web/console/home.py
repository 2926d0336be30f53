"""The first page: what waits for whoever is signed in."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.db.rows import ApprovalRow, RumourRow
from bot.domain.broadcasts import BroadcastState
from bot.domain.rumours import OPEN_STATES
from bot.domain.staff import Act
from bot.web.console.broadcasts import lines_of
from bot.web.visit import Visit

_SHOWN = 5
_UNDER_WAY = (BroadcastState.SCHEDULED, BroadcastState.SENDING, BroadcastState.PAUSED, BroadcastState.STOPPED)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One request for my yes: what it is about, where to read it, who asks."""

    request: ApprovalRow
    title: str
    path: str
    requested_by: str


async def enter(visit: Visit) -> web.Response:
    """The address without its slash."""
    return visit.go("/console/")


async def show(visit: Visit) -> web.Response:
    """The whole page."""
    part = visit.live("home", "home_waiting.html", "/console/live", **await _waiting(visit))
    return visit.page("home.html", part=part)


async def live(visit: Visit) -> web.Response:
    """Only what waits."""
    return visit.live_answer("home", "home_waiting.html", "/console/live", **await _waiting(visit))


async def _waiting(visit: Visit) -> dict[str, Any]:
    rumours: list[RumourRow] = []
    if visit.may(Act.READ_RUMOURS):
        rumours = await visit.uow.rumours.queue(sorted(OPEN_STATES))
    drafts = []
    if visit.may(Act.APPROVE_RENDITION):
        found = await visit.uow.messages.waiting_review(visit.me.languages)
        drafts = [
            (row, message) for row, message in found if row.made_by != visit.me.id and row.translator != visit.me.name
        ]
    under_way = await visit.uow.broadcasts.in_states(_UNDER_WAY)
    return {
        "rumours": rumours[:_SHOWN], "rumour_count": len(rumours), "drafts": drafts[:_SHOWN],
        "draft_count": len(drafts), "approvals": await _for_me(visit), "broadcasts": await lines_of(visit, under_way),
    }  # fmt: skip


async def _for_me(visit: Visit) -> list[Waiting]:
    mine = [each for each in await visit.uow.approvals.pending() if each.asked_id == visit.me.id]
    names = await visit.uow.staff.names([each.requested_by or 0 for each in mine])
    return [
        Waiting(each, await _title(visit, each), _path(each), names.get(each.requested_by or 0, "the message library"))
        for each in mine
    ]


def _path(request: ApprovalRow) -> str:
    folder = {
        "answer": "rumours", "rendition": "renditions", "claim": "claims", "revision": "revisions",
        "shelf": "shelf/taken", "film": "films", "exception": "renditions",
    }.get(request.kind, "broadcasts")  # fmt: skip
    return f"/console/{folder}/{request.subject_id}"


async def _title(visit: Visit, request: ApprovalRow) -> str:
    uow = visit.uow
    message_id: int | None = None
    if request.kind == "claim":
        claim = await uow.claims.get(request.subject_id)
        return claim.text if claim else ""
    if request.kind in {"rendition", "exception"}:
        rendition = await uow.messages.rendition(request.subject_id)
        message_id = rendition.message_id if rendition else None
    elif request.kind == "answer":
        rumour = await uow.rumours.get(request.subject_id)
        message_id = rumour.message_id if rumour else None
    elif request.kind in {"revision", "shelf"}:
        revision = await uow.revisions.get(request.subject_id)
        message_id = revision.message_id if revision else None
    elif request.kind == "film":
        film = await uow.films.get(request.subject_id)
        message_id = film.message_id if film else None
    else:
        broadcast = await uow.broadcasts.get(request.subject_id)
        message_id = broadcast.message_id if broadcast else None
    message = await uow.messages.get(message_id) if message_id else None
    return message.title if message else ""
