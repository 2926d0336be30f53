"""Leaders and translators in the chat: the invitation, what they agree to, their own menu, and stopping all of it."""

from bot.chat.rooms import Rooms, number_in
from bot.chat.talk import Talk
from bot.db.rows import LeaderRow
from bot.domain.leaders import CONSENT_MONTHS, WAITING, LeaderState, Scope, Task, consent_until
from bot.errors import NotFound
from bot.i18n import SOURCE

_START = "f1p0n1m12"
"""What the screen of consent shows first: the film too, no partners, with the name, for a year. Nothing counts before
they press 'I agree'."""
_SHOWN = 6


async def accept(rooms: Rooms, talk: Talk, code: str) -> None:
    """`/start i_CODE`: the invitation, with the hard truth first."""
    address = talk.residents.address(talk.person)
    try:
        talk.leader = await rooms.desk.leaders.accept(
            talk.uow, code, person_tag=talk.person.staff_tag, chat=address.chat
        )
    except NotFound:
        await talk.say("leader.too_old")
        return
    talk.leader_reads = rooms.desk.voices.reads(talk.leader)
    await _invited(rooms, talk, edit=False)


async def _invited(rooms: Rooms, talk: Talk, *, edit: bool) -> None:
    leader = talk.leader
    if leader is not None:
        await talk.say(
            "leader.invited", edit=edit, draft=rooms.is_draft(talk.language), tasks=leader.tasks,
            english=talk.language != SOURCE,
        )  # fmt: skip


async def read_in(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`lx:TAG`: the same words in another language."""
    tag = rooms.offered_tag(arguments[0] if arguments else "")
    if talk.leader is None or tag is None:
        return
    talk.state.language = rooms.registry.reading(tag).tag
    await _invited(rooms, talk, edit=True)


async def go_on(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`ly`: how residents will be told of them."""
    if talk.leader is not None:
        row = talk.leader
        await talk.say(
            "leader.confirm", edit=True, name=row.name, name_own=row.name_own or "", role=row.role,
            role_english=row.role_english, community=row.community, languages=row.languages,
        )  # fmt: skip


async def turn_down(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`lno`: no, thank you. Nobody is told."""
    if talk.leader is None or talk.leader.state != LeaderState.INVITED:
        return
    await rooms.desk.leaders.decline(talk.uow, talk.leader)
    talk.leader = None
    await talk.say("leader.declined", edit=True)


async def something_wrong(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`lw`: the next words say what is wrong in how they are shown."""
    if talk.leader is not None:
        talk.state.step = "lwrong"
        await talk.say("leader.write_wrong")


async def wrong_said(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """What is wrong has been written: whoever invited them puts it right, and they see it again."""
    talk.state.step = ""
    if talk.leader is not None and talk.event.text:
        await rooms.desk.leaders.say_wrong(talk.uow, talk.leader, talk.event.text)
        await talk.say("leader.wrong_noted")


async def show_consent_choices(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`lc`, `lk:CHOICES`: what they agree to, a button a choice; or, for translators, the shorter question."""
    leader = talk.leader
    if leader is None:
        return
    if Task.RECORD not in leader.tasks:
        await talk.say("leader.agree_to_translate", edit=True)
        return
    choices = _read_choices(arguments[0] if arguments else _START)
    until = consent_until(rooms.desk.clock.now(), choices[3])
    await talk.say(
        "leader.consent", edit=True, film=choices[0], partners=choices[1], name_shown=choices[2], months=choices[3],
        until=until.isoformat(),
    )  # fmt: skip


def _read_choices(text: str) -> tuple[bool, bool, bool, int]:
    """`f1p0n1m12` as film, partners, name, months; what cannot be read is the least."""
    try:
        months = int(text[7:])
    except ValueError:
        months = 0
    if text[:1] + text[2:3] + text[4:5] + text[6:7] != "fpnm" or months not in CONSENT_MONTHS:
        return False, False, False, CONSENT_MONTHS[0]
    return text[1] == "1", text[3] == "1", text[5] == "1", months


async def agree(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`lyes:CHOICES`: yes, to exactly what the screen shows."""
    leader = talk.leader
    if leader is None or Task.RECORD not in leader.tasks:
        return
    film, partners, name_shown, months = _read_choices(arguments[0] if arguments else "")
    scope = [Scope.BOT, *([Scope.FILM] if film else []), *([Scope.PARTNERS] if partners else [])]
    await rooms.desk.consents.give(
        talk.uow, leader, [str(each) for each in scope], name_shown=name_shown, months=months
    )
    await _ready(rooms, talk, leader)


async def agree_to_translate(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`lt:1`, `lt:0`: a translator agrees, named or not."""
    leader = talk.leader
    if leader is None or Task.TRANSLATE not in leader.tasks:
        return
    credited = arguments[:1] == ["1"]
    await rooms.desk.leaders.agree_to_translate(talk.uow, leader, credited=credited)
    await _ready(rooms, talk, leader)


async def _ready(rooms: Rooms, talk: Talk, leader: LeaderRow) -> None:
    talk.leader = await talk.uow.leaders.get(leader.id)
    await talk.say("leader.ready", edit=True, requests=await _waiting(rooms, talk, leader))


async def _waiting(rooms: Rooms, talk: Talk, leader: LeaderRow) -> list[dict[str, object]]:
    found = await talk.uow.leaders.requests(leader_id=leader.id, states=WAITING)
    return [await rooms.desk.requests.summary(talk.uow, each) for each in found[:_SHOWN]]


# Afterwards


async def show_menu(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`/start` of a leader, `lead`: what waits for them, their recordings, and the way to stop it all."""
    leader = talk.leader
    if leader is None:
        await talk.say("menu", joined=talk.resident is not None)
        return
    talk.state.step = ""
    await talk.say(
        "leader.menu", requests=await _waiting(rooms, talk, leader), paused=leader.paused_at is not None,
        records=Task.RECORD in leader.tasks,
    )  # fmt: skip


async def show_consent(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`lm`: what they agreed to, with a button for every way to make it less."""
    if talk.leader is None:
        return
    row = await talk.uow.leaders.consent(talk.leader.id)
    await talk.say(
        "consent.show", scope=row.scope if row else [], name_shown=bool(row and row.name_shown),
        until=row.until.isoformat() if row else "",
    )  # fmt: skip


async def narrow(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`lless:film`, `lless:partners`, `lless:name`: not that any more."""
    what = arguments[0] if arguments else ""
    if talk.leader is None or what not in {Scope.FILM, Scope.PARTNERS, "name"}:
        return
    row = await rooms.desk.consents.current(talk.uow, talk.leader.id)
    scope = [each for each in row.scope if each != what]
    await rooms.desk.consents.narrow(talk.uow, talk.leader, scope, name_shown=row.name_shown and what != "name")
    await show_consent(rooms, talk, [])


async def renew(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`lv`: as it was, for as long again."""
    if talk.leader is not None:
        row = await rooms.desk.consents.renew(talk.uow, talk.leader)
        await talk.say("consent.renewed", edit=True, until=row.until.isoformat())


async def withdraw(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`lz` asks once, `lz:yes` takes everything back."""
    if talk.leader is None:
        return
    if arguments[:1] != ["yes"]:
        await talk.say("consent.ask_withdraw")
        return
    reached = await rooms.desk.consents.withdraw(talk.uow, talk.leader)
    talk.leader = await talk.uow.leaders.get(talk.leader.id)
    await talk.say("consent.withdrawn", edit=True, reached=reached)


async def misused(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`lpause` asks once, `lpause:yes` pauses everything of theirs, now, and tells the team."""
    if talk.leader is None:
        return
    if arguments[:1] != ["yes"]:
        await talk.say("voice.ask_pause")
        return
    paused = await rooms.desk.leaders.misused(talk.uow, talk.leader)
    talk.leader = await talk.uow.leaders.get(talk.leader.id)
    await talk.say("voice.paused", edit=True, recordings=paused)


async def heard_again(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`lu`: their voice may be heard again."""
    if talk.leader is not None:
        await rooms.desk.leaders.heard_again(talk.uow, talk.leader)
        await talk.say("voice.heard_again", edit=True)


async def show_recordings(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`lr`: what they recorded, where it stands, and how many people it reached."""
    if talk.leader is None:
        return
    items = []
    for row in (await talk.uow.messages.renditions_by_leader(talk.leader.id))[:_SHOWN]:
        message = await talk.uow.messages.get(row.message_id)
        items.append({
            "title": message.title if message else "", "language": row.language, "state": row.state, "id": row.id,
        })  # fmt: skip
    await talk.say("leader.recordings", items=items, reached=await talk.uow.leaders.reach(talk.leader.id))


async def pass_on(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`lf:ID`: a card with their own recording or words, to forward."""
    number = number_in(arguments)
    if talk.leader is None or number is None:
        return
    card = await rooms.desk.thanks.card(talk.uow, talk.leader, number)
    await talk.say("leader.card_follows")
    await talk.say("leader.card", card=card)


BUTTONS = {
    "lx": read_in, "ly": go_on, "lno": turn_down, "lw": something_wrong, "lc": show_consent_choices,
    "lk": show_consent_choices, "lyes": agree, "lt": agree_to_translate, "lead": show_menu, "lm": show_consent,
    "lless": narrow, "lv": renew, "lz": withdraw, "lpause": misused, "lu": heard_again, "lr": show_recordings,
    "lf": pass_on,
}  # fmt: skip
STEPS = {"lwrong": wrong_said}
