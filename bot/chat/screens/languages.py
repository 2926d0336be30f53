"""Languages that are not ready yet, and words that somebody says are wrong."""

from bot.chat.screens.screen import Params, Render, Screen, bold, lines, paragraphs
from bot.chat.screens.welcome import MENU_BUTTON, language_buttons
from bot.domain.messaging import Button, OutgoingMessage
from bot.i18n import Safe, pN_

OTHER_LANGUAGE = pN_("button", "Another language")


def not_ready_list(screen: Screen, params: Params) -> OutgoingMessage:
    """Languages that are known and not offered, by their own names."""
    html = bold(screen.t.text("These languages are not ready yet. Which one is yours?"))
    rows = (
        *language_buttons(screen, params["tags"], "lo"), *screen.pages("lop", params["page"], params["pages"]),
        (screen.button(OTHER_LANGUAGE, "lp:0"),),
    )  # fmt: skip
    return OutgoingMessage(html, rows, edit_ref=params.get("edit_ref"))


def not_ready(screen: Screen, params: Params) -> OutgoingMessage:
    """A language whose most important lines no speaker has checked: what there is instead, and the offer to tell."""
    t, registry = screen.t, screen.catalogs.registry
    wanted, given = registry.get(params["wanted"]), registry.get(params["given"])
    html = paragraphs(
        bold(t.text("{wanted} is not ready yet.", wanted=wanted.autonym)),
        # Translators: the most important lines are those on consent, privacy, how to stop, and danger
        t.text("No speaker of it has checked the most important lines. Until then you can use {given}.",
               given=given.autonym),
    )  # fmt: skip
    rows = (
        (Button(given.autonym, f"l:{given.tag}"),),
        (screen.button(pN_("button", "Tell me when it is ready"), f"wish:{wanted.tag}"),),
        (screen.button(OTHER_LANGUAGE, "lp:0"),),
    )
    return OutgoingMessage(html, rows, edit_ref=params.get("edit_ref"))


def wished(screen: Screen, params: Params) -> OutgoingMessage:
    """Remembered."""
    registry = screen.catalogs.registry
    html = screen.t.text(
        "We will tell you here, once, when {wanted} is ready. For that we keep your chat address in encrypted form.",
        wanted=registry.get(params["wanted"]).autonym,
    )
    given = registry.get(params["given"])
    rows = ((Button(given.autonym, f"l:{given.tag}"),), (screen.button(OTHER_LANGUAGE, "lp:0"),))
    return OutgoingMessage(html, rows, edit_ref=params.get("edit_ref"))


def ready(screen: Screen, params: Params) -> OutgoingMessage:
    """Said once."""
    name = screen.catalogs.registry.get(params["wanted"]).autonym
    html = screen.t.text("You asked us to tell you: {wanted} is ready now.", wanted=name)
    return OutgoingMessage(html, ((Button(name, f"l:{params['wanted']}"),), (screen.button(MENU_BUTTON, "menu"),)))


def choose_line(screen: Screen, params: Params) -> OutgoingMessage:
    """Which of the lines is wrong."""
    t = screen.t
    listed = lines(*(f"{number}. {Safe(text)}" for number, text in enumerate(params["lines"], start=1)))
    html = paragraphs(bold(t.text("Which line is wrong? Thank you for helping.")), listed)
    numbers = [Button(str(number), f"wl:{number}") for number in range(1, len(params["lines"]) + 1)]
    rows = (
        *screen.grid(numbers, width=4), (screen.button(pN_("button", "Something else"), "wl:0"),),
        (screen.button(MENU_BUTTON, "menu"),),
    )  # fmt: skip
    return OutgoingMessage(html, rows)


def better_words(screen: Screen, params: Params) -> OutgoingMessage:
    """Waiting for their words."""
    t = screen.t
    line = t.text("“{text}”", text=Safe(params["line"])) if params["line"] else ""
    html = paragraphs(bold(t.text("How would you say it? Please write it here.")), line)
    return OutgoingMessage(html, ((screen.button(MENU_BUTTON, "menu"),),))


def thanks(screen: Screen, params: Params) -> OutgoingMessage:
    """Kept for the team."""
    html = screen.t.text("Thank you. The team will look at it. Your name does not stand beside it.")
    return OutgoingMessage(html, ((screen.button(MENU_BUTTON, "menu"),),))


SCREENS: dict[str, Render] = {
    "language.not_ready_list": not_ready_list, "language.not_ready": not_ready, "language.wished": wished,
    "language.ready": ready, "wording.choose": choose_line, "wording.ask": better_words, "wording.thanks": thanks,
}  # fmt: skip
