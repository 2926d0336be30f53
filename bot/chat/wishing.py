"""'I would like to know about...' and 'this would work better if...': two buttons, and the next words are the wish."""

from collections.abc import Awaitable, Callable

from bot.chat import joining
from bot.chat.rooms import Rooms
from bot.chat.talk import Talk
from bot.domain.wishes import WishKind

Handler = Callable[[Rooms, Talk, list[str]], Awaitable[None]]


async def ask_know(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`wk`: what they would like to know about is what they write next."""
    await _ask(rooms, talk, WishKind.KNOW)


async def ask_better(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`wb`: what would work better."""
    await _ask(rooms, talk, WishKind.BETTER)


async def _ask(rooms: Rooms, talk: Talk, kind: WishKind) -> None:
    if not talk.knows_language:
        await joining.show_menu(rooms, talk, [])
        return
    talk.state.step = f"wish:{kind}"
    await talk.say("wish.ask", about=kind)


async def receive(rooms: Rooms, talk: Talk, kind: str) -> None:
    """The words have arrived."""
    code = await rooms.desk.reach.wishes.receive(
        talk.uow, WishKind(kind), talk.event.text, asker=talk.residents.asking_address(talk.person),
        language=talk.language, area=talk.resident.area if talk.resident else talk.state.area or None,
    )  # fmt: skip
    await talk.say("wish.thanks" if code else "wish.enough", code=code or "")


async def drop(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """Not now."""
    talk.state.step = ""
    await joining.show_menu(rooms, talk, [])


BUTTONS = {"wk": ask_know, "wb": ask_better, "wx": drop}
COMMANDS: dict[str, Handler] = {}
