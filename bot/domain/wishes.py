"""Residents' wishes: the two kinds, and the fixed answers that the team may give."""

from enum import StrEnum


class WishKind(StrEnum):
    """KNOW: something that people would like to hear about; BETTER: something about this service."""

    KNOW = "know"
    BETTER = "better"


class WishState(StrEnum):
    """NEW waits for the team; the others are its answers, each a reviewed sentence in the person's language.

    MESSAGE is answered with a message in force.
    """

    NEW = "new"
    NOTED = "noted"
    PLANNED = "planned"
    DONE = "done"
    NOT_OURS = "not_ours"
    MESSAGE = "message"


SENTENCES = (WishState.NOTED, WishState.PLANNED, WishState.DONE, WishState.NOT_OURS)
MOST_AN_HOUR = 5
"""So many of one person are taken within an hour of the clock."""
LONGEST = 1_000
"""Characters of one wish."""
