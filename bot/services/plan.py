"""The dry run of a broadcast, as a value: who would get what."""

from dataclasses import dataclass
from typing import Any

from bot.db.repositories.residents import AudienceGroup
from bot.domain.renditions import Choice


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
