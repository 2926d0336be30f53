"""What the bot says of itself in its profile and menu, in each language."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.controller import Controller
from bot.i18n import N_, Catalogs

COMMANDS = {
    "start": N_("Begin"), "check": N_("Check something you were sent"), "mine": N_("Your questions"),
    "learn": N_("Learn to tell true from false, in two minutes"),
    "settings": N_("Language, area, voice or text"), "pause": N_("Take a break"), "stop": N_("Stop messages"),
    "about": N_("Who runs this"), "privacy": N_("Your privacy"), "mydata": N_("What we hold about you"),
    "forget": N_("Erase everything about you"),
}  # fmt: skip
DESCRIPTION = N_("Checked messages in your language, from people you can trust. Ask us whether what you heard is true.")


@dataclass(frozen=True, slots=True)
class Profile:
    """Commands with their descriptions, and what stands in an empty chat."""

    commands: tuple[tuple[str, str], ...]
    description: str


def profiles(catalogs: Catalogs, controller: Controller) -> Mapping[str, Profile]:
    """One profile a language that has the words for it; "" is for everybody else, in English."""
    found = {}
    for tag in ("", *catalogs.loaded):
        t = catalogs.translator(tag or "en-GB")
        if not t.complete_for(DESCRIPTION):
            continue
        commands = tuple((name, t.button(text, None)[:256]) for name, text in COMMANDS.items())
        found[tag] = Profile(commands, f"{t.button(DESCRIPTION, None)}\n{controller.organisation}".strip()[:512])
    return found
