"""Telling those who asked: once when there is an answer, and once more when it exists in their own language."""

from bot.db import UnitOfWork
from bot.db.rows import MessageRow, ReplyPathRow, RumourRow
from bot.domain.rumours import ReplyState
from bot.services.cards import Cards
from bot.services.outbox import Address, Outbox
from bot.services.ports import Clock


class AnswerUpdates:
    """Writes to people through their sealed reply paths; nobody here learns who they are."""

    def __init__(self, outbox: Outbox, cards: Cards, clock: Clock) -> None:
        self._outbox = outbox
        self._cards = cards
        self._clock = clock

    async def tell_everyone(self, uow: UnitOfWork, rumour: RumourRow, message: MessageRow) -> int:
        """Tell each person who asked about this rumour, once; returns how many people that were."""
        waiting = await uow.rumours.reply_paths(rumour.id, [ReplyState.WAITING], now=self._clock.now())
        return await self._tell(uow, waiting, message, "answer.told")

    async def rendition_approved(self, uow: UnitOfWork, message: MessageRow, language: str) -> int:
        """Send the answer again, in their language, to those who had it in another one."""
        told = 0
        for rumour in await uow.rumours.answered_by(message.id):
            paths = await uow.rumours.reply_paths(rumour.id, [ReplyState.FALLBACK], now=self._clock.now())
            told += await self._tell(
                uow, [each for each in paths if language in self._cards.own(each.language)], message, "answer.update"
            )
        return told

    async def _tell(self, uow: UnitOfWork, paths: list[ReplyPathRow], message: MessageRow, kind: str) -> int:
        told: set[bytes] = set()
        by_state: dict[ReplyState, list[int]] = {ReplyState.TOLD: [], ReplyState.FALLBACK: []}
        for path in paths:
            card = await self._cards.for_person(
                uow, message, listen=path.language, read=path.language, form=self._cards.form_of(path.language)
            )
            if card is None or (kind == "answer.update" and card["missing"]):
                # A recording alone was approved: their language still has no text, and English they had.
                continue
            state = ReplyState.FALLBACK if card["missing"] else ReplyState.TOLD
            by_state[state].append(path.flag_id)
            if path.person_tag in told:
                continue
            told.add(path.person_tag)
            flag = await uow.rumours.flag(path.flag_id)
            to = Address(path.bot_id, path.chat, path.person_tag)
            await self._outbox.put(
                uow, to, kind, path.language, card=card, code=flag.code if flag else "", asked=_excerpt(flag)
            )
        for state, flag_ids in by_state.items():
            final = ReplyState.UPDATED if kind == "answer.update" and state is ReplyState.TOLD else state
            await uow.rumours.set_reply_state(flag_ids, final)
        return len(told)


def _excerpt(flag: object) -> str:
    text = str(getattr(flag, "text", "") or "")
    return text if len(text) <= 120 else text[:117] + "…"
