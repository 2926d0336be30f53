"""What repeats: the choice in the form, and the other broadcasts of a series on the page of one."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from bot.db.rows import BroadcastRow
from bot.domain.broadcasts import ENDED
from bot.domain.schedule import monthly
from bot.errors import InvalidInput
from bot.web.visit import Visit

_SHOWN = 31
REPEATS = (
    ("", "Never"), ("day", "Every day"), ("week", "Every week on this day"), ("month", "Every month on this day"),
    ("own", "By a rule of its own"),
)  # fmt: skip
"""What the form offers, by the value that it sends."""


@dataclass(frozen=True, slots=True)
class SeriesPart:
    """A series beside one of its broadcasts: newest first; `coming` are the wall times after the newest."""

    repeat: str
    rows: list[BroadcastRow]
    coming: list[datetime]
    going_on: bool


def chosen_rule(visit: Visit) -> str | None:
    """The rule that the form asks for; None where nothing repeats. Raises InvalidInput for a choice that is none."""
    choice = visit.text("repeat")
    if choice == "own":
        return visit.text("rule") or "own"
    if choice == "month":
        with suppress(ValueError):
            return monthly(datetime.fromisoformat(visit.text("at")))
    if choice not in dict(REPEATS):
        raise InvalidInput("Choose how often it repeats.")
    return {"": None, "day": "FREQ=DAILY", "week": "FREQ=WEEKLY", "month": "FREQ=MONTHLY"}[choice]


async def part(visit: Visit, row: BroadcastRow) -> SeriesPart | None:
    """The series that a broadcast belongs to, or None."""
    rhythm = await visit.desk.planner.rhythm(visit.uow, row)
    if rhythm is None or row.series is None:
        return None
    rows = await visit.uow.broadcasts.of_series(row.series, limit=_SHOWN)
    going_on = any(each.state not in ENDED for each in rows)
    coming = rhythm.coming(rows[0].occurrence, 3) if going_on else []
    return SeriesPart(row.repeat or "", rows, [datetime.fromisoformat(each) for each in coming], going_on)
