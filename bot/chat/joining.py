"""Joining: language, who we are and consent, area, form; then what is in force, at once."""

from typing import Any

from bot.chat import leading, submissions
from bot.chat.rooms import PAGE, Rooms
from bot.chat.talk import Talk
from bot.db.rows import ResidentRow
from bot.domain.events import EventKind
from bot.domain.leaders import LeaderState
from bot.domain.residents import Form, Preferences, ResidentState
from bot.errors import NotFound
from bot.services.residents import preferences_of

AT_ONCE = 4
"""Messages in force that come together: more at once would bury the first, and Telegram lets only short bursts pass."""


async def start(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`/start`, with a poster's language and place, an invitation, or nothing."""
    payload = arguments[0] if arguments else ""
    if payload.startswith("s_"):
        await _join_staff(rooms, talk, payload[2:])
        return
    if payload.startswith("i_"):
        await leading.accept(rooms, talk, payload[2:])
        return
    if payload.startswith("t_"):
        if not await rooms.desk.staff.use_tester_invite(talk.uow, payload[2:]):
            await talk.say("pilot.closed")
            return
        talk.state.tester = True
        payload = ""
    if not payload and talk.leader is not None and talk.leader.state == LeaderState.ACTIVE:
        await leading.show_menu(rooms, talk, [])
        return
    wanted = _read_poster(rooms, talk, payload)
    if wanted and not talk.knows_language:
        await talk.say("language.not_ready", wanted=wanted, given=rooms.instead_of(wanted))
    elif talk.resident is not None and talk.resident.state in {ResidentState.ACTIVE, ResidentState.PAUSED}:
        await show_menu(rooms, talk, [])
    elif talk.knows_language:
        await _welcome(rooms, talk)
    else:
        await _ask_language(rooms, talk, page=0)


def _read_poster(rooms: Rooms, talk: Talk, payload: str) -> str | None:
    """`l_{tag}-p_{place}`, either part alone too. What is unknown is left for the person to choose.

    Returns the poster's language where that is not ready yet.
    """
    language, place = "", ""
    if payload.startswith("l_"):
        language, _, place = payload[2:].partition("-p_")
    elif payload.startswith("p_"):
        place = payload[2:]
    tag = rooms.offered_tag(language.replace("_", "-")) if language else None
    if tag:
        _choose_language(rooms, talk, tag)
    if place and any(area.id == place for area in rooms.desk.controller.areas):
        talk.state.area = place
    return rooms.unready_tag(language.replace("_", "-")) if language else None


def _choose_language(rooms: Rooms, talk: Talk, tag: str) -> None:
    talk.state.listen = tag
    talk.state.language = rooms.registry.reading(tag).tag


async def _ask_language(rooms: Rooms, talk: Talk, *, page: int, edit: bool = False) -> None:
    tags = rooms.ordered(talk.event.app_language)
    await talk.say("language.first", edit=edit, tags=tags[page * PAGE : (page + 1) * PAGE], page=page,
                   pages=-(-len(tags) // PAGE), unready=bool(rooms.unready))  # fmt: skip


async def show_unready(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`lop:0`: the languages that are not ready yet."""
    tags, page = [each.tag for each in rooms.unready], _number(arguments)
    if not tags:
        await _ask_language(rooms, talk, page=0)
        return
    await talk.say("language.not_ready_list", edit=True, tags=tags[page * PAGE : (page + 1) * PAGE], page=page,
                   pages=-(-len(tags) // PAGE))  # fmt: skip


async def choose_unready(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`lo:so`: what there is instead, and the offer to tell when it is ready."""
    tag = rooms.unready_tag(arguments[0] if arguments else "")
    if tag is None:
        await _ask_language(rooms, talk, page=0)
        return
    await talk.say("language.not_ready", edit=True, wanted=tag, given=rooms.instead_of(tag))


async def wish(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`wish:so`: remembered, and told once when it is ready."""
    tag = rooms.unready_tag(arguments[0] if arguments else "")
    if tag is None:
        await _ask_language(rooms, talk, page=0)
        return
    await rooms.desk.languages.wish(talk.uow, talk.residents.address(talk.person), tag)
    await talk.say("language.wished", edit=True, wanted=tag, given=rooms.instead_of(tag))


async def turn_page(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """Another page of languages."""
    await _ask_language(rooms, talk, page=_number(arguments), edit=True)


async def choose_language(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """A language was picked on the first screen: greet in it, and go on with a question that came before."""
    tag = rooms.offered_tag(arguments[0] if arguments else "")
    if tag is None:
        await _ask_language(rooms, talk, page=0)
        return
    if talk.resident is not None:
        await talk.residents.change(talk.uow, talk.resident, listen=tag, read=rooms.registry.reading(tag).tag)
        talk.resident = await talk.residents.find(talk.uow, talk.person)
        await show_menu(rooms, talk, [])
        return
    _choose_language(rooms, talk, tag)
    await _welcome(rooms, talk)


async def _welcome(rooms: Rooms, talk: Talk) -> None:
    """Greet, and go on with what was sent before a language was known."""
    await talk.say("welcome", edit=True, draft=_draft_label(rooms, talk))
    for number in talk.state.drafts:
        await submissions.tell(rooms, talk, number)


def _draft_label(rooms: Rooms, talk: Talk) -> bool:
    """Once, a person is told that no speaker has checked the translation yet."""
    if talk.state.draft_label_seen or not rooms.is_draft(talk.language):
        return False
    talk.state.draft_label_seen = True
    return True


async def join(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """Consent was given: the area next, unless a poster named it."""
    if not talk.knows_language:
        await _ask_language(rooms, talk, page=0)
        return
    talk.state.joining = True
    if talk.listener:
        # The voice has named one button for yes: whoever listens is asked nothing more.
        await choose_form(rooms, talk, [Form.VIDEO if rooms.registry.get(talk.listen).signed else Form.VOICE])
    elif talk.state.area or not rooms.desk.controller.areas:
        await talk.say("join.form", edit=True)
    else:
        await _ask_area(rooms, talk, page=0)


async def _ask_area(rooms: Rooms, talk: Talk, *, page: int) -> None:
    areas = rooms.desk.controller.areas
    shown = [[area.id, area.name] for area in areas[page * PAGE : (page + 1) * PAGE]]
    await talk.say("join.area", edit=True, areas=shown, page=page, pages=-(-len(areas) // PAGE))


async def turn_area_page(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """Another page of areas."""
    await _ask_area(rooms, talk, page=_number(arguments))


async def choose_area(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """An area, or none, was picked: while joining the form is next; later it is simply changed."""
    picked = arguments[0] if arguments else ""
    area = picked if any(each.id == picked for each in rooms.desk.controller.areas) else None
    if talk.resident is not None and not talk.state.joining:
        await talk.residents.change(talk.uow, talk.resident, area=area)
        talk.resident = await talk.residents.find(talk.uow, talk.person)
        await show_settings(rooms, talk, [])
        return
    if not talk.state.joining:
        await show_menu(rooms, talk, [])
        return
    talk.state.area = area or ""
    await talk.say("join.form", edit=True)


async def choose_form(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """Voice, video or text was picked: joined, or simply changed."""
    picked = arguments[0] if arguments else ""
    form = Form(picked) if picked in {Form.VOICE, Form.VIDEO, Form.TEXT} else Form.VOICE
    listen = rooms.registry.get(talk.listen)
    if listen.signed and form is Form.VIDEO:
        form = Form.SIGNED
    if talk.resident is not None and not talk.state.joining:
        await talk.residents.change(talk.uow, talk.resident, form=form)
        talk.resident = await talk.residents.find(talk.uow, talk.person)
        await show_settings(rooms, talk, [])
        return
    if not talk.state.joining:
        # A button of long ago: nobody joins (again) without having said yes just now.
        await show_menu(rooms, talk, [])
        return
    chosen = Preferences(talk.listen, talk.language, talk.state.area or None, form)
    talk.resident = await talk.residents.join(talk.uow, talk.person, chosen, tester=talk.state.tester)
    talk.state.joining = False
    await talk.say("joined", edit=True, form=str(form))
    await show_latest(rooms, talk, [])


async def show_latest(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """The messages in force, a few at a time, in the person's language and form; then the menu."""
    chosen = preferences_of(talk.resident) if talk.resident else None
    cards = await talk.residents.cards_in_force(
        talk.uow, listen=talk.listen, read=talk.language, form=talk.form, chosen=chosen
    )
    first = _number(arguments)
    await _say_what_is_beside(talk, cards[first : first + AT_ONCE])
    for card in cards[first : first + AT_ONCE]:
        await talk.say("message.card", **card)
    more = first + AT_ONCE if len(cards) > first + AT_ONCE else 0
    await talk.say("menu", nothing=not cards, more=more, joined=talk.resident is not None)


async def _say_what_is_beside(talk: Talk, cards: list[dict[str, Any]]) -> None:
    """Whoever listens hears first that what follows is not in their language; readers see it in each message."""
    given = [card["media"]["language"] for card in cards if card["media"] is not None]
    other = [tag for tag in given if tag != talk.listener]
    if talk.listener and other:
        await talk.say("message.beside", wanted=talk.listener, given=other[0])


async def show_menu(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """Everything that can be done, as buttons."""
    if not talk.knows_language:
        await _ask_language(rooms, talk, page=0)
        return
    joined = talk.resident is not None and talk.resident.state != ResidentState.STOPPED
    await talk.say("menu", joined=joined)


async def show_settings(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """What was chosen, with a button for each."""
    if talk.resident is None:
        await talk.say("welcome", draft=False)
        return
    areas = {area.id: area.name for area in rooms.desk.controller.areas}
    await talk.say(
        "settings", edit=talk.event.kind is EventKind.BUTTON, listen=talk.resident.listen, read=talk.resident.read,
        area=areas.get(talk.resident.area or "", ""), form=talk.resident.form, topics=talk.resident.topics,
        emergencies_only=talk.resident.emergencies_only, state=talk.resident.state,
        quiet=quiet_night(talk.resident),
    )  # fmt: skip


def quiet_night(resident: ResidentRow) -> list[int] | None:
    """A resident's quiet hours as minutes of the day from and to; None where they chose none."""
    if resident.quiet_from is None or resident.quiet_to is None:
        return None
    return [resident.quiet_from, resident.quiet_to]


async def ask_area_again(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """Change the area."""
    await _ask_area(rooms, talk, page=0)


async def ask_form_again(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """Change the form."""
    await talk.say("join.form", edit=True)


async def _join_staff(rooms: Rooms, talk: Talk, code: str) -> None:
    address = talk.residents.address(talk.person)
    try:
        row = await rooms.desk.staff.accept_invite(talk.uow, code, person_tag=talk.person.staff_tag, chat=address.chat)
    except NotFound:
        await talk.say("sorry", text="")
        return
    talk.staff = row
    talk.state.language = talk.state.language or "en-GB"
    await talk.say("staff.joined", name=row.name, roles=row.roles)


def _number(arguments: list[str]) -> int:
    return int(arguments[0]) if arguments and arguments[0].isdecimal() and len(arguments[0]) < 4 else 0


BUTTONS = {
    "l": choose_language, "lp": turn_page, "join": join, "a": choose_area, "ap": turn_area_page, "f": choose_form,
    "new": show_latest, "menu": show_menu, "set": show_settings, "seta": ask_area_again, "setf": ask_form_again,
    "lo": choose_unready, "lop": show_unready, "wish": wish,
}  # fmt: skip
COMMANDS = {"start": start, "settings": show_settings, "menu": show_menu}
