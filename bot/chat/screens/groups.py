"""In groups: brief, one language, and always the way to the whole text and to our own chat."""

from html import escape

from bot.chat.screens.cards import card_html
from bot.chat.screens.screen import Params, Render, Screen, bold, lines, paragraphs
from bot.domain.messaging import Button, OutgoingMessage
from bot.i18n import pN_, utf16_len

_BRIEF = 600
"""UTF-16 units of an answer in a group: more of it would push the talk of the group away."""
OPEN_CHAT = pN_("button", "Ask us in private")


def page_of(screen: Screen, card: Params) -> str:
    """The address of the message's public page in the language of the text; nothing for an answer without one."""
    site = screen.controller.public_url
    return f"{site}/m/{card['key']}/{card['text_language']}" if site.startswith("https://") else ""


def _open_chat(screen: Screen) -> tuple[tuple[Button, ...], ...]:
    name = screen.controller.bot_name
    return ((Button(screen.t.button(OPEN_CHAT), url=f"https://t.me/{name}?start=group"),),) if name else ()


def known(screen: Screen, params: Params) -> OutgoingMessage:
    """What we know, in reply to what was asked about."""
    card = params["card"]
    page = page_of(screen, card)
    brief = _brief(card["text"]) if page else card["text"]
    whole = brief == card["text"] or not page
    body = card_html(screen, card) if whole else paragraphs(
        bold(escape(card["title"])) if card["text_language"] == "en-GB" else "", escape(brief, quote=False)
    )  # fmt: skip
    t = screen.catalogs.translator(card["text_language"])
    html = paragraphs(body, "" if not page else lines(t.text("Read all of it, with its sources:"), escape(page)))
    return OutgoingMessage(html, _open_chat(screen), reply_ref=params["reply_ref"])


def _brief(text: str) -> str:
    """Whole paragraphs from the beginning, as many as are short; at least one."""
    kept: list[str] = []
    for each in text.split("\n\n"):
        if kept and utf16_len("\n\n".join((*kept, each))) > _BRIEF:
            break
        kept.append(each)
    return "\n\n".join(kept)


def unknown(screen: Screen, params: Params) -> OutgoingMessage:
    """Nothing is known yet; a group is not the place to pass it on."""
    html = screen.t.text(
        "We do not know anything about this yet. If you want us to find out, send it to us in our own chat."
    )
    return OutgoingMessage(html, _open_chat(screen), reply_ref=params["reply_ref"])


def usage(screen: Screen, params: Params) -> OutgoingMessage:
    """How to ask in a group."""
    html = screen.t.text("Reply to a message with:\n/check\nThen we say here what we know about it.")
    return OutgoingMessage(html, reply_ref=params["reply_ref"])


def automatic(screen: Screen, params: Params) -> OutgoingMessage:
    """The administrators chose."""
    t = screen.t
    html = (
        t.text("From now on we also answer without being asked, but only where we are certain. To end that:\n/auto off")
        if params["on"] else t.text("From now on we answer only when somebody asks with:\n/check")
    )  # fmt: skip
    return OutgoingMessage(html, reply_ref=params["reply_ref"])


def only_admins(screen: Screen, params: Params) -> OutgoingMessage:
    """Somebody else tried."""
    return OutgoingMessage(
        screen.t.text("Only administrators of this group can change that."), reply_ref=params["reply_ref"]
    )


SCREENS: dict[str, Render] = {
    "group.known": known, "group.unknown": unknown, "group.usage": usage, "group.automatic": automatic,
    "group.only_admins": only_admins,
}  # fmt: skip
