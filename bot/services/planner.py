"""Planning a broadcast: whom it reaches, with what, when, and the hash of exactly that content."""

from datetime import datetime

from bot.db import UnitOfWork
from bot.db.repositories.residents import Again, Audience
from bot.db.rows import BroadcastRow, MessageRow, RenditionRow
from bot.domain.broadcasts import ResendKind, seconds_to_send
from bot.domain.paid import PaidTerms
from bot.domain.renditions import RenditionState
from bot.domain.schedule import Rule
from bot.errors import NotFound
from bot.services.cards import Cards
from bot.services.plan import Plan, PlanGroup, Rhythm
from bot.services.ports import Clock
from bot.services.renditions import content_hash


class Planner:
    """Reads only. What it says is the same for the dry run, for the approval and for the start."""

    def __init__(self, cards: Cards, clock: Clock, *, bot_id: int, rate: float, paid: PaidTerms | None = None) -> None:
        self._cards = cards
        self._clock = clock
        self._bot_id = bot_id
        self._rate = rate
        self._paid = paid

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
        again = Again(row.resend_of, ResendKind(row.resend_kind)) if row.resend_of and row.resend_kind else None
        return Audience(tuple(row.languages), tuple(row.areas), message.topic, message.emergency, again)

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
        return Plan(planned, seconds_to_send(reached, self._paid.rate if row.paid and self._paid else self._rate))

    async def usable(self, uow: UnitOfWork, row: BroadcastRow) -> list[RenditionRow]:
        """Approved renditions; once the broadcast is approved, only those that the approver saw."""
        found = [
            each for each in await uow.messages.renditions(row.message_id) if each.state == RenditionState.APPROVED
        ]
        if row.approved_set is None:
            return found
        return [each for each in found if each.id in row.approved_set]

    async def rhythm(self, uow: UnitOfWork, row: BroadcastRow) -> Rhythm | None:
        """The rule of its series, read from the first broadcast of it; None where nothing repeats."""
        if row.series is None:
            return None
        head = await self.get(uow, int(row.series))
        if not (head.repeat and head.occurrence and head.send_local and head.send_at and head.until):
            raise NotFound("The first broadcast of this series has no rule.")
        zone = head.send_local.partition(" ")[2]
        rule = Rule.read(head.repeat, datetime.fromisoformat(head.occurrence), zone)
        return Rhythm(rule, zone, head.until - head.send_at)

    async def newest(self, uow: UnitOfWork, row: BroadcastRow) -> MessageRow:
        """The newest revision of its message."""
        message = await self.message(uow, row)
        return await uow.messages.latest(message.key) or message

    async def no_longer_approved(self, uow: UnitOfWork, row: BroadcastRow) -> str | None:
        """Why the second person's yes does not cover it any more, in a sentence; None while it does."""
        if row.series is not None:
            newest = await self.newest(uow, row)
            if newest.id != row.message_id:
                return f"{newest.key} has revision {newest.revision} now, which nobody approved for this series."
        if await self.content_hash(uow, row.id) != row.approved_hash:
            return "Its content changed after it was approved: ask for approval again."
        return None

    async def content_hash(self, uow: UnitOfWork, subject_id: int) -> str:
        """Message, every approved rendition, audience and times; in a series the rule: one yes covers all of it."""
        row = await self.get(uow, subject_id)
        message = await self.message(uow, row)
        renditions = sorted((each.id, each.content_hash) for each in await self.usable(uow, row))
        rhythm = await self.rhythm(uow, row)
        times = (row.send_at, row.until) if rhythm is None else rhythm.agreed
        film = await uow.films.get(row.film_id) if row.film_id else None
        return content_hash(
            message.content_hash, renditions, sorted(row.languages), sorted(row.areas), *times, *_unusual(row),
            *([film.id, film.sha256 or ""] if film else []),
        )  # fmt: skip


def _unusual(row: BroadcastRow) -> list[object]:
    """What only some broadcasts have: the hash of all others stays what it was."""
    return [row.paid, row.resend_of, row.resend_kind] if row.paid or row.resend_of else []
