"""Triage on the console: whose, by when, how grave; what belongs together; notes, saved replies, several at once."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.domain.rumours import Harm, RumourState
from bot.errors import InvalidInput
from bot.web.visit import Visit


async def assign(visit: Visit) -> web.Response:
    """Mine, somebody's, or nobody's."""
    name = visit.text("assignee")
    wanted = visit.me.name if name == "me" or visit.text("mine") else name or None
    await visit.desk.triage.assign(visit.uow, visit.me, visit.number(), wanted)
    return back(visit, "assigned")


async def decline(visit: Visit) -> web.Response:
    """I would rather not."""
    await visit.desk.triage.decline(visit.uow, visit.me, visit.number())
    return visit.go("/console/rumours", "left")


async def due(visit: Visit) -> web.Response:
    """When it has to be decided: a quick choice, or a time of the borough."""
    choice = visit.text("in")
    if choice.isdigit() and len(choice) <= 3:
        wanted = visit.now + timedelta(hours=int(choice))
    else:
        wanted = _local(visit.text("at"), visit.desk.controller.zone)
    await visit.desk.triage.set_due(visit.uow, visit.me, visit.number(), wanted)
    return back(visit, "due")


def _local(text: str, zone: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    except ValueError as error:
        raise InvalidInput("Choose a day and a time.") from error


async def judge(visit: Visit) -> web.Response:
    """How grave it would be."""
    value = visit.whole_number("harm")
    if value not in set(Harm):
        raise InvalidInput("Choose how much harm may follow.")
    await visit.desk.triage.judge(visit.uow, visit.me, visit.number(), Harm(value))
    return back(visit, "judged")


async def target(visit: Visit) -> web.Response:
    """It is aimed at a group, or it is not."""
    group = visit.text("group")
    await visit.desk.triage.mark_target(visit.uow, visit.me, visit.number(), group)
    return back(visit, "target" if group else "untarget")


async def consulted(visit: Visit) -> web.Response:
    """Whom of the group we asked."""
    await visit.desk.triage.note_consulted(visit.uow, visit.me, visit.number(), visit.lines("consulted"))
    return back(visit, "consulted")


async def note(visit: Visit) -> web.Response:
    """A note for colleagues."""
    await visit.desk.triage.note(visit.uow, visit.me, visit.number(), visit.lines("note"))
    return back(visit, "noted", "#notes")


async def merge(visit: Visit) -> web.Response:
    """This belongs to another rumour."""
    into = visit.whole_number("into")
    await visit.desk.triage.merge(visit.uow, visit.me, visit.number(), into)
    return visit.go(f"/console/rumours/{into}", "merged")


async def split(visit: Visit) -> web.Response:
    """The ticked flags are something else."""
    ticked = [int(each) for each in visit.texts("flags") if each.isascii() and each.isdigit() and len(each) <= 15]
    new_id = await visit.desk.triage.split(visit.uow, visit.me, visit.number(), ticked)
    return visit.go(f"/console/rumours/{new_id}", "split")


async def undo(visit: Visit) -> web.Response:
    """Take a merge or a split back."""
    move = await visit.desk.triage.undo(visit.uow, visit.me, visit.whole_number("move"))
    return visit.go(f"/console/rumours/{move.from_id}", "undone")


async def close_many(visit: Visit) -> web.Response:
    """Close what is ticked in the queue."""
    try:
        outcome = RumourState(visit.text("outcome"))
    except ValueError as error:
        raise InvalidInput("Choose how to close them.") from error
    ticked = [int(each) for each in visit.texts("rumours") if each.isascii() and each.isdigit() and len(each) <= 15]
    await visit.desk.triage.close_many(visit.uow, visit.me, ticked, outcome, visit.text("reason"))
    return visit.go("/console/rumours", "closed_many")


async def safeguard(visit: Visit) -> web.Response:
    """One tap: out of the queue, to whoever is on call."""
    await visit.desk.safeguarding.take_out(visit.uow, visit.me, visit.number())
    return visit.go("/console/rumours", "safeguarding")


async def lift_veil(visit: Visit) -> web.Response:
    """The personal details of one flag, to my own chat."""
    flag = await visit.uow.rumours.flag(visit.whole_number("flag"))
    if flag is None or flag.rumour_id != visit.number():
        raise InvalidInput("This flag does not belong to this rumour.")
    await visit.desk.veil.lift(visit.uow, visit.me, flag.id, visit.text("reason"))
    return back(visit, "veil", f"#flag-{flag.id}")


async def here(visit: Visit) -> web.Response:
    """The page says that it is open; the answer says who else has it open."""
    await visit.desk.rumours.visible(visit.uow, visit.number())
    others = await visit.desk.triage.look(visit.uow, visit.me, visit.number())
    text = visit.render("rumour_here.html", number=visit.number(), others=others, trigger="every 15s")
    return web.Response(text=text, content_type="text/html")


# Saved replies


async def replies(visit: Visit) -> web.Response:
    """All saved replies, by language."""
    known = [(each.tag, each.english) for each in visit.desk.registry.languages if each.read]
    return visit.page("replies.html", replies=await visit.uow.triage.replies(), known=known)


async def save_reply(visit: Visit) -> web.Response:
    """Keep one."""
    language = visit.desk.registry.get(visit.text("language")).tag
    await visit.desk.triage.save_reply(
        visit.uow, visit.me, language=language, title=visit.text("title"), text=visit.lines("text")
    )
    return visit.go("/console/replies", "reply_saved")


async def remove_reply(visit: Visit) -> web.Response:
    """Remove one."""
    await visit.desk.triage.remove_reply(visit.uow, visit.me, visit.whole_number("reply"))
    return visit.go("/console/replies", "reply_removed")


def back(visit: Visit, done: str, place: str = "") -> web.Response:
    """To the rumour's page."""
    return visit.go(f"/console/rumours/{visit.number()}{place}", done)
