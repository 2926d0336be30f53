"""Planning a broadcast: whom it reaches, with what, and the hash of exactly that content."""

from bot.db import UnitOfWork
from bot.db.repositories.residents import Audience
from bot.db.rows import BroadcastRow, MessageRow, RenditionRow
from bot.domain.broadcasts import seconds_to_send
from bot.domain.renditions import RenditionState
from bot.errors import NotFound
from bot.services.cards import Cards
from bot.services.plan import Plan, PlanGroup
from bot.services.ports import Clock
from bot.services.renditions import content_hash


class Planner:
    """Reads only. What it says is the same for the dry run, for the approval and for the start."""

    def __init__(self, cards: Cards, clock: Clock, *, bot_id: int, rate: float) -> None:
        self._cards = cards
        self._clock = clock
        self._bot_id = bot_id
        self._rate = rate

    async def get(self, uow: UnitOfWork, broadcast_id: int) -> BroadcastRow:
        """One broadcast. Raises NotFound."""
        row = await uow.broadcasts.get(broadcast_id)
        if row is None:
            raise NotFound(f"There is no broadcast {broadcast_id}.")
        return row

    async def message(self, uow: UnitOfWork, row: BroadcastRow) -> MessageRow:
        """The message revision that it sends. Raises NotFound."""
        message = await uow.messages.get(row.message_id)
        if message is None:
            raise NotFound("There is no such message.")
        return message

    def audience(self, row: BroadcastRow, message: MessageRow) -> Audience:
        """Who it is for."""
        return Audience(tuple(row.languages), tuple(row.areas), message.topic, message.emergency)

    async def plan(self, uow: UnitOfWork, row: BroadcastRow) -> Plan:
        """Who would get what, who falls back to what, who gets nothing, and how long it takes."""
        message = await self.message(uow, row)
        renditions = await self.usable(uow, row)
        groups = await uow.residents.groups(self._bot_id, self.audience(row, message), self._clock.now())
        planned = tuple(
            PlanGroup(each, self._cards.choose(renditions, listen=each.listen, read=each.read, form=each.form))
            for each in groups
        )
        reached = sum(each.group.size for each in planned if each.choice.language is not None)
        return Plan(planned, seconds_to_send(reached, self._rate))

    async def usable(self, uow: UnitOfWork, row: BroadcastRow) -> list[RenditionRow]:
        """Approved renditions; once the broadcast is approved, only those that the approver saw."""
        found = [
            each for each in await uow.messages.renditions(row.message_id) if each.state == RenditionState.APPROVED
        ]
        if row.approved_set is None:
            return found
        return [each for each in found if each.id in row.approved_set]

    async def content_hash(self, uow: UnitOfWork, subject_id: int) -> str:
        """Message, every approved rendition, audience and times."""
        row = await self.get(uow, subject_id)
        message = await self.message(uow, row)
        renditions = sorted((each.id, each.content_hash) for each in await self.usable(uow, row))
        return content_hash(
            message.content_hash, renditions, sorted(row.languages), sorted(row.areas), row.send_at, row.until
        )
