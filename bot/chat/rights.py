"""Rights: who runs this, the privacy notice, what is held, and being forgotten."""

import json

from bot.chat import joining
from bot.chat.rooms import Rooms
from bot.chat.state import State
from bot.chat.talk import Talk


async def about(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`/about`: who runs this and what it never does."""
    await talk.say("about")


async def privacy(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`/privacy`: the notice, short, with the way to the long one."""
    await talk.say("privacy")


async def my_data(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`/mydata`: a summary to read and everything as a file."""
    held = await rooms.privacy.everything_about(talk.uow, talk.person)
    held["conversation"] = talk.state.dump()
    summary = {
        "joined": held["settings"] is not None, "questions": len(held["questions"]),
        "messages": len(held["messages_sent_to_you"]), "leader": held["leader"] is not None,
    }  # fmt: skip
    content = json.dumps(held, ensure_ascii=False, indent=1)
    await talk.say("mydata", held=summary, file=content)


async def forget(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`/forget` asks once; `forget:yes` erases at once and says what was removed.

    What a leader agreed to stays with `forget:yes`; `forget:all` erases that, too.
    """
    if arguments[:1] not in (["yes"], ["all"]):
        await talk.say("forget.ask", leader=talk.leader is not None, joined=talk.resident is not None)
        return
    language, listen, leader = talk.language, talk.listen, talk.leader
    recordings = None
    if leader is not None and arguments[:1] == ["all"]:
        recordings = (await rooms.desk.erasing.erase(talk.uow, leader, None)).renditions
        leader = talk.leader = None
    removed = await rooms.privacy.forget(talk.uow, talk.person)
    # From here on nothing about this person may be written: only the receipt, whose row empties when it is sent.
    talk.state = State(step="forgotten", language=language, listen=listen)
    talk.resident = None
    await talk.say("forget.done", removed={**removed, "recordings": recordings}, leader=leader is not None)


async def keep(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """Not forgotten after all."""
    await joining.show_menu(rooms, talk, [])


BUTTONS = {"about": about, "privacy": privacy, "mydata": my_data, "forget": forget, "keep": keep}
COMMANDS = {"about": about, "privacy": privacy, "mydata": my_data, "forget": forget}
