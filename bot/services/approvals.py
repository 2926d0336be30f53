"""The second person: requests for a yes, where they wait, and what settles them.

A request is about one exact content: when that changes, the request is void. It goes to one person, and on to the
deputy they named when they do not answer in time. Only a tap or a click by that other person settles it.
"""

from datetime import timedelta
from typing import Any, Protocol

from bot.db import UnitOfWork
from bot.db.rows import ApprovalRow, StaffRow
from bot.domain.staff import Act, Role, may
from bot.errors import Conflict, InvalidInput, NotAllowed, NotFound
from bot.services.audit import Actor, Audit
from bot.services.outbox import Address, Outbox
from bot.services.ports import Clock

"""Renditions of leaders and translators that one person is asked to check in 24 hours, unless a person asks them."""


class Subject(Protocol):
    """A kind of thing that needs a second person."""

    kind: str
    act: Act

    async def content_hash(self, uow: UnitOfWork, subject_id: int) -> str:
        """A hash of exactly what would leave."""
        ...

    async def describe(self, uow: UnitOfWork, subject_id: int) -> dict[str, Any]:
        """What the asked person must see to decide."""
        ...

    async def check_approver(self, uow: UnitOfWork, approver: Actor, subject_id: int) -> None:
        """Raise NotAllowed unless this person may approve it: another person than its maker."""
        ...

    async def approved(self, uow: UnitOfWork, approver: Actor, subject_id: int) -> None:
        """Do what was waiting for the yes."""
        ...

    async def refused(self, uow: UnitOfWork, approver: Actor, subject_id: int, reason: str) -> None:
        """Put it back to its maker."""
        ...


class Approvals:
    """Asks, reminds, passes on and settles."""

    def __init__(
        self, outbox: Outbox, audit: Audit, clock: Clock, *, bot_id: int, deputy_minutes: int,
        reviews_a_day: int,
    ) -> None:  # fmt: skip
        self._reviews_a_day = reviews_a_day
        self._outbox = outbox
        self._audit = audit
        self._clock = clock
        self._bot_id = bot_id
        self._deputy_minutes = deputy_minutes
        self._subjects: dict[str, Subject] = {}

    def register(self, subject: Subject) -> None:
        """Make a kind of thing known."""
        self._subjects[subject.kind] = subject

    async def candidates(self, uow: UnitOfWork, requester: Actor | None, kind: str, subject_id: int) -> list[StaffRow]:
        """Who could approve it: right role, another person, reachable in their chat first."""
        found = [
            row
            for row in await uow.staff.all()
            if (requester is None or row.id != requester.id) and await self._could(uow, row, kind, subject_id)
        ]
        return sorted(found, key=lambda row: (row.chat is None, row.name))

    async def request(
        self, uow: UnitOfWork, requester: Actor | None, kind: str, subject_id: int, *, ask: str | None = None
    ) -> StaffRow:
        """Ask a second person (by name, or the first who could) and return who was asked.

        `requester` is None where nobody on the team made the content (a rendition from a pack).

        Raises NotAllowed when the named person may not approve it, NotFound when nobody could.
        """
        await uow.decide_alone()
        subject = self._subjects[kind]
        if ask is not None:
            asked = await uow.staff.by_name(ask)
            if asked is None or not asked.active:
                raise NotFound(f"There is no staff member named {ask}.")
            if requester is not None and asked.id == requester.id:
                raise NotAllowed("Nobody approves what they made themselves: ask a second person.")
            _as_actor(asked).check(subject.act)
            await subject.check_approver(uow, _as_actor(asked), subject_id)
        else:
            candidates = await self.candidates(uow, requester, kind, subject_id)
            if not candidates:
                raise NotFound("Nobody else could approve this: add a second staff member with the right role.")
            asked = candidates[0] if requester else await self._least_asked(uow, kind, candidates)
        await uow.approvals.void(kind, subject_id)
        content_hash = await subject.content_hash(uow, subject_id)
        approval_id = await uow.approvals.create(
            kind=kind, subject_id=subject_id, content_hash=content_hash, state="pending",
            requested_by=requester.id if requester else None, asked_id=asked.id, asked_at=self._clock.now(),
            asked_ids=[asked.id],
        )  # fmt: skip
        await self._send(uow, approval_id, asked, subject)
        if requester is not None:
            await self._audit.note(uow, requester, "request_approval", f"{kind} {subject_id}", asked=asked.name)
        else:
            await self._audit.note_system(uow, "request_approval", f"{kind} {subject_id}", asked=asked.name)
        return asked

    async def _least_asked(self, uow: UnitOfWork, kind: str, candidates: list[StaffRow]) -> StaffRow:
        """Second speakers are few and have other work: not the same one every time, and nobody too often in a day."""
        if kind != "rendition":
            return candidates[0]
        asked = await uow.approvals.asked_since(kind, self._clock.now() - timedelta(days=1))
        free = [each for each in candidates if asked[each.id] < self._reviews_a_day]
        if not free:
            raise NotFound("Everybody who could check this has been asked as often as we may today: ask by name.")
        return min(free, key=lambda each: (each.chat is None, asked[each.id], each.name))

    async def _send(self, uow: UnitOfWork, approval_id: int, asked: StaffRow, subject: Subject) -> None:
        if asked.chat is None:
            return
        row = await self._get(uow, approval_id)
        requester = await uow.staff.get(row.requested_by) if row.requested_by else None
        details = await subject.describe(uow, row.subject_id)
        await self._outbox.put(
            uow, Address(self._bot_id, asked.chat), "staff.approval", "en-GB",
            approval_id=approval_id, about=row.kind, details=details,
            requested_by=requester.name if requester else "The message library",
        )  # fmt: skip

    async def approve(self, uow: UnitOfWork, approver: Actor, approval_id: int) -> ApprovalRow:
        """Settle a request with a yes.

        Raises Conflict when it was settled already or the content changed since it was asked, NotAllowed when this
        person may not.
        """
        row = await self._open(uow, approver, approval_id)
        subject = self._subjects[row.kind]
        if await subject.content_hash(uow, row.subject_id) != row.content_hash:
            await uow.approvals.void(row.kind, row.subject_id)
            raise Conflict("This changed after you were asked: its author must ask again.")
        await self._settle(uow, approver, row, "approved", None)
        await subject.approved(uow, approver, row.subject_id)
        return row

    async def refuse(self, uow: UnitOfWork, approver: Actor, approval_id: int, reason: str) -> ApprovalRow:
        """Settle a request with a no and its reason. Raises as `approve`, InvalidInput without a reason."""
        if not reason.strip():
            raise InvalidInput("Say why, so that its author can mend it.")
        row = await self._open(uow, approver, approval_id)
        await self._settle(uow, approver, row, "refused", reason.strip())
        await self._subjects[row.kind].refused(uow, approver, row.subject_id, reason.strip())
        return row

    async def approve_directly(self, uow: UnitOfWork, approver: Actor, kind: str, subject_id: int) -> None:
        """A second person says yes on their own screen, asked or not. Same rules."""
        await uow.decide_alone()
        pending = await uow.approvals.pending(kind, subject_id)
        if pending:
            await self.approve(uow, approver, pending[-1].id)
            return
        subject = self._subjects[kind]
        approver.check(subject.act)
        await subject.check_approver(uow, approver, subject_id)
        await self._audit.note(uow, approver, subject.act, f"{kind} {subject_id}")
        await subject.approved(uow, approver, subject_id)

    async def _open(self, uow: UnitOfWork, approver: Actor, approval_id: int) -> ApprovalRow:
        await uow.decide_alone()
        row = await self._get(uow, approval_id)
        if row.state != "pending":
            raise Conflict("This has been settled already, or it changed since.")
        subject = self._subjects[row.kind]
        approver.check(subject.act)
        if approver.id == row.requested_by:
            raise NotAllowed("Nobody approves what they made themselves: ask a second person.")
        await subject.check_approver(uow, approver, row.subject_id)
        return row

    async def _settle(self, uow: UnitOfWork, approver: Actor, row: ApprovalRow, state: str, reason: str | None) -> None:
        now = self._clock.now()
        won = await uow.approvals.decide(row.id, state=state, decided_by=approver.id, decided_at=now, reason=reason)
        if not won:
            raise Conflict("Somebody else settled this a moment ago.")
        act = self._subjects[row.kind].act
        await self._audit.note(uow, approver, act, f"{row.kind} {row.subject_id}", decision=state)
        requester = await uow.staff.get(row.requested_by) if row.requested_by else None
        if requester is not None and requester.chat is not None:
            await self._outbox.put(
                uow, Address(self._bot_id, requester.chat), "staff.approval_settled", "en-GB",
                about=row.kind, subject_id=row.subject_id, decision=state, by=approver.name, reason=reason or "",
            )  # fmt: skip

    async def _get(self, uow: UnitOfWork, approval_id: int) -> ApprovalRow:
        row = await uow.approvals.get(approval_id)
        if row is None:
            raise NotFound("There is no such request.")
        return row

    async def pass_on(self, uow: UnitOfWork) -> int:
        """Requests that waited too long go on to the deputy of who has them; returns how many did."""
        await uow.decide_alone()
        late = self._clock.now() - timedelta(minutes=self._deputy_minutes)
        moved = 0
        for row in await uow.approvals.pending():
            if row.asked_at > late:
                continue
            deputy = await self._deputy(uow, row)
            if deputy is None:
                continue
            await uow.approvals.change(
                row.id, asked_id=deputy.id, asked_at=self._clock.now(), asked_ids=[*row.asked_ids, deputy.id]
            )
            await self._send(uow, row.id, deputy, self._subjects[row.kind])
            await self._tell_author(uow, row, deputy)
            moved += 1
        return moved

    async def _tell_author(self, uow: UnitOfWork, row: ApprovalRow, deputy: StaffRow) -> None:
        await self._audit.note_system(uow, "pass_on_approval", f"{row.kind} {row.subject_id}", to=deputy.name)
        author = await uow.staff.get(row.requested_by) if row.requested_by else None
        if author is not None and author.chat is not None:
            await self._outbox.put(
                uow, Address(self._bot_id, author.chat), "staff.approval_passed_on", "en-GB",
                about=row.kind, subject_id=row.subject_id, to=deputy.name,
            )  # fmt: skip

    async def _deputy(self, uow: UnitOfWork, row: ApprovalRow) -> StaffRow | None:
        holder = await uow.staff.get(row.asked_id)
        if holder is None or holder.deputy_id is None:
            return None
        deputy = await uow.staff.get(holder.deputy_id)
        if deputy is None or not deputy.active or deputy.id in (*row.asked_ids, row.requested_by):
            return None
        return deputy if await self._could(uow, deputy, row.kind, row.subject_id) else None

    async def _could(self, uow: UnitOfWork, person: StaffRow, kind: str, subject_id: int) -> bool:
        subject = self._subjects[kind]
        if not may([Role(each) for each in person.roles], subject.act):
            return False
        try:
            await subject.check_approver(uow, _as_actor(person), subject_id)
        except NotAllowed:
            return False
        return True


def _as_actor(row: StaffRow) -> Actor:
    return Actor(row.id, row.name, tuple(Role(each) for each in row.roles), tuple(row.languages), "asked")
