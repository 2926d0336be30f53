"""The coverage board, and what leaders told each other."""

from aiohttp import web

from bot.domain.circle import NoteState
from bot.web.visit import Visit

_WANTED = 12


async def show(visit: Visit) -> web.Response:
    """Messages by languages by form; what to ask for next."""
    board = await visit.desk.coverage.board(visit.uow)
    return visit.page("coverage.html", board=board, wanted=board.wanted[:_WANTED], more=len(board.wanted) - _WANTED)


async def circle(visit: Visit) -> web.Response:
    """Notes of leaders that wait for a look, and those that other leaders read."""
    notes = {state: await visit.uow.circle.in_state(state) for state in (NoteState.WAITING, NoteState.SHOWN)}
    leaders = {each.id: each for each in await visit.uow.leaders.all()}
    return visit.page(
        "circle.html", waiting=notes[NoteState.WAITING], shown=notes[NoteState.SHOWN][::-1], leaders=leaders
    )


async def show_note(visit: Visit) -> web.Response:
    """Let other leaders read it."""
    await visit.desk.circle.show(visit.uow, visit.me, visit.number(), visit.lines("english"))
    return visit.go("/console/circle", "note_shown")


async def refuse_note(visit: Visit) -> web.Response:
    """It is not passed on."""
    await visit.desk.circle.refuse(visit.uow, visit.me, visit.number())
    return visit.go("/console/circle", "note_refused")
