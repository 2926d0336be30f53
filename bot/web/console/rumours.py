"""The rumour desk: the queue, one rumour with all that was sent, and every decision about it."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.db.rows import FlagRow, MediaRow, MessageRow, QuestionRow, ReplyPathRow, RumourRow
from bot.domain.renditions import SOURCE_LANGUAGE
from bot.domain.residents import Form
from bot.domain.rumours import OPEN_STATES, ReplyState, RumourState
from bot.errors import Conflict, InvalidInput
from bot.web.console import approvals
from bot.web.console.approvals import ApprovalView
from bot.web.visit import Visit

FILTERS: dict[str, tuple[RumourState, ...]] = {
    "open": (RumourState.NEW, RumourState.ANSWERING),
    "answered": (RumourState.ANSWERED,),
    "closed": (RumourState.NOT_AMPLIFIED, RumourState.SPAM, RumourState.NOT_A_RUMOUR),
}
_SHOWN = 50
_MOST_FLAGS = 100


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One rumour in the queue: how it was sent and from where, taken from its first flags."""

    rumour: RumourRow
    kinds: tuple[str, ...]
    areas: tuple[str, ...]
    languages: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class FlagView:
    """One flag with its file and the questions asked about it. `way_back`: its sender can still be asked."""

    flag: FlagRow
    media: MediaRow | None
    questions: tuple[QuestionRow, ...]
    way_back: bool


# The queue


async def queue(visit: Visit) -> web.Response:
    """The queue: urgent first, then most asked about."""
    chosen = _chosen(visit)
    part = visit.live("queue", "rumours_queue.html", _live_path(chosen), **await _queue(visit, chosen))
    return visit.page("rumours.html", part=part)


async def queue_live(visit: Visit) -> web.Response:
    """Only the list."""
    chosen = _chosen(visit)
    return visit.live_answer("queue", "rumours_queue.html", _live_path(chosen), **await _queue(visit, chosen))


def _chosen(visit: Visit) -> str:
    state = visit.request.query.get("state", "open")
    return state if state in FILTERS else "open"


def _live_path(chosen: str) -> str:
    return f"/console/rumours/live?state={chosen}"


async def _queue(visit: Visit, chosen: str) -> dict[str, Any]:
    counts = await visit.uow.rumours.counts()
    rows = await visit.uow.rumours.queue(FILTERS[chosen])
    if chosen != "open":
        rows.sort(key=lambda row: row.closed_at or row.last_at, reverse=True)
    return {
        "chosen": chosen,
        "counts": {name: sum(counts.get(state, 0) for state in states) for name, states in FILTERS.items()},
        "lines": [await _line(visit, row) for row in rows[:_SHOWN]],
    }


async def _line(visit: Visit, row: RumourRow) -> QueueLine:
    flags = await visit.uow.rumours.flags(row.id, limit=20)
    return QueueLine(
        row,
        tuple(dict.fromkeys(each.kind for each in flags)),
        tuple(dict.fromkeys(each.area for each in flags if each.area)),
        tuple(dict.fromkeys(each.language for each in flags)),
    )


# One rumour


async def show(visit: Visit) -> web.Response:
    """Everything about one rumour, and what can be done with it."""
    rumour = await visit.desk.rumours.get(visit.uow, visit.number())
    message = await visit.uow.messages.get(rumour.message_id) if rumour.message_id else None
    standing = visit.live("status", "rumour_status.html", _status_path(rumour), **await _status(visit, rumour))
    return visit.page(
        "rumour.html", rumour=rumour, standing=standing, message=message, answer=await _source(visit, message),
        flags=await _flags(visit, rumour), is_open=rumour.state in OPEN_STATES,
        approval=await _approval(visit, rumour),
        tongues=[(each.tag, f"{each.english} ({each.autonym})") for each in visit.desk.registry.languages],
        messages=await _answers_to_choose(visit, rumour), people=await _waiting_people(visit, rumour, message),
        removed=rumour.flag_count > 0 and not await visit.uow.rumours.count_flags(rumour.id),
    )  # fmt: skip


async def _approval(visit: Visit, rumour: RumourRow) -> ApprovalView | None:
    """Where the yes to a drafted answer stands; after a no the draft is back with its author, who sees why."""
    if rumour.message_id is None or rumour.state not in OPEN_STATES:
        return None
    found = await approvals.view(visit, visit.desk.answers, rumour.id)
    return found if rumour.state == RumourState.ANSWERING or found.refusal is not None else None


async def status_live(visit: Visit) -> web.Response:
    """Only where it stands."""
    rumour = await visit.desk.rumours.get(visit.uow, visit.number())
    return visit.live_answer("status", "rumour_status.html", _status_path(rumour), **await _status(visit, rumour))


def _status_path(rumour: RumourRow) -> str:
    return f"/console/rumours/{rumour.id}/live"


async def _status(visit: Visit, rumour: RumourRow) -> dict[str, Any]:
    pending = await visit.uow.approvals.pending("answer", rumour.id)
    asked = await visit.uow.staff.names([each.asked_id for each in pending])
    names = await visit.uow.staff.names([rumour.drafted_by or 0, rumour.decided_by or 0])
    return {
        "rumour": rumour, "pending": pending[-1] if pending else None,
        "asked": asked.get(pending[-1].asked_id, "") if pending else "",
        "drafted_by": names.get(rumour.drafted_by or 0, ""), "decided_by": names.get(rumour.decided_by or 0, ""),
    }  # fmt: skip


async def _source(visit: Visit, message: MessageRow | None) -> str:
    if message is None:
        return ""
    found = await visit.uow.messages.find_rendition(message.id, SOURCE_LANGUAGE, Form.TEXT)
    return found.text if found else ""


async def _flags(visit: Visit, rumour: RumourRow) -> list[FlagView]:
    flags = await visit.uow.rumours.flags(rumour.id, limit=_MOST_FLAGS)
    ids = [each.id for each in flags]
    questions = await visit.uow.rumours.questions(ids)
    paths = {each.flag_id for each in await _ways_back(visit, rumour, *ReplyState)}
    return [
        FlagView(
            each,
            await visit.uow.media.get(each.media_id) if each.media_id else None,
            tuple(question for question in questions if question.flag_id == each.id),
            each.id in paths,
        )
        for each in flags
    ]


async def _ways_back(visit: Visit, rumour: RumourRow, *states: ReplyState) -> list[ReplyPathRow]:
    return await visit.uow.rumours.reply_paths(rumour.id, states, now=visit.now)


async def _answers_to_choose(visit: Visit, rumour: RumourRow) -> list[MessageRow]:
    if rumour.state not in OPEN_STATES:
        return []
    return sorted(await visit.uow.messages.in_force(visit.now), key=lambda each: (each.origin != "pack", each.title))


async def _waiting_people(visit: Visit, rumour: RumourRow, message: MessageRow | None) -> list[dict[str, Any]]:
    """Languages in which people still wait for the answer: all of it, or its translation."""
    answered = rumour.state == RumourState.ANSWERED
    paths = await _ways_back(visit, rumour, ReplyState.FALLBACK if answered else ReplyState.WAITING)
    people = Counter(language for language, _ in {(each.language, each.person_tag) for each in paths})
    renditions = await visit.uow.messages.renditions(message.id) if message else []
    states = {each.language: each for each in renditions if each.form == Form.TEXT}
    return [
        {"language": language, "people": number, "rendition": states.get(language)}
        for language, number in sorted(people.items(), key=lambda each: (-each[1], each[0]))
    ]


# Decisions


async def use_message(visit: Visit) -> web.Response:
    """Answer with a message that is there."""
    if not visit.text("key"):
        raise InvalidInput("Choose a message first.")
    await visit.desk.answers.use_message(visit.uow, visit.me, visit.number(), visit.text("key"))
    return _back(visit, "drafted", "#answer")


async def write(visit: Visit) -> web.Response:
    """Write the answer there and then."""
    await visit.desk.answers.write(
        visit.uow, visit.me, visit.number(), title=visit.text("title"), text=visit.lines("text")
    )
    return _back(visit, "drafted", "#answer")


async def ask(visit: Visit) -> web.Response:
    """Ask a second person for their yes to the drafted answer."""
    rumour = await visit.desk.rumours.get(visit.uow, visit.number())
    if rumour.state != RumourState.ANSWERING:
        raise Conflict("There is no drafted answer to ask about: draft one first.")
    await approvals.ask(visit, visit.desk.answers, rumour.id)
    return _back(visit, "asked")


async def approve(visit: Visit) -> web.Response:
    """The second person's yes: everyone who asked is told."""
    await approvals.approve(visit, visit.desk.answers, visit.number())
    return _back(visit, "answer_approved")


async def refuse(visit: Visit) -> web.Response:
    """The second person's no."""
    await approvals.refuse(visit, visit.desk.answers, visit.number())
    return _back(visit, "refused")


async def close(visit: Visit) -> web.Response:
    """Close without an answer, with the reason."""
    try:
        outcome = RumourState(visit.text("outcome"))
    except ValueError as error:
        raise InvalidInput("Choose how to close it.") from error
    await visit.desk.rumours.close(visit.uow, visit.me, visit.number(), outcome, visit.text("reason"))
    return _back(visit, "closed")


async def reopen(visit: Visit) -> web.Response:
    """Take a decision back."""
    await visit.desk.rumours.reopen(visit.uow, visit.me, visit.number())
    return _back(visit, "reopened")


async def language(visit: Visit) -> web.Response:
    """Say in which language it really is; the guess is kept beside it."""
    await visit.desk.languages.correct(visit.uow, visit.me, visit.number(), visit.text("language"))
    return _back(visit, "language")


async def urgent(visit: Visit) -> web.Response:
    """Mark as urgent, or take the mark off."""
    wanted = visit.text("urgent") == "yes"
    await visit.desk.rumours.mark_danger(visit.uow, visit.me, visit.number(), urgent=wanted)
    return _back(visit, "urgent" if wanted else "not_urgent")


async def question(visit: Visit) -> web.Response:
    """Ask back whoever sent a flag, without learning who they are."""
    flag = await visit.uow.rumours.flag(visit.whole_number("flag"))
    if flag is None or flag.rumour_id != visit.number():
        raise InvalidInput("This flag does not belong to this rumour.")
    await visit.desk.rumours.ask_back(visit.uow, visit.me, flag.id, visit.lines("question"))
    return _back(visit, "question", f"#flag-{flag.id}")


def _back(visit: Visit, done: str, place: str = "") -> web.Response:
    return visit.go(f"/console/rumours/{visit.number()}{place}", done)
