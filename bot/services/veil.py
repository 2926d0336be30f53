"""The veil over personal details: a person may lift it for one text, with a reason that is kept.

No process that serves the console has the key. So the sealed original goes, still sealed, to the asking person's own
chat: the sender, which has the key, opens it when it writes the message, and nothing open is ever stored.
"""

from bot.db import UnitOfWork
from bot.domain.staff import Act
from bot.errors import Conflict, InvalidInput
from bot.services.audit import Actor, Audit
from bot.services.outbox import Address, Outbox
from bot.services.ports import Clock


class Veil:
    """Asks for an original."""

    def __init__(self, outbox: Outbox, audit: Audit, clock: Clock, *, bot_id: int) -> None:
        self._outbox = outbox
        self._audit = audit
        self._clock = clock
        self._bot_id = bot_id

    async def lift(self, uow: UnitOfWork, actor: Actor, flag_id: int, reason: str) -> None:
        """Send the original of a flag to the actor's own chat; who, which and why is in the audit log.

        Raises InvalidInput without a reason, Conflict when the original is gone or the actor has no phone here.
        """
        actor.check(Act.LIFT_VEIL)
        if not 3 <= len(reason.strip()) <= 500:
            raise InvalidInput("Say why you need the personal details: it is kept in the audit log.")
        row = await uow.rumours.original(flag_id)
        if row is None or row.until <= self._clock.now():
            raise Conflict("The original of this text is no longer kept.")
        mine = await uow.staff.get(actor.id)
        if mine is None or mine.chat is None:
            raise Conflict("The original goes to your own chat only: join with your phone first.")
        flag = await uow.rumours.flag(flag_id)
        await self._outbox.put(
            uow, Address(self._bot_id, mine.chat), "staff.original", "en-GB", sealed=row.sealed.hex(),
            code=flag.code if flag else "", reason=reason.strip(),
        )  # fmt: skip
        await self._audit.note(uow, actor, Act.LIFT_VEIL, f"flag {flag_id}", reason=reason.strip())
