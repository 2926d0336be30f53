"""Wishes for languages, suggestions for better words, corrections of guessed languages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from bot.db.repositories.base import Repository
from bot.db.rows import CorrectionRow, LanguageWishRow, WordingRow
from bot.db.tables import language_corrections, language_wishes, wording_suggestions


class LanguageRepository(Repository):
    """What people and staff say about languages."""

    async def wish(self, **values: Any) -> bool:
        """Remember that a person waits for a language; whether that is new."""
        return await self.insert_new(language_wishes, [values]) > 0

    async def wishes_for(self, bot_id: int, languages: Sequence[str]) -> list[LanguageWishRow]:
        """Who waits for one of these languages, longest first."""
        statement = self.select(LanguageWishRow, language_wishes).where(
            language_wishes.c.bot_id == bot_id, language_wishes.c.language.in_(languages)
        )
        return await self.many(LanguageWishRow, statement.order_by(language_wishes.c.id))

    async def wishes_of(self, bot_id: int, person_tag: bytes) -> list[str]:
        """The languages that a person waits for."""
        statement = select(language_wishes.c.language).where(
            language_wishes.c.bot_id == bot_id, language_wishes.c.person_tag == person_tag
        )
        return [str(row[0]) for row in await self.connection.execute(statement)]

    async def take_wish(self, wish_id: int) -> bool:
        """Remove a wish; whether it was still there (whoever removes it tells the person)."""
        done = await self.connection.execute(delete(language_wishes).where(language_wishes.c.id == wish_id))
        return done.rowcount == 1

    async def drop_wishes(self, bot_id: int, person_tag: bytes) -> None:
        """Forget all that a person waits for."""
        await self.connection.execute(
            delete(language_wishes).where(
                language_wishes.c.bot_id == bot_id, language_wishes.c.person_tag == person_tag
            )
        )

    async def wish_tags(self) -> list[tuple[int, bytes, datetime]]:
        """Bot, person and time of every wish."""
        wish = language_wishes.c
        rows = await self.connection.execute(select(wish.bot_id, wish.person_tag, wish.created_at))
        return [(int(row[0]), bytes(row[1]), row[2]) for row in rows]

    async def forget_before(self, wishes: datetime, suggestions: datetime) -> None:
        """Remove wishes, and suggestions that were dealt with, from before these times."""
        await self.connection.execute(delete(language_wishes).where(language_wishes.c.created_at < wishes))
        await self.connection.execute(delete(wording_suggestions).where(wording_suggestions.c.done_at < suggestions))

    async def suggest(self, **values: Any) -> int:
        """Keep a suggestion for better words; returns its number."""
        return await self.add(wording_suggestions, **values)

    async def suggestions(self, *, all_of_them: bool = False) -> list[WordingRow]:
        """Suggestions that nobody has dealt with, or all, oldest first."""
        statement = self.select(WordingRow, wording_suggestions).order_by(wording_suggestions.c.id)
        if not all_of_them:
            statement = statement.where(wording_suggestions.c.done_at.is_(None))
        return await self.many(WordingRow, statement)

    async def settle_suggestion(self, suggestion_id: int, now: datetime) -> bool:
        """Somebody has dealt with it; whether it was open."""
        done = await self.connection.execute(
            update(wording_suggestions)
            .where(wording_suggestions.c.id == suggestion_id, wording_suggestions.c.done_at.is_(None))
            .values(done_at=now)
        )
        return done.rowcount == 1

    async def correct(self, **values: Any) -> int:
        """Keep what a language was guessed to be, and what it is."""
        return await self.add(language_corrections, **values)

    async def corrections(self) -> list[CorrectionRow]:
        """Every correction, oldest first."""
        statement = self.select(CorrectionRow, language_corrections).order_by(language_corrections.c.id)
        return await self.many(CorrectionRow, statement)
