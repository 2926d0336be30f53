"""What every screen is made of: a translator, the controller's facts, and button rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from bot.domain.controller import Controller
from bot.domain.messaging import Button, OutgoingMessage
from bot.i18n import Catalogs, Safe, Translator, strip_controls, utf16_len

Params = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Screen:
    """One reader's point of view."""

    t: Translator
    controller: Controller
    catalogs: Catalogs

    def row(self, *buttons: Button) -> tuple[Button, ...]:
        """A row of buttons; mirrored for right-to-left readers, since clients do not mirror it themselves."""
        return tuple(reversed(buttons)) if self.t.language.rtl else buttons

    def grid(self, buttons: Sequence[Button], width: int = 2) -> tuple[tuple[Button, ...], ...]:
        """Rows of `width` buttons."""
        return tuple(self.row(*buttons[at : at + width]) for at in range(0, len(buttons), width))

    def button(self, msgid: str, data: str) -> Button:
        """A translated button; an arrow in it points the way that its language is read."""
        label = self.t.button(msgid)
        return Button(label.replace("▶", "◀") if self.t.language.rtl else label, data)

    def pages(self, verb: str, page: int, pages: int) -> tuple[tuple[Button, ...], ...]:
        """Back and forward through pages, or nothing where there is one page."""
        if pages < 2:
            return ()
        before, after = ("▶", "◀") if self.t.language.rtl else ("◀", "▶")
        back = Button(before, f"{verb}:{(page - 1) % pages}")
        forward = Button(after, f"{verb}:{(page + 1) % pages}")
        return (self.row(back, Button(f"{page + 1} / {pages}", f"{verb}:{page}"), forward),)


Render = Callable[[Screen, Params], OutgoingMessage]


def paragraphs(*parts: str) -> str:
    """Joined with an empty line between them; empty parts are left out."""
    return "\n\n".join(part for part in parts if part)


def lines(*parts: str) -> str:
    """One under the other; empty parts are left out."""
    return "\n".join(part for part in parts if part)


def cut(text: str, units: int) -> str:
    """At most so many UTF-16 units, with a mark where something was left out."""
    if utf16_len(text) <= units:
        return text
    return text.encode("utf-16-le", "surrogatepass")[: (units - 1) * 2].decode("utf-16-le", "ignore") + "…"


def words(text: str, units: int = 4_000) -> str:
    """What a person wrote, safe to show: as text, cut, and without characters that hide or reorder."""
    return escape(cut(strip_controls(text)[0], units), quote=False)


def bold(text: str) -> Safe:
    """In bold."""
    return Safe(f"<b>{text}</b>")


def within(text: str, units: int) -> str:
    """The beginning of a text, of at most so many UTF-16 units (as channels count)."""
    return text.encode("utf-16-le", "surrogatepass")[: units * 2].decode("utf-16-le", "ignore")
