"""Copies: which rumour a file is a near copy of, and what is known about the words in a picture.

A near copy is treated as the same question: it leads to the same answer, or joins the rumour that is open. Words in a
picture are treated as if they had been typed.
"""

from dataclasses import dataclass, field
from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import LookupRow
from bot.domain.rumours import OPEN_STATES, RumourState
from bot.matching.fingerprints import Prints, is_copy
from bot.matching.normalise import keys_of
from bot.services.recognition import FEWEST_WORDS, Recognition
from bot.services.rumours import Rumours

COMPARED_STATES = (*OPEN_STATES, RumourState.ANSWERED)
_MOST = 2_000
"""So many files, the newest, are compared with: a second of one core at the most."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the person hears, and the rumour to which this file leads from now on."""

    kind: str
    params: dict[str, Any] = field(default_factory=dict)
    rumour_id: int | None = None


class Copies:
    """Looks things up; changes nothing."""

    def __init__(self, rumours: Rumours, recognition: Recognition) -> None:
        self._rumours = rumours
        self._recognition = recognition

    async def reply(self, uow: UnitOfWork, row: LookupRow, prints: Prints, words: str | None) -> Reply:
        """What to tell whoever sent a file, with its fingerprints and the words in it."""
        said = words or ""
        enough = len(said.split()) >= FEWEST_WORDS
        rumour_id = await self._copy_of(uow, prints, words)
        if rumour_id is None and enough:
            rumour_id = await self._says_the_same(uow, said)
        if rumour_id is not None:
            found = await self._of_rumour(uow, row, rumour_id)
            if found is not None:
                return found
        if enough:
            return await self._by_words(uow, row, said)
        return _unknown(row)

    async def _copy_of(self, uow: UnitOfWork, prints: Prints, words: str | None) -> int | None:
        if not prints.frames and not prints.sound:
            return None
        for rumour_id, frames, sound, theirs in await uow.manifests.asked_prints(COMPARED_STATES, limit=_MOST):
            if is_copy(prints, Prints(frames, sound), words, theirs):
                return rumour_id
        return None

    async def _says_the_same(self, uow: UnitOfWork, words: str) -> int | None:
        rumour = await uow.rumours.find(keys_of(words))
        if rumour is not None and rumour.state in COMPARED_STATES:
            return rumour.id
        return await self._recognition.same(uow, words)

    async def _of_rumour(self, uow: UnitOfWork, row: LookupRow, rumour_id: int) -> Reply | None:
        known = await self._rumours.known(uow, rumour_id, **_reader(row))
        if known.card is not None:
            return Reply("check.known", {"card": known.card, "draft": row.draft, "rumour_id": rumour_id}, rumour_id)
        if known.rumour.state in OPEN_STATES:
            return Reply("check.open", {"draft": row.draft}, rumour_id)
        return None

    async def _by_words(self, uow: UnitOfWork, row: LookupRow, words: str) -> Reply:
        found = await self._recognition.recognise(uow, words, **_reader(row))
        if found is None:
            return _unknown(row)
        if found.answer is not None:
            return Reply("check.recognised", {"card": found.answer.card, "draft": row.draft, "asked": words[:120]})
        return Reply("check.maybe", {
            **_unknown(row).params, "items": [each.card["text"] for each in found.offers],
            "ids": [each.message_id for each in found.offers],
        })  # fmt: skip


def _unknown(row: LookupRow) -> Reply:
    return Reply("check.ask", {"draft": row.draft, "kind": (row.reader or {}).get("kind", row.kind)})


def _reader(row: LookupRow) -> dict[str, str]:
    given = row.reader or {}
    return {"listen": given.get("listen", row.language), "read": row.language, "form": given.get("form", "text")}
