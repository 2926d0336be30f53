"""Reads the fields of a TOML table or of a front matter one by one, and says kindly what is wrong with them.

A wrong field is reported and a stand-in returned, so that one reading finds everything; the reader gives no
message away from a pack that has errors, so no stand-in ever leaves.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from difflib import get_close_matches
from pathlib import Path

from bot.library.findings import Report
from bot.library.languages import tag_problem
from bot.library.moments import DAY_FORMS, MOMENT_FORMS, read_day, read_moment
from bot.library.texts import label_problem


@dataclass(frozen=True, slots=True)
class Reading:
    """What stays the same while one pack is read: where, when, which languages, and the findings so far."""

    root: Path
    now: datetime
    zone: tzinfo
    known_languages: frozenset[str] | None
    report: Report

    def check_language(self, tag: str, path: Path, line: int | None) -> None:
        """Report a tag that is not well-formed, or not in the registry when one was given."""
        problem = tag_problem(tag)
        if problem is None and self.known_languages is not None and tag not in self.known_languages:
            problem = f"The language '{tag}' is not in the language registry."
        if problem:
            self.report.error(path, problem, line)


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one table. `line_of` finds the line of a field, None for the table itself."""

    reading: Reading
    path: Path
    values: Mapping[str, object]
    line_of: Callable[[str | None], int | None]
    place: str

    def error(self, sentence: str, key: str | None = None) -> None:
        """Report a sentence at the line of the field `key`."""
        self.reading.report.error(self.path, sentence, self.line_of(key))

    def advise(self, sentence: str, key: str | None = None) -> None:
        """Advise with a sentence at the line of the field `key`."""
        self.reading.report.advise(self.path, sentence, self.line_of(key))

    def refuse_unknown(self, known: Sequence[str]) -> None:
        """Report each field that means nothing here, and guess what was meant."""
        for key in self.values:
            if key not in known:
                close = get_close_matches(key, known, n=1)
                guess = f"did you mean '{close[0]}'?" if close else f"the fields are: {', '.join(known)}."
                self.error(f"'{key}' is not a field of {self.place}; {guess}", key)

    def label(self, key: str, *, required: bool = True, limit: int = 200) -> str:
        """A one-line string; the empty string when it is absent or wrong."""
        value = self.values.get(key)
        if value is None:
            if required:
                self.error(f"'{key}' is missing in {self.place}.")
            return ""
        problem = label_problem(value, limit) if isinstance(value, str) else "is not a text in quotes"
        if problem:
            self.error(f"'{key}' {problem}.", key)
            return ""
        return str(value)

    def words(self, key: str) -> str:
        """A required string of any number of lines, without the blank lines around it."""
        value = self.values.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip("\n")
        self.error(f"'{key}' is missing in {self.place} or is not a text in quotes.", key)
        return ""

    def moment(self, key: str, *, end_of_day: bool = False) -> datetime:
        """A required moment in UTC; see `moments.read_moment`."""
        value = self.values.get(key)
        if value is None:
            self.error(f"'{key}' is missing in {self.place}.")
            return self.reading.now.astimezone(UTC)
        moment = read_moment(value, self.reading.now, self.reading.zone, end_of_day=end_of_day)
        if moment is None:
            self.error(f"'{key}' is not {MOMENT_FORMS}.", key)
        return moment or self.reading.now.astimezone(UTC)

    def past_day(self, key: str) -> date | None:
        """An optional day that may not lie in the future."""
        value = self.values.get(key)
        if value is None:
            return None
        day = read_day(value, self.reading.now, self.reading.zone)
        if day is None:
            self.error(f"'{key}' is not {DAY_FORMS}.", key)
        elif day > self.reading.now.astimezone(self.reading.zone).date():
            self.error(f"'{key}' is in the future.", key)
        return day

    def person_and_day(self, person_key: str, day_key: str) -> tuple[str | None, date | None]:
        """Who checked something and when: both, or neither."""
        person = self.label(person_key, required=False) or None
        day = self.past_day(day_key)
        if (person_key in self.values) != (day_key in self.values):
            given, absent = (person_key, day_key) if person_key in self.values else (day_key, person_key)
            self.error(f"'{given}' needs '{absent}' beside it: a check has a person and a day.", given)
        return person, day

    def check_second_person(self, reviewer: str | None, maker: str | None, maker_key: str) -> None:
        """Report a reviewer who made the thing, or whose maker is not named: nobody checks their own work."""
        if reviewer is None:
            return
        if not maker:
            self.error(f"'reviewer' needs '{maker_key}' beside it, to show that two people did this.", "reviewer")
        elif _same_person(reviewer, maker):
            self.error(f"'reviewer' and '{maker_key}' are the same person; a second one must check.", "reviewer")


def _same_person(one: str, other: str) -> bool:
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split())
