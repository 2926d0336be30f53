"""What a message pack holds once it is read. Values only; times are aware UTC."""

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from bot.domain.renditions import SOURCE_LANGUAGE

RecordingForm = Literal["voice", "video", "signed"]
ConsentUse = Literal["bot", "film", "partners"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where the facts of a message come from."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class RenditionFile:
    """One message as text in one language. `path` is relative to the pack's folder; equality ignores it.

    `translator` is whoever wrote the text; in the English source, its author.
    """

    language: str
    text: str
    translator: str | None
    reviewer: str | None
    reviewed_on: date | None
    path: Path = field(compare=False)

    @property
    def reviewed(self) -> bool:
        """Whether a second person has checked it; otherwise it is a draft and may not be broadcast."""
        return self.reviewer is not None and self.reviewed_on is not None


@dataclass(frozen=True, slots=True)
class RecordingFile:
    """One leader saying or signing a message.

    `name` is the file's path inside the message's folder, with `/` between parts. `file` is where the bytes
    are now; it differs from place to place, so two recordings that differ in it alone are equal.
    `text` says in the recording's language what is said, `english` says it in English.
    """

    name: str
    file: Path = field(compare=False)
    language: str
    leader: str
    role: str
    role_english: str
    community: str
    text: str
    english: str
    consent: tuple[ConsentUse, ...]
    consented_at: datetime
    consent_until: datetime
    reviewer: str | None
    reviewed_on: date | None
    form: RecordingForm

    @property
    def reviewed(self) -> bool:
        """Whether a second speaker has checked it; otherwise it is a draft and may not be broadcast."""
        return self.reviewer is not None and self.reviewed_on is not None


@dataclass(frozen=True, slots=True)
class MessageFile:
    """One vetted (or yet unvetted) public message with all its renditions, the English source first."""

    key: str
    title: str
    topic: str
    revision: int
    valid_from: datetime
    valid_until: datetime
    sources: tuple[Source, ...]
    vetted_by: str | None
    vetted_on: date | None
    emergency: bool
    renditions: tuple[RenditionFile, ...]
    recordings: tuple[RecordingFile, ...]
    shelf: str | None = None
    """What it is made ready for, where it stands on the ready shelf."""
    asks: tuple[str, ...] = ()
    """The facts that are filled in on the day (domain/facts.py)."""
    answers: tuple[str, ...] = ()
    """What is going round that it answers, in plain English: what is asked is compared with it, nobody reads it."""

    @property
    def english(self) -> str:
        """The plain-English source text."""
        return next(one.text for one in self.renditions if one.language == SOURCE_LANGUAGE)


@dataclass(frozen=True, slots=True)
class Pack:
    """A folder of messages, read and without errors; messages are in the order of their keys."""

    folder: Path
    messages: list[MessageFile]
