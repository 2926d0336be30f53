"""The renderer: gives each kind of message to the screen that has its words."""

from collections.abc import Mapping
from typing import Any

from bot.chat.screens import cards, choices, data, desk, questions, staff, welcome
from bot.chat.screens.screen import Render, Screen
from bot.domain.controller import Controller
from bot.domain.messaging import OutgoingMessage
from bot.errors import NotFound
from bot.i18n import Catalogs, Translator

SCREENS: Mapping[str, Render] = {
    **welcome.SCREENS, **choices.SCREENS, **questions.SCREENS, **cards.SCREENS, **data.SCREENS, **staff.SCREENS,
    **desk.SCREENS,
}  # fmt: skip


class ChatRenderer:
    """Implements services.ports.Renderer."""

    def __init__(self, catalogs: Catalogs, controller: Controller) -> None:
        self._catalogs = catalogs
        self._controller = controller
        self._translators: dict[str, Translator] = {}

    def render(self, kind: str, params: dict[str, Any], language: str) -> OutgoingMessage:
        """The finished message. Raises NotFound for a kind that no screen has."""
        if kind not in SCREENS:
            raise NotFound(f"There is no screen {kind}.")
        translator = self._translators.get(language)
        if translator is None:
            translator = self._translators[language] = self._catalogs.translator(language)
        return SCREENS[kind](Screen(translator, self._controller, self._catalogs), params)
