"""Office hours: when the team works, and by when it can honestly promise to be back."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import InvalidInput

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_FORM = re.compile(r"([A-Z][a-z]{2})-([A-Z][a-z]{2}) (\d\d):(\d\d)-(\d\d):(\d\d)")


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """Days of the week (0 is Monday) with one opening and one closing time. Public holidays are not known."""

    first: int = 0
    last: int = 4
    opens: time = time(9)
    closes: time = time(17)

    @staticmethod
    def parse(text: str) -> "OfficeHours":
        """`Mon-Fri 09:00-17:00`. Raises InvalidInput for anything else."""
        match = _FORM.fullmatch(text.strip())
        if match is None or match[1] not in _DAYS or match[2] not in _DAYS:
            raise InvalidInput("Office hours look like: Mon-Fri 09:00-17:00")
        try:
            hours = OfficeHours(
                _DAYS.index(match[1]), _DAYS.index(match[2]), time(int(match[3]), int(match[4])),
                time(int(match[5]), int(match[6])),
            )  # fmt: skip
        except ValueError as error:
            raise InvalidInput("Office hours look like: Mon-Fri 09:00-17:00") from error
        if hours.first > hours.last or hours.opens >= hours.closes:
            raise InvalidInput("Office hours begin before they end, and so does the week: Mon-Fri 09:00-17:00")
        return hours

    def after(self, now: datetime, working: timedelta, zone: str) -> datetime:
        """When `working` hours of office time have gone by, counted from `now` or from the next opening."""
        there = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        left = working
        day = there.date()
        while True:
            if self.first <= day.weekday() <= self.last:
                begin = max(there, datetime.combine(day, self.opens))
                end = datetime.combine(day, self.closes)
                if begin < end:
                    if left <= end - begin:
                        return (begin + left).replace(tzinfo=ZoneInfo(zone)).astimezone(now.tzinfo)
                    left -= end - begin
            day += timedelta(days=1)
            there = datetime.combine(day, time())
