"""From the encoder's vectors to those that are compared: what only tells the language is taken away.

A sentence's vector says two things: what is meant, and in which language. The second moves translations apart. The
directions in which the languages' mean vectors differ are removed (LIR: Yang and others 2021, "A Simple and Effective
Method To Eliminate the Self Language Bias in Multilingual Representations"), and the rest is turned so that the first
numbers tell most. `space.npz` is built by tests/tools/language_space.py from the Universal Declaration of Human Rights.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from bot.matching.model import SPACE


class Space:
    """The matrix, loaded."""

    def __init__(self, path: Path = SPACE) -> None:
        with np.load(path, allow_pickle=False) as held:
            self._mean = held["mean"].astype(np.float32)
            self._matrix = held["matrix"].astype(np.float32)
        self.dimensions = int(self._matrix.shape[1])

    def place(self, vectors: Any) -> Any:
        """Rows of length 1 (float32) for rows of the encoder."""
        placed = (np.atleast_2d(vectors) - self._mean) @ self._matrix
        return placed / np.maximum(np.linalg.norm(placed, axis=1, keepdims=True), 1e-6)


@lru_cache(maxsize=1)
def space() -> Space:
    """The one that is shipped."""
    return Space()
