"""Times as the console says them: in the borough's zone, and as ages."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


def clock_time(moment: datetime, zone: str) -> str:
    """`Tue 24 Nov 2026, 14:05` in this zone."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M}"


def day(value: date) -> str:
    """`24 Nov 2026`."""
    return f"{value.day} {value:%b %Y}"


def age(moment: datetime, now: datetime) -> str:
    """How long ago, in whole minutes, hours or days."""
    return "just now" if now - moment < timedelta(minutes=1) else f"{span((now - moment).total_seconds())} ago"


def ahead(moment: datetime, now: datetime, zone: str) -> str:
    """A time that is expected: `14:05, in 4 minutes` today, with its day on another one."""
    there = ZoneInfo(zone)
    local = moment.astimezone(there)
    same_day = local.date() == now.astimezone(there).date()
    when = f"{local:%H:%M}" if same_day else clock_time(moment, zone)
    return f"{when}, in {span((moment - now).total_seconds())}"


def span(seconds: float) -> str:
    """A length of time in its largest fitting unit: `40 seconds`, `4 minutes`, `3 hours`, `2 days`."""
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size:
            return _counted(round(seconds / size), unit)
    return _counted(max(1, round(seconds)), "second")


def _counted(number: int, unit: str) -> str:
    return f"{number:,} {unit}{'' if number == 1 else 's'}"
