"""The renderer: gives each kind of message to the screen that has its words."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.chat.screens import (
    cards,
    choices,
    circle,
    data,
    desk,
    films,
    groups,
    languages,
    leaders,
    lessons,
    proofs,
    questions,
    recognised,
    recordings,
    reviews,
    staff,
    welcome,
    wishes,
)
from bot.chat.screens.hear import HEARD, Prompt, as_heard
from bot.chat.screens.screen import Render, Screen, paragraphs
from bot.domain.controller import Controller
from bot.domain.messaging import OutgoingMessage
from bot.errors import NotFound
from bot.i18n import Catalogs, Translator, first_strong, has_rtl, utf16_len

SCREENS: Mapping[str, Render] = {
    **groups.SCREENS, **lessons.SCREENS, **wishes.SCREENS,
    **welcome.SCREENS, **choices.SCREENS, **questions.SCREENS, **cards.SCREENS, **data.SCREENS, **staff.SCREENS,
    **leaders.SCREENS, **recordings.SCREENS, **reviews.SCREENS, **languages.SCREENS,
    **desk.SCREENS, **proofs.SCREENS, **recognised.SCREENS, **circle.SCREENS,
    **films.SCREENS,
}  # fmt: skip


_RLM = "\u200f"
_LABEL = 64


def _from_the_right(message: OutgoingMessage) -> OutgoingMessage:
    """Buttons whose picture counts as Latin letters (🆘 does) start on the right all the same, as their words do."""

    def label(text: str) -> str:
        letter = next((each for each in text if each.isalpha()), "")
        turned = has_rtl(letter) and first_strong(text) == "ltr" and utf16_len(text) < _LABEL
        return f"{_RLM}{text}" if turned else text

    rows = tuple(tuple(replace(each, label=label(each.label)) for each in row) for row in message.buttons)
    return replace(message, buttons=rows)


class ChatRenderer:
    """Implements services.ports.Renderer. A message is in one language as a whole, never in a mixture.

    Where a text of it is not there in the reader's language, all of it comes in the next of their chain, and says so.
    """

    def __init__(
        self, catalogs: Catalogs, controller: Controller, prompts: Mapping[tuple[str, str], Prompt] | None = None
    ) -> None:
        self._catalogs = catalogs
        self._controller = controller
        self._prompts = prompts or {}

    def render(self, kind: str, params: dict[str, Any], language: str) -> OutgoingMessage:
        """The finished message. Raises NotFound for a kind that no screen has."""
        if kind not in SCREENS:
            raise NotFound(f"There is no screen {kind}.")
        registry = self._catalogs.registry
        wanted = registry.reading(language).tag
        for tag in registry.read_chain(wanted):
            t = self._catalogs.watcher(tag)
            message = SCREENS[kind](Screen(t, self._controller, self._catalogs), params)
            if not t.missed:
                break
        office = kind.startswith(("staff.", "test."))
        if tag != wanted and not office:
            message = self._with_honest_line(message, wanted, t)
        heard = params.get("hear") or (language if registry.get(language).audio_first else "")
        message = self._heard(kind, message, heard, t, params) if heard else message
        return _from_the_right(message) if t.language.rtl else message

    def _heard(
        self, kind: str, message: OutgoingMessage, language: str, t: Translator, params: dict[str, Any]
    ) -> OutgoingMessage:
        """For somebody who listens or watches: with the recording of this screen in their language, or beside it."""
        slot = HEARD[kind].slot_for(message, params) if kind in HEARD else ""
        tags = (language, *self._catalogs.registry.get(language).fallback)
        prompt = next((self._prompts[tag, slot] for tag in tags if (tag, slot) in self._prompts), None)
        return as_heard(Screen(t, self._controller, self._catalogs), kind, message, prompt)

    def _with_honest_line(self, message: OutgoingMessage, wanted: str, t: Translator) -> OutgoingMessage:
        registry = self._catalogs.registry
        said = t.text(
            "We do not write this in {wanted} yet. Here it is in {given}.",
            wanted=registry.get(wanted).autonym, given=t.language.autonym,
        )  # fmt: skip
        return replace(message, html=paragraphs(said, message.html))
