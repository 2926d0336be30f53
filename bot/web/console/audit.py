"""The audit log: who did what, newest first."""

from aiohttp import web

from bot.web.visit import Visit

_PAGE = 50


async def listing(visit: Visit) -> web.Response:
    """One page of entries; `?before=` goes on to older ones."""
    before = visit.request.query.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) <= 15 else None
    rows = await visit.uow.audit.page(before_id=number, limit=_PAGE + 1)
    return visit.page(
        "audit.html",
        entries=rows[:_PAGE],
        older=rows[_PAGE - 1].id if len(rows) > _PAGE else None,
        first=number is None,
    )
