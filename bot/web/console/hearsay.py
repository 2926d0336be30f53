"""What staff and partners heard elsewhere: a form, and the last that were logged."""

from aiohttp import web

from bot.errors import InvalidInput
from bot.web.visit import Visit

HOW = {"person": "In person", "phone": "By phone", "app": "In another app", "meeting": "At a meeting or a service"}


async def show(visit: Visit) -> web.Response:
    """The form and the list."""
    languages = [(each.tag, each.english) for each in visit.desk.registry.languages]
    return visit.page(
        "hearsay.html", how=HOW, spoken=languages, areas=[(each.id, each.name) for each in visit.desk.controller.areas],
        newest=await visit.uow.hearsay.newest(), counts=await visit.uow.hearsay.counts(),
    )  # fmt: skip


async def log(visit: Visit) -> web.Response:
    """Log one."""
    people, number = visit.text("people") or "1", visit.text("rumour")
    if not all(each.isascii() and each.isdigit() and len(each) <= 15 for each in (people, number or "1")):
        raise InvalidInput("Write numbers with digits.")
    await visit.desk.reach.hearsay.log(
        visit.uow, visit.me, text=visit.lines("text"), how=visit.text("how"), language=visit.text("language"),
        area=visit.text("area"), people=int(people), rumour_id=int(number) if number else None,
    )  # fmt: skip
    return visit.go("/console/heard", "heard")
