"""Translating in the chat: a paragraph at a time, typed or spoken."""

from bot.chat import checking, recording
from bot.chat.rooms import Rooms, number_in
from bot.chat.talk import Talk
from bot.db.rows import RequestRow


async def _theirs(rooms: Rooms, talk: Talk, arguments: list[str]) -> RequestRow | None:
    number = number_in(arguments)
    if talk.leader is None or number is None:
        return None
    return await rooms.desk.requests.theirs(talk.uow, talk.leader, number)


async def paragraph(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`tp:ID`: the next paragraph without a translation; `tp:ID:NO`: one of them again."""
    row = await _theirs(rooms, talk, arguments)
    if row is None:
        return
    await rooms.desk.requests.open(talk.uow, row)
    found = await rooms.desk.translations.paragraph(talk.uow, row, number_in(arguments, 1))
    talk.state.step = "" if found["done"] else f"translate:{row.id}:{found['no']}"
    await talk.say("translate.done" if found["done"] else "translate.paragraph", **found)


async def translated(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """A paragraph has come, typed or spoken."""
    row, no = await _theirs(rooms, talk, arguments), number_in(arguments, 1)
    if row is None or no is None or talk.event.forwarded:
        talk.state.step = ""
        await checking.receive(rooms, talk, [])
        return
    media_id = await recording.keep_voice(rooms, talk)
    await rooms.desk.translations.translate(talk.uow, row, no, talk.event.text, media_id=media_id)
    await paragraph(rooms, talk, arguments[:1])


async def hand_in(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`th:ID`: the whole is right."""
    row = await _theirs(rooms, talk, arguments)
    if row is not None and talk.leader is not None:
        await rooms.desk.translations.hand_in(talk.uow, talk.leader, row)
        talk.state.step = ""
        await talk.say("translate.handed_in", edit=True)


BUTTONS = {"tp": paragraph, "th": hand_in}
STEPS = {"translate": translated}
