"""Checking: anything can be sent at any time; what is known is said at once, the rest passes on with consent."""

from typing import Any

from bot.chat import joining, proving, submissions
from bot.chat.rooms import Rooms
from bot.chat.talk import Talk
from bot.services.outbox import Address


async def ask_for_it(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`/check`: say what can be sent."""
    if not talk.knows_language:
        await joining.show_menu(rooms, talk, [])
        return
    await talk.say("check.prompt")


async def receive(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """Something arrived to be checked: first whether it is ours, then what is known about it."""
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
    talk.state.drafts.pop(arguments[0])
    flag = await rooms.desk.rumours.report(
        talk.uow, submissions.from_draft(draft), asker=asker,
        language=talk.language, read=talk.language, urgent=urgent,
        area=talk.resident.area if talk.resident else talk.state.area or None,
    )  # fmt: skip
    await talk.say("danger.passed" if urgent else "check.passed", edit=True, code=flag.code)


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
    "mine": show_mine, "danger": danger,
}  # fmt: skip
COMMANDS = {"check": ask_for_it, "mine": show_mine}
