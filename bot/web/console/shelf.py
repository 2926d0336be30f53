"""The ready shelf: what is there, what is missing in which language, and taking one with today's facts."""

from aiohttp import web

from bot.domain.facts import Fact
from bot.domain.revisions import RevisionState
from bot.errors import InvalidInput, NotFound
from bot.services.revisions import message_of, newest
from bot.web.console import approvals
from bot.web.visit import Visit


async def listing(visit: Visit) -> web.Response:
    """Every message of the shelf, with its gaps by language."""
    return visit.page("shelf.html", board=await visit.desk.coverage.board(visit.uow, shelf=True))


async def form(visit: Visit) -> web.Response:
    """Fill in today's facts."""
    message, source = await newest(visit.uow, visit.request.match_info["key"])
    if message.shelf is None:
        raise NotFound("This message is not on the shelf.")
    approved = sorted({
        each.language for each in await visit.uow.messages.renditions(message.id) if each.state == "approved"
    })  # fmt: skip
    return visit.page("shelf_take.html", message=message, source=source, facts=list(Fact), approved=approved)


async def take(visit: Visit) -> web.Response:
    """It waits for a second publisher, and goes with their yes."""
    hours = visit.text("hours")
    if not (hours.isascii() and hours.isdigit() and len(hours) < 4):
        raise InvalidInput("Say for how many hours it is valid.")
    taken = await visit.desk.shelf.take(
        visit.uow, visit.me, visit.request.match_info["key"], facts={str(each): visit.text(each) for each in Fact},
        areas=visit.texts("areas"), hours=int(hours),
    )  # fmt: skip
    return visit.go(f"/console/shelf/taken/{taken}", "taken")


async def show(visit: Visit) -> web.Response:
    """What was taken, and its second yes."""
    row = await visit.desk.shelf.get(visit.uow, visit.number())
    waiting = row.state == RevisionState.PROPOSED
    result = await visit.uow.messages.get(row.result_id) if row.result_id else None
    return visit.page(
        "shelf_taken.html", row=row, message=await message_of(visit.uow, row), waiting=waiting, result=result,
        details=await visit.desk.shelf.describe(visit.uow, row.id),
        approval=await approvals.view(visit, visit.desk.shelf, row.id) if waiting else None,
    )  # fmt: skip


async def ask(visit: Visit) -> web.Response:
    """Ask a second publisher."""
    await approvals.ask(visit, visit.desk.shelf, visit.number())
    return _back(visit, "asked")


async def approve(visit: Visit) -> web.Response:
    """Yes: it goes."""
    await approvals.approve(visit, visit.desk.shelf, visit.number())
    return _back(visit, "broadcast_approved")


async def refuse(visit: Visit) -> web.Response:
    """No."""
    await approvals.refuse(visit, visit.desk.shelf, visit.number())
    return _back(visit, "refused")


def _back(visit: Visit, done: str) -> web.Response:
    return visit.go(f"/console/shelf/taken/{visit.number()}", done)
