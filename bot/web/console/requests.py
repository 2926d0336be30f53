"""What leaders and translators were asked for: asked, watched, helped, cancelled; and the words they propose."""

from datetime import datetime
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.db.rows import RequestRow
from bot.domain.leaders import BOT_SECONDS, FILM_SECONDS, LeaderState, Task
from bot.domain.residents import Form
from bot.errors import InvalidInput, NotFound
from bot.services.recordings import Upload
from bot.services.requests import Wanted
from bot.web.console import media
from bot.web.console.hearing import keeps_source
from bot.web.console.leaders import titles
from bot.web.visit import Visit


async def listing(visit: Visit) -> web.Response:
    """Everything that was asked, the most urgent first, and the form to ask."""
    rows = await visit.uow.leaders.requests()
    people = {each.id: each for each in await visit.uow.leaders.all()}
    active = [each for each in people.values() if each.state == LeaderState.ACTIVE]
    return visit.page(
        "requests.html", rows=rows, people=people, active=active, titles=await titles(visit),
        seconds=(BOT_SECONDS, FILM_SECONDS),
    )  # fmt: skip


async def ask(visit: Visit) -> web.Response:
    """Ask a leader for a recording, or a translator for a translation, in each language that was ticked."""
    leader = await visit.uow.leaders.by_name(visit.text("leader"))
    if leader is None:
        raise InvalidInput("Choose who is asked.")
    languages = visit.texts("languages") or leader.languages[:1]
    task = Task.TRANSLATE if visit.text("task") == Task.TRANSLATE else Task.RECORD
    for tag in languages:
        signed = visit.desk.registry.get(tag).signed
        form = Form.SIGNED if signed else Form.VIDEO if visit.text("form") == Form.VIDEO else Form.VOICE
        wanted = Wanted(
            visit.whole_number("message"), leader.id, tag, form, task, int(visit.text("seconds") or BOT_SECONDS),
            _due(visit),
        )  # fmt: skip
        await visit.desk.requests.ask(visit.uow, visit.me, wanted)
    return visit.go("/console/requests", "leader_asked")


def _due(visit: Visit) -> datetime | None:
    text = visit.text("due")
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(visit.desk.controller.zone))
    except ValueError as error:
        raise InvalidInput("The due time is not a date and a time.") from error


async def show(visit: Visit) -> web.Response:
    """One request: its script, its takes, and what can be done for a leader without the app."""
    row = await _request(visit)
    takes = []
    for take in await visit.uow.recordings.of_request(row.id):
        file = await visit.uow.media.get(take.media_id)
        takes.append((take, media.player(file) if file is not None and file.path else ""))
    return visit.page(
        "request.html", row=row, leader=await visit.uow.leaders.get(row.leader_id), takes=takes,
        kept=await keeps_source(visit, row.message_id),
        script=await visit.desk.requests.script(visit.uow, row), passages=await visit.uow.leaders.passages(row.id),
    )  # fmt: skip


async def _request(visit: Visit) -> RequestRow:
    return await visit.desk.requests.get(visit.uow, visit.number())


async def upload(visit: Visit) -> web.Response:
    """A file that came elsewhere, or was recorded on our own phone, before a witness."""
    row = await _request(visit)
    file = visit.files.get("recording")
    if file is None:
        raise InvalidInput("Add the recording.")
    await visit.desk.recordings.upload(
        visit.uow, visit.me, row.id, Upload(file.data, file.name, file.mime, visit.text("witness"))
    )
    return visit.go(f"/console/requests/{row.id}", "uploaded")


async def submit(visit: Visit) -> web.Response:
    """They have heard it and say: this is it."""
    row = await _request(visit)
    take = await visit.desk.recordings.get(visit.uow, visit.whole_number("take"))
    if take.request_id != row.id or take.recorded_by is None:
        raise NotFound("There is no such recording.")
    await visit.desk.recordings.submit(visit.uow, take, actor=visit.me)
    return visit.go(f"/console/requests/{row.id}", "take_submitted")


async def type_up(visit: Visit) -> web.Response:
    """Type what a translator spoke."""
    row = await _request(visit)
    await visit.desk.translations.type_up(visit.uow, visit.me, row.id, visit.whole_number("no"), visit.lines("text"))
    return visit.go(f"/console/requests/{row.id}", "typed")


async def cancel(visit: Visit) -> web.Response:
    """It is not needed any more."""
    row = await _request(visit)
    await visit.desk.requests.cancel(visit.uow, visit.me, row.id)
    return visit.go("/console/requests", "request_cancelled")


async def take(visit: Visit) -> web.StreamResponse:
    """The file of a take."""
    row = await visit.uow.recordings.get(visit.number())
    return await media.file_of(visit, row.media_id if row else None)


async def passage(visit: Visit) -> web.StreamResponse:
    """What a translator spoke."""
    wanted = visit.request.query.get("no", "")
    found = [each for each in await visit.uow.leaders.passages(visit.number()) if str(each.no) == wanted]
    return await media.file_of(visit, found[0].media_id if found else None)


# Better words


async def suggestions(visit: Visit) -> web.Response:
    """What leaders propose, newest first."""
    people = {each.id: each for each in await visit.uow.leaders.all()}
    rows = await visit.uow.leaders.suggestions()
    return visit.page("suggestions.html", rows=rows, people=people, titles=await titles(visit))


async def answer(visit: Visit) -> web.Response:
    """Say what became of a proposal."""
    await visit.desk.requests.answer_suggestion(
        visit.uow, visit.me, visit.number(), taken=visit.text("taken") == "yes", words=visit.lines("words")
    )
    return visit.go("/console/suggestions", "suggestion_answered")
