"""The words of `/verify`, in the language of whoever reads it; where the chat says the same, in the same sentence."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.domain.controller import Controller
from bot.domain.proofs import Proof
from bot.i18n import Safe, Translator
from bot.services.verifying import Found


@dataclass(frozen=True, slots=True)
class ProofWords:
    """Every sentence is HTML with its values escaped."""

    t: Translator
    controller: Controller

    @property
    def heading(self) -> Safe:
        """Above the form."""
        return self.t.text("Is it really from us?")

    @property
    def explain(self) -> Safe:
        """What the form is for."""
        # Translators: on a web page with a form; a code is short, like ACEF-H3KM
        return self.t.text(
            "Beneath each message of ours stands a short code. Write it here and see what it belongs to."
        )

    @property
    def label(self) -> Safe:
        """Of the field."""
        return self.t.text("The code")

    @property
    def send(self) -> Safe:
        """On the button."""
        return self.t.text("Look it up")

    @property
    def clips(self) -> Safe:
        """For recordings without a code."""
        return self.t.text("Were you sent a recording? Forward it to us on Telegram: we compare it with what we sent.")

    def verdict(self, found: Found) -> Safe:
        """What can be said about a code."""
        if found.manifest is None:
            return self.t.text("We do not know this code. Please compare it letter by letter with what you were sent.")
        date = self.t.date(found.manifest.issued_at, ZoneInfo(self.controller.zone))
        if found.proof is Proof.GENUINE:
            return self.t.text("This code is ours, of {date}. It belongs to the message below.", date=date)
        if found.proof is Proof.OUT_OF_DATE:
            return self.t.text("⏳ This was from us, on {date}. It is out of date now.", date=date)
        return self.t.text("⛔ This was from us, on {date}. We have withdrawn it.", date=date)

    def advice(self, found: Found) -> Safe | str:
        """What to do with it."""
        if found.proof is Proof.GENUINE:
            return self.t.text(
                "Compare: what you were sent must be just the same. If a word or the voice is different, it is not "
                "ours."
            )
        return "" if found.proof is Proof.UNKNOWN else self.t.text("Please do not pass it on any more.")
