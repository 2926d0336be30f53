"""Matching: what somebody sent, compared with every known rumour and vetted message in every language.

Vectors stand in the database; each process keeps them in memory as well and looks, before it compares, for rows that
came since (one query by number). A row never changes: what changes is removed and added anew, so the highest number
tells all, and a row that is gone drops out when its text is read. Encoding happens in a thread.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import LikenessRow
from bot.matching.engine import engine
from bot.matching.model import LETTERS, name
from bot.matching.verdict import LOOKED_AT, Decision, Thresholds, Verdict, judge
from bot.services.ports import Clock

MESSAGE = "message"
"""The kind of a text that is an answer itself."""
_RECENT = 64
"""Vectors of texts that came last: who is asked whether to pass a text on says yes a moment later."""
AT_ONCE = 64
"""So many texts are encoded together: a second of one core."""


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
        self.thresholds = thresholds or Thresholds()
        self._recent: OrderedDict[str, Any] = OrderedDict()
        self._index: Any = None
        self._seen = 0
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
        model, now = name(), self._clock.now()
        await uow.likenesses.add_many(
            [
                {
                    "kind": each.kind, "owner": each.owner, "answer": each.answer, "language": each.language,
                    "text": each.text, "model": model, "vector": vector, "made_at": now,
                }
                for each, vector in zip(texts, vectors, strict=True)
            ]
        )  # fmt: skip

    def use_answer_threshold(self, answer: float) -> None:
        """From which confidence on to answer."""
        self.thresholds = replace(self.thresholds, answer=answer)

    async def forget(self, uow: UnitOfWork, kind: str, owners: Sequence[str]) -> None:
        """These texts are no longer compared with."""
        await uow.likenesses.remove(await uow.likenesses.rows_of_owners(kind, owners))

    async def prepare(self, texts: Sequence[KnownText]) -> dict[str, bytes]:
        """Vectors of texts, made before a unit of work is opened: 20 ms a text in a thread."""
        vectors = await asyncio.to_thread(encoded, [each.text for each in texts]) if texts else []
        return {each.text: vector for each, vector in zip(texts, vectors, strict=True)}

    # Comparing

    async def vector(self, text: str) -> Any:
        """What `match` compares; takes 20 to 100 ms in a thread, so make it before a unit of work is opened."""
        known = self._recent.get(text)
        if known is None:
            known = (await asyncio.to_thread(_vectors, [text]))[0]
            self._recent[text] = known
            while len(self._recent) > _RECENT:
                self._recent.popitem(last=False)
        return known

    async def match(
        self, uow: UnitOfWork, text: str, *, vector: Any = None, without: Collection[str] = (), may_answer: bool = True
    ) -> Match:
        """Compare a text with everything known, except texts of these owners."""
        await self._catch_up(uow)
        if self._index is None:
            return Match(Verdict((), 0.0, Decision.NEW), {})
        vector = await self.vector(text) if vector is None else vector
        rows = await uow.likenesses.rows_of_any(list(without)) if without else []
        near = self._index.nearest(vector, LOOKED_AT, without=rows)
        known = await uow.likenesses.by_rows([each.row for each in near])
        verdict = judge(
            text, near, {row: each.text for row, each in known.items()}, self.thresholds,
            may_answer=may_answer and name() != LETTERS,
            messages={row for row, each in known.items() if each.kind == MESSAGE},
        )  # fmt: skip
        return Match(verdict, {each.row: known[each.row] for each in verdict.candidates})

    async def compare(self, one: str, other: str) -> tuple[float, bool]:
        """How near two texts are, and whether they are one rumour."""
        vectors = await asyncio.to_thread(_vectors, [one, other])
        score = float(vectors[0] @ vectors[1])
        return score, score >= self.thresholds.same

    async def _catch_up(self, uow: UnitOfWork) -> None:
        async with self._reading:
            async for rows in uow.likenesses.vectors_after(name(), self._seen):
                import numpy as np  # noqa: PLC0415

                from bot.matching.index import Index  # noqa: PLC0415

                held = np.frombuffer(b"".join([each.vector for each in rows]), np.float16)
                answers = [_number(each.answer) for each in rows]
                if self._index is None:
                    self._index = Index(len(rows[0].vector) // 2)
                self._index.add([each.row for each in rows], answers, held.reshape(len(rows), -1))
                self._seen = rows[-1].row


def _number(answer: str) -> int:
    """A number for an answer: a table of a hundred thousand names would take 15 MB."""
    return int.from_bytes(hashlib.blake2b(answer.encode("utf-8", "surrogatepass"), digest_size=7).digest(), "big")


def _vectors(texts: Sequence[str]) -> Any:
    return engine().vectors(texts)


def encoded(texts: Sequence[str]) -> list[bytes]:
    """Vectors of texts as they are stored: float16. Takes 20 ms a text of one core: call it in a thread."""
    import numpy as np  # noqa: PLC0415

    return [each.tobytes() for each in _vectors(texts).astype(np.float16)]
