"""Posters and sheets: approved texts only, of a message that is vetted and valid, with a code that leads back to it."""

import re
from collections.abc import Sequence

from bot.db import UnitOfWork
from bot.db.rows import MessageRow
from bot.domain.controller import Controller
from bot.domain.posters import Paper, Poster, PosterText, Sheet
from bot.domain.renditions import RenditionState
from bot.domain.residents import Form
from bot.errors import InvalidInput, NotFound, NotVetted
from bot.i18n import Registry
from bot.services.films import Publisher, writing_of
from bot.services.ports import Clock

MOST_LANGUAGES = 3
"""On one poster: with more, the type is too small to be read from two metres."""


class Posters:
    """Says what stands on paper; drawing it is the media room's."""

    def __init__(self, registry: Registry, controller: Controller, clock: Clock) -> None:
        self._registry = registry
        self._controller = controller
        self._clock = clock

    async def poster(
        self, uow: UnitOfWork, key: str, languages: Sequence[str], publisher: Publisher, *, place: str = "",
        leader: str = "", paper: Paper = Paper.A4,
    ) -> Poster:  # fmt: skip
        """A poster for a place, in one to three languages. `leader`: whose face and name it carries.

        Raises NotFound, NotVetted for a text that no second speaker approved, InvalidInput for too many languages.
        """
        if not 1 <= len(languages) <= MOST_LANGUAGES:
            raise InvalidInput(f"A poster has one to {MOST_LANGUAGES} languages.")
        message = await self._message(uow, key)
        found = await uow.leaders.by_name(leader) if leader else None
        if leader and found is None:
            raise NotFound(f"There is no leader named {leader}.")
        return Poster(
            title=message.title, revision=message.revision,
            texts=tuple([await self._text(uow, message, each) for each in languages]),
            link=self._link(publisher, key, languages[0], place), code=f"{key} · {message.revision}", place=place,
            organisation=publisher.organisation or ("Sample" if publisher.sample else ""),
            vetted_by=message.vetted_by or "", vetted_on=message.vetted_on, valid_until=message.valid_until,
            leader=found.name if found else "", role=found.role_english if found else "", paper=paper,
        )  # fmt: skip

    async def sheet(self, uow: UnitOfWork, key: str, language: str, publisher: Publisher) -> Sheet:
        """A sheet to read aloud. Raises as `poster`."""
        message = await self._message(uow, key)
        return Sheet(
            message.title, message.revision, await self._text(uow, message, language), f"{key} · {message.revision}",
            publisher.organisation, message.valid_until,
        )  # fmt: skip

    async def _message(self, uow: UnitOfWork, key: str) -> MessageRow:
        message = await uow.messages.latest(key)
        if message is None:
            raise NotFound(f"There is no message {key}.")
        if message.vetted_by is None or not message.valid_from <= self._clock.now() < message.valid_until:
            raise NotVetted(f"{key} is not vetted, or not valid now: it is not printed.")
        return message

    async def _text(self, uow: UnitOfWork, message: MessageRow, tag: str) -> PosterText:
        language = self._registry.get(tag)
        row = await uow.messages.find_rendition(message.id, tag, Form.TEXT)
        if row is None:
            raise NotFound(f"{message.key} has no text in {tag}.")
        if row.state != RenditionState.APPROVED:
            raise NotVetted(f"The text in {tag} is {row.state}: a second speaker has to approve it first.")
        return PosterText(writing_of(language), language.autonym, row.text.replace("**", ""))

    def _link(self, publisher: Publisher, key: str, tag: str, place: str) -> str:
        if not publisher.bot_name:
            return f"{publisher.public_url}/m/{key}/{tag}"
        areas = {name.casefold(): area.id for area in self._controller.areas for name in (area.name, area.id)}
        where = areas.get(place.casefold()) or re.sub(r"[^A-Za-z0-9]+", "_", place).strip("_")[:40]
        return f"https://t.me/{publisher.bot_name}?start=l_{tag}" + (f"-p_{where}" if where else "")
