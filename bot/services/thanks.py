"""Thanks to leaders and translators after a broadcast, and the card that they can pass on. Counts, never people."""

from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import BroadcastRow, LeaderRow, RenditionRow
from bot.domain.leaders import LeaderState
from bot.domain.renditions import RenditionState
from bot.domain.residents import Form
from bot.errors import NotFound
from bot.services.cards import Cards
from bot.services.ports import Clock
from bot.services.voices import Voices

FEW = 5
"""Below it no number is told: in a small language it could be known whom it means (as in decision 0015)."""
_AT_ONCE = 20


class Thanks:
    """One message to each of them, once a broadcast."""

    def __init__(self, voices: Voices, cards: Cards, clock: Clock) -> None:
        self._voices = voices
        self._cards = cards
        self._clock = clock

    async def run(self, uow: UnitOfWork) -> int:
        """Thank those whose voice or words went out as a whole; returns how many were thanked."""
        await uow.decide_alone()
        thanked = 0
        for row in await uow.broadcasts.unthanked(limit=_AT_ONCE):
            await uow.broadcasts.change(row.id, thanked_at=self._clock.now())
            if row.recalled_at is None:
                thanked += await self._for(uow, row)
        return thanked

    async def _for(self, uow: UnitOfWork, broadcast: BroadcastRow) -> int:
        carried: dict[int, list[tuple[RenditionRow, int]]] = {}
        for rendition, sent in await uow.leaders.carried(broadcast.id):
            if sent and rendition.leader_id is not None:
                carried.setdefault(rendition.leader_id, []).append((rendition, sent))
        message = await uow.messages.get(broadcast.message_id)
        for leader_id, theirs in carried.items():
            leader = await self._voices.leader(uow, leader_id)
            if leader.state != LeaderState.WITHDRAWN and message is not None:
                # A voice and its text reach the same people: the larger number, not the sum.
                people = max(sent for _, sent in theirs)
                await self._voices.tell(
                    uow, leader, "leader.thanks", title=message.title, key=message.key,
                    languages=sorted({each.language for each, _ in theirs}), rendition_id=theirs[0][0].id,
                    people=people if people >= FEW else 0, spoken=any(each.form != Form.TEXT for each, _ in theirs),
                )  # fmt: skip
        return len(carried)

    async def card(self, uow: UnitOfWork, leader: LeaderRow, rendition_id: int) -> dict[str, Any]:
        """Their own recording or translation as a card. Raises NotFound unless it is theirs, approved and in force."""
        row = await uow.messages.rendition(rendition_id)
        message = await uow.messages.get(row.message_id) if row is not None else None
        now = self._clock.now()
        if row is None or message is None or row.leader_id != leader.id or row.state != RenditionState.APPROVED:
            raise NotFound("There is nothing of yours to pass on.")
        if message.vetted_by is None or not message.valid_from <= now < message.valid_until:
            raise NotFound("This message is not in force any more.")
        spoken = row.form != Form.TEXT
        text = await uow.messages.find_rendition(message.id, row.language, Form.TEXT) if spoken else row
        shown = text is not None and text.state == RenditionState.APPROVED
        return await self._cards.params(
            uow, message_id=message.id, text_id=text.id if shown and text else None,
            media_rendition_id=row.id if spoken else None, missing=None,
        )  # fmt: skip
