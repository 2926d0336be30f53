"""Telling those who asked: once when there is an answer, once more when it exists in their own language; and again when
it changes, where they agreed to that."""

from collections.abc import Sequence
from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import FlagRow, MessageRow, ReplyPathRow, RumourRow
from bot.domain.rumours import ReplyState
from bot.services.cards import Cards
from bot.services.outbox import Address, Outbox
from bot.services.ports import Clock

_TOLD = (ReplyState.TOLD, ReplyState.FALLBACK, ReplyState.UPDATED)


class AnswerUpdates:
    """Writes to people through their sealed reply paths; nobody here learns who they are."""

    def __init__(self, outbox: Outbox, cards: Cards, clock: Clock) -> None:
        self._outbox = outbox
        self._cards = cards
        self._clock = clock

    async def tell_everyone(self, uow: UnitOfWork, rumour: RumourRow, message: MessageRow) -> int:
        """Tell each person who asked about this rumour, once; returns how many people that were.

        Who had another answer before and agreed to hear of changes is told that it changed.
        """
        now = self._clock.now()
        waiting = await uow.rumours.paths_with_flags(rumour.id, [ReplyState.WAITING], now=now)
        told = await self._tell(uow, waiting, rumour, message, "answer.told")
        before = await uow.rumours.paths_with_flags(rumour.id, _TOLD, now=now)
        agreed = [
            (path, flag) for path, flag in before if path.wants_changes and path.message_id not in {None, message.id}
        ]
        return told + await self._tell(uow, agreed, rumour, message, "answer.changed")

    async def rendition_approved(self, uow: UnitOfWork, message: MessageRow, language: str) -> int:
        """Send the answer again, in their language, to those who had it in another one."""
        told = 0
        for rumour in await uow.rumours.answered_by(message.id):
            found = await uow.rumours.paths_with_flags(rumour.id, [ReplyState.FALLBACK], now=self._clock.now())
            theirs = [(path, flag) for path, flag in found if language in self._cards.own(path.language)]
            told += await self._tell(uow, theirs, rumour, message, "answer.update")
        return told

    async def _tell(
        self, uow: UnitOfWork, paths: Sequence[tuple[ReplyPathRow, FlagRow]], rumour: RumourRow, message: MessageRow,
        kind: str,
    ) -> int:  # fmt: skip
        told: set[bytes] = set()
        cards: dict[str, dict[str, Any] | None] = {}
        by_state: dict[ReplyState, list[int]] = {}
        for path, flag in paths:
            if path.language not in cards:
                cards[path.language] = await self._cards.for_person(
                    uow, message, listen=path.language, read=path.language, form=self._cards.form_of(path.language)
                )
            card = cards[path.language]
            if card is None or (kind == "answer.update" and card["missing"]):
                # A recording alone was approved: their language still has no text, and English they had.
                continue
            fresh = ReplyState.UPDATED if kind == "answer.update" else ReplyState.TOLD
            by_state.setdefault(ReplyState.FALLBACK if card["missing"] else fresh, []).append(path.flag_id)
            if path.person_tag in told:
                continue
            told.add(path.person_tag)
            await self._outbox.put(
                uow, Address(path.bot_id, path.chat, path.person_tag), kind, path.language, card=card, code=flag.code,
                asked=_excerpt(flag.text), rumour_id=rumour.id, flag_id=None if path.wants_changes else path.flag_id,
            )  # fmt: skip
            if rumour.target and kind == "answer.told":
                to = Address(path.bot_id, path.chat, path.person_tag)
                await self._outbox.put(uow, to, "answer.hate", path.language)
        for state, flag_ids in by_state.items():
            await uow.rumours.change_reply_paths(flag_ids, state=state, expect_at=None, message_id=message.id)
        return len(told)


def _excerpt(text: str) -> str:
    return text if len(text) <= 120 else text[:117] + "…"
