"""Residents: how they want to hear from us."""

from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """The form in which a rendition is made and in which a person prefers it."""

    TEXT = "text"
    VOICE = "voice"
    VIDEO = "video"
    SIGNED = "signed"


class ResidentState(StrEnum):
    """ACTIVE gets broadcasts; PAUSED does until `paused_until`; STOPPED and BLOCKED get nothing unasked."""

    ACTIVE = "active"
    PAUSED = "paused"
    STOPPED = "stopped"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a resident chose. `topics` empty means every topic; `area` None means the whole borough."""

    listen: str
    read: str
    area: str | None = None
    form: Form = Form.VOICE
    topics: tuple[str, ...] = ()
    emergencies_only: bool = False


def wants(preferences: Preferences, *, topic: str, emergency: bool) -> bool:
    """Whether a message of this topic may come unasked. Emergencies always may: people joined for them."""
    if emergency:
        return True
    if preferences.emergencies_only:
        return False
    return not preferences.topics or topic in preferences.topics
