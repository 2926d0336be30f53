"""`/learn`: two minutes on how to tell a rumour, with examples to decide; by buttons and, with recordings, by ear."""

from bot.chat import joining
from bot.chat.rooms import Rooms, number_in
from bot.chat.talk import Talk
from bot.domain.lessons import KEY_PREFIX, QUESTIONS, STEPS
from bot.errors import NotFound


async def learn(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """Begin, or go on where they were."""
    if not talk.knows_language:
        await joining.show_menu(rooms, talk, [])
        return
    at = talk.state.lesson if 0 < talk.state.lesson < len(STEPS) else 0
    if at == 0:
        talk.state.lesson_right = []
    await _show(rooms, talk, at)


async def go_to(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`ln:3`: a step by its number."""
    at = number_in(arguments) or 0
    if at >= len(STEPS):
        talk.state.lesson = 0
        right = len(set(talk.state.lesson_right))
        await talk.say("learn.done", edit=True, right=right, questions=QUESTIONS)
        return
    if at == 0:
        talk.state.lesson_right = []
    await _show(rooms, talk, at)


async def decide(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`la:4:stop`: what they would do with the example of a step."""
    at = number_in(arguments)
    if at is None or at >= len(STEPS) or STEPS[at].right is None or len(arguments) < 2:
        await learn(rooms, talk, [])
        return
    right = arguments[1] == STEPS[at].right
    if right and at not in talk.state.lesson_right:
        talk.state.lesson_right.append(at)
    talk.state.lesson = at + 1
    await talk.say("learn.answer", step=STEPS[at].name, right=right, next=at + 1)


async def _show(rooms: Rooms, talk: Talk, at: int) -> None:
    talk.state.lesson = at
    step = STEPS[at]
    await talk.say("learn.step", step=step.name, at=at, steps=len(STEPS), asks=step.right is not None,
                   card=await _card(rooms, talk, step.name))  # fmt: skip


async def _card(rooms: Rooms, talk: Talk, name: str) -> dict[str, object] | None:
    """The borough's own words and voice for a step, where they are in force and approved in this person's language."""
    try:
        shared = await rooms.desk.reach.sharing.get(talk.uow, KEY_PREFIX + name)
    except NotFound:
        return None
    card = await rooms.desk.cards.for_person(
        talk.uow, shared.message, listen=talk.listen, read=talk.language, form=talk.form
    )
    return card if card is not None and not card["missing"] else None


BUTTONS = {"learn": learn, "ln": go_to, "la": decide}
COMMANDS = {"learn": learn}
