"""The claim of an answered rumour in the team's own words, published after a second person's yes."""

from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import ClaimRow
from bot.domain.claims import CLAIM_CHARACTERS, RATINGS, Verdict
from bot.domain.rumours import RumourState
from bot.domain.staff import Act
from bot.errors import Conflict, InvalidInput, NotAllowed, NotFound
from bot.i18n import strip_controls
from bot.services.audit import Actor, Audit
from bot.services.ports import Clock
from bot.services.renditions import content_hash


class Claims:
    """The approval subject `claim`; its subject number is the rumour's."""

    kind = "claim"
    act = Act.APPROVE_ANSWER

    def __init__(self, audit: Audit, clock: Clock) -> None:
        self._audit = audit
        self._clock = clock

    async def word(self, uow: UnitOfWork, actor: Actor, rumour_id: int, *, text: str, verdict: str) -> None:
        """Say what went round, neutrally and without naming anybody, and what was found about it.

        Raises InvalidInput for an empty or too long text or an unknown verdict, Conflict unless the rumour is
        answered. Wording it again takes it out of the public record until it is approved anew.
        """
        actor.check(Act.DRAFT_ANSWER)
        await uow.decide_alone()
        rumour = await uow.rumours.get(rumour_id)
        if rumour is None:
            raise NotFound("There is no such rumour.")
        if rumour.state != RumourState.ANSWERED:
            raise Conflict("Only an answered rumour goes into the public record.")
        clean = " ".join(strip_controls(text)[0].split())
        if not 1 <= len(clean) <= CLAIM_CHARACTERS:
            raise InvalidInput(f"Say what went round in 1 to {CLAIM_CHARACTERS} characters.")
        if verdict not in set(Verdict):
            raise InvalidInput("Choose what was found about it.")
        await uow.approvals.void(self.kind, rumour_id)
        await uow.claims.put(
            rumour_id, text=clean, verdict=verdict, made_by=actor.id, made_at=self._clock.now(), approved_by=None,
            approved_at=None,
        )  # fmt: skip
        await self._audit.note(uow, actor, "word_claim", f"rumour {rumour_id}")

    # The approval subject

    async def content_hash(self, uow: UnitOfWork, subject_id: int) -> str:
        """Text and verdict."""
        claim = await self._get(uow, subject_id)
        return content_hash(claim.rumour_id, claim.text, claim.verdict)

    async def describe(self, uow: UnitOfWork, subject_id: int) -> dict[str, Any]:
        """What would be published."""
        claim = await self._get(uow, subject_id)
        return {"rumour_id": claim.rumour_id, "text": claim.text, "verdict": RATINGS[Verdict(claim.verdict)][1]}

    async def check_approver(self, uow: UnitOfWork, approver: Actor, subject_id: int) -> None:
        """Another person than who worded it."""
        if (await self._get(uow, subject_id)).made_by == approver.id:
            raise NotAllowed("Nobody approves what they made themselves: ask a second person.")

    async def approved(self, uow: UnitOfWork, approver: Actor, subject_id: int) -> None:
        """It is in the public record from now on."""
        await uow.claims.change(subject_id, approved_by=approver.id, approved_at=self._clock.now())

    async def refused(self, uow: UnitOfWork, approver: Actor, subject_id: int, reason: str) -> None:
        """It stays a draft; its author has the reason."""

    async def _get(self, uow: UnitOfWork, rumour_id: int) -> ClaimRow:
        row = await uow.claims.get(rumour_id)
        if row is None:
            raise NotFound("Nobody has worded this claim yet.")
        return row
