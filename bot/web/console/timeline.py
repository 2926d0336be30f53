"""The timeline of a rumour as a picture: when it was asked about, in which languages, and from where."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

Hour = tuple[datetime, str | None, str | None, int]
"""An hour, a language, an area and how many asked."""
_MOST_BARS = 48
_STEPS = (1, 2, 3, 6, 12, 24, 48, 24 * 7, 24 * 30, 24 * 365)
_SHADES = 5
"""So many languages have a pattern of their own in the picture; the others share one."""
_HEIGHT = 120


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a bar: one language's share. `top` and `height` in units of the picture, `shade` names its colour."""

    language: str
    count: int
    top: float
    height: float
    shade: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One step of time."""

    start: datetime
    count: int
    left: float
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The picture, and the same in words. `step` is how many hours a bar stands for, `width` of one bar."""

    step: int
    width: float
    highest: int
    bars: tuple[Bar, ...]
    languages: tuple[tuple[str | None, int, int], ...]
    areas: tuple[tuple[str | None, int], ...]


def timeline(hours: Iterable[Hour]) -> Timeline | None:
    """A picture of at most 48 bars, each standing for whole hours; None where nothing is kept."""
    found = list(hours)
    if not found:
        return None
    first = found[0][0]
    span = int((found[-1][0] - first) / timedelta(hours=1)) + 1
    step = next(each for each in _STEPS if span <= each * _MOST_BARS or each == _STEPS[-1])
    languages = Counter[str | None]()
    areas = Counter[str | None]()
    bars: dict[int, Counter[str | None]] = defaultdict(Counter)
    for hour, language, area, count in found:
        languages[language] += count
        areas[area] += count
        bars[int((hour - first) / timedelta(hours=1)) // step][language] += count
    shades = {tag: min(place, _SHADES) for place, (tag, _) in enumerate(_ordered(languages))}
    places = max(bars) + 1
    highest = max(sum(each.values()) for each in bars.values())
    width = 100 / max(places, 12)
    return Timeline(
        step, width, highest,
        tuple(
            _bar(first + timedelta(hours=step * place), bars[place], place * width, highest, shades)
            for place in sorted(bars)
        ),
        tuple((tag, count, shades[tag]) for tag, count in _ordered(languages)), tuple(_ordered(areas)),
    )  # fmt: skip


def _ordered(counts: Counter[str | None]) -> list[tuple[str | None, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], each[0] or "~"))


def _bar(start: datetime, counts: Counter[str | None], left: float, highest: int, shades: dict[str | None, int]) -> Bar:
    blocks, below = [], 0
    for tag, count in sorted(counts.items(), key=lambda each: shades[each[0]]):
        height = _HEIGHT * count / highest
        below += count
        blocks.append(Block(tag or "", count, _HEIGHT - _HEIGHT * below / highest, height, shades[tag]))
    return Bar(start, sum(counts.values()), left, tuple(blocks))
