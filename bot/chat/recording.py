"""Recording in the chat: the script, the take, hearing it back, sending it to the team, and saying what is wrong."""

from bot.chat import checking, circle, submissions
from bot.chat.rooms import Rooms, number_in
from bot.chat.talk import Talk
from bot.db.rows import LeaderRow, RecordingRow, RequestRow
from bot.domain.events import EventKind, IncomingMedia, MediaKind
from bot.domain.leaders import RequestState, Task
from bot.errors import NotFound
from bot.services.media import FETCH_LIMIT

_TAKES = frozenset({MediaKind.VOICE, MediaKind.AUDIO, MediaKind.ROUND, MediaKind.VIDEO})


async def show(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`rq:ID`: the script. What they send next is their recording."""
    found = await _theirs(rooms, talk, arguments)
    if found is None:
        return
    _, row = found
    await rooms.desk.requests.open(talk.uow, row)
    if row.kind == Task.TRANSLATE:
        await talk.say("translate.begin", **await rooms.desk.requests.summary(talk.uow, row))
        return
    talk.state.step = f"record:{row.id}"
    await talk.say("request.script", **await rooms.desk.requests.script(talk.uow, row))
    await circle.read(rooms, talk, await rooms.desk.requests.message(talk.uow, row))


async def _theirs(rooms: Rooms, talk: Talk, arguments: list[str]) -> tuple[LeaderRow, RequestRow] | None:
    number = number_in(arguments)
    if talk.leader is None or number is None:
        return None
    return talk.leader, await rooms.desk.requests.theirs(talk.uow, talk.leader, number)


async def take(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """A recording has come, or words that are none."""
    found = await _theirs(rooms, talk, arguments)
    if found is None:
        talk.state.step = ""
        await checking.receive(rooms, talk, [])
        return
    leader, row = found
    if talk.event.media is None:
        if talk.event.forwarded or talk.event.links:
            talk.state.step = ""
            await checking.receive(rooms, talk, [])
        else:
            await talk.say("recording.please", request_id=row.id, form=row.form)
        return
    await _receive(rooms, talk, leader, row, talk.event.media, forwarded=talk.event.forwarded)


async def _receive(
    rooms: Rooms, talk: Talk, leader: LeaderRow, row: RequestRow, media: IncomingMedia, *, forwarded: bool
) -> None:
    why = await rooms.desk.recordings.receive(talk.uow, leader, row, media, forwarded=forwarded)
    talk.state.step = f"record:{row.id}"
    if why is not None:
        await talk.say("recording.refused", request_id=row.id, why=why)
    elif media.size <= FETCH_LIMIT:  # what is larger was played back at once: there is nothing to look at
        await talk.say("recording.taken")


async def may_be_theirs(rooms: Rooms, talk: Talk) -> bool:
    """Whether something that a leader sent out of the blue may be a recording: after a week's pause, say."""
    media = talk.event.media
    if talk.leader is None or talk.event.kind is not EventKind.MEDIA or talk.event.forwarded:
        return False
    if media is None or media.kind not in _TAKES:
        return False
    return any(each.kind == Task.RECORD for each in await rooms.desk.requests.waiting(talk.uow, talk.leader))


async def unasked(rooms: Rooms, talk: Talk) -> None:
    """Taken for the one that they have begun; where that is not clear, they are asked."""
    leader, media = talk.leader, talk.event.media
    if leader is None or media is None:
        return
    waiting = [each for each in await rooms.desk.requests.waiting(talk.uow, leader) if each.kind == Task.RECORD]
    begun = [each for each in waiting if each.state in {RequestState.OPEN, RequestState.CHANGES}]
    if len(begun) == 1:
        await _receive(rooms, talk, leader, begun[0], media, forwarded=False)
        return
    number = talk.state.add_draft(submissions.as_draft(submissions.read(talk.event)))
    requests = [await rooms.desk.requests.summary(talk.uow, each) for each in waiting[:6]]
    await talk.say("recording.which", draft=number, requests=requests)


async def chosen(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`rw:DRAFT:ID`: it belongs to this request. `rw:DRAFT`: it is something to be checked."""
    draft = talk.state.drafts.get(arguments[0]) if arguments else None
    if draft is None:
        await talk.say("check.gone")
        return
    if len(arguments) < 2:
        await submissions.tell(rooms, talk, arguments[0])
        return
    found = await _theirs(rooms, talk, arguments[1:])
    media = submissions.from_draft(draft).media
    if found is not None and media is not None:
        talk.state.drafts.pop(arguments[0])
        await _receive(rooms, talk, *found, media, forwarded=draft["forwarded"])


async def submit(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`su:ID`: this is it."""
    row = await _recording(rooms, talk, arguments)
    if row is not None:
        await rooms.desk.recordings.submit(talk.uow, row)
        talk.state.step = ""
        message = await rooms.desk.requests.message(talk.uow, await rooms.desk.requests.get(talk.uow, row.request_id))
        await talk.say("recording.submitted", edit=True, key=message.key)


async def _recording(rooms: Rooms, talk: Talk, arguments: list[str]) -> RecordingRow | None:
    number = number_in(arguments)
    if talk.leader is None or number is None:
        return None
    row = await rooms.desk.recordings.get(talk.uow, number)
    if row.leader_id != talk.leader.id:
        raise NotFound("There is no such recording.")
    return row


async def decline(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`rd:ID`: no. `rd:ID:on`: no, please ask somebody else."""
    found = await _theirs(rooms, talk, arguments)
    if found is not None:
        await rooms.desk.requests.decline(talk.uow, found[1], hand_on=arguments[1:2] == ["on"])
        talk.state.step = ""
        await talk.say("request.declined", edit=True)


async def write_words(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`rt:ID`: the next words are the text as they will say it."""
    found = await _theirs(rooms, talk, arguments)
    if found is not None:
        talk.state.step = f"words:{found[1].id}"
        await talk.say("request.write_words", own=(await rooms.desk.requests.script(talk.uow, found[1]))["own"])


async def words_written(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """The text as they will say it; then back to recording."""
    found = await _theirs(rooms, talk, arguments)
    if found is None or not talk.event.text:
        talk.state.step = ""
        await checking.receive(rooms, talk, [])
        return
    await rooms.desk.requests.set_words(talk.uow, found[1], talk.event.text)
    await show(rooms, talk, arguments)


async def suggest(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`rs:ID`: the text is wrong for their community; the next words, typed or spoken, say what would be right."""
    found = await _theirs(rooms, talk, arguments)
    if found is not None:
        talk.state.step = f"suggest:{found[1].id}"
        await talk.say("request.suggest")


async def suggested(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """Better words have come: they go to the team as a proposal."""
    found = await _theirs(rooms, talk, arguments)
    talk.state.step = ""
    if found is None:
        await checking.receive(rooms, talk, [])
        return
    media_id = await keep_voice(rooms, talk)
    await rooms.desk.requests.suggest(talk.uow, found[1], talk.event.text, media_id=media_id)
    talk.state.step = f"record:{found[1].id}"
    await talk.say("request.suggested", request_id=found[1].id)


async def keep_voice(rooms: Rooms, talk: Talk) -> int | None:
    """Keep what was spoken instead of typed; the file is fetched by itself. None where nothing was spoken."""
    media = talk.event.media
    if media is None or media.kind not in {MediaKind.VOICE, MediaKind.AUDIO, MediaKind.ROUND}:
        return None
    return await talk.uow.media.create(
        kind=media.kind, mime=media.mime, size=media.size, seconds=media.seconds, bot_id=talk.person.bot_id,
        file_id=media.file_id, unique_id=media.unique_id, state="wanted", tries=0, created_at=rooms.desk.clock.now(),
    )  # fmt: skip


BUTTONS = {
    "rq": show, "rw": chosen, "su": submit, "rd": decline, "rt": write_words, "rs": suggest,
}  # fmt: skip
STEPS = {"record": take, "words": words_written, "suggest": suggested}
