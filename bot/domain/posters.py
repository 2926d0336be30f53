"""What is printed for people who are not online: posters for a wall, and sheets to be read aloud."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from bot.domain.films import Writing


class Paper(StrEnum):
    """Sizes of paper, upright (ISO 216)."""

    A4 = "A4"
    A3 = "A3"

    @property
    def millimetres(self) -> tuple[int, int]:
        """Width and height."""
        return (210, 297) if self is Paper.A4 else (297, 420)


@dataclass(frozen=True, slots=True)
class PosterText:
    """The message in one language."""

    writing: Writing
    autonym: str
    text: str


@dataclass(frozen=True, slots=True)
class Poster:
    """One page for one venue. `link` stands behind its code and carries language and place."""

    title: str
    revision: int
    texts: tuple[PosterText, ...]
    link: str
    code: str
    place: str
    organisation: str
    vetted_by: str
    vetted_on: date | None
    valid_until: datetime
    leader: str = ""
    role: str = ""
    portrait: Path | None = None
    paper: Paper = Paper.A4


@dataclass(frozen=True, slots=True)
class Sheet:
    """What somebody reads aloud to a room in one language."""

    title: str
    revision: int
    text: PosterText
    code: str
    organisation: str
    valid_until: datetime
