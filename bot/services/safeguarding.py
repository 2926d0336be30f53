"""Safeguarding: what may be a matter of life leaves the desk's flow, for whoever is on call and nobody else."""

from bot.db import UnitOfWork
from bot.db.rows import RumourRow
from bot.domain.rumours import SAFEGUARDING_STATES, RumourState, check_open
from bot.domain.staff import Act
from bot.errors import Conflict, InvalidInput, NotFound
from bot.services.audit import Actor, Audit
from bot.services.ports import Clock
from bot.services.rumours import Rumours, on_call


class Safeguarding:
    """Takes out, shows, gives back, ends."""

    def __init__(self, rumours: Rumours, audit: Audit, clock: Clock) -> None:
        self._rumours = rumours
        self._audit = audit
        self._clock = clock

    async def take_out(self, uow: UnitOfWork, actor: Actor, rumour_id: int) -> list[str]:
        """One tap: it leaves the queue, ordinary triagers no longer see it; returns who was told, by name.

        Raises Conflict where nobody is on call: then it must not disappear.
        """
        actor.check(Act.SAFEGUARD)
        await uow.decide_alone()
        rumour = await self._rumours.visible(uow, rumour_id)
        check_open(RumourState(rumour.state))
        leads = await on_call(uow)
        if not leads:
            raise Conflict("Nobody is on call for safeguarding: an admin gives the role to somebody with a phone. "
                           "Until then mark it as urgent, and call whoever has to know.")  # fmt: skip
        await uow.approvals.void("answer", rumour_id)
        await uow.rumours.change(
            rumour_id, state=RumourState.SAFEGUARDING, assignee_id=None, message_id=None, reminders=0,
            due_at=self._clock.now(),
        )  # fmt: skip
        flags = await uow.rumours.flags(rumour_id, limit=1)
        await self._rumours.alert_leads(uow, leads, rumour_id, flags[0].kind if flags else "text")
        await self._audit.note(uow, actor, Act.SAFEGUARD, f"rumour {rumour_id}")
        return [each.name for each in leads]

    async def get(self, uow: UnitOfWork, actor: Actor, rumour_id: int) -> RumourRow:
        """One matter, for whoever is on call. Raises NotFound for anything that is not one."""
        actor.check(Act.SEE_SAFEGUARDING)
        rumour = await self._rumours.get(uow, rumour_id)
        if RumourState(rumour.state) not in SAFEGUARDING_STATES:
            raise NotFound("There is no such matter.")
        return rumour

    async def give_back(self, uow: UnitOfWork, actor: Actor, rumour_id: int) -> None:
        """It is a rumour after all: back to the queue."""
        await self._check_open(await self.get(uow, actor, rumour_id))
        await uow.rumours.change(
            rumour_id, state=RumourState.NEW, due_at=self._rumours.promised(), reminders=0, urgent=False
        )
        await self._audit.note(uow, actor, "give_back_to_desk", f"rumour {rumour_id}")

    async def end(self, uow: UnitOfWork, actor: Actor, rumour_id: int, record: str) -> int:
        """What could be done is done: those who told us hear so, once; returns how many people.

        `record` says what was done, for colleagues; it is kept with the matter and never sent. Raises InvalidInput
        where it is empty.
        """
        if not record.strip():
            raise InvalidInput("Write down what was done: somebody will need it later.")
        rumour = await self.get(uow, actor, rumour_id)
        await self._check_open(rumour)
        await uow.rumours.change(
            rumour_id, state=RumourState.SAFEGUARDED, reason=record.strip(), decided_by=actor.id,
            closed_at=self._clock.now(),
        )  # fmt: skip
        told = await self._rumours.tell_closed(uow, rumour, RumourState.SAFEGUARDED)
        await self._rumours.end_reply_paths(uow, rumour_id)
        await self._audit.note(uow, actor, "end_safeguarding", f"rumour {rumour_id}")
        return told

    async def _check_open(self, rumour: RumourRow) -> None:
        if rumour.state != RumourState.SAFEGUARDING:
            raise Conflict("This has been dealt with already.")
