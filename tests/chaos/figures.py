"""Figures: what a campaign measured, beside what it should be. Printed as a table, written as JSON."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value.

    `baseline` is what it is compared with (an ideal, a practical limit, a total), `ratio` the comparison, and `goal`
    the limit that the ratio, or where there is none the value, has to keep. `goal` None: shown, not judged. `met` None:
    it could not be measured here.
    """

    name: str
    value: float | None
    unit: str
    baseline: float | None = None
    ratio: float | None = None
    goal: float | None = None
    met: bool | None = True

    def json(self) -> dict[str, Any]:
        """The shape of build/bench.json and build/chaos.json."""
        return {key: round(each, 4) if isinstance(each, float) else each for key, each in asdict(self).items()}


def exactly(name: str, value: float, goal: float, unit: str) -> Figure:
    """A count that has to be this number."""
    return Figure(name, value, unit, goal=goal, met=value == goal)


def at_most(name: str, value: float, goal: float, unit: str) -> Figure:
    """A value with an upper limit."""
    return Figure(name, value, unit, goal=goal, met=value <= goal)


def at_least(name: str, value: float, goal: float, unit: str) -> Figure:
    """A value with a lower limit."""
    return Figure(name, value, unit, goal=goal, met=value >= goal)


def near(name: str, value: float, ideal: float, share: float, unit: str) -> Figure:
    """A value that may differ from its ideal by `share` of it; the ratio's distance from 1 is what is judged."""
    ratio = value / ideal
    return Figure(name, value, unit, ideal, ratio, 1 + share, met=abs(ratio - 1) <= share)


def of_limit(name: str, value: float, limit: float, goal: float, unit: str) -> Figure:
    """A performance beside the practical limit that was measured in the same run: higher is better."""
    ratio = value / limit
    return Figure(name, value, unit, limit, ratio, goal, met=ratio >= goal)


def share_of(name: str, value: float, other: float, goal: float, unit: str) -> Figure:
    """A cost beside somebody else's, measured in the same run: lower is better."""
    return Figure(name, value, unit, other, value / other, goal, met=value / other <= goal)


def not_measured(name: str, unit: str, goal: float) -> Figure:
    """What could not be measured on this machine; never made up."""
    return Figure(name, None, unit, goal=goal, met=None)


def shown(name: str, value: float, unit: str, baseline: float | None = None) -> Figure:
    """A value that is printed and not judged."""
    return Figure(name, value, unit, baseline, value / baseline if baseline else None)


def table(figures: Iterable[Figure]) -> str:
    """The figures as lines of text."""
    lines = []
    for each in figures:
        parts = [_number(each.value), each.unit]
        if each.ratio is not None:
            parts.append(f"(ratio {each.ratio:.4f} of {each.baseline:,.4g})")
        if each.goal is not None:
            parts.append(f"[goal {each.goal:,.4g}: {_WORDS[each.met]}]")
        lines.append(f"  {each.name:<58} {' '.join(parts)}")
    return "\n".join(lines)


_WORDS = {True: "met", False: "MISSED", None: "NOT MEASURED"}


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.4g}" if value < 100 else f"{value:,.1f}".removesuffix(".0")


def settle(figures: list[Figure]) -> None:
    """Print the figures of a test and fail where one misses its goal.

    What depends on how busy the machine is (seconds, the fullest second, the mean in doubt) is printed here and judged
    by `make chaos` alone: a test asserts no time.
    """
    print("\n" + table(figures))
    missed = [each for each in figures if each.met is False and not _depends_on_the_machine(each)]
    assert not missed, "\n" + table(missed)


def _depends_on_the_machine(figure: Figure) -> bool:
    of_time = {"s", "ms", "MiB an hour", "times", "updates a second", "messages a second"}
    return figure.unit in of_time or "fullest second" in figure.name or "mean" in figure.name


def write(path: Path, figures: list[Figure]) -> None:
    """Write the figures as one JSON list."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([each.json() for each in figures], indent=1) + "\n")
