"""How urgent an open rumour is: the order of the queue, and the reasons that stand beside each place in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log2

from bot.domain.rumours import Harm

_HARM = {Harm.NOT_JUDGED: 0.0, Harm.LITTLE: -5.0, Harm.SOME: 20.0, Harm.GRAVE: 45.0}
_URGENT = 100.0
_DUE_SHARE = 20.0
_OVERDUE_HOUR, _MOST_OVERDUE = 4.0, 40.0
_MOST_REACH = 25.0


@dataclass(frozen=True, slots=True)
class Spread:
    """How far a rumour has come: people who asked, how many of them in the last hours, and from where.

    `recent` counts the flags of the last `RECENT_HOURS`; `languages` and `areas` are how many there are.
    """

    people: int
    recent: int
    languages: int
    areas: int


RECENT_HOURS = 3
"""Flags keep their hour only, so growth is counted over the running hour of the clock and the two before it."""


@dataclass(frozen=True, slots=True)
class Urgency:
    """A place in the queue: higher is sooner. `per_hour` is the growth; `overdue` says that its time has passed."""

    score: float
    per_hour: float
    overdue: bool


def urgency(
    spread: Spread, *, urgent: bool, harm: Harm, first_at: datetime, due_at: datetime | None, now: datetime
) -> Urgency:
    """Weigh what speaks for looking at a rumour now.

    Doubling the people who asked counts as much as one more language and area together; growth counts most, since what
    spreads now can still be met. Harm is a triager's judgement and outweighs all but a very wide spread; 'urgent' (a
    person said somebody may be in danger) comes before everything. Waiting counts up to the due time and beyond it, so
    that what few people ask comes up too.
    """
    per_hour = spread.recent / RECENT_HOURS
    reach = 4.0 * max(0, spread.languages - 1) + 3.0 * max(0, spread.areas - 1)
    score = 7.0 * log2(1 + spread.people) + 12.0 * log2(1 + per_hour) + min(_MOST_REACH, reach)
    score += _HARM[harm] + (_URGENT if urgent else 0.0) + _waiting(first_at, due_at, now)
    return Urgency(round(score, 2), per_hour, due_at is not None and due_at <= now)


def _waiting(first_at: datetime, due_at: datetime | None, now: datetime) -> float:
    if due_at is None or due_at <= first_at:
        return 0.0
    if now < due_at:
        return _DUE_SHARE * max(0.0, (now - first_at) / (due_at - first_at))
    return _DUE_SHARE + min(_MOST_OVERDUE, _OVERDUE_HOUR * ((now - due_at) / timedelta(hours=1)))
