"""Matching, for staff to read: how rumours are recognised, and what one rumour may be another wording of."""

from aiohttp import web

from bot.matching.fit import ENOUGH, PRECISION
from bot.services.recognition import message_of_likeness
from bot.web.visit import Visit


async def show(visit: Visit) -> web.Response:
    """Thresholds with their date and data, what is compared with, and how often it was right."""
    figures = await visit.desk.recognition.figures(visit.uow)
    return visit.page("matching.html", figures=figures, enough=ENOUGH, precision=PRECISION)


async def known(visit: Visit) -> web.Response:
    """Known rumours and messages that may mean the same as this rumour, nearest first."""
    rumour = await visit.desk.rumours.get(visit.uow, visit.number("id"))
    near = await visit.desk.recognition.suggestions(visit.uow, rumour)
    keys = {}
    for each in near:
        message_id = message_of_likeness(each)
        message = await visit.uow.messages.get(message_id) if message_id is not None else None
        if message is not None and each.kind != "rumour":
            keys[each.id] = message.key
    return visit.page("matching_known.html", rumour=rumour, near=near, keys=keys)
