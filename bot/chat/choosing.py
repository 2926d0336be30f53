"""Choosing later: languages one by one, topics, emergencies only, quiet hours, pause and stop."""

from bot.chat import joining
from bot.chat.rooms import PAGE, Rooms, number_in
from bot.chat.talk import Talk
from bot.domain.events import EventKind
from bot.domain.residents import ResidentState
from bot.library import TOPICS
from bot.services.residents import PAUSE_DAYS, QUIET_HOURS


async def ask_language(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """Choose the language to read or to listen to: `setl:read:0`, `setl:listen:1`."""
    what = arguments[0] if arguments and arguments[0] in {"read", "listen"} else "read"
    page = number_in(arguments, 1) or 0
    tags = [
        tag for tag in rooms.ordered("")
        if (rooms.registry.get(tag).read if what == "read" else rooms.registry.get(tag).listen)
    ]  # fmt: skip
    await talk.say("language.change", edit=True, what=what, tags=tags[page * PAGE : (page + 1) * PAGE], page=page,
                   pages=-(-len(tags) // PAGE))  # fmt: skip


async def set_language(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`sl:read:ur`: change one of the two languages."""
    what, tag = (*arguments, "", "")[:2]
    found = rooms.offered_tag(tag)
    if found is None or what not in {"read", "listen"}:
        await joining.show_settings(rooms, talk, [])
        return
    if talk.resident is not None:
        await talk.residents.change(talk.uow, talk.resident, **{what: found})
        talk.resident = await talk.residents.find(talk.uow, talk.person)
    elif what == "read":
        talk.state.language = found
    await joining.show_settings(rooms, talk, [])


async def show_topics(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """Choose topics, or emergencies only; `t:health` switches one."""
    if talk.resident is None:
        await joining.show_menu(rooms, talk, [])
        return
    picked = arguments[0] if arguments else ""
    if picked == "emergency":
        only = not talk.resident.emergencies_only
        await talk.residents.change(talk.uow, talk.resident, emergencies_only=only)
    elif picked in TOPICS:
        topics = set(talk.resident.topics) ^ {picked}
        await talk.residents.change(talk.uow, talk.resident, topics=sorted(topics), emergencies_only=False)
    talk.resident = await talk.residents.find(talk.uow, talk.person)
    if talk.resident is not None:
        await talk.say(
            "topics", edit=True, chosen=talk.resident.topics, emergencies_only=talk.resident.emergencies_only,
            topics=[each for each in TOPICS if each != "emergency"],
        )  # fmt: skip


async def quiet_hours(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`quiet` asks for the hours of the night in which nothing comes; `quiet:22-8` chooses, `quiet:none` ends them."""
    if talk.resident is None:
        await joining.show_menu(rooms, talk, [])
        return
    chosen = {f"{start}-{end}": (start, end) for start, end in QUIET_HOURS}
    picked = arguments[0] if arguments else ""
    if picked == "none" or picked in chosen:
        await talk.residents.set_quiet_hours(talk.uow, talk.resident, chosen.get(picked))
        talk.resident = await talk.residents.find(talk.uow, talk.person)
        await joining.show_settings(rooms, talk, [])
        return
    await talk.say("quiet_hours", edit=True, nights=QUIET_HOURS, chosen=joining.quiet_night(talk.resident))


async def pause(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`/pause` asks for how long; `pause:7` does it; `pause:0` ends it."""
    if talk.resident is None:
        await talk.say("stopped", was=False)
        return
    days = number_in(arguments)
    if days == 0:
        await talk.residents.resume(talk.uow, talk.resident)
        await talk.say("resumed", edit=True)
    elif days in PAUSE_DAYS:
        await talk.residents.pause(talk.uow, talk.resident, days)
        await talk.say("paused", edit=True, days=days)
    else:
        await talk.say("pause.ask", edit=talk.event.kind is EventKind.BUTTON)


async def stop(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`/stop`: nothing unasked any more, at once and without a question."""
    was = talk.resident is not None and talk.resident.state != ResidentState.STOPPED
    if talk.resident is not None:
        await talk.residents.stop(talk.uow, talk.resident)
    await talk.say("stopped", was=was)


BUTTONS = {
    "setl": ask_language, "sl": set_language, "t": show_topics, "quiet": quiet_hours, "pause": pause, "stop": stop,
}  # fmt: skip
COMMANDS = {"stop": stop, "pause": pause}
