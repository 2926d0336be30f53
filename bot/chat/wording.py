"""Better words: somebody who speaks a language says that a line of the interface is wrong."""

import hashlib
import re

from bot.chat import joining
from bot.chat.rooms import Rooms, number_in
from bot.chat.screens.screen import Screen
from bot.chat.screens.welcome import welcome
from bot.chat.talk import Talk
from bot.i18n import BUTTON, SOURCE
from bot.i18n.render import PLACEHOLDER, TAG
from bot.services.languages import Wording

_MOST = 12
_SPACES = re.compile(r"\s+")


def wordings(rooms: Rooms, language: str) -> list[Wording]:
    """The lines of the first screen in a language, as its readers see them."""
    t = rooms.catalogs.watcher(language)
    welcome(Screen(t, rooms.desk.controller, rooms.catalogs), {"draft": True})
    found = {}
    for context, english in t.used:
        shown = rooms.catalogs.shown(t.language.tag, english, context)
        if context != BUTTON and len(english) > 5:
            found[english] = Wording(language, string_id(context, english), english, _plain(shown))
    return list(found.values())[:_MOST]


def string_id(context: str | None, english: str) -> str:
    """A short name of a line that stays the same while its English does."""
    return hashlib.sha256(f"{context or ''}\x04{english}".encode()).hexdigest()[:8]


def _plain(shown: str) -> str:
    return _SPACES.sub(" ", PLACEHOLDER.sub("…", TAG.sub("", shown))).strip()


async def choose_line(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """Show the lines, numbered."""
    if not talk.knows_language or talk.language == SOURCE:
        await joining.show_menu(rooms, talk, [])
        return
    await talk.say("wording.choose", lines=[each.shown for each in wordings(rooms, talk.language)])


async def ask_for_better(rooms: Rooms, talk: Talk, arguments: list[str]) -> None:
    """`wl:3`: the next words are better ones for the third line; `wl:0`: for something else."""
    number = number_in(arguments) or 0
    found = wordings(rooms, talk.language)
    talk.state.step = f"wording:{number if number <= len(found) else 0}"
    line = found[number - 1].shown if 1 <= number <= len(found) else ""
    await talk.say("wording.ask", line=line)


async def finish(rooms: Rooms, talk: Talk, number: int) -> None:
    """The better words have arrived."""
    found = wordings(rooms, talk.language)
    wording = found[number - 1] if 1 <= number <= len(found) else Wording(talk.language)
    await rooms.desk.languages.suggest(talk.uow, wording, talk.event.text)
    await talk.say("wording.thanks")


BUTTONS = {"w": choose_line, "wl": ask_for_better}
