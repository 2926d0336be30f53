"""What still has to be understood: texts in other languages without a gist, and asking somebody who speaks them."""

from aiohttp import web

from bot.i18n import SOURCE
from bot.web.visit import Visit


async def listing(visit: Visit) -> web.Response:
    """By language and age."""
    wanting = await visit.uow.gists.wanting(SOURCE)
    asked = await visit.uow.gists.of([each.id for each in wanting])
    names = await visit.uow.staff.names([each.asked_id for each in asked.values()])
    covered = await visit.uow.gists.aimed_at_people([each.rumour_id for each in wanting])
    speakers = {
        tag: len(await visit.desk.reach.gists.speakers(visit.uow, tag))
        for tag in {each.language for each in wanting if each.language}
    }
    return visit.page("gists.html", wanting=wanting, asked=asked, names=names, speakers=speakers, hidden=covered)


async def ask(visit: Visit) -> web.Response:
    """One tap."""
    await visit.desk.reach.gists.ask(visit.uow, visit.me, visit.number())
    return visit.go("/console/gists", "speaker_asked")
