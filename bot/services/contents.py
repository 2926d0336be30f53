"""The finished messages of a broadcast: one for each group of its plan, rendered once, behind the last gate."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import BroadcastRow, FilmRow, GroupRow, RenditionRow
from bot.domain.films import FilmState
from bot.domain.messaging import OutgoingMessage
from bot.domain.renditions import RenditionState
from bot.errors import NotFound, NotVetted
from bot.services.cards import Cards
from bot.services.films import Films
from bot.services.ports import Clock, Renderer


class Contents:
    """Rendered before the first message leaves, so that no transaction waits for words.

    `charged`: what is to be paid for may be charged for.
    """

    def __init__(self, cards: Cards, films: Films, renderer: Renderer, clock: Clock, *, charged: bool = False) -> None:
        self._cards = cards
        self._films = films
        self._clock = clock
        self._renderer = renderer
        self._charged = charged
        self._kept: dict[int, dict[int, OutgoingMessage]] = {}
        self._until: dict[int, datetime] = {}
        self._carried: dict[int, int | None] = {}
        """The film of each broadcast, if it has one."""

    async def of(self, uow: UnitOfWork, broadcast_id: int) -> dict[int, OutgoingMessage]:
        """The messages of a broadcast by the number of their group.

        Raises NotVetted when any rendition in it is not approved at this moment, whatever the plan said: this is the
        last gate before a message leaves. Raises NotFound when something of the plan is not there any more. A leader's
        consent that ends while a broadcast is being sent ends that too.
        """
        if broadcast_id in self._until and self._until[broadcast_id] <= self._clock.now():
            raise NotVetted("A leader's consent has ended.")
        if broadcast_id not in self._kept:
            broadcast = await uow.broadcasts.get(broadcast_id)
            if broadcast is None:
                raise NotFound("There is no such broadcast.")
            self._until.pop(broadcast_id, None)
            self._carried[broadcast_id] = broadcast.film_id
            self._kept[broadcast_id] = {
                each.no: await self._render(uow, broadcast, each)
                for each in await uow.broadcasts.groups(broadcast_id)
                if each.language is not None
            }
        if (film_id := self._carried[broadcast_id]) is not None:
            await self._check_film(uow, film_id)
        return self._kept[broadcast_id]

    async def _check_film(self, uow: UnitOfWork, film_id: int) -> FilmRow:
        """Asked before each portion: whoever takes back their consent is in no message that leaves after that."""
        film = await uow.films.get(film_id)
        if film is None or film.state != FilmState.PUBLISHED or await self._films.ended(uow, film) is not None:
            raise NotVetted("Its film may not be shown any more.")
        return film

    async def _render(self, uow: UnitOfWork, broadcast: BroadcastRow, group: GroupRow) -> OutgoingMessage:
        params = await self._params(uow, broadcast, group)
        heard = self._cards.listener(group.listen, group.read)
        if heard:
            params["hear"] = heard
        return replace(self._renderer.render("message.card", params, group.read), paid=broadcast.paid and self._charged)

    async def _params(self, uow: UnitOfWork, broadcast: BroadcastRow, group: GroupRow) -> dict[str, Any]:
        for rendition_id in (group.text_id, group.media_rendition_id):
            if rendition_id is not None:
                rendition = await uow.messages.rendition(rendition_id)
                if rendition is None or rendition.state != RenditionState.APPROVED:
                    raise NotVetted("A rendition of this broadcast is not approved (any more).")
                self._note_end(broadcast.id, rendition)
        params = await self._cards.params(
            uow, message_id=broadcast.message_id, text_id=group.text_id, media_rendition_id=group.media_rendition_id,
            missing=group.missing,
        )  # fmt: skip
        if broadcast.film_id is not None:
            film = await self._check_film(uow, broadcast.film_id)
            params |= await self._cards.with_film(uow, film, form=group.form)
        return params

    def _note_end(self, broadcast_id: int, rendition: RenditionRow) -> None:
        until = rendition.consent_until
        if until is None:
            return
        if until <= self._clock.now():
            raise NotVetted("A leader's consent has ended.")
        self._until[broadcast_id] = min(until, self._until.get(broadcast_id, until))

    def keep_only(self, broadcast_ids: set[int]) -> None:
        """Forget every other broadcast: one that comes back passes the gate again."""
        for broadcast_id in self._kept.keys() - broadcast_ids:
            del self._kept[broadcast_id]

    def forget(self) -> None:
        """Render all again: a file handle became known."""
        self._kept.clear()
