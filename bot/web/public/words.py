"""The words around a message on its public page, in the language of the message."""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from bot.domain.controller import Controller
from bot.i18n import Safe, Translator


@dataclass(frozen=True, slots=True)
class PageWords:
    """Every sentence is HTML with its values escaped."""

    t: Translator
    controller: Controller

    @property
    def organisation(self) -> str:
        """Who answers for the page."""
        return self.controller.organisation or "Vouch"

    @property
    def heading(self) -> Safe:
        """Above a text that has no title in its own language."""
        # Translators: heading of a web page with one public message of a council or health service
        return self.t.text("A message from {organisation}", organisation=self.organisation)

    def checked(self, by: str, on: date) -> Safe:
        """Who stands for the facts."""
        # Translators: {name} is a team or a person who checked that the message is right
        return self.t.text("Checked by {name} on {date}", name=by, date=self._day(on))

    def valid_until(self, until: datetime) -> Safe:
        """The last day on which it holds."""
        return self.t.text("Valid until {date}", date=self.t.date(until, ZoneInfo(self.controller.zone)))

    def spoken_by(self, name: str, role: str) -> Safe:
        """Whose voice it is."""
        return self.t.text("Spoken by {name}, {role}", name=name, role=role)

    def missing(self, wanted: str, given: str) -> Safe:
        """Why it is in another language."""
        return self.t.text(
            "This message is not yet in {wanted}. Here it is in {given}.", wanted=wanted, given=given
        )  # fmt: skip

    @property
    def film(self) -> Safe:
        """Above the film."""
        # Translators: heading above a short film in which people speak the same message in many languages
        return self.t.text("Watch it in many voices")

    @property
    def film_gone(self) -> Safe:
        """Where a film was."""
        return self.t.text("The film that was here is no longer shown. Please do not pass on copies of it.")

    def film_save(self, megabytes: int) -> Safe:
        """To keep it and pass it on."""
        # Translators: a link that saves a film to the telephone; {number} is its size in megabytes (MB)
        return self.t.text("Save the film to pass it on ({number} MB)", number=megabytes)

    def film_save_tall(self, megabytes: int) -> Safe:
        """The same for phones held upright."""
        # Translators: a link that saves a film whose picture is taller than wide; {number} is its size in megabytes
        return self.t.text("Save it in the shape for phones ({number} MB)", number=megabytes)

    @property
    def sources(self) -> Safe:
        """Above the official pages."""
        return self.t.text("Where this comes from:")

    @property
    def languages(self) -> Safe:
        """Above the other languages."""
        # Translators: above a list of links to the same message in other languages
        return self.t.text("In other languages:")

    @property
    def ask(self) -> Safe:
        """Beside the way to the bot."""
        return self.t.text("Were you sent something and you are not sure it is true? Ask us on Telegram:")

    @property
    def code(self) -> Safe:
        """What the picture of a code is, for those who do not see it."""
        # Translators: describes a picture (QR code) that opens the chat when a telephone's camera is pointed at it
        return self.t.text("Code that opens the chat on Telegram")

    @property
    def sample(self) -> Safe:
        """Where everything is made up."""
        return self.t.text("This is a sample. The people and organisations in it are made up.")

    @property
    def never(self) -> Safe:
        """What no message of ours does."""
        return self.t.text("It never asks you for money, passwords or documents.")

    def _day(self, on: date) -> str:
        zone = ZoneInfo(self.controller.zone)
        return self.t.date(datetime.combine(on, time(12), zone), zone)
