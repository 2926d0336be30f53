"""The second person's yes, as answers, renditions and broadcasts all show it and take it."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Protocol

from bot.db import UnitOfWork
from bot.db.rows import ApprovalRow, StaffRow
from bot.domain.staff import Act, may
from bot.errors import Conflict, NotAllowed
from bot.services.audit import Actor
from bot.web.visit import Visit


class Subject(Protocol):
    """What the console asks of a kind of thing that needs a second person."""

    kind: str
    act: Act

    def content_hash(self, uow: UnitOfWork, subject_id: int) -> Awaitable[str]:
        """A hash of exactly what would leave."""
        ...

    def check_approver(self, uow: UnitOfWork, approver: Actor, subject_id: int) -> Awaitable[None]:
        """Raise NotAllowed unless this person may approve it."""
        ...


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """Where the yes stands. `seen` names the content that this page shows: a yes is about exactly that."""

    pending: ApprovalRow | None
    asked: str
    requested_by: str
    passed_on: tuple[str, ...]
    candidates: tuple[StaffRow, ...]
    may_decide: bool
    seen: str
    refusal: ApprovalRow | None
    refused_by: str


async def view(visit: Visit, subject: Subject, subject_id: int, *, unasked: bool = False) -> ApprovalView:
    """Where the yes for a thing stands. `unasked`: whoever may approve it may do so without being asked."""
    requests = await visit.uow.approvals.of(subject.kind, subject_id)
    pending = next((each for each in requests if each.state == "pending"), None)
    newest = requests[0] if requests else None
    refusal = newest if newest is not None and newest.state == "refused" else None
    names = await visit.uow.staff.names(_people(pending) + _people(refusal))
    return ApprovalView(
        pending=pending,
        asked=names.get(pending.asked_id, "") if pending else "",
        requested_by=names.get(pending.requested_by or 0, "the message library") if pending else "",
        passed_on=tuple(names.get(each, "") for each in pending.asked_ids[:-1]) if pending else (),
        candidates=tuple(await visit.desk.approvals.candidates(visit.uow, visit.me, subject.kind, subject_id)),
        may_decide=(pending is not None or unasked) and await _may_decide(visit, subject, subject_id, pending),
        seen=await subject.content_hash(visit.uow, subject_id),
        refusal=refusal,
        refused_by=names.get(refusal.decided_by or 0, "") if refusal else "",
    )


def _people(row: ApprovalRow | None) -> list[int]:
    return [] if row is None else [*row.asked_ids, row.asked_id, row.requested_by or 0, row.decided_by or 0]


async def _may_decide(visit: Visit, subject: Subject, subject_id: int, pending: ApprovalRow | None) -> bool:
    if not may(visit.me.roles, subject.act) or (pending is not None and pending.requested_by == visit.me.id):
        return False
    try:
        await subject.check_approver(visit.uow, visit.me, subject_id)
    except NotAllowed:
        return False
    return True


async def ask(visit: Visit, subject: Subject, subject_id: int) -> None:
    """Ask the chosen person, or the first who could."""
    await visit.desk.approvals.request(
        visit.uow, visit.me, subject.kind, subject_id, ask=visit.text("approver") or None
    )


async def approve(visit: Visit, subject: Subject, subject_id: int, *, unasked: bool = False) -> None:
    """Say yes to exactly what the page showed. Raises Conflict when it is something else by now."""
    await visit.uow.decide_alone()
    if not unasked:
        await _pending(visit, subject, subject_id)
    if await subject.content_hash(visit.uow, subject_id) != visit.text("seen"):
        raise Conflict("This changed since you opened the page: read it again.")
    await visit.desk.approvals.approve_directly(visit.uow, visit.me, subject.kind, subject_id)


async def refuse(visit: Visit, subject: Subject, subject_id: int) -> None:
    """Say no, with the reason."""
    pending = await _pending(visit, subject, subject_id)
    await visit.desk.approvals.refuse(visit.uow, visit.me, pending.id, visit.text("reason"))


async def _pending(visit: Visit, subject: Subject, subject_id: int) -> ApprovalRow:
    pending = await visit.uow.approvals.pending(subject.kind, subject_id)
    if not pending:
        raise Conflict("Nobody asks for a yes to this at the moment, or it was settled a moment ago.")
    return pending[-1]
