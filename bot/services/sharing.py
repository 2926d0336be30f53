"""What anybody may see of the library: messages in force, approved texts, recordings whose leaders agreed to that."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.db import UnitOfWork
from bot.db.rows import LeaderRow, MediaRow, MessageRow, RenditionRow
from bot.domain.lessons import KEY_PREFIX
from bot.domain.renditions import SOURCE_LANGUAGE, RenditionState
from bot.domain.residents import Form
from bot.errors import NotFound
from bot.i18n import Registry
from bot.services.cards import named_leader
from bot.services.ports import Clock

PUBLIC_CONSENT = frozenset({"partners", "public"})
"""What a leader must have agreed to before their recording is shown outside the bot (one of them)."""
_WORD = re.compile(r"[^\W_]{2,}")


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording that may be played in public, and who speaks in it."""

    rendition: RenditionRow
    media: MediaRow
    leader: LeaderRow | None
    """None also where they asked not to be named."""


@dataclass(frozen=True, slots=True)
class Shared:
    """One message in force as anybody may see it: its approved texts by language."""

    message: MessageRow
    texts: dict[str, RenditionRow]

    def best(self, chain: Sequence[str]) -> RenditionRow:
        """The text in the first of these languages that has one; English at the end, or whatever there is."""
        wanted = (*chain, SOURCE_LANGUAGE, *self.texts)
        return next(self.texts[tag] for tag in wanted if tag in self.texts)


class Sharing:
    """Reads the library for share pages, feeds, open data and inline answers. No draft passes here."""

    def __init__(self, registry: Registry, clock: Clock) -> None:
        self._registry = registry
        self._clock = clock

    async def all(self, uow: UnitOfWork) -> list[Shared]:
        """Every message in force that has an approved text; emergencies first, then by key."""
        rows = await uow.messages.in_force(self._clock.now())
        renditions = await uow.messages.renditions_of([each.id for each in rows])
        found = [Shared(row, self._texts(renditions[row.id])) for row in rows]
        return [each for each in found if each.texts and not each.message.key.startswith(KEY_PREFIX)]

    async def get(self, uow: UnitOfWork, key: str) -> Shared:
        """One message in force. Raises NotFound: unknown, not vetted, not valid now, or nothing approved."""
        now = self._clock.now()
        row = await uow.messages.latest(key)
        if row is None or row.vetted_by is None or not row.valid_from <= now < row.valid_until:
            raise NotFound("There is no message here that is in force.")
        found = Shared(row, self._texts(await uow.messages.renditions(row.id)))
        if not found.texts:
            raise NotFound("There is no message here that is in force.")
        return found

    async def recordings(self, uow: UnitOfWork, message: MessageRow, language: str) -> list[Recording]:
        """Recordings of a message in one language that may be played in public, voices first."""
        found = []
        for row in await uow.messages.renditions(message.id):
            if row.language == language and row.form != Form.TEXT and self._may_be_played(row):
                media = await uow.media.get(row.media_id) if row.media_id else None
                leader = await named_leader(uow, row)
                if media is not None and media.path is not None and media.state == "stored":
                    found.append(Recording(row, media, leader))
        return sorted(found, key=lambda each: each.rendition.form != Form.VOICE)

    async def search(self, uow: UnitOfWork, words: str, language: str, *, limit: int) -> list[Shared]:
        """Messages in force that share words with these, best first; without words those in force, as they come.

        The one place where inline answers are looked for. Words are compared with titles and approved texts in the
        reader's own language and in English; words that are rare among the messages count for more.
        """
        every = await self.all(uow)
        asked = _words(words)
        if not asked:
            return every[:limit]
        chain = self._registry.read_chain(language)
        bags = [(each, _words(_text_of(each, chain))) for each in every]
        spread = {word: sum(_has(word, bag) for _, bag in bags) for word in asked}
        scored = [
            (sum(1 / spread[word] for word in asked if _has(word, bag)), each) for each, bag in bags
        ]  # fmt: skip
        best = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: (-pair[0], pair[1].message.key))
        return [each for _, each in best[:limit]]

    def _texts(self, renditions: Sequence[RenditionRow]) -> dict[str, RenditionRow]:
        return {
            each.language: each for each in renditions
            if each.form == Form.TEXT and each.state == RenditionState.APPROVED and self._in_consent(each)
        }  # fmt: skip

    def _may_be_played(self, row: RenditionRow) -> bool:
        agreed = bool(PUBLIC_CONSENT & set(row.consent))
        return row.state == RenditionState.APPROVED and agreed and self._in_consent(row)

    def _in_consent(self, row: RenditionRow) -> bool:
        return row.consent_until is None or row.consent_until > self._clock.now()


def _text_of(shared: Shared, chain: Sequence[str]) -> str:
    texts = [shared.texts[tag].text for tag in dict.fromkeys((*chain, SOURCE_LANGUAGE)) if tag in shared.texts]
    return " ".join((shared.message.title, *texts))


def _words(text: str) -> set[str]:
    return {each.casefold() for each in _WORD.findall(text)}


def _has(word: str, bag: set[str]) -> bool:
    """Whether a word is there, or begins one: people are still typing while they are answered."""
    return word in bag or (len(word) > 2 and any(each.startswith(word) for each in bag))
