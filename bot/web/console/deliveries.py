"""Who got which revision of a broadcast and who did not: on screen, and as a sheet to take away."""

from aiohttp import web

from bot.db.rows import BroadcastRow
from bot.services.accounts import Wanted
from bot.services.sheets import csv_lines
from bot.web.visit import Visit
from bot.web.words import DELIVERY_STATES

_SHOWN = 50
_LAST_PAGE = 100_000
_CHUNK = 64_000


def _wanted(visit: Visit) -> Wanted:
    """What the address asks for; what it cannot mean is left out."""
    query = visit.request.query
    known = {each.tag for each in visit.desk.registry.languages}
    state, language = query.get("state", ""), query.get("language", "")
    return Wanted(state if state in DELIVERY_STATES else None, language if language in known else None)


def _page(visit: Visit) -> int:
    text = visit.request.query.get("page", "")
    return min(max(1, int(text)), _LAST_PAGE) if text.isascii() and text.isdigit() and len(text) < 10 else 1


async def listing(visit: Visit) -> web.Response:
    """One page of the list; the people are opaque, and other ones in each broadcast."""
    row, wanted, page = await visit.desk.planner.get(visit.uow, visit.number()), _wanted(visit), _page(visit)
    shown = await visit.desk.accounts.show(visit.uow, row.id)
    # One more than is shown tells whether there is a next page.
    found = visit.desk.accounts.sheet(visit.uow, row.id, wanted, limit=_SHOWN + 1, offset=(page - 1) * _SHOWN)
    rows = [each async for each in found] if row.started_at else []
    query = {name: value for name, value in (("state", wanted.state), ("language", wanted.language)) if value}
    return visit.page(
        "broadcast_deliveries.html", row=row, shown=shown, rows=rows[:_SHOWN], more=len(rows) > _SHOWN, page=page,
        wanted=wanted, query=query, states={each: DELIVERY_STATES[each] for each, n in shown["counts"].items() if n},
        spoken=sorted(shown["by_language"]),
    )  # fmt: skip


async def sheet(visit: Visit) -> web.StreamResponse:
    """The same as CSV, whole, streamed."""
    row, wanted = await visit.desk.planner.get(visit.uow, visit.number()), _wanted(visit)
    lines = csv_lines(visit.desk.accounts.sheet(visit.uow, row.id, wanted))
    text = await anext(lines) + await anext(lines, "")  # before anything is sent, so that an error is a page
    response = web.StreamResponse(headers=_headers(row, wanted))
    await response.prepare(visit.request)
    async for line in lines:
        text += line
        if len(text) > _CHUNK:
            await response.write(text.encode())
            text = ""
    await response.write_eof(text.encode())
    return response


def _headers(row: BroadcastRow, wanted: Wanted) -> dict[str, str]:
    parts = "-".join(each for each in (f"broadcast-{row.id}", wanted.state, wanted.language) if each)
    return {
        "Content-Type": "text/csv; charset=utf-8; header=present",
        "Content-Disposition": f'attachment; filename="{parts}.csv"',
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        "Cache-Control": "no-store",
    }
