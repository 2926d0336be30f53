"""The second speaker in the chat: hears a recording alone, says what it means, then sees the source and decides."""

from bot.chat import recording
from bot.chat.rooms import Rooms, number_in
from bot.chat.talk import Talk
from bot.domain.leaders import Tie
from bot.services.audit import actor_of
from bot.services.reviews import Said


async def begin(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`vb:RENDITION`: what they say next is what the recording means."""
    number = number_in(arguments)
    if talk.staff is None or number is None:
        return
    row = await rooms.desk.reviews.begin(talk.uow, actor_of(talk.staff, "chat"), number)
    talk.state.step = f"means:{row.id}"
    await talk.say("staff.review_say")


async def said(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """What it means has come, typed or spoken; next, any tie to the leader."""
    number = number_in(arguments)
    if talk.staff is None or number is None:
        talk.state.step = ""
        return
    meaning = Said(talk.event.text, await recording.keep_voice(rooms, talk))
    await rooms.desk.reviews.say(talk.uow, actor_of(talk.staff, "chat"), number, meaning)
    talk.state.step = ""
    await talk.say("staff.review_tie", review_id=number)


async def declare(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`vt:REVIEW:TIE`: declared; now the source is shown beside what they said."""
    number, tie = number_in(arguments), (*arguments, "", "")[1]
    if talk.staff is None or number is None or tie not in set(Tie):
        return
    found = await rooms.desk.reviews.declare(talk.uow, actor_of(talk.staff, "chat"), number, Tie(tie))
    await talk.say("staff.review_compare", edit=True, **found)


async def approve(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`vy:REVIEW`: it says what the source says."""
    number = number_in(arguments)
    if talk.staff is not None and number is not None:
        await rooms.desk.reviews.approve(talk.uow, actor_of(talk.staff, "chat"), number)
        await talk.say("staff.review_approved", edit=True)


async def ask_why(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`vc:REVIEW`, `vn:REVIEW`: changes, or no; the next words say why."""
    number = number_in(arguments)
    if talk.staff is None or number is None:
        return
    name = talk.event.payload.partition(":")[0]
    talk.state.step = f"{'changes' if name == 'vc' else 'unfit'}:{number}"
    await talk.say("staff.review_why")


async def changes_said(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """The leader is asked to record again, and told why."""
    number = number_in(arguments)
    talk.state.step = ""
    if talk.staff is not None and number is not None:
        await rooms.desk.reviews.ask_for_changes(talk.uow, actor_of(talk.staff, "chat"), number, talk.event.text)
        await talk.say("staff.review_sent_back")


async def unfit_said(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """It does not go out."""
    number = number_in(arguments)
    talk.state.step = ""
    if talk.staff is not None and number is not None:
        await rooms.desk.reviews.refuse(talk.uow, actor_of(talk.staff, "chat"), number, talk.event.text)
        await talk.say("staff.review_sent_back")


BUTTONS = {"vb": begin, "vt": declare, "vy": approve, "vc": ask_why, "vn": ask_why}
STEPS = {"means": said, "changes": changes_said, "unfit": unfit_said}
