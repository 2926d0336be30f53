"""What the rooms of a conversation share: services, and the languages that may be offered."""

from dataclasses import dataclass

from bot.i18n import SOURCE, Catalogs, Language, Registry, Status
from bot.i18n.identify import Identifier
from bot.services.desk import Desk
from bot.services.privacy import Privacy
from bot.services.residents import Residents

PAGE = 8
"""Choices on one page of buttons: what fits on a small phone without scrolling."""
_DIGITS = 18
"""Every number of so many digits fits a row id (64 bits)."""


def number_in(arguments: list[str], at: int = 0) -> int | None:
    """The number that a button or a command carries in this place; None where there is none, or a forged one."""
    text = arguments[at] if at < len(arguments) else ""
    return int(text) if text.isdecimal() and len(text) <= _DIGITS else None


@dataclass(frozen=True, slots=True)
class Rooms:
    """Handed to every handler."""

    desk: Desk
    residents: Residents
    privacy: Privacy
    catalogs: Catalogs
    status: Status
    offered: tuple[Language, ...]
    unready: tuple[Language, ...] = ()
    """Languages of the borough whose most important lines no speaker has checked: people can wait for them."""
    reads_pictures: bool = False
    """Whether the words in a picture can be read here (tesseract is installed)."""
    identifier: Identifier | None = None
    """Guesses the language of a question; without it, a question is in the language that its sender reads."""

    @property
    def registry(self) -> Registry:
        """The languages that Vouch knows."""
        return self.desk.registry

    def offered_tag(self, tag: str) -> str | None:
        """The offered language that a tag from outside means, or None."""
        found = self.registry.resolve(tag)
        return found.tag if found is not None and found in self.offered else None

    def unready_tag(self, tag: str) -> str | None:
        """The language that is not ready yet and that a tag from outside means, or None."""
        found = self.registry.resolve(tag)
        return found.tag if found is not None and found in self.unready else None

    def instead_of(self, tag: str) -> str:
        """What somebody can use until this language is ready: the first of its chain that is offered, or English."""
        offered = {each.tag for each in self.offered}
        return next((each for each in self.registry.read_chain(tag)[1:] if each in offered), SOURCE)

    def ordered(self, app_language: str) -> list[str]:
        """All offered tags; the app's own language only moves to the front."""
        first = self.offered_tag(app_language) if app_language else None
        tags = [each.tag for each in self.offered]
        # English apps are what most people have, whatever they speak: English moves nobody's language away.
        if first and first != "en-GB":
            tags.remove(first)
            tags.insert(0, first)
        return tags

    def is_draft(self, tag: str) -> bool:
        """Whether the interface in this language has not been checked by a speaker yet."""
        reading = self.registry.reading(tag).tag
        has_texts = self.catalogs.coverage(reading)[0] > 0
        return reading != "en-GB" and has_texts and self.status.of(reading).draft
