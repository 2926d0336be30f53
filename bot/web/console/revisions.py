"""Changing a message: other words or facts, whether the meaning changed, whom that would cost, and a second yes."""

from aiohttp import web

from bot.db.rows import MessageRow
from bot.domain.facts import Fact
from bot.domain.revisions import Meaning, RevisionState
from bot.domain.staff import Act
from bot.errors import InvalidInput
from bot.services.revisions import differences, message_of, newest
from bot.web.console import approvals
from bot.web.console.hearing import check_source
from bot.web.visit import Visit


async def edit(visit: Visit) -> web.Response:
    """The form: with what is there, and whom a changed meaning would cost their language."""
    message, source = await newest(visit.uow, visit.request.match_info["key"])
    await check_source(visit, message.id)
    return visit.page(
        "message_edit.html", message=message, source=source, facts=facts_of(message),
        waiting=await _open(visit, message), impact=await visit.desk.revisions.impact(visit.uow, message),
    )  # fmt: skip


def facts_of(message: MessageRow) -> list[tuple[str, str]]:
    """Every fact that there can be, with what it says now."""
    return [(str(each), message.facts.get(each, "")) for each in Fact]


async def _open(visit: Visit, message: MessageRow) -> int | None:
    rows = await visit.uow.revisions.open_of(message.id)
    return next((each.id for each in rows if each.kind == "edit"), None)


async def propose(visit: Visit) -> web.Response:
    """Saved, and waiting for its second person."""
    try:
        meaning = Meaning(visit.text("meaning"))
    except ValueError as error:
        raise InvalidInput("Say whether the meaning changed.") from error
    revision_id = await visit.desk.revisions.propose(
        visit.uow, visit.me, visit.request.match_info["key"], title=visit.text("title"), text=visit.lines("text"),
        facts={str(each): visit.text(each) for each in Fact}, meaning=meaning,
        answers=visit.lines("answers").splitlines() if "answers" in visit.form else None,
    )  # fmt: skip
    return visit.go(f"/console/revisions/{revision_id}", "proposed")


async def show(visit: Visit) -> web.Response:
    """Both texts, what is different, and the second person's yes."""
    row = await visit.desk.revisions.get(visit.uow, visit.number())
    message = await message_of(visit.uow, row)
    await check_source(visit, message.id)
    before = await visit.uow.messages.find_rendition(message.id, "en-GB", "text")
    waiting = row.state == RevisionState.PROPOSED
    return visit.page(
        "revision.html", row=row, message=message, before=before, waiting=waiting,
        differences=differences(before.text if before else "", row.text),
        facts=[(str(each), message.facts.get(each, ""), row.facts.get(each, "")) for each in Fact],
        answers_gone=[each for each in message.answers if row.answers is not None and each not in row.answers],
        answers_new=[each for each in row.answers or [] if each not in message.answers],
        impact=await visit.desk.revisions.impact(visit.uow, message) if waiting else None,
        approval=await approvals.view(visit, visit.desk.revisions, row.id) if waiting else None,
    )  # fmt: skip


async def ask(visit: Visit) -> web.Response:
    """Ask a second person."""
    await approvals.ask(visit, visit.desk.revisions, visit.number())
    return _back(visit, "asked")


async def approve(visit: Visit) -> web.Response:
    """The second person's yes."""
    await approvals.approve(visit, visit.desk.revisions, visit.number())
    return _back(visit, "revised")


async def refuse(visit: Visit) -> web.Response:
    """The second person's no."""
    await approvals.refuse(visit, visit.desk.revisions, visit.number())
    return _back(visit, "refused")


async def renew(visit: Visit) -> web.Response:
    """Offer a stale rendition for the new words: a draft again."""
    visit.me.check(Act.WRITE_RENDITION)
    rendition_id = await visit.desk.revisions.renew(visit.uow, visit.me, visit.number())
    return visit.go(f"/console/renditions/{rendition_id}", "renewed")


def _back(visit: Visit, done: str) -> web.Response:
    return visit.go(f"/console/revisions/{visit.number()}", done)
