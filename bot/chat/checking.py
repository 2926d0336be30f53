"""Checking: anything can be sent at any time; what is known is said at once, the rest passes on with consent."""

from typing import Any

from bot.chat import joining, proving, recognising, submissions
from bot.chat.rooms import Rooms, number_in
from bot.chat.talk import Talk
from bot.db.rows import FlagRow
from bot.domain.rumours import CLOSING_REASONS, RumourState
from bot.services.outbox import Address
from bot.services.rumours import Submission


async def ask_for_it(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`/check`: say what can be sent."""
    if not talk.knows_language:
        await joining.show_menu(rooms, talk, [])
        return
    await talk.say("check.prompt")


async def receive(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """Something arrived to be checked: first whether it is ours, then what is known about it."""
    if rooms.identifier is not None and talk.event.text:
        rooms.identifier.warm()
    if await proving.is_ours(rooms, talk):
        return
    number = talk.state.add_draft(submissions.as_draft(submissions.read(talk.event)))
    if talk.knows_language:
        await submissions.tell(rooms, talk, number)
    else:
        await joining.show_menu(rooms, talk, [])


async def pass_on(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """Consent: the team gets it, the sender gets a code."""
    await _report(rooms, talk, arguments, urgent=False)


async def not_meant(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """The answer did not fit: offer to pass the question on as it is."""
    draft = _draft(talk, arguments)
    if draft is None:
        await talk.say("check.gone")
        return
    await recognising.judge(rooms, talk, draft, right=False)
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
    asker = talk.residents.asking_address(talk.person)
    if not urgent and await _has_asked_enough(rooms, talk, asker):
        return
    submission = submissions.from_draft(talk.state.drafts.pop(arguments[0]))
    flag = await report(rooms, talk, submission, urgent=urgent)
    if urgent:
        await talk.say("danger.passed", edit=True, code=flag.code)
        return
    rumour = await rooms.desk.rumours.get(talk.uow, flag.rumour_id)
    if RumourState(rumour.state) in CLOSING_REASONS:
        await talk.say("check.noted", edit=True, code=flag.code)
    else:
        until = rooms.desk.rumours.promised().isoformat()
        await talk.say("check.passed", edit=True, code=flag.code, until=until)


async def report(rooms: Rooms, talk: Talk, submission: Submission, *, urgent: bool) -> FlagRow:
    """Pass a submission to the team. Who listens instead of reading is answered in the language they listen to."""
    return await rooms.desk.rumours.report(
        talk.uow, submission, asker=talk.residents.asking_address(talk.person),
        language=_language_of(rooms, talk, submission), read=talk.answers_in, urgent=urgent,
        area=talk.resident.area if talk.resident else talk.state.area or None,
        sealed=talk.residents.seal_original(submission.original),
    )  # fmt: skip


def _language_of(rooms: Rooms, talk: Talk, submission: Submission) -> str | None:
    """What it is in, as far as can be told: None is better than wrong. Staff see it and put it right."""
    guess = None
    if rooms.identifier is not None and submission.text:
        guess = rooms.identifier.guess(submission.text, list(dict.fromkeys((talk.answers_in, talk.language))))
    return guess.language if guess is not None else talk.answers_in


async def helped(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`h:y:ID` and `h:n:ID`: whether the answer helped; counted once."""
    number = number_in(arguments, 1)
    if number is None:
        return
    if talk.state.count_once(f"helped:{number}"):
        await rooms.desk.rumours.found_helpful(talk.uow, number, helped=arguments[0] == "y")
    await talk.say("answer.thanks", helped=arguments[0] == "y")


async def hear_of_changes(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`ha:ID`: tell me if this answer changes."""
    number = number_in(arguments)
    until = None
    if number is not None:
        until = await rooms.desk.rumours.agree_to_changes(talk.uow, number, talk.person.asking_tag)
    await talk.say("answer.agreed", until=until.isoformat() if until else "")


async def _has_asked_enough(rooms: Rooms, talk: Talk, asker: Address) -> bool:
    """Said once an hour, however often they go on; what they sent stays with them as a draft."""
    until = await rooms.desk.rumours.enough_until(talk.uow, asker)
    if until is None:
        return False
    if talk.state.told_enough_until < rooms.desk.clock.now().isoformat():
        talk.state.told_enough_until = until.isoformat()
        await talk.say("check.enough", until=until.isoformat())
    return True


def _draft(talk: Talk, arguments: list[str]) -> dict[str, Any] | None:
    return talk.state.drafts.get(arguments[0]) if arguments else None


def _excerpt(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"


BUTTONS = {
    "c": pass_on, "cn": not_meant, "cx": drop, "cd": danger, "cu": pass_on_danger, "check": ask_for_it,
    "mine": show_mine, "danger": danger, "h": helped, "ha": hear_of_changes,
}  # fmt: skip
COMMANDS = {"check": ask_for_it, "mine": show_mine}
