"""Who runs this installation, as people are told: the controller's own facts, never invented by the software."""

from dataclasses import dataclass, field

from bot.domain.office import OfficeHours


@dataclass(frozen=True, slots=True)
class Area:
    """A coarse part of the borough that a resident may name."""

    id: str
    name: str
    ward_code: str = ""


@dataclass(frozen=True, slots=True)
class Controller:
    """The organisation behind the bot. `seen_by_*` None means: not yet decided by the controller.

    `answer_hours`: so many office hours after a question people hear from the team, with an answer or without.
    """

    organisation: str = ""
    contact: str = ""
    privacy_url: str = ""
    council_url: str = ""
    bot_name: str = ""
    seen_by_police: bool | None = None
    seen_by_immigration: bool | None = None
    seen_by_partners: bool | None = None
    zone: str = "Europe/London"
    areas: tuple[Area, ...] = field(default=())
    public_url: str = ""
    reply_days: int = 30
    pilot: bool = False
    sample: bool = False
    office: OfficeHours = field(default_factory=OfficeHours)
    answer_hours: int = 8
    original_days: int = 7
