"""Days and moments as a pack writes them: an ISO date, a date-time with its offset, or a distance from now.

A distance is an ISO 8601 duration with a sign where it looks back ("P180D", "-P30D"). Samples use it, so that
they never go out of date. Months and years are refused: they have no fixed length.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_DURATION = re.compile(
    r"(?P<sign>[+-])?P(?=[0-9T])(?:(?P<weeks>[0-9]{1,4})W)?(?:(?P<days>[0-9]{1,5})D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9]{1,5})H)?(?:(?P<minutes>[0-9]{1,5})M)?)?"
)

MOMENT_FORMS = "a date like 2026-12-01, a time like 2026-12-01T10:00:00+00:00, or a distance like P180D or -P30D"
DAY_FORMS = "a date like 2026-12-01, or a distance like -P30D"


def read_moment(value: object, now: datetime, zone: tzinfo, *, end_of_day: bool) -> datetime | None:
    """The moment meant by `value` in UTC, or None when it is in none of `MOMENT_FORMS`.

    A bare date means its first instant in `zone`, or with `end_of_day` the instant at which it is over:
    "valid until 31 December" includes that day.
    """
    value = _parsed(value)
    try:
        if isinstance(value, timedelta):
            return (now + value).astimezone(UTC)
        if isinstance(value, datetime):
            return value.astimezone(UTC) if value.tzinfo else None
        if isinstance(value, date):
            day = value + timedelta(days=1) if end_of_day else value
            return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
    except OverflowError:  # a year below 1 or above 9999
        return None
    return None


def read_day(value: object, now: datetime, zone: tzinfo) -> date | None:
    """The day meant by `value`, or None when it is in none of `DAY_FORMS`. Distances count days in `zone`."""
    value = _parsed(value)
    if isinstance(value, timedelta):
        moment = read_moment(value, now, zone, end_of_day=False)
        return moment.astimezone(zone).date() if moment else None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return None


def _parsed(value: object) -> object:
    """Strings turned into what they spell; TOML has already done so for unquoted dates."""
    if not isinstance(value, str):
        return value
    match = _DURATION.fullmatch(value)
    if match:
        amounts = {unit: int(match[unit] or 0) for unit in ("weeks", "days", "hours", "minutes")}
        return timedelta(**amounts) * (-1 if match["sign"] == "-" else 1)
    for kind in (date, datetime):
        try:
            return kind.fromisoformat(value)
        except ValueError:
            continue
    return None
