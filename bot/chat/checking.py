"""Checking: anything can be sent at any time; what is known is said at once, the rest passes on with consent."""

from typing import Any

from bot.chat import joining
from bot.chat.rooms import Rooms
from bot.chat.talk import Talk
from bot.domain.events import Event, IncomingMedia, MediaKind
from bot.domain.rumours import CLOSING_REASONS, OPEN_STATES, RumourState
from bot.i18n import strip_controls
from bot.services.rumours import Submission


async def ask_for_it(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`/check`: say what can be sent."""
    if not talk.knows_language:
        await joining.show_menu(rooms, talk, [])
        return
    await talk.say("check.prompt")


async def receive(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """Something arrived to be checked."""
    submission = _submission(talk.event)
    if not talk.knows_language:
        talk.state.add_draft(_as_draft(submission))
        await joining.show_menu(rooms, talk, [])
        return
    known = await rooms.desk.rumours.look_up(
        talk.uow, submission, listen=talk.listen, read=talk.language, form=talk.form
    )
    number = talk.state.add_draft(_as_draft(submission))
    if known is not None and known.card is not None:
        await talk.say("check.known", card=known.card, draft=number)
    elif known is not None and RumourState(known.rumour.state) in OPEN_STATES:
        await talk.say("check.open", draft=number)
    elif known is not None and RumourState(known.rumour.state) in CLOSING_REASONS:
        await talk.say("check.settled", draft=number, outcome=known.rumour.state)
    else:
        await talk.say("check.ask", draft=number, kind=submission.kind)


async def pass_on(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """Consent: the team gets it, the sender gets a code."""
    await _report(rooms, talk, arguments, urgent=False)


async def not_meant(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """The answer did not fit: offer to pass the question on as it is."""
    draft = _draft(talk, arguments)
    if draft is None:
        await talk.say("check.gone")
        return
    await talk.say("check.ask", draft=arguments[0], kind=draft["kind"])


async def danger(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """Somebody may be in danger: numbers to call at once, and the way to tell the team."""
    number = arguments[0] if arguments else ""
    await talk.say("danger", draft=number if _draft(talk, arguments) else "")


async def pass_on_danger(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """Passed on as urgent."""
    await _report(rooms, talk, arguments, urgent=True)


async def drop(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """Not passed on; nothing is kept."""
    if arguments:
        talk.state.drafts.pop(arguments[0], None)
    await talk.say("check.dropped", edit=True)


async def show_mine(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`/mine`: what this person asked, and where it stands."""
    found = await talk.uow.rumours.flags_of_person(talk.person.asking_tag)
    items = [
        {"code": each.flag.code, "text": _excerpt(each.flag.text), "kind": each.flag.kind, "state": each.state}
        for each in found[:10]
    ]
    await talk.say("mine", items=items)


async def _report(rooms: Rooms, talk: Talk, arguments: list[str], *, urgent: bool) -> None:
    draft = _draft(talk, arguments)
    if draft is None:
        await talk.say("check.gone")
        return
    talk.state.drafts.pop(arguments[0])
    flag = await rooms.desk.rumours.report(
        talk.uow, _from_draft(draft), asker=talk.residents.asking_address(talk.person), language=talk.language,
        read=talk.language, area=talk.resident.area if talk.resident else talk.state.area or None, urgent=urgent,
    )  # fmt: skip
    await talk.say("danger.passed" if urgent else "check.passed", edit=True, code=flag.code)


def _draft(talk: Talk, arguments: list[str]) -> dict[str, Any] | None:
    return talk.state.drafts.get(arguments[0]) if arguments else None


def _submission(event: Event) -> Submission:
    kind = event.media.kind if event.media else ("link" if event.links and len(event.text.split()) == 1 else "text")
    return Submission(str(kind), strip_controls(event.text)[0].strip(), event.media, event.forwarded)


def _as_draft(submission: Submission) -> dict[str, Any]:
    media = submission.media
    return {
        "kind": submission.kind, "text": submission.text, "forwarded": submission.forwarded,
        "media": None if media is None else {
            "kind": str(media.kind), "file_id": media.file_id, "unique_id": media.unique_id, "mime": media.mime,
            "size": media.size, "seconds": media.seconds,
        },
    }  # fmt: skip


def _from_draft(draft: dict[str, Any]) -> Submission:
    media = draft["media"]
    rebuilt = None if media is None else IncomingMedia(**{**media, "kind": MediaKind(media["kind"])})
    return Submission(draft["kind"], draft["text"], rebuilt, draft["forwarded"])


def _excerpt(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"


BUTTONS = {
    "c": pass_on, "cn": not_meant, "cx": drop, "cd": danger, "cu": pass_on_danger, "check": ask_for_it,
    "mine": show_mine, "danger": danger,
}  # fmt: skip
COMMANDS = {"check": ask_for_it, "mine": show_mine}
