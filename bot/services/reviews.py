"""The second speaker: hears a recording alone, says what it means, and only then sees its source and decides."""

from dataclasses import dataclass
from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import RecordingRow, RenditionRow, ReviewRow
from bot.domain.differences import compare
from bot.domain.leaders import RequestState, ReviewState, Tie
from bot.domain.renditions import SOURCE_LANGUAGE, RenditionState
from bot.domain.residents import Form
from bot.domain.staff import Act
from bot.errors import Conflict, InvalidInput, NotAllowed, NotFound
from bot.i18n import strip_controls
from bot.services.approvals import Approvals
from bot.services.audit import Actor, Audit
from bot.services.ports import Clock
from bot.services.renditions import Renditions, content_hash
from bot.services.voices import Voices

SAID_CHARACTERS = 4_000
_OPEN = frozenset({ReviewState.HEARING, ReviewState.SAID, ReviewState.COMPARED})


@dataclass(frozen=True, slots=True)
class Said:
    """What a second speaker says that a recording means, in English: typed, or spoken (then a file is kept)."""

    text: str = ""
    media_id: int | None = None


class Reviews:
    """Bound to one exact content: what was said about another content says nothing about this one."""

    def __init__(
        self, renditions: Renditions, approvals: Approvals, voices: Voices, audit: Audit, clock: Clock
    ) -> None:  # fmt: skip
        self._renditions = renditions
        self._approvals = approvals
        self._voices = voices
        self._audit = audit
        self._clock = clock

    async def get(self, uow: UnitOfWork, reviewer: Actor, review_id: int) -> ReviewRow:
        """A review of this person's. Raises NotFound for anybody else's, too."""
        row = await uow.recordings.review(review_id)
        if row is None or row.reviewer_id != reviewer.id:
            raise NotFound("There is no such review.")
        return row

    async def begin(self, uow: UnitOfWork, reviewer: Actor, rendition_id: int) -> ReviewRow:
        """Begin, or go on with what was begun. Raises NotAllowed for who may not, Conflict where it is no draft."""
        reviewer.check(Act.APPROVE_RENDITION)
        rendition = await self._draft(uow, rendition_id)
        await self._renditions.check_approver(uow, reviewer, rendition_id)
        begun = await uow.recordings.review_by(rendition_id, reviewer.id, rendition.content_hash)
        if begun is not None and begun.state in _OPEN:
            return begun
        review_id = await uow.recordings.add_review(
            rendition_id=rendition_id, content_hash=rendition.content_hash, reviewer_id=reviewer.id,
            state=ReviewState.HEARING, said="", created_at=self._clock.now(),
        )  # fmt: skip
        return await self.get(uow, reviewer, review_id)

    async def _draft(self, uow: UnitOfWork, rendition_id: int) -> RenditionRow:
        rendition = await self._renditions.get(uow, rendition_id)
        if rendition.state != RenditionState.DRAFT or rendition.form == Form.TEXT:
            raise Conflict("This recording does not wait for a second speaker.")
        return rendition

    async def say(self, uow: UnitOfWork, reviewer: Actor, review_id: int, said: Said) -> None:
        """What it means. Kept for good, and not changed once the source has been seen."""
        row = await self.get(uow, reviewer, review_id)
        if row.state not in {ReviewState.HEARING, ReviewState.SAID}:
            raise Conflict("You have seen the source already: what you said before stays.")
        text = strip_controls(said.text)[0].strip()
        if not text and said.media_id is None:
            raise InvalidInput("Say in English what it means, by voice or in writing.")
        if len(text) > SAID_CHARACTERS:
            raise InvalidInput(f"That is longer than {SAID_CHARACTERS} characters.")
        await uow.recordings.change_review(
            row.id, said=text, said_media_id=said.media_id, said_at=self._clock.now(), state=ReviewState.SAID
        )

    async def declare(self, uow: UnitOfWork, reviewer: Actor, review_id: int, tie: Tie) -> dict[str, Any]:
        """Any tie to the leader; then the source beside what was said, with the differences marked."""
        row = await self.get(uow, reviewer, review_id)
        if row.state not in {ReviewState.SAID, ReviewState.COMPARED}:
            raise Conflict("First say what it means.")
        await uow.recordings.change_review(row.id, tie=tie, state=ReviewState.COMPARED)
        return await self.comparison(uow, reviewer, review_id)

    async def comparison(self, uow: UnitOfWork, reviewer: Actor, review_id: int) -> dict[str, Any]:
        """Source and meaning side by side, in marked pieces; only once what it means has been said."""
        row = await self.get(uow, reviewer, review_id)
        if row.state in {ReviewState.HEARING, ReviewState.SAID}:
            raise NotAllowed("The source is shown once you have said what the recording means.")
        rendition = await self._renditions.get(uow, row.rendition_id)
        source = await uow.messages.find_rendition(rendition.message_id, SOURCE_LANGUAGE, Form.TEXT)
        left, right = compare(source.text if source else "", row.said)
        return {
            "review_id": row.id, "rendition_id": rendition.id, "language": rendition.language, "text": rendition.text,
            "source": [[each.text, each.mark] for each in left],
            "said": [[each.text, each.mark] for each in right] if row.said else [], "spoken": row.said_media_id,
            "tie": row.tie or "", "content_hash": row.content_hash,
        }  # fmt: skip

    # Deciding

    async def approve(self, uow: UnitOfWork, reviewer: Actor, review_id: int) -> None:
        """It says what the source says. Raises Conflict where the recording is another one by now."""
        await uow.decide_alone()
        row = await self._decidable(uow, reviewer, review_id)
        # What is checked in Renditions.approved: this very person has heard and compared this very content.
        await self._approvals.approve_directly(uow, reviewer, self._renditions.kind, row.rendition_id)
        await self._end(uow, row, ReviewState.APPROVED, "")

    async def ask_for_changes(self, uow: UnitOfWork, reviewer: Actor, review_id: int, reason: str) -> None:
        """Nearly right: the leader hears why, and records again."""
        await self._say_no(uow, reviewer, review_id, reason, ReviewState.CHANGES)

    async def refuse(self, uow: UnitOfWork, reviewer: Actor, review_id: int, reason: str) -> None:
        """It must not go out: the recording is withdrawn, the leader and whoever asked hear why."""
        await self._say_no(uow, reviewer, review_id, reason, ReviewState.REFUSED)

    async def _say_no(self, uow: UnitOfWork, reviewer: Actor, review_id: int, reason: str, how: ReviewState) -> None:
        await uow.decide_alone()
        reason = strip_controls(reason)[0].strip()
        if not reason:
            raise InvalidInput("Say why, so that it can be mended.")
        row = await self._decidable(uow, reviewer, review_id)
        rendition = await self._draft(uow, row.rendition_id)
        await uow.messages.change_rendition(rendition.id, state=RenditionState.WITHDRAWN)
        pending = await uow.approvals.pending(self._renditions.kind, rendition.id)
        if pending and pending[-1].requested_by != reviewer.id:
            await self._approvals.refuse(uow, reviewer, pending[-1].id, reason)
        await self._end(uow, row, how, reason)
        await self._audit.note(uow, reviewer, Act.APPROVE_RENDITION, f"rendition {rendition.id}", decision=str(how))
        await self._back_to_leader(uow, rendition, how, reason)

    async def _decidable(self, uow: UnitOfWork, reviewer: Actor, review_id: int) -> ReviewRow:
        row = await self.get(uow, reviewer, review_id)
        rendition = await self._draft(uow, row.rendition_id)
        if row.state != ReviewState.COMPARED:
            raise Conflict("First say what it means, and look at the source.")
        if rendition.content_hash != row.content_hash:
            raise Conflict("This recording changed after you heard it: hear it again.")
        return row

    async def _end(self, uow: UnitOfWork, row: ReviewRow, state: ReviewState, reason: str) -> None:
        await uow.recordings.change_review(row.id, state=state, reason=reason or None, decided_at=self._clock.now())

    async def _back_to_leader(self, uow: UnitOfWork, rendition: RenditionRow, how: ReviewState, reason: str) -> None:
        recording = await uow.recordings.of_rendition(rendition.id)
        if recording is None:
            return
        state = RequestState.CHANGES if how is ReviewState.CHANGES else RequestState.CANCELLED
        await uow.leaders.change_request(recording.request_id, state=state, changed_at=self._clock.now())
        leader = await self._voices.leader(uow, recording.leader_id)
        request = await uow.leaders.request(recording.request_id)
        await self._voices.tell(
            uow, leader, "recording.sent_back", request_id=recording.request_id, again=how is ReviewState.CHANGES,
            reason=reason,
        )  # fmt: skip
        await self._voices.tell_one(
            uow, request.asked_by if request else None, "staff.recording_sent_back", request_id=recording.request_id,
            how=str(how), reason=reason,
        )  # fmt: skip


class ReviewExceptions:
    """The approval subject `exception`: a language with one speaker on the team, signed by two publishers.

    The first publisher signs by asking, with a reason; the second signs in their own chat or on their own screen.
    """

    kind = "exception"
    act = Act.SIGN_EXCEPTION

    def __init__(self, renditions: Renditions, approvals: Approvals, clock: Clock) -> None:
        self._renditions = renditions
        self._approvals = approvals
        self._clock = clock

    async def possible(self, uow: UnitOfWork, rendition_id: int) -> bool:
        """Whether nobody on the team could review it."""
        row = await self._renditions.get(uow, rendition_id)
        if row.state != RenditionState.DRAFT:
            return False
        return not await self._approvals.candidates(uow, None, self._renditions.kind, rendition_id)

    async def sign(self, uow: UnitOfWork, actor: Actor, rendition_id: int, reason: str) -> None:
        """The first publisher's signature; the second is asked. Raises Conflict where somebody could review it."""
        actor.check(self.act)
        await uow.decide_alone()
        if not reason.strip():
            raise InvalidInput("Say how you know what it says.")
        if not await self.possible(uow, rendition_id):
            raise Conflict("There is a second speaker: ask them.")
        await self.check_approver(uow, actor, rendition_id)
        row = await self._renditions.get(uow, rendition_id)
        await uow.recordings.add_review(
            rendition_id=rendition_id, content_hash=row.content_hash, reviewer_id=actor.id,
            state=ReviewState.EXCEPTION, said="", reason=reason.strip(), created_at=self._clock.now(),
            decided_at=self._clock.now(),
        )  # fmt: skip
        await self._approvals.request(uow, actor, self.kind, rendition_id)

    async def _signature(self, uow: UnitOfWork, rendition_id: int) -> ReviewRow:
        found = [each for each in await uow.recordings.reviews(rendition_id) if each.state == ReviewState.EXCEPTION]
        if not found:
            raise NotFound("Nobody has signed an exception for this.")
        return found[0]

    async def content_hash(self, uow: UnitOfWork, subject_id: int) -> str:
        """The recording and the reason that was given."""
        signed = await self._signature(uow, subject_id)
        row = await self._renditions.get(uow, subject_id)
        return content_hash(row.content_hash, signed.content_hash, signed.reviewer_id, signed.reason)

    async def describe(self, uow: UnitOfWork, subject_id: int) -> dict[str, Any]:
        """The recording's place, its source, and the reason of the first publisher."""
        signed = await self._signature(uow, subject_id)
        details = await self._renditions.describe(uow, subject_id)
        return {**details, "blind": False, "reason": signed.reason or ""}

    async def check_approver(self, uow: UnitOfWork, approver: Actor, subject_id: int) -> None:
        """A publisher who neither made it nor is whose voice it is."""
        await self._renditions.check_not_theirs(uow, approver, subject_id)

    async def approved(self, uow: UnitOfWork, approver: Actor, subject_id: int) -> None:
        """Signed twice: it may leave, and it says that no second speaker heard it."""
        signed = await self._signature(uow, subject_id)
        row = await self._renditions.get(uow, subject_id)
        if signed.reviewer_id == approver.id:
            raise NotAllowed("Two publishers sign an exception, not one.")
        if signed.content_hash != row.content_hash:
            raise Conflict("The recording changed after the exception was signed: sign it again.")
        first = await uow.staff.get(signed.reviewer_id)
        if first is None or not first.active:
            raise Conflict("Whoever signed first is not on the team any more: sign it again.")
        await self._renditions.let_leave(
            uow, row, reviewer=f"{first.name} and {approver.name}, without a second speaker"[:120], by=approver
        )

    async def refused(self, uow: UnitOfWork, approver: Actor, subject_id: int, reason: str) -> None:
        """Stays a draft."""


def heard_by(recording: RecordingRow | None, review: ReviewRow | None) -> bool:
    """Whether a recording made here was heard alone and then compared by whoever decides."""
    return recording is None or (review is not None and review.state == ReviewState.COMPARED)
