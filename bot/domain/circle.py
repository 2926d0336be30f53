"""The leaders' circle: notes on what worked."""

from enum import StrEnum


class NoteState(StrEnum):
    """WAITING for the team; SHOWN to other leaders; REFUSED: its text is gone."""

    WAITING = "waiting"
    SHOWN = "shown"
    REFUSED = "refused"
