"""Residents as partners: what they would like to know about, and what would work better, and the team's answers.

The team answers with one of a few reviewed sentences, or with a message in force: nothing unreviewed leaves.
"""

from datetime import timedelta

from bot.db import UnitOfWork
from bot.db.rows import WishRow
from bot.domain.codes import new_code
from bot.domain.staff import Act
from bot.domain.wishes import LONGEST, MOST_AN_HOUR, SENTENCES, WishKind, WishState
from bot.errors import Conflict, InvalidInput, NotFound
from bot.i18n import strip_controls
from bot.services.audit import Actor, Audit
from bot.services.cards import Cards
from bot.services.outbox import Address, Outbox
from bot.services.ports import Clock
from bot.services.sharing import Sharing


class Wishes:
    """Takes them, lists them, answers them."""

    def __init__(
        self, outbox: Outbox, audit: Audit, cards: Cards, sharing: Sharing, clock: Clock, *, reply_days: int
    ) -> None:
        self._outbox = outbox
        self._audit = audit
        self._cards = cards
        self._sharing = sharing
        self._clock = clock
        self._reply_days = reply_days

    async def receive(
        self, uow: UnitOfWork, kind: WishKind, text: str, *, asker: Address, language: str, area: str | None
    ) -> str | None:
        """Keep a wish; returns the code that names it, or None when this person has had enough for this hour."""
        now = self._clock.now()
        hour = now.replace(minute=0, second=0, microsecond=0)
        if asker.tag is None or await uow.wishes.count_in(asker.tag, hour) >= MOST_AN_HOUR:
            return None
        code = new_code()
        wish_id = await uow.wishes.create(
            code=code, kind=kind, text=strip_controls(text)[0].strip()[:LONGEST], language=language, area=area,
            received_hour=hour, state=WishState.NEW, answered_by=None, answered_at=None,
        )  # fmt: skip
        await uow.wishes.add_path(
            wish_id=wish_id, bot_id=asker.bot_id, person_tag=asker.tag, chat=asker.chat, language=language,
            until=now + timedelta(days=self._reply_days),
        )  # fmt: skip
        return code

    async def answer(self, uow: UnitOfWork, actor: Actor, wish_id: int, how: str, *, key: str = "") -> bool:
        """Answer with a sentence (`noted`, `planned`, `done`, `not_ours`) or, as `message`, with the message `key`.

        Returns whether its author could still be told. Raises InvalidInput for another answer, NotFound for a message
        that is not in force, Conflict when it was answered already.
        """
        actor.check(Act.DRAFT_ANSWER)
        await uow.decide_alone()
        wish = await self._get(uow, wish_id)
        if wish.state != WishState.NEW:
            raise Conflict("Somebody has answered this already.")
        if how not in {*SENTENCES, WishState.MESSAGE}:
            raise InvalidInput("Choose an answer.")
        shared = await self._sharing.get(uow, key) if how == WishState.MESSAGE else None
        path = await uow.wishes.path(wish_id)
        reachable = path is not None and path.until > self._clock.now()
        if path is not None and reachable:
            card = None
            if shared is not None:
                card = await self._cards.for_person(
                    uow, shared.message, listen=path.language, read=path.language, form="text"
                )
            to = Address(path.bot_id, path.chat, path.person_tag)
            await self._outbox.put(
                uow, to, "wish.answered", path.language, how=how, wanted=wish.text[:300], code=wish.code, card=card
            )
        await uow.wishes.end_path(wish_id)
        await uow.wishes.change(wish_id, state=how, answered_by=actor.id, answered_at=self._clock.now())
        await self._audit.note(uow, actor, "answer_wish", f"wish {wish_id}", how=how)
        return reachable

    async def _get(self, uow: UnitOfWork, wish_id: int) -> WishRow:
        row = await uow.wishes.get(wish_id)
        if row is None:
            raise NotFound("There is no such wish.")
        return row
