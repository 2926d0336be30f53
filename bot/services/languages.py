"""Languages that people wait for, words that they would say better, and guesses that staff put right."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.db import UnitOfWork
from bot.db.rows import WordingRow
from bot.domain.staff import Act
from bot.errors import NotFound
from bot.i18n import Registry, strip_controls
from bot.services.audit import Actor, Audit
from bot.services.outbox import Address, Outbox
from bot.services.ports import Clock

SUGGESTION_LIMIT = 1000
"""Characters of a suggestion that are kept: as long as the longest line of the interface."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A line of the interface as somebody saw it; `string_id` None where they named no line."""

    language: str
    string_id: str | None = None
    english: str = ""
    shown: str = ""


class Languages:
    """Keeps what people and staff say about languages."""

    def __init__(self, registry: Registry, outbox: Outbox, audit: Audit, clock: Clock, *, bot_id: int) -> None:
        self._registry = registry
        self._outbox = outbox
        self._audit = audit
        self._clock = clock
        self._bot_id = bot_id

    async def wish(self, uow: UnitOfWork, person: Address, tag: str) -> None:
        """Remember that a person waits for a language; asking twice changes nothing."""
        await uow.languages.wish(
            bot_id=person.bot_id, person_tag=person.tag, chat=person.chat, language=self._registry.get(tag).tag,
            created_at=self._clock.now(),
        )  # fmt: skip

    async def tell_ready(self, uow: UnitOfWork, offered: Collection[str]) -> int:
        """Tell everybody who waits for one of these languages, once; returns how many were told."""
        told = 0
        for wish in await uow.languages.wishes_for(self._bot_id, sorted(offered)):
            if await uow.languages.take_wish(wish.id):
                to = Address(wish.bot_id, wish.chat, wish.person_tag)
                await self._outbox.put(uow, to, "language.ready", wish.language, wanted=wish.language)
                told += 1
        return told

    async def suggest(self, uow: UnitOfWork, wording: Wording, better: str) -> int:
        """Keep what somebody would rather read; who it was is not kept. Returns its number."""
        return await uow.languages.suggest(
            language=self._registry.get(wording.language).tag, string_id=wording.string_id, english=wording.english,
            shown=wording.shown, suggestion=strip_controls(better)[0][:SUGGESTION_LIMIT],
            created_at=self._clock.now(),
        )  # fmt: skip

    async def suggestions(self, uow: UnitOfWork, *, all_of_them: bool = False) -> list[WordingRow]:
        """What nobody has dealt with yet, oldest first; or everything."""
        return await uow.languages.suggestions(all_of_them=all_of_them)

    async def settle(self, uow: UnitOfWork, actor: Actor, suggestion_id: int) -> None:
        """Somebody has dealt with a suggestion. Raises NotFound where it is not open."""
        if not await uow.languages.settle_suggestion(suggestion_id, self._clock.now()):
            raise NotFound(f"There is no open suggestion {suggestion_id}.")
        await self._audit.note(uow, actor, "settle_suggestion", f"suggestion {suggestion_id}")

    async def correct(
        self, uow: UnitOfWork, actor: Actor, rumour_id: int, tag: str, *, confidence: float | None = None
    ) -> None:
        """Say in which language a question really is. What was guessed is kept beside it, to learn from.

        Raises NotFound for a rumour or a language that is not there.
        """
        actor.check(Act.READ_RUMOURS)
        language = self._registry.get(tag)
        rumour = await uow.rumours.get(rumour_id)
        if rumour is None:
            raise NotFound(f"There is no rumour {rumour_id}.")
        if rumour.language == language.tag:
            return
        await uow.languages.correct(
            rumour_id=rumour_id, guessed=rumour.language, confidence=confidence, corrected=language.tag,
            by_id=actor.id, at=self._clock.now(),
        )  # fmt: skip
        await uow.rumours.change(rumour_id, language=language.tag)
        await self._audit.note(
            uow, actor, "correct_language", f"rumour {rumour_id}", was=rumour.language, now=language.tag
        )
