"""Matching: what somebody sent, compared with every known rumour and vetted message in every language.

Vectors stand in the database; each process keeps them in memory as well and looks, before it compares, for rows that
came since (one query by number). A row never changes: what changes is removed and added anew, so the highest number
tells all, and a row that is gone drops out when its text is read. Encoding happens in a thread.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import LikenessRow
from bot.matching.engine import Engine, engine
from bot.matching.verdict import LOOKED_AT, Thresholds, Verdict, judge
from bot.services.ports import Clock

AT_ONCE = 256
"""So many texts are encoded before they are written."""


@dataclass(frozen=True, slots=True)
class KnownText:
    """A text to compare with: whose it is, and which answer it has (several texts of one answer are one answer)."""

    kind: str
    owner: str
    answer: str
    language: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Match:
    """The verdict on a text, with the rows of its candidates by their number."""

    verdict: Verdict
    rows: dict[int, LikenessRow]


class Matching:
    """Compares. One for a process."""

    def __init__(self, clock: Clock, *, thresholds: Thresholds | None = None) -> None:
        self._clock = clock
        self._thresholds = thresholds or Thresholds()
        self._index: Any = None
        self._seen = 0
        self._answers: dict[str, int] = {}
        self._reading = asyncio.Lock()

    # Known texts

    async def remember(self, uow: UnitOfWork, texts: Sequence[KnownText]) -> None:
        """Add texts, or replace what their owners had. Adding one is immediate: the next comparison sees it."""
        for start in range(0, len(texts), AT_ONCE):
            part = texts[start : start + AT_ONCE]
            vectors = await asyncio.to_thread(encoded, [each.text for each in part])
            await self.keep(uow, part, vectors)

    async def keep(self, uow: UnitOfWork, texts: Sequence[KnownText], vectors: Sequence[bytes]) -> None:
        """Add texts that are encoded already."""
        model, now = (await self._engine()).name, self._clock.now()
        await uow.likenesses.add_many(
            [
                {
                    "kind": each.kind, "owner": each.owner, "answer": each.answer, "language": each.language,
                    "text": each.text, "model": model, "vector": vector, "made_at": now,
                }
                for each, vector in zip(texts, vectors, strict=True)
            ]
        )  # fmt: skip

    async def forget(self, uow: UnitOfWork, kind: str, owners: Sequence[str]) -> None:
        """These texts are no longer compared with."""
        await uow.likenesses.remove(await uow.likenesses.rows_of_owners(kind, owners))

    # Comparing

    async def vector(self, text: str) -> Any:
        """What `match` compares; takes 20 to 100 ms in a thread, so make it before a unit of work is opened."""
        return (await asyncio.to_thread(_vectors, [text]))[0]

    async def match(
        self, uow: UnitOfWork, text: str, *, vector: Any = None, without: Collection[str] = (), may_answer: bool = True
    ) -> Match:
        """Compare a text with everything known, except texts of these owners."""
        vector = await self.vector(text) if vector is None else vector
        await self._catch_up(uow)
        rows = await uow.likenesses.rows_of_any(list(without)) if without else []
        near = self._index.nearest(vector, LOOKED_AT, without=rows)
        known = await uow.likenesses.by_rows([each.row for each in near])
        engine_knows = (await self._engine()).knows_meaning
        verdict = judge(
            text, near, {row: each.text for row, each in known.items()}, self._thresholds,
            may_answer=may_answer and engine_knows,
        )  # fmt: skip
        return Match(verdict, {each.row: known[each.row] for each in verdict.candidates})

    async def compare(self, one: str, other: str) -> tuple[float, bool]:
        """How near two texts are, and whether they are one rumour."""
        vectors = await asyncio.to_thread(_vectors, [one, other])
        score = float(vectors[0] @ vectors[1])
        return score, score >= self._thresholds.same

    async def _engine(self) -> Engine:
        return await asyncio.to_thread(engine)

    async def _catch_up(self, uow: UnitOfWork) -> None:
        import numpy as np  # noqa: PLC0415

        from bot.matching.index import Index  # noqa: PLC0415

        made = await self._engine()
        async with self._reading:
            if self._index is None:
                self._index = Index(made.dimensions)
            async for rows in uow.likenesses.vectors_after(made.name, self._seen):
                held = np.frombuffer(b"".join([each.vector for each in rows]), np.float16)
                answers = [self._answers.setdefault(each.answer, len(self._answers)) for each in rows]
                self._index.add([each.row for each in rows], answers, held.reshape(len(rows), -1))
                self._seen = rows[-1].row


def _vectors(texts: Sequence[str]) -> Any:
    return engine().vectors(texts)


def encoded(texts: Sequence[str]) -> list[bytes]:
    """Vectors of texts as they are stored: float16. Takes 20 ms a text of one core: call it in a thread."""
    import numpy as np  # noqa: PLC0415

    return [each.tobytes() for each in _vectors(texts).astype(np.float16)]
