"""A film: many voices, one message. What goes into it, what is left out, and what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from bot.domain.leaders import Scope
from bot.domain.renditions import RenditionState
from bot.domain.residents import Form
from bot.errors import VouchError

WHATSAPP_BYTES = 16_000_000
"""WhatsApp's Cloud API takes a video of at most 16 MB, H.264 with AAC."""
TELEGRAM_BYTES = 50_000_000
"""A bot may send at most 50 MB (Telegram Bot API, sendVideo)."""


class Aspect(StrEnum):
    """The shape of a film's picture: for wide screens, or for phones held upright."""

    WIDE = "16:9"
    TALL = "9:16"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return (1280, 720) if self is Aspect.WIDE else (720, 1280)


class LeftOut(StrEnum):
    """Why a recording is not in the film; besides, everything that ClipRefusal names."""

    NOT_APPROVED = "not_approved"
    WITHDRAWN = "withdrawn"
    NO_CONSENT = "no_consent"
    CONSENT_EXPIRED = "consent_expired"
    STALE = "stale"
    """Recorded for an earlier revision of the message: its words are no longer the message's."""
    ANOTHER_CHOSEN = "another_chosen"
    """The same language is there in a form that shows more."""
    NOT_CHOSEN = "not_chosen"
    """Staff left it out."""
    FILE_MISSING = "file_missing"
    COULD_NOT_BE_BUILT = "could_not_be_built"
    NOT_VETTED = "not_vetted"
    """Nobody stands for the facts of the message yet."""
    OUT_OF_DATE = "out_of_date"
    """The message itself is valid no longer, or not yet."""


class FilmState(StrEnum):
    """From the wish to the screen, and off it again."""

    WAITING = "waiting"
    MAKING = "making"
    MADE = "made"
    """It can be watched by the team; nobody else sees it before a second person's yes."""
    FAILED = "failed"
    PUBLISHED = "published"
    STOPPED = "stopped"
    """It may not be shown any more: its file is gone."""
    REPLACED = "replaced"
    """A newer film of the same shape took its place."""


KEPT_STATES = (FilmState.MADE, FilmState.PUBLISHED)
"""In these its file is there."""
LEASE_SECONDS = 30
"""A film whose maker has not been heard of for so long is made by somebody else: pieces that are done are kept."""
MOST_TRIES = 3


class FilmImpossible(VouchError):
    """No clip is left, or this machine cannot make films; the sentence says which, and what to do."""

    code = "film_impossible"


@dataclass(frozen=True, slots=True)
class Writing:
    """How a text is set: its language (BCP 47), script (ISO 15924), and whether it runs from right to left."""

    tag: str
    script: str
    rtl: bool = False


ENGLISH = Writing("en-GB", "Latn")


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks: role and community in the language of the recording, the role in English too."""

    name: str
    role: str = ""
    role_english: str = ""
    community: str = ""
    name_own: str = ""
    """The name in the script of the recording, where it has one."""


@dataclass(frozen=True, slots=True)
class FilmClip:
    """One approved recording, ready for a film. `path` is one of our own names."""

    rendition_id: int
    writing: Writing
    autonym: str
    language_english: str
    form: Form
    speaker: Speaker
    text: str
    english: str
    path: Path
    portrait: Path | None = None

    @property
    def signed(self) -> bool:
        """Whether it is in a sign language: seen, not heard."""
        return self.form is Form.SIGNED


@dataclass(frozen=True, slots=True)
class Omission:
    """A recording that is not in the film, and why (a LeftOut or a ClipRefusal)."""

    language: str
    form: str
    leader: str
    reason: str


@dataclass(frozen=True, slots=True)
class FilmPlan:
    """Everything that a film is made from. `link` stands behind the code on its end card."""

    key: str
    revision: int
    title: str
    clips: tuple[FilmClip, ...]
    left_out: tuple[Omission, ...]
    link: str
    code: str
    organisation: str
    vetted_on: date | None
    valid_until: datetime
    aspect: Aspect = Aspect.WIDE
    sample: bool = False
    limit: int = WHATSAPP_BYTES


@dataclass(frozen=True, slots=True)
class Cue:
    """A subtitle: seconds from the start of its segment (in a film: of the film)."""

    start: float
    end: float
    text: str
    english: str

    def moved(self, by: float) -> "Cue":
        """The same, later."""
        return Cue(round(self.start + by, 3), round(self.end + by, 3), self.text, self.english)


@dataclass(frozen=True, slots=True)
class FilmSegment:
    """One clip in the finished film, with its loudness (LUFS, dBTP; None where nothing is heard)."""

    rendition_id: int
    language: str
    leader: str
    form: str
    start: float
    end: float
    cues: tuple[Cue, ...] = ()
    loudness: float | None = None
    true_peak: float | None = None
    reused: bool = False


@dataclass(frozen=True, slots=True)
class FilmReport:
    """What became of a plan."""

    seconds: float
    size: int
    sha256: str
    loudness: float | None
    true_peak: float | None
    segments: tuple[FilmSegment, ...] = ()
    left_out: tuple[Omission, ...] = ()
    files: tuple[Path, ...] = field(default=())


class WhyNot(StrEnum):
    """Why a film that was made may not be shown any more; besides, what LeftOut names of one of its clips."""

    MESSAGE_CHANGED = "message_changed"
    NAME_WITHHELD = "name_withheld"
    """Somebody who is named in it asked not to be."""


@dataclass(frozen=True, slots=True)
class InFilm:
    """A recording in a finished film, and whether its speaker is named in it."""

    rendition_id: int
    language: str
    named: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """Why a film may not be shown (a WhyNot or a LeftOut), and the language of the recording that it is about."""

    reason: str
    language: str = ""


# Which recordings


@dataclass(frozen=True, slots=True)
class Consent:
    """What one recording may be used for, at one moment."""

    state: str
    scopes: tuple[str, ...]
    given_at: datetime | None
    until: datetime | None


def may_be_shown(consent: Consent, now: datetime) -> LeftOut | None:
    """None when the recording may be shown in public at this moment, otherwise why not."""
    if consent.state == RenditionState.WITHDRAWN:
        return LeftOut.WITHDRAWN
    if consent.state != RenditionState.APPROVED:
        return LeftOut.NOT_APPROVED
    if Scope.FILM not in consent.scopes or consent.given_at is None:
        return LeftOut.NO_CONSENT
    if consent.until is not None and consent.until <= now:
        return LeftOut.CONSENT_EXPIRED
    return None


_SHOWS_MORE = (Form.SIGNED, Form.VIDEO, Form.VOICE)


def fullest(forms: Iterable[Form]) -> Form:
    """Of several recordings of one language, the form that shows most."""
    return min(forms, key=_SHOWS_MORE.index)
