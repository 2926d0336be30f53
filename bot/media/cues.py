"""Subtitles: the approved words, cut so that each cue can be read at once, and laid over the time of speaking."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from bot.domain.clips import Clip
from bot.domain.films import Cue
from bot.media.typeset import words

MOST = 40
"""Cues in one clip: 90 seconds at a little over two seconds each."""
_SNAP = 0.45
"""Seconds by which a change may move to meet a pause."""
_SENTENCE = ".!?。！？؟۔।።॥"
_CLAUSE = ",;:،؛፣፤፥、，；：-–—"

Fits = Callable[[str, str], bool]
"""Whether a cue's two texts fit on the screen together."""


def cues(text: str, english: str, clip: Clip, seconds: float, fits: Fits) -> tuple[Cue, ...]:
    """The cues of one clip that lasts `seconds`; `text` and `english` change together.

    As few as fit. Times are in proportion to the length of the words, moved to the nearest pause: an estimate, which
    no speech recognition made better.
    """
    if not text.strip():
        text, english = english, ""
    if not text.strip():
        return ()
    pieces, others = split(text, 1), split(english, 1)
    for count in range(1, MOST + 1):
        pieces, others = split(text, count), split(english, count)
        if all(fits(a, b) for a, b in zip(pieces, others, strict=True)):
            break
    edges = _edges([len(each) for each in pieces], clip, seconds)
    return tuple(
        Cue(start, end, a, b) for a, b, (start, end) in zip(pieces, others, pairwise(edges), strict=True) if a or b
    )


def split(text: str, count: int) -> list[str]:
    """The text in `count` parts of about the same length, cut where a sentence or a clause ends if one is near."""
    parts = words(text)
    total = sum(len(each) for each in parts) or 1
    cuts: list[int] = []
    for each in range(1, count):
        cuts.append(_cut(parts, total * each / count, total / count, cuts[-1] if cuts else 0))
    edges = [0, *cuts, len(parts)]
    return ["".join(parts[a:b]).strip() for a, b in pairwise(edges)]


def _cut(parts: Sequence[str], target: float, step: float, after: int) -> int:
    best, least, place = after, float("inf"), 0.0
    for at, part in enumerate(parts):
        place += len(part)
        if at < after:
            continue
        last = part.strip()[-1:] or " "
        bonus = 0.45 if last in _SENTENCE else 0.25 if last in _CLAUSE else 0.0
        cost = abs(place - target) - bonus * step
        if cost < least:
            best, least = at + 1, cost
    return best


def _edges(lengths: Sequence[int], clip: Clip, seconds: float) -> list[float]:
    start, end = clip.speech if clip.has_sound else (0.0, seconds)
    end = min(end, seconds)
    total = sum(lengths) or 1
    edges, spoken = [0.0], 0
    for length in lengths[:-1]:
        spoken += length
        at = start + (end - start) * spoken / total
        near = min(clip.pauses, key=lambda pause, at=at: abs(pause - at), default=at)  # type: ignore[misc]
        at = near if abs(near - at) <= _SNAP else at
        edges.append(round(max(at, edges[-1] + 0.2), 3))
    return [*edges, round(max(seconds, edges[-1]), 3)]
