"""Films: choose and order the recordings, have it made, watch it, a second person's yes, on the screen and off it."""

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.db.rows import FilmRow, MessageRow
from bot.domain.films import Aspect, FilmClip, FilmState
from bot.domain.staff import Act
from bot.errors import NotFound
from bot.services.film_making import MISSING
from bot.services.film_sharing import segments
from bot.services.ports import Printer
from bot.services.press import write_pack
from bot.web.console import approvals
from bot.web.console.media import file_of
from bot.web.visit import Visit

PRINTER = web.AppKey[Printer | None]("printer")
_UNDER_WAY = (FilmState.WAITING, FilmState.MAKING)


@dataclass(frozen=True, slots=True)
class ClipLine:
    """A recording on the list of those that are chosen, and where its buttons lead."""

    clip: FilmClip
    up: str
    down: str
    out: str


@dataclass(frozen=True, slots=True)
class FilmLine:
    """A film in a list."""

    film: FilmRow
    message: MessageRow
    live: bool


async def choose(visit: Visit) -> web.Response:
    """Who may be in the film, in which order; who is left out, and why. The order stands in the address."""
    key = visit.request.match_info["key"]
    message = await visit.uow.messages.latest(key)
    if message is None:
        raise NotFound("There is no such message.")
    everybody = await visit.desk.film_making.plan(visit.uow, key)
    usable = {each.writing.tag: each for each in everybody.clips}
    asked = visit.form.get("order") or visit.request.query.get("order")
    order = list(usable) if asked is None else [each for each in dict.fromkeys(asked.split(",")) if each in usable]
    path = f"/console/messages/{key}/film"
    gone = [] if asked is None else [each for each in everybody.left_out if each.language in asked.split(",")
                                     and each.language not in usable]  # fmt: skip
    return visit.page(
        "film_choose.html", message=message, order=",".join(order), path=path,
        chosen=[_clip_line(path, usable, order, at) for at in range(len(order))],
        spare=[(clip, _with(path, [*order, tag])) for tag, clip in usable.items() if tag not in order],
        left_out=everybody.left_out, gone=gone, missing=await visit.uow.meta.get(MISSING) or "", aspects=list(Aspect),
        films=await _lines(visit, await visit.uow.films.of_message(key)),
    )  # fmt: skip


def _clip_line(path: str, usable: dict[str, FilmClip], order: list[str], at: int) -> ClipLine:
    others = [*order[:at], *order[at + 1 :]]
    up = [*others[: at - 1], order[at], *others[at - 1 :]] if at else []
    down = [*others[: at + 1], order[at], *others[at + 1 :]] if at + 1 < len(order) else []
    tag = order[at]
    return ClipLine(
        usable[tag], _with(path, up, tag) if up else "", _with(path, down, tag) if down else "", _with(path, others)
    )


def _with(path: str, order: list[str], at: str = "") -> str:
    return f"{path}?{urlencode({'order': ','.join(order)}, safe=',')}" + (f"#clip-{at}" if at else "")


async def make(visit: Visit) -> web.Response:
    """Ask for it; a worker makes it."""
    key = visit.request.match_info["key"]
    made = await visit.desk.film_making.ask(
        visit.uow, visit.me, key, order=[each for each in visit.text("order").split(",") if each],
        aspects=visit.texts("aspects"),
    )  # fmt: skip
    return visit.go(f"/console/films/{made[0]}", "film_asked")


async def listing(visit: Visit) -> web.Response:
    """Every film that is on the screen, waits, or was."""
    rows = await visit.uow.films.in_states(list(FilmState))
    return visit.page("films.html", films=await _lines(visit, rows[::-1][:100]))


async def _lines(visit: Visit, rows: list[FilmRow]) -> list[FilmLine]:
    found = []
    for row in rows:
        message = await visit.desk.film_sharing.message(visit.uow, row)
        live = row.state == FilmState.PUBLISHED and await visit.desk.films.ended(visit.uow, row) is None
        found.append(FilmLine(row, message, live))
    return found


async def show(visit: Visit) -> web.Response:
    """One film: how far it is, or the film itself with the second person's yes."""
    film = await visit.desk.film_sharing.get(visit.uow, visit.number())
    values = await _values(visit, film)
    part = visit.live("film", "film_status.html", f"/console/films/{film.id}/live", **values)
    return visit.page(
        "film.html",
        part=part,
        **values,
        segments=segments(film),
        left_out=(film.report or {}).get("left_out", []),
        approval=await approvals.view(visit, visit.desk.film_sharing, film.id) if values["waits"] else None,
    )


async def live(visit: Visit) -> web.Response:
    """Only how far it is."""
    film = await visit.desk.film_sharing.get(visit.uow, visit.number())
    return visit.live_answer(
        "film", "film_status.html", f"/console/films/{film.id}/live", **await _values(visit, film)
    )  # fmt: skip


async def _values(visit: Visit, film: FilmRow) -> dict[str, Any]:
    ended = await visit.desk.films.ended(visit.uow, film) if film.clips else None
    names = await visit.uow.staff.names([film.created_by, film.approved_by or 0])
    return {
        "film": film, "message": await visit.desk.film_sharing.message(visit.uow, film),
        "under_way": film.state in _UNDER_WAY, "before": await visit.uow.films.before(film.id),
        "ended": ended, "there": film.media_id is not None and ended is None and film.report is not None,
        "not_for_partners": await visit.desk.films.not_for_partners(visit.uow, film),
        "waits": film.state == FilmState.MADE and ended is None, "names": names,
        "missing": await visit.uow.meta.get(MISSING) or "",
    }  # fmt: skip


async def file(visit: Visit) -> web.StreamResponse:
    """The film itself, for the team."""
    film = await visit.desk.film_sharing.get(visit.uow, visit.number())
    if await visit.desk.films.ended(visit.uow, film) is not None:
        raise NotFound("This film is not here (any more).")
    return await file_of(visit, (await visit.desk.film_sharing.file(visit.uow, film)).id)


async def pack(visit: Visit) -> web.Response:
    """The press pack for partners."""
    film = await visit.desk.film_sharing.get(visit.uow, visit.number())
    found = await visit.desk.press.pack(visit.uow, (await visit.desk.film_sharing.message(visit.uow, film)).key)
    data = await asyncio.to_thread(write_pack, found, visit.request.app[PRINTER])
    named = {"Content-Disposition": f'attachment; filename="{found.name}"'}
    return web.Response(body=data, content_type="application/zip", headers=named)


async def ask(visit: Visit) -> web.Response:
    """Ask a second person."""
    await approvals.ask(visit, visit.desk.film_sharing, visit.number())
    return _back(visit, "asked")


async def approve(visit: Visit) -> web.Response:
    """The second person's yes: it is on the screen."""
    await approvals.approve(visit, visit.desk.film_sharing, visit.number())
    return _back(visit, "film_published")


async def refuse(visit: Visit) -> web.Response:
    """The second person's no."""
    await approvals.refuse(visit, visit.desk.film_sharing, visit.number())
    return _back(visit, "refused")


async def stop(visit: Visit) -> web.Response:
    """Off the screen, by hand."""
    visit.me.check(Act.APPROVE_FILM)
    await visit.desk.film_sharing.stop(visit.uow, visit.me, visit.number())
    return _back(visit, "film_stopped")


def _back(visit: Visit, done: str) -> web.Response:
    return visit.go(f"/console/films/{visit.number()}", done)
