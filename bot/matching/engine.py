"""The engine that is there: the encoder where its package is installed, letters alone where it is not.

Loaded when it is first used (half a second, 110 MB), kept from then on. `vectors` takes 20 to 100 ms of one core: call
it outside the event loop.
"""

import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Protocol

from bot.matching.model import find


class Engine(Protocol):
    """Makes vectors that compare with each other."""

    dimensions: int

    def vectors(self, texts: Sequence[str]) -> Any:
        """A row of length 1 for each text (float32)."""
        ...


class _Encoding:
    """The encoder, and the space without the languages."""

    def __init__(self, path: Any) -> None:
        from bot.matching.encoder import Encoder  # noqa: PLC0415
        from bot.matching.space import space  # noqa: PLC0415

        self._encoder, self._space = Encoder(path), space()
        self.dimensions = self._space.dimensions

    def vectors(self, texts: Sequence[str]) -> Any:
        from bot.matching.plain import as_encoded  # noqa: PLC0415

        return self._space.place(self._encoder.vectors([as_encoded(each) for each in texts]))


class _Lettering:
    """Letters alone: finds near copies in the same script."""

    def __init__(self) -> None:
        from bot.matching import lexical  # noqa: PLC0415

        self.dimensions, self._vector = 384, lexical.vector

    def vectors(self, texts: Sequence[str]) -> Any:
        import numpy as np  # noqa: PLC0415

        return np.stack([self._vector(each) for each in texts]) if texts else np.zeros((0, 384), np.float32)


_lock = threading.Lock()


def engine() -> Engine:
    """The engine of this process."""
    with _lock:
        return _engine()


@lru_cache(maxsize=1)
def _engine() -> Engine:
    path = find()
    return _Lettering() if path is None else _Encoding(path)
