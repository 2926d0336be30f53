"""A conversation's state: small, sealed, in the database, so that a restart in mid-conversation changes nothing."""

from dataclasses import dataclass, field
from typing import Any

MAX_DRAFTS = 5
"""Questions that may wait for their sender's yes at the same time; the oldest gives way."""

MAX_COUNTED = 30
"""So many answers that they rated, or things that they sent again, are remembered; a week at the longest."""


@dataclass(slots=True)
class State:
    """What we must remember of one person between two messages.

    `language` is what they read before they joined (afterwards the resident row says so). `step` names what their
    next words mean: `question:ID` answers a question of the team, `refuse:ID` is a reason; empty: something to check.
    `drafts` are submissions that wait for consent, by a short number. `told_enough_until`: until then they know that we
    take no more questions from them. `counted`: what they were counted for already, so that nobody counts twice.
    `looked_up`: in which hour how many of their texts were compared with known ones.
    `lesson` is the step of the lesson that they are at, `lesson_right` the steps in which they decided rightly.
    """

    language: str = ""
    listen: str = ""
    area: str = ""
    step: str = ""
    drafts: dict[str, dict[str, Any]] = field(default_factory=dict)
    counter: int = 0
    joining: bool = False
    tester: bool = False
    draft_label_seen: bool = False
    told_enough_until: str = ""
    looked_up: str = ""
    counted: list[str] = field(default_factory=list)
    lesson: int = 0
    lesson_right: list[int] = field(default_factory=list)

    @classmethod
    def load(cls, data: dict[str, Any]) -> "State":
        """From stored data; unknown fields of a later version are left out."""
        return cls(**{key: value for key, value in data.items() if key in cls.__dataclass_fields__})

    def dump(self) -> dict[str, Any]:
        """For storing; a copy, down to the drafts (and quicker than dataclasses.asdict)."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        values["drafts"] = {number: dict(draft) for number, draft in self.drafts.items()}
        values["counted"] = list(self.counted)
        values["lesson_right"] = list(self.lesson_right)
        return values

    def count_once(self, what: str) -> bool:
        """Whether this person may be counted for this; true once."""
        if what in self.counted:
            return False
        self.counted = [*self.counted, what][-MAX_COUNTED:]
        return True

    def add_draft(self, draft: dict[str, Any]) -> str:
        """Keep a submission until its sender decides; returns its number."""
        self.counter += 1
        self.drafts[str(self.counter)] = draft
        while len(self.drafts) > MAX_DRAFTS:
            self.drafts.pop(next(iter(self.drafts)))
        return str(self.counter)
