"""How often a person is written to without having asked."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ContactCap:
    """At most so many unasked messages to one person in 24 hours and in seven days; 0 means no cap.

    One cap for everything that nobody asked for; emergencies do not count and are not held back by it.
    """

    per_day: int = 1
    per_week: int = 3

    @property
    def holds(self) -> bool:
        """Whether there is any cap."""
        return bool(self.per_day or self.per_week)

    def reason(self, in_a_day: int, in_a_week: int) -> str | None:
        """Why one more would be too many, or None."""
        if self.per_day and in_a_day >= self.per_day:
            return "has had enough messages today"
        if self.per_week and in_a_week >= self.per_week:
            return "has had enough messages this week"
        return None
