"""How alike two texts are in their letters: for near copies, for the list shown to staff, and without the encoder.

Pieces of three to five letters of the folded text count. Texts in two scripts have nothing in common here, so likeness
in letters only ever adds to likeness in meaning, and only above a floor: below it, it is noise.
"""

from collections.abc import Iterator
from typing import Any

from bot.matching.normalise import normalise

FLOOR = 0.2
WEIGHT = 0.5
COPY = 0.8
"""Above this likeness in letters a text is a copy: forwarded with a word more or less."""
_DIMENSIONS = 384


def pieces(text: str) -> frozenset[str]:
    """The pieces of a text by which it is compared."""
    return frozenset(_pieces(normalise(text)[:1500]))


def _pieces(folded: str) -> Iterator[str]:
    padded = f" {folded} "
    for size in (3, 4, 5):
        for start in range(len(padded) - size + 1):
            yield padded[start : start + size]


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Cosine of two sets of pieces: 0 nothing in common, 1 the same."""
    if not one or not other:
        return 0.0
    return len(one & other) / float((len(one) * len(other)) ** 0.5)


def bonus(alike: float) -> float:
    """What likeness in letters adds to a score."""
    return WEIGHT * max(0.0, alike - FLOOR)


def vector(text: str) -> Any:
    """A vector of a text's letters: what stands in for the encoder where there is none. Worse, by far."""
    import zlib  # noqa: PLC0415

    import numpy as np  # noqa: PLC0415

    found = np.zeros(_DIMENSIONS, np.float32)
    for each in pieces(text):
        place = zlib.crc32(each.encode("utf-8", "surrogatepass"))
        found[place % _DIMENSIONS] += 1.0 if place & 0x8000_0000 else -1.0
    return found / max(float(np.linalg.norm(found)), 1e-6)
