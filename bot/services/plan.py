"""The plan of a broadcast, as values: who would get what, and when it comes again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from bot.db.repositories.residents import AudienceGroup
from bot.domain.renditions import Choice
from bot.domain.schedule import Rule


@dataclass(frozen=True, slots=True)
class PlanGroup:
    """Residents who chose the same, and what they would get."""

    group: AudienceGroup
    choice: Choice


@dataclass(frozen=True, slots=True)
class Plan:
    """A dry run: exactly what starting now would send."""

    groups: tuple[PlanGroup, ...]
    seconds: float

    @property
    def size(self) -> int:
        """Residents in the audience."""
        return sum(each.group.size for each in self.groups)

    @property
    def reached(self) -> int:
        """Residents who would get something."""
        return self.size - self.nothing

    @property
    def nothing(self) -> int:
        """Residents who would get nothing."""
        return sum(each.group.size for each in self.groups if each.choice.language is None)

    def by_language(self) -> list[dict[str, Any]]:
        """One line a wanted language: how many, which rendition, which fallback, who gets nothing."""
        lines: dict[tuple[str, str | None, str], dict[str, Any]] = {}
        for each in self.groups:
            wanted = each.group.listen if each.choice.language == each.group.listen else each.group.read
            key = (wanted, each.choice.language, each.choice.form)
            line = lines.setdefault(
                key,
                {
                    "language": wanted, "gets": each.choice.language, "form": str(each.choice.form),
                    "fallback": each.choice.missing is not None and each.choice.language is not None, "people": 0,
                },
            )  # fmt: skip
            line["people"] += each.group.size
        return sorted(lines.values(), key=lambda line: (-line["people"], line["language"]))


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What all broadcasts of a series share: the rule, its zone, and how long after its time each may be sent."""

    rule: Rule
    zone: str
    window: timedelta

    @property
    def agreed(self) -> tuple[str, str, str, float]:
        """What a yes to the series is a yes to."""
        return self.rule.text, self.rule.first.isoformat(), self.zone, self.window.total_seconds()

    def coming(self, occurrence: str | None, count: int) -> list[str]:
        """The next wall times after an occurrence, as they name occurrences."""
        start = datetime.fromisoformat(occurrence) if occurrence else self.rule.first
        return [wall(each) for each in islice(self.rule.after(start), count)]


def wall(local: datetime) -> str:
    """A wall time as it names an occurrence: `2026-12-01T10:00`."""
    return local.strftime("%Y-%m-%dT%H:%M")
