"""After a broadcast: taking it back, and sending it again to those whom it left out."""

from aiohttp import web

from bot.domain.broadcasts import ResendKind
from bot.errors import InvalidInput
from bot.web.visit import Visit


async def confirm_recall(visit: Visit) -> web.Response:
    """Are you sure? What can be taken back, and what cannot."""
    row = await visit.desk.planner.get(visit.uow, visit.number())
    message = await visit.desk.planner.message(visit.uow, row)
    return visit.page(
        "broadcast_recall.html", row=row, message=message, shown=await visit.desk.accounts.show(visit.uow, row.id),
        erased=await visit.uow.recalls.erased(row.id),
    )  # fmt: skip


async def recall(visit: Visit) -> web.Response:
    """Take it back."""
    await visit.desk.recalls.recall(visit.uow, visit.me, visit.number(), visit.text("reason"))
    return visit.go(f"/console/broadcasts/{visit.number()}", "recalled")


async def resend(visit: Visit) -> web.Response:
    """A draft for those who were left out."""
    kind = visit.text("kind")
    if kind not in set(ResendKind):
        raise InvalidInput("Something is missing in this form: load the page again.")
    made = await visit.desk.resend.make(visit.uow, visit.me, visit.number(), ResendKind(kind))
    return visit.go(f"/console/broadcasts/{made}", "created")
