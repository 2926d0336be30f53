"""Time as people mean it: a wall clock in the borough's zone, rules that repeat, and hours in which it is quiet.

A rule is one first wall time and an RRULE (RFC 5545) of whole days. Occurrences are wall times without a zone, one a
local date; an instant is found for each only when it is needed, so that it is right across both clock changes and
after a change of the zone's own rules. Where the clock skips a time, the first moment after the gap stands for it; a
time that comes twice means the first.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from typing import cast
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rruleset, rrulestr

from bot.errors import InvalidInput

LATE_BY = timedelta(minutes=30)
"""So much after its time a broadcast still starts by itself; later it waits for a person."""
_PARTS = {
    "FREQ": r"DAILY|WEEKLY|MONTHLY|YEARLY",
    "INTERVAL": r"[1-9]\d{0,2}",
    "COUNT": r"[1-9]\d{0,3}",
    "UNTIL": r"\d{8}(T\d{6}Z?)?",
    "BYDAY": r"([+-]?[1-9]\d?)?(MO|TU|WE|TH|FR|SA|SU)",
    "BYMONTHDAY": r"-?([1-9]|[12]\d|3[01])",
    "BYMONTH": r"([1-9]|1[0-2])",
    "BYSETPOS": r"-?[1-9]\d?",
    "WKST": r"MO|TU|WE|TH|FR|SA|SU",
}
"""What may stand in a rule, and how. No hours and minutes: those are the first time's, so that a date comes once."""
_LISTS = {"BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"}
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MINUTES_A_DAY = 24 * 60
_LONGEST = 200
"""Characters of a rule: it is read by people, in a chat too."""


def instant(local: datetime, zone: str) -> datetime:
    """The UTC instant of a wall time in a zone: the first moment after it where it is skipped, the first of two."""
    place = ZoneInfo(zone)
    first, second = (local.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (0, 1))
    # PEP 495: in a gap the two readings come in the wrong order, and the clock jumps between them.
    return first if first <= second else _end_of_gap(second, first, place)


def exists(local: datetime, zone: str) -> bool:
    """Whether the clock of a zone ever shows this wall time."""
    return instant(local, zone).astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) == local


def _end_of_gap(before: datetime, after: datetime, place: ZoneInfo) -> datetime:
    """The instant between two at which the offset changes, to the second."""
    old = before.astimezone(place).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(place).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def planned(send_local: str | None) -> datetime | None:
    """The instant that `2026-12-01T10:00 Europe/London` means by today's rules of that zone; None for None."""
    if send_local is None:
        return None
    said, _, zone = send_local.partition(" ")
    moment = datetime.fromisoformat(said)
    return instant(moment, zone) if moment.tzinfo is None else moment.astimezone(UTC)


@dataclass(frozen=True)
class Rule:
    """A first wall time and what repeats it."""

    text: str
    first: datetime

    @classmethod
    def read(cls, text: str, first: datetime, zone: str) -> "Rule":
        """A rule as a person typed it, `RRULE:` in front or not.

        `zone` is for an UNTIL that ends in Z; an UNTIL without a time includes its whole day. Raises InvalidInput with
        one sentence for what is no rule, repeats within a day, or does not begin with its first time.
        """
        parts = _parts(text)
        if not _fits(parts, first):
            raise InvalidInput(f"{first:%Y-%m-%dT%H:%M} is not a time of this rule: choose a first time that fits it.")
        if "UNTIL" in parts:
            parts["UNTIL"] = _local_end(parts["UNTIL"], zone)
        rule = cls(";".join(f"{name}={value}" for name, value in parts.items()), first)
        if next(rule.after(first - timedelta(days=1)), None) != first:
            raise InvalidInput(f"This rule never comes at {first:%Y-%m-%dT%H:%M}: choose a first time that fits it.")
        return rule

    def after(self, local: datetime) -> Iterator[datetime]:
        """The wall times after this one, in their order."""
        return cast("Iterator[datetime]", self._dates.xafter(local))

    @cached_property
    def _dates(self) -> rrule | rruleset:
        return rrulestr(self.text, dtstart=self.first)


def monthly(first: datetime) -> str:
    """Every month on this day; where a month has no such day, on its last."""
    if first.day <= 28:
        return "FREQ=MONTHLY"
    days = ",".join(str(each) for each in range(28, first.day + 1))
    return f"FREQ=MONTHLY;BYMONTHDAY={days};BYSETPOS=-1"


def _parts(text: str) -> dict[str, str]:
    said = text.strip().upper().removeprefix("RRULE:").rstrip(";")
    if len(said) > _LONGEST:
        raise InvalidInput(f"A rule has {_LONGEST} characters at the most.")
    parts: dict[str, str] = {}
    for each in said.split(";"):
        name, _, value = each.partition("=")
        if name not in _PARTS or name in parts or not _is_value(name, value):
            raise InvalidInput(_why_not(name, each))
        parts[name] = value
    if "FREQ" not in parts or {"COUNT", "UNTIL"} <= set(parts):
        raise InvalidInput("A rule has one FREQ, like FREQ=WEEKLY;BYDAY=MO, and not both COUNT and UNTIL.")
    if "BYSETPOS" in parts and parts["FREQ"] not in {"MONTHLY", "YEARLY"}:
        raise InvalidInput("Only a rule of months or years can have BYSETPOS.")
    return parts


def _is_value(name: str, value: str) -> bool:
    values = value.split(",") if name in _LISTS else [value]
    return all(re.fullmatch(_PARTS[name], each, re.ASCII) for each in values)


def _why_not(name: str, part: str) -> str:
    if name in {"BYHOUR", "BYMINUTE", "BYSECOND"} or part in {"FREQ=HOURLY", "FREQ=MINUTELY", "FREQ=SECONDLY"}:
        return "A broadcast comes once a day at the most, at the time of its first."
    said = " ".join(part.split())[:40]
    return f"“{said}” is no part of a rule like FREQ=WEEKLY;BYDAY=MO,TH;COUNT=8."


def _fits(parts: dict[str, str], day: datetime) -> bool:
    """Whether a day passes the filters of a rule; one that no day passes would be searched to the year 9999."""
    length = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    days = {str(day.day), str(day.day - length.day - 1)}
    return (
        (not parts.get("BYMONTH") or str(day.month) in parts["BYMONTH"].split(","))
        and (not parts.get("BYMONTHDAY") or bool(days & set(parts["BYMONTHDAY"].split(","))))
        and (not parts.get("BYDAY") or any(_is_day(each, parts, day, length) for each in parts["BYDAY"].split(",")))
    )


def _is_day(wanted: str, parts: dict[str, str], day: datetime, month_end: datetime) -> bool:
    """Whether a date is `MO`, `2TU` or `-1SU`: of its month, or of its year where the rule counts in years."""
    if wanted[-2:] != _DAYS[day.weekday()]:
        return False
    if len(wanted) == 2:
        return True
    if parts["FREQ"] not in {"MONTHLY", "YEARLY"}:
        raise InvalidInput("Only a rule of months or years can count its weekdays.")
    in_year = parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts
    at, end = (day.timetuple().tm_yday, day.replace(month=12, day=31).timetuple().tm_yday) if in_year else (
        day.day, month_end.day)  # fmt: skip
    return int(wanted[:-2]) in {(at - 1) // 7 + 1, -((end - at) // 7 + 1)}


def _local_end(until: str, zone: str) -> str:
    if until.endswith("Z"):
        moment = _moment(until[:-1]).replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    elif "T" in until:
        moment = _moment(until)
    else:
        moment = datetime.combine(_moment(f"{until}T000000"), time(23, 59, 59))
    return f"{moment:%Y%m%dT%H%M%S}"


def _moment(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - a wall time has no zone
    except ValueError as error:
        raise InvalidInput(f"UNTIL={text} is not a date like UNTIL=20261224.") from error


def quiet_until(now: datetime, quiet_from: int | None, quiet_to: int | None, zone: str) -> datetime | None:
    """When a resident's quiet hours end, as an instant; None when it is not quiet at `now`.

    The hours are minutes of the local day (0 to 1439), and may cross midnight; the same minute twice means none.
    """
    if quiet_from is None or quiet_to is None or quiet_from == quiet_to:
        return None
    local = now.astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    if (minute - quiet_from) % _MINUTES_A_DAY >= (quiet_to - quiet_from) % _MINUTES_A_DAY:
        return None
    day = local.date() + timedelta(days=1 if quiet_to <= minute else 0)
    end = datetime.combine(day, time(quiet_to // 60, quiet_to % 60))
    first = instant(end, zone)
    # In the night in which an hour comes twice, its second pass ends at the second showing of that time.
    return first if first > now else end.replace(tzinfo=ZoneInfo(zone), fold=1).astimezone(UTC)
