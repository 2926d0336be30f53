"""The leaders' circle in the chat: reading what worked for others, and telling it."""

from collections.abc import Awaitable, Callable

from bot.chat import checking
from bot.chat.rooms import Rooms
from bot.chat.talk import Talk
from bot.db.rows import MessageRow

Handler = Callable[[Rooms, Talk, list[str]], Awaitable[None]]


async def read(rooms: Rooms, talk: Talk, message: MessageRow) -> None:
    """With a request for a message: what leaders of other communities found worked. Nothing where there is nothing."""
    if talk.leader is None:
        return
    notes = await rooms.desk.circle.for_leader(talk.uow, talk.leader, message)
    if notes:
        await talk.say("circle.notes", key=message.key, notes=notes)


async def ask(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`cw:KEY`: the next words are their note."""
    if talk.leader is not None and arguments:
        talk.state.step = f"circle:{arguments[0]}"
        await talk.say("circle.write")


async def written(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """Their note has come."""
    talk.state.step = ""
    if talk.leader is None or not arguments or not talk.event.text or talk.event.forwarded:
        await checking.receive(rooms, talk, [])
        return
    await rooms.desk.circle.write(talk.uow, talk.leader, arguments[0], talk.leader_reads, talk.event.text)
    await talk.say("circle.written")


BUTTONS: dict[str, Handler] = {"cw": ask}
COMMANDS: dict[str, Handler] = {}
STEPS: dict[str, Handler] = {"circle": written}
