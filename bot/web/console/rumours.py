"""The rumour desk: the queue, one rumour with all that was sent, and every decision about it."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.db.repositories.triage import Filter
from bot.db.rows import FlagRow, MediaRow, MessageRow, QuestionRow, ReplyPathRow, RumourRow, StaffRow
from bot.domain.answers import AnswerParts
from bot.domain.renditions import SOURCE_LANGUAGE
from bot.domain.residents import Form
from bot.domain.rumours import OPEN_STATES, ReplyState, RumourState
from bot.domain.staff import Act, Role, may
from bot.errors import Conflict, InvalidInput
from bot.services.rumours import on_call
from bot.web.console import approvals
from bot.web.console.approvals import ApprovalView
from bot.web.console.timeline import timeline
from bot.web.visit import Visit

FILTERS: dict[str, tuple[RumourState, ...]] = {
    "open": (RumourState.NEW, RumourState.ANSWERING),
    "answered": (RumourState.ANSWERED,),
    "closed": (RumourState.NOT_AMPLIFIED, RumourState.SPAM, RumourState.NOT_A_RUMOUR, RumourState.MERGED),
}
_SHOWN = 50
_MOST_FLAGS = 100


@dataclass(frozen=True, slots=True)
class FlagView:
    """One flag with its file and the questions asked about it. `way_back`: its sender can still be asked."""

    flag: FlagRow
    media: MediaRow | None
    questions: tuple[QuestionRow, ...]
    way_back: bool
    veiled: bool
    """Personal details were taken out, and the sealed original is still kept."""
    gist: str | None
    """What a speaker says that it means."""
    words: str = ""
    """What is written in the picture, as this machine reads it."""


# The queue


async def queue(visit: Visit) -> web.Response:
    """The queue: most urgent first."""
    chosen = _chosen(visit)
    part = visit.live("queue", "rumours_queue.html", _live_path(chosen), **await _queue(visit, chosen))
    people = [each for each in await visit.uow.staff.all() if may([Role(one) for one in each.roles], Act.TRIAGE)]
    known = [(each.tag, each.english) for each in visit.desk.registry.languages if each.read]
    return visit.page(
        "rumours.html", part=part, chosen=chosen, people=people, known=known, query=_query(chosen),
        on_call=bool(await on_call(visit.uow)),
    )  # fmt: skip


async def queue_live(visit: Visit) -> web.Response:
    """Only the list."""
    chosen = _chosen(visit)
    return visit.live_answer("queue", "rumours_queue.html", _live_path(chosen), **await _queue(visit, chosen))


def _chosen(visit: Visit) -> dict[str, str]:
    """What part of the queue the address asks for; what it does not understand is left out."""
    asked = visit.request.query
    state = asked.get("state", "open")
    chosen = {"state": state if state in FILTERS else "open"}
    for name in ("language", "area", "harm", "whose"):
        if value := asked.get(name, "")[:40]:
            chosen[name] = value
    if (page := asked.get("page", "")).isdecimal() and int(page[:4]) > 1:
        chosen["page"] = page[:4]
    return chosen


def _filter(visit: Visit, chosen: dict[str, str]) -> Filter:
    harm, whose = chosen.get("harm", ""), chosen.get("whose", "")
    assignee = visit.me.id if whose == "me" else 0 if whose == "nobody" else int(whose) if _is_number(whose) else None
    return Filter(
        FILTERS[chosen["state"]], chosen.get("language"), chosen.get("area"),
        int(harm) if harm in {"0", "1", "2", "3"} else None, assignee,
    )  # fmt: skip


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 15


def _query(chosen: dict[str, str], **changed: str) -> str:
    return urlencode({name: value for name, value in (chosen | changed).items() if value})


def _live_path(chosen: dict[str, str]) -> str:
    return f"/console/rumours/live?{_query(chosen)}"


async def _queue(visit: Visit, chosen: dict[str, str]) -> dict[str, Any]:
    counts = await visit.uow.rumours.counts()
    wanted, page = _filter(visit, chosen), int(chosen.get("page", "1"))
    lines = await visit.desk.triage.queue(visit.uow, wanted, page=page, size=_SHOWN)
    found = await visit.uow.triage.count(wanted)
    return {
        "chosen": chosen, "lines": lines, "found": found, "page": page, "pages": -(-found // _SHOWN),
        "next": _query(chosen, page=str(page + 1)), "before": _query(chosen, page=str(page - 1)),
        "counts": {name: sum(counts.get(state, 0) for state in states) for name, states in FILTERS.items()},
        "tabs": {name: _query({**chosen, "page": ""}, state=name) for name in FILTERS},
        "names": await visit.uow.staff.names([each.rumour.assignee_id or 0 for each in lines]),
    }  # fmt: skip


# One rumour


async def show(visit: Visit) -> web.Response:
    """Everything about one rumour, and what can be done with it."""
    rumour = await visit.desk.rumours.visible(visit.uow, visit.number())
    message = await visit.uow.messages.get(rumour.message_id) if rumour.message_id else None
    standing = visit.live("status", "rumour_status.html", _status_path(rumour), **await _status(visit, rumour))
    flags = await flag_views(visit, rumour)
    people = await visit.uow.staff.all()
    return visit.page(
        "rumour.html", rumour=rumour, standing=standing, message=message, answer=await _source(visit, message),
        flags=flags, is_open=rumour.state in OPEN_STATES, approval=await _approval(visit, rumour),
        tongues=[(each.tag, f"{each.english} ({each.autonym})") for each in visit.desk.registry.languages],
        messages=await _answers_to_choose(visit, rumour), people=await _waiting_people(visit, rumour, message),
        removed=rumour.flag_count > 0 and not await visit.uow.rumours.count_flags(rumour.id),
        picture=timeline(await visit.uow.triage.hours(rumour.id)), notes=await visit.uow.triage.notes(rumour.id),
        moves=await visit.uow.triage.moves(rumour.id), names={each.id: each.name for each in people},
        triagers=[each for each in people if may([Role(one) for one in each.roles], Act.TRIAGE)],
        approvers=await _approvers(visit, rumour), draft=AnswerParts.load(rumour.draft),
        replies=await visit.uow.triage.replies(), on_call=bool(await on_call(visit.uow)),
        others=await visit.desk.triage.others_here(visit.uow, visit.me, rumour.id),
        merge_into=visit.request.query.get("merge", ""),
        reach=rumour.flag_count + rumour.seen_again,
    )  # fmt: skip


async def _approvers(visit: Visit, rumour: RumourRow) -> list[StaffRow]:
    """Who could say yes to an answer that I write now, whoever can be reached in their chat first."""
    if rumour.state not in OPEN_STATES:
        return []
    found = [
        each
        for each in await visit.uow.staff.all()
        if each.id != visit.me.id and may([Role(one) for one in each.roles], Act.APPROVE_ANSWER)
    ]
    return sorted(found, key=lambda each: (each.chat is None, each.name))


async def _approval(visit: Visit, rumour: RumourRow) -> ApprovalView | None:
    """Where the yes to a drafted answer stands; after a no the draft is back with its author, who sees why."""
    if rumour.message_id is None or rumour.state not in OPEN_STATES or (rumour.target and not rumour.consulted):
        return None
    found = await approvals.view(visit, visit.desk.answers, rumour.id)
    return found if rumour.state == RumourState.ANSWERING or found.refusal is not None else None


async def status_live(visit: Visit) -> web.Response:
    """Only where it stands."""
    rumour = await visit.desk.rumours.visible(visit.uow, visit.number())
    return visit.live_answer("status", "rumour_status.html", _status_path(rumour), **await _status(visit, rumour))


def _status_path(rumour: RumourRow) -> str:
    return f"/console/rumours/{rumour.id}/live"


async def _status(visit: Visit, rumour: RumourRow) -> dict[str, Any]:
    pending = await visit.uow.approvals.pending("answer", rumour.id)
    asked = await visit.uow.staff.names([each.asked_id for each in pending])
    people = [rumour.drafted_by, rumour.decided_by, rumour.assignee_id, rumour.consulted_by]
    names = await visit.uow.staff.names([each for each in people if each is not None])
    return {
        "rumour": rumour, "pending": pending[-1] if pending else None,
        "asked": asked.get(pending[-1].asked_id, "") if pending else "",
        "drafted_by": names.get(rumour.drafted_by or 0, ""), "decided_by": names.get(rumour.decided_by or 0, ""),
        "assignee": names.get(rumour.assignee_id or 0, ""), "consulted_by": names.get(rumour.consulted_by or 0, ""),
    }  # fmt: skip


async def _source(visit: Visit, message: MessageRow | None) -> str:
    if message is None:
        return ""
    found = await visit.uow.messages.find_rendition(message.id, SOURCE_LANGUAGE, Form.TEXT)
    return found.text if found else ""


async def flag_views(visit: Visit, rumour: RumourRow) -> list[FlagView]:
    """What people sent, oldest first."""
    flags = await visit.uow.rumours.flags(rumour.id, limit=_MOST_FLAGS)
    ids = [each.id for each in flags]
    questions = await visit.uow.rumours.questions(ids)
    paths = {each.flag_id for each in await _ways_back(visit, rumour, *ReplyState)}
    gists = await visit.uow.gists.of(ids)
    veiled = await visit.uow.rumours.with_originals(ids, now=visit.now)
    words = await visit.uow.manifests.words_of([each.media_id for each in flags if each.media_id])
    return [
        FlagView(
            each,
            await visit.uow.media.get(each.media_id) if each.media_id else None,
            tuple(question for question in questions if question.flag_id == each.id),
            each.id in paths,
            each.id in veiled,
            gists[each.id].text if each.id in gists else None,
            words.get(each.media_id or 0, ""),
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
    """Answer with a message that is there; asks for approval in the same go where somebody is named."""
    if not visit.text("key"):
        raise InvalidInput("Choose a message first.")
    await visit.desk.answers.use_message(
        visit.uow, visit.me, visit.number(), visit.text("key"), seen=_draft_seen(visit)
    )
    return await _drafted(visit)


async def write(visit: Visit) -> web.Response:
    """Write the answer part by part; asks for approval in the same go where somebody is named."""
    parts = AnswerParts(
        title=visit.text("title"), truth=visit.lines("truth"), claim=visit.lines("claim"), why=visit.lines("why"),
        again=visit.lines("again"), sources=visit.lines("sources"),
    )  # fmt: skip
    await visit.desk.answers.compose(visit.uow, visit.me, visit.number(), parts, seen=_draft_seen(visit))
    return await _drafted(visit)


def _draft_seen(visit: Visit) -> int | None:
    return visit.whole_number("draft") if visit.text("draft") else None


async def _drafted(visit: Visit) -> web.Response:
    if visit.text("then") != "ask":
        return _back(visit, "drafted", "#answer")
    await approvals.ask(visit, visit.desk.answers, visit.number())
    return _back(visit, "asked")


async def ask(visit: Visit) -> web.Response:
    """Ask a second person for their yes to the drafted answer."""
    rumour = await visit.desk.rumours.visible(visit.uow, visit.number())
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
    limit = visit.whole_number("reach") if visit.text("reach") and outcome == RumourState.NOT_AMPLIFIED else None
    await visit.desk.rumours.visible(visit.uow, visit.number())
    await visit.desk.rumours.close(
        visit.uow, visit.me, visit.number(), outcome, visit.text("reason"), reach_limit=limit
    )
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
    await visit.desk.rumours.visible(visit.uow, flag.rumour_id)
    await visit.desk.questions.ask_back(visit.uow, visit.me, flag.id, await _question_text(visit))
    return _back(visit, "question", f"#flag-{flag.id}")


async def _question_text(visit: Visit) -> str:
    """What was typed, or else the saved reply that was chosen."""
    if typed := visit.lines("question"):
        return typed
    chosen = visit.text("saved")
    return next((each.text for each in await visit.uow.triage.replies() if str(each.id) == chosen), "")


def _back(visit: Visit, done: str, place: str = "") -> web.Response:
    return visit.go(f"/console/rumours/{visit.number()}{place}", done)
