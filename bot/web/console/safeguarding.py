"""Safeguarding: what may be a matter of life, for whoever is on call and nobody else."""

from aiohttp import web

from bot.domain.rumours import RumourState
from bot.errors import InvalidInput, NotFound
from bot.web.console import media
from bot.web.console.rumours import flag_views
from bot.web.visit import Visit


async def listing(visit: Visit) -> web.Response:
    """What waits, and what was dealt with."""
    waiting = await visit.uow.rumours.queue([RumourState.SAFEGUARDING])
    done = await visit.uow.rumours.queue([RumourState.SAFEGUARDED], limit=30)
    return visit.page("safeguarding.html", waiting=waiting, ended=done)


async def show(visit: Visit) -> web.Response:
    """One matter with all that was sent."""
    rumour = await visit.desk.safeguarding.get(visit.uow, visit.me, visit.number())
    return visit.page("safeguarding_matter.html", rumour=rumour, flags=await flag_views(visit, rumour))


async def question(visit: Visit) -> web.Response:
    """Ask back whoever told us."""
    rumour = await visit.desk.safeguarding.get(visit.uow, visit.me, visit.number())
    flag = await visit.uow.rumours.flag(visit.whole_number("flag"))
    if flag is None or flag.rumour_id != rumour.id:
        raise InvalidInput("This does not belong here.")
    await visit.desk.questions.ask_back(visit.uow, visit.me, flag.id, visit.lines("question"))
    return _back(visit, "question")


async def lift_veil(visit: Visit) -> web.Response:
    """Personal details, to my own chat."""
    rumour = await visit.desk.safeguarding.get(visit.uow, visit.me, visit.number())
    flag = await visit.uow.rumours.flag(visit.whole_number("flag"))
    if flag is None or flag.rumour_id != rumour.id:
        raise InvalidInput("This does not belong here.")
    await visit.desk.veil.lift(visit.uow, visit.me, flag.id, visit.text("reason"))
    return _back(visit, "veil")


async def give_back(visit: Visit) -> web.Response:
    """A rumour after all."""
    await visit.desk.safeguarding.give_back(visit.uow, visit.me, visit.number())
    return visit.go("/console/safeguarding", "given_back")


async def end(visit: Visit) -> web.Response:
    """Dealt with; what was done is kept."""
    await visit.desk.safeguarding.end(visit.uow, visit.me, visit.number(), visit.lines("record"))
    return visit.go("/console/safeguarding", "ended")


async def file(visit: Visit) -> web.StreamResponse:
    """What was sent with it."""
    flag = await visit.uow.rumours.flag(visit.number())
    if flag is None:
        raise NotFound("This file is not here (any more).")
    await visit.desk.safeguarding.get(visit.uow, visit.me, flag.rumour_id)
    return await media.file_of(visit, flag.media_id)


def _back(visit: Visit, done: str) -> web.Response:
    return visit.go(f"/console/safeguarding/{visit.number()}", done)
