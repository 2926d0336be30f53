"""Sending again: a new broadcast of the same revision, to exactly those whom an earlier one left out."""

from bot.db import UnitOfWork
from bot.db.repositories.residents import Again, Audience
from bot.db.rows import BroadcastRow
from bot.domain.broadcasts import ENDED, BroadcastState, ResendKind
from bot.domain.staff import Act
from bot.errors import Conflict
from bot.services.audit import Actor, Audit
from bot.services.broadcasts import DEFAULT_WINDOW
from bot.services.planner import Planner
from bot.services.ports import Clock

_OVER = ENDED | {BroadcastState.STOPPED}


class Resend:
    """Makes drafts; they go through the ordinary approval and have their own states and sums."""

    def __init__(self, planner: Planner, audit: Audit, clock: Clock, *, bot_id: int) -> None:
        self._planner = planner
        self._audit = audit
        self._clock = clock
        self._bot_id = bot_id

    async def make(self, uow: UnitOfWork, actor: Actor, broadcast_id: int, kind: ResendKind) -> int:
        """A draft to the residents of a broadcast whose delivery is unconfirmed, or (the rest) did not reach them.

        The rest of a stopped broadcast includes what is still queued there: that one is ended by this, so that nobody
        can get it from both. Raises Conflict for a broadcast that is not over, was taken back, is out of date, or left
        nobody out.
        """
        actor.check(Act.CREATE_BROADCAST)
        await uow.decide_alone()
        row = await self._planner.get(uow, broadcast_id)
        message = await self._planner.message(uow, row)
        now = self._clock.now()
        if row.started_at is None or row.state not in _OVER:
            raise Conflict("Only a broadcast that has ended or was stopped can be sent again.")
        if row.recalled_at is not None:
            raise Conflict("It was taken back: it is not sent again.")
        if message.valid_until <= now:
            raise Conflict(f"{message.key} was valid until {message.valid_until:%d %B %Y}: it is out of date.")
        if kind is ResendKind.REST and row.state == BroadcastState.STOPPED:
            await self._end(uow, actor, row)
        made = await uow.broadcasts.create(
            bot_id=self._bot_id, message_id=row.message_id, state=BroadcastState.DRAFT, languages=[], areas=[],
            rumour_id=row.rumour_id, created_by=actor.id, until=min(now + DEFAULT_WINDOW, message.valid_until),
            resend_of=row.id, resend_kind=kind, film_id=row.film_id, created_at=now,
        )  # fmt: skip
        if (await self._planner.plan(uow, await self._planner.get(uow, made))).size == 0:
            raise Conflict("There is nobody to send it to again, or they have left since.")
        await self._audit.note(
            uow, actor, Act.CREATE_BROADCAST, f"broadcast {made}", again=broadcast_id, kind=str(kind)
        )
        return made

    async def sizes(self, uow: UnitOfWork, row: BroadcastRow) -> dict[ResendKind, int]:
        """How many people each kind would be for now; nobody where it cannot be sent again."""
        if row.started_at is None or row.recalled_at is not None or row.state not in _OVER:
            return dict.fromkeys(ResendKind, 0)
        message = await self._planner.message(uow, row)
        found: dict[ResendKind, int] = {}
        for kind in ResendKind:
            audience = Audience((), (), message.topic, message.emergency, Again(row.id, kind))
            groups = await uow.residents.groups(self._bot_id, audience, self._clock.now())
            found[kind] = sum(each.size for each in groups)
        return found

    async def _end(self, uow: UnitOfWork, actor: Actor, row: BroadcastRow) -> None:
        now = self._clock.now()
        await uow.broadcasts.move(
            row.id, BroadcastState.STOPPED, BroadcastState.CANCELLED, finished_at=now,
            reason=f"{row.reason or ''} {actor.name} sends the rest again.".strip(),
        )  # fmt: skip
        await uow.deliveries.skip_queued(row.id, "stopped", now=now)
        await self._audit.note(uow, actor, Act.STEER_BROADCAST, f"broadcast {row.id}", to=BroadcastState.CANCELLED)
