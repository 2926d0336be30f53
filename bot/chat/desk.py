"""The desk in a staff member's pocket: the quick things about a new rumour, by buttons under the notice of it."""

from bot.chat.rooms import Rooms, number_in
from bot.chat.talk import Talk
from bot.domain.rumours import RumourState
from bot.domain.staff import Act
from bot.services.audit import Actor, actor_of

_CLOSING = {"nor": RumourState.NOT_A_RUMOUR, "spam": RumourState.SPAM}


async def act(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`d:WHAT:ID`: take, read, urgent, safe, nor or spam (both ask once), nor! or spam!, back."""
    number = number_in(arguments, 1)
    if talk.staff is None or number is None:
        return
    actor, what = actor_of(talk.staff, "chat"), arguments[0]
    if what in _CLOSING:
        await _show(rooms, talk, actor, number, sure=what)
    elif what.endswith("!") and what[:-1] in _CLOSING:
        reason = f"Decided in the chat by {actor.name}."
        await rooms.desk.rumours.close(talk.uow, actor, number, _CLOSING[what[:-1]], reason)
        await _show(rooms, talk, actor, number, done="closed")
    elif what == "take":
        await rooms.desk.triage.assign(talk.uow, actor, number, actor.name)
        await _show(rooms, talk, actor, number, done="taken")
    elif what == "urgent":
        await rooms.desk.rumours.mark_danger(talk.uow, actor, number, urgent=True)
        await _show(rooms, talk, actor, number, done="urgent")
    elif what == "safe":
        leads = await rooms.desk.safeguarding.take_out(talk.uow, actor, number)
        await talk.say("staff.safeguarded", edit=True, rumour_id=number, leads=leads)
    elif what == "read":
        await _read(rooms, talk, actor, number)
    else:
        await _show(rooms, talk, actor, number)


async def _show(rooms: Rooms, talk: Talk, actor: Actor, number: int, *, sure: str = "", done: str = "") -> None:
    """The notice as it stands now, in the place of the old one."""
    actor.check(Act.READ_RUMOURS)
    rumour = await rooms.desk.rumours.visible(talk.uow, number)
    names = await talk.uow.staff.names([rumour.assignee_id or 0])
    await talk.say(
        "staff.rumour", edit=True, rumour_id=number, urgent=rumour.urgent, state=rumour.state,
        people=rumour.flag_count, assignee=names.get(rumour.assignee_id or 0, ""), mine=rumour.assignee_id == actor.id,
        sure=sure, done=done,
    )  # fmt: skip


async def _read(rooms: Rooms, talk: Talk, actor: Actor, number: int) -> None:
    """The words, without personal details: only when they are asked for."""
    actor.check(Act.READ_RUMOURS)
    rumour = await rooms.desk.rumours.visible(talk.uow, number)
    flags = await talk.uow.rumours.flags(number, limit=3)
    await talk.say(
        "staff.rumour_text", rumour_id=number, covered=bool(rumour.target),
        texts=[] if rumour.target else [each.text[:900] for each in flags if each.text],
        kinds=sorted({each.kind for each in flags}),
    )  # fmt: skip


BUTTONS = {"d": act}
