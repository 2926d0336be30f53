"""What residents would like to know, or would do better, and the team's answers."""

from aiohttp import web

from bot.domain.wishes import SENTENCES
from bot.web.visit import Visit


async def listing(visit: Visit) -> web.Response:
    """Those that wait, and those that were answered."""
    waiting = await visit.uow.wishes.listed(new=True)
    answered = await visit.uow.wishes.listed(new=False, limit=50)
    shared = await visit.desk.reach.sharing.all(visit.uow)
    return visit.page(
        "wishes.html", waiting=waiting, answered=answered, sentences=[str(each) for each in SENTENCES],
        messages=[(each.message.key, each.message.title) for each in shared],
    )  # fmt: skip


async def answer(visit: Visit) -> web.Response:
    """One of the reviewed sentences, or a message in force."""
    told = await visit.desk.reach.wishes.answer(
        visit.uow, visit.me, visit.number(), visit.text("how"), key=visit.text("key")
    )
    return visit.go("/console/wishes", "wish_answered" if told else "wish_closed")
