"""What the services need from outside, as small promises that others keep."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from bot.db import UnitOfWork
from bot.db.rows import RumourRow
from bot.domain.clips import Clip, ClipRefusal
from bot.domain.films import FilmPlan, FilmReport
from bot.domain.inline import InlineAnswer
from bot.domain.messaging import OutgoingMessage, SendOutcome
from bot.domain.posters import Poster
from bot.matching.fingerprints import Prints


class Kin(Protocol):
    """Finds the rumour that a text is another wording of, in any language."""

    async def same(self, uow: UnitOfWork, text: str) -> int | None:
        """The number of the open rumour, or None."""
        ...

    async def note(self, uow: UnitOfWork, rumour: RumourRow) -> None:
        """Compare with this new rumour from now on."""
        ...


class Clock(Protocol):
    """Tells the time. Everything that asks for the time asks a Clock, so that tests can move it."""

    def now(self) -> datetime:
        """The time as an aware UTC instant."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The time as an aware UTC instant."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """A file fetched from the channel."""

    data: bytes
    mime: str


class Messenger(Protocol):
    """A channel's way out. Sending never raises: it ends in one of the outcomes of domain/messaging.py."""

    async def send(self, chat_id: int, message: OutgoingMessage) -> SendOutcome:
        """Send one message and say what became of it."""
        ...

    async def acknowledge(self, press_id: str) -> None:
        """Stop the spinner of a pressed button; best effort."""
        ...

    async def answer_inline(self, answer: InlineAnswer) -> None:
        """Offer results to somebody who types our name in a chat; best effort, they type on."""
        ...

    async def member_status(self, group_id: int, person_id: int) -> str | None:
        """What somebody is in a group (`creator`, `administrator`, `member`...); None where it cannot be told."""
        ...

    async def fetch(self, file_id: str, *, limit: int) -> FetchedFile:
        """Fetch a file of at most `limit` bytes. Raises InvalidInput when it is larger or gone for good,
        Unavailable when it may work later."""
        ...

    async def probe(self) -> bool:
        """Whether the channel answers clearly at this moment."""
        ...


class Renderer(Protocol):
    """Finds the words: turns (kind, parameters, language) into a finished message."""

    def render(self, kind: str, params: dict[str, Any], language: str) -> OutgoingMessage:
        """The message for a person who reads `language`."""
        ...


class Erasures(Protocol):
    """Remembers that somebody was erased, outside the database and its backups, without saying who."""

    async def note(self, marks: Sequence[str], at: datetime) -> None:
        """Write down keyed marks (Vault.erasure_mark). Raises OSError."""
        ...


class Anchor(Protocol):
    """Remembers outside the database how far the chain was sealed."""

    async def read(self) -> dict[str, Any] | None:
        """`{"seq", "hash", "at"}` as it was kept last, or None."""
        ...

    async def keep(self, anchor: dict[str, Any]) -> None:
        """Remember this one instead. Raises OSError."""
        ...


class Fingerprinter(Protocol):
    """Makes fingerprints of files that somebody sent, where those can do no harm."""

    async def prints(self, path: Path, kind: str) -> Prints:
        """The fingerprints of a file; empty for what cannot be read."""
        ...


class TextReader(Protocol):
    """Reads what is written in a picture that somebody sent, where it can do no harm."""

    async def read(self, path: Path, language: str | None) -> str | None:
        """The words in it, for somebody who reads `language`; None where nothing can be read on this machine."""
        ...


class MediaStore(Protocol):
    """Where media files live."""

    async def save(self, data: bytes, suffix: str) -> str:
        """Keep the bytes; returns the name to find them by."""
        ...

    def path(self, name: str) -> Path:
        """The file's place on disk. Raises NotFound when it is not there."""
        ...

    async def remove(self, name: str) -> None:
        """Delete the file if it is there."""
        ...


class ClipProber(Protocol):
    """Looks at recordings that somebody sent, where they can do no harm."""

    async def probe(self, path: Path, *, signed: bool = False) -> Clip | ClipRefusal:
        """What the recording is, or why it cannot be used. `signed`: needs a picture and no sound."""
        ...

    async def decodes(self, path: Path) -> bool:
        """Whether every frame and sample of it can be read."""
        ...


Progress = Callable[[int, int], Awaitable[None]]
"""Told of each step that is done, and of how many there are."""


class Printer(Protocol):
    """Draws what is printed."""

    def poster(self, poster: Poster) -> bytes:
        """A page for a wall, as PDF. Takes a second: not for the event loop. Raises OSError where fonts are missing."""
        ...


class FilmMaker(Protocol):
    """Makes films out of plans."""

    def missing(self, plan: FilmPlan | None = None) -> list[str]:
        """What has to be installed first, in plain sentences."""
        ...

    async def make(self, plan: FilmPlan, out: Path, progress: Progress | None = None) -> FilmReport:
        """Make the film as `out`, its report and subtitles beside it. Raises FilmImpossible."""
        ...

    async def keep_only(self, digests: Collection[str]) -> int:
        """Delete what was made from recordings other than these (SHA-256 of their bytes); returns how many files."""
        ...
