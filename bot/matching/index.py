"""Which known texts are nearest: an exact scan of everything known, in memory.

A hundred thousand rows take about 95 MB and 8 ms of one core. Rows lie in blocks: adding one copies nothing. The first
numbers of each row, which tell most, are kept as float32 and are looked at for all rows; of the best of those the whole
row counts, whose rest is kept as float16. Not safe for several writers; readers see whole rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

_BLOCK = 8192
_FIRST = 96
_CLOSER = 768
"""Of so many rows the whole vector is compared."""


@dataclass(frozen=True, slots=True)
class Near:
    """A known text, how near it is (cosine, 1 is the same), and which answer it belongs to."""

    row: int
    answer: int
    cosine: float


class Index:
    """Rows with a number and the number of their answer; several texts of one answer are one answer."""

    def __init__(self, dimensions: int) -> None:
        self._dimensions = dimensions
        self._first: list[Any] = []
        self._rest: list[Any] = []
        self._rows = np.zeros(0, np.int64)
        self._answers = np.zeros(0, np.int64)
        self._alive = np.zeros(0, np.float32)
        self._count = 0

    def __len__(self) -> int:
        return int(np.count_nonzero(self._alive[: self._count] == 0.0))

    def add(self, rows: Sequence[int], answers: Sequence[int], vectors: Any) -> None:
        """Add rows with their vectors (float16 or float32, of length 1)."""
        done = 0
        while done < len(rows):
            block, at = divmod(self._count, _BLOCK)
            if at == 0 and block == len(self._first):
                self._grow()
            taken = min(_BLOCK - at, len(rows) - done)
            part = vectors[done : done + taken]
            self._first[block][at : at + taken] = part[:, :_FIRST]
            self._rest[block][at : at + taken] = part[:, _FIRST:]
            self._rows[self._count : self._count + taken] = rows[done : done + taken]
            self._answers[self._count : self._count + taken] = answers[done : done + taken]
            self._alive[self._count : self._count + taken] = 0.0
            self._count += taken
            done += taken

    def _grow(self) -> None:
        self._first.append(np.zeros((_BLOCK, _FIRST), np.float32))
        self._rest.append(np.zeros((_BLOCK, self._dimensions - _FIRST), np.float16))
        self._rows = np.concatenate([self._rows, np.zeros(_BLOCK, np.int64)])
        self._answers = np.concatenate([self._answers, np.zeros(_BLOCK, np.int64)])
        self._alive = np.concatenate([self._alive, np.full(_BLOCK, -np.inf, np.float32)])

    def remove(self, rows: Iterable[int]) -> None:
        """These rows are no longer found."""
        self._alive[: self._count][np.isin(self._rows[: self._count], list(rows))] = -np.inf

    def nearest(self, vector: Any, limit: int, *, without: Iterable[int] = ()) -> list[Near]:
        """The nearest rows, best first; `without` those of these numbers."""
        if not self._count:
            return []
        scores = np.concatenate([each @ vector[:_FIRST] for each in self._first])[: self._count]
        scores += self._alive[: self._count]
        left_out = list(without)
        if left_out:
            scores[np.isin(self._rows[: self._count], left_out)] = -np.inf
        closer = _best(scores, max(limit, _CLOSER))
        whole = scores[closer] + self._rest_of(closer) @ vector[_FIRST:]
        order = np.argsort(-whole)[:limit]
        return [
            Near(int(self._rows[closer[each]]), int(self._answers[closer[each]]), float(whole[each]))
            for each in order
            if np.isfinite(whole[each])
        ]

    def _rest_of(self, places: Any) -> Any:
        found = np.empty((len(places), self._dimensions - _FIRST), np.float32)
        blocks = places // _BLOCK
        for block in np.unique(blocks):
            chosen = blocks == block
            found[chosen] = self._rest[int(block)][places[chosen] % _BLOCK]
        return found


def _best(scores: Any, limit: int) -> Any:
    if len(scores) <= limit:
        return np.arange(len(scores))
    return np.argpartition(-scores, limit)[:limit]
