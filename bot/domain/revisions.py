"""A change of a message, or one taken from the shelf, on its way to a second person's yes."""

from enum import StrEnum


class Meaning(StrEnum):
    """What its author says of a change; the second person confirms it. Only CHANGED makes renditions stale."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"


class RevisionKind(StrEnum):
    """EDIT: other words or facts. SHELF: a message of the ready shelf, filled in for today."""

    EDIT = "edit"
    SHELF = "shelf"


class RevisionState(StrEnum):
    """PROPOSED waits for the second person."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    REPLACED = "replaced"
