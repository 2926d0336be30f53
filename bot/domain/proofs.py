"""What can be said about something that claims to be ours."""

from enum import StrEnum


class Proof(StrEnum):
    """The closed set. Only the same bytes or words, or a code, are GENUINE, OUT_OF_DATE or WITHDRAWN; a fingerprint
    alone says at the most ALTERED or VOICE_CHANGED."""

    GENUINE = "genuine"
    OUT_OF_DATE = "out_of_date"
    WITHDRAWN = "withdrawn"
    ALTERED = "altered"
    """It looks or sounds like ours, and is not the same."""
    VOICE_CHANGED = "voice_changed"
    """The picture is ours, the sound is another."""
    UNKNOWN = "unknown"
