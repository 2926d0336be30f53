"""Rumours and flags: states and what a triager may decide."""

from enum import IntEnum, StrEnum

from bot.errors import Conflict


class RumourState(StrEnum):
    """NEW waits for a triager; ANSWERING has an answer that waits for a second person; the rest are ends.

    SAFEGUARDING is out of the desk's flow: only the safeguarding lead sees it, and ends it as SAFEGUARDED. MERGED has
    given everything to another rumour.
    """

    NEW = "new"
    ANSWERING = "answering"
    ANSWERED = "answered"
    NOT_AMPLIFIED = "not_amplified"
    SPAM = "spam"
    NOT_A_RUMOUR = "not_a_rumour"
    SAFEGUARDING = "safeguarding"
    SAFEGUARDED = "safeguarded"
    MERGED = "merged"


OPEN_STATES = frozenset({RumourState.NEW, RumourState.ANSWERING})
CLOSING_REASONS = frozenset({RumourState.NOT_AMPLIFIED, RumourState.SPAM, RumourState.NOT_A_RUMOUR})
SAFEGUARDING_STATES = frozenset({RumourState.SAFEGUARDING, RumourState.SAFEGUARDED})
"""What ordinary triagers do not see."""


class Harm(IntEnum):
    """What may follow where people believe it, as a triager judges it."""

    NOT_JUDGED = 0
    LITTLE = 1
    SOME = 2
    GRAVE = 3


MAX_QUESTIONS_AN_HOUR = 20
"""So many questions of one person are kept within an hour of the clock; someone in danger is heard beyond it.

More than anybody asks in earnest, and few enough that one person cannot bury those of all others."""


class ReplyState(StrEnum):
    """What the person behind a flag has been told. FALLBACK got English and hears again in their language."""

    WAITING = "waiting"
    TOLD = "told"
    FALLBACK = "fallback"
    UPDATED = "updated"


def check_open(state: RumourState) -> None:
    """Raise Conflict unless the rumour can still be decided."""
    if state not in OPEN_STATES:
        raise Conflict("This rumour is already decided; reopen it first.")
