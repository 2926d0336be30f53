"""A vetted message as a person sees it: one language for all of it, honest about fallback and drafts."""

import re
from datetime import datetime
from html import escape, unescape
from zoneinfo import ZoneInfo

from bot.chat.screens.screen import Params, Render, Screen, bold, lines, paragraphs
from bot.chat.screens.welcome import MENU_BUTTON, who
from bot.domain.events import MediaKind
from bot.domain.messaging import TEXT_LIMIT, Button, OutgoingMedia, OutgoingMessage
from bot.i18n import SOURCE, utf16_len

_TAG = re.compile(r"<[^>]*>")
_ROOM = TEXT_LIMIT - 350
"""UTF-16 units of a card: what is left by the lines above an answer and the question that it answers."""
_BOLD = re.compile(r"\*\*(.+?)\*\*")


def card_html(screen: Screen, card: Params) -> str:
    """Text, maker, sources and sender, all in the language of the text.

    Not one approved word of the text is ever left out: where everything together would be longer than a message may
    be, the last sources go, then the title and the maker.
    """
    for sources in range(len(card["sources"]), -1, -1):
        html = _card(screen, card, card["sources"][:sources])
        if _visible_units(html) <= _ROOM:
            return html
    return _card(screen, {**card, "title": "", "leader": None}, [])


def _visible_units(html: str) -> int:
    return utf16_len(unescape(_TAG.sub("", html)))


def _card(screen: Screen, card: Params, sources: list[dict[str, str]]) -> str:
    t = screen.catalogs.translator(card["text_language"])
    until = datetime.fromisoformat(card["valid_until"])
    return paragraphs(
        _missing(screen, card),
        bold(t.text("⚠️ DRAFT: not checked by a second speaker")) if card["draft"] else "",
        bold(escape(card["title"])) if card["title"] and card["text_language"] == SOURCE else "",
        _BOLD.sub(r"<b>\1</b>", escape(card["text"], quote=False)),
        _facts(screen, card),
        _leader(screen, card),
        lines(t.text("Where this comes from:"), *(escape(each["url"]) for each in sources)) if sources else "",
        lines(
            t.text("Sent by {organisation}", organisation=who(screen)),
            t.text("Valid until {date}", date=t.date(until, ZoneInfo(screen.controller.zone))),
            # Translators: a short code like ACEF-H3KM beneath a message. Whoever sends it to us hears whether the
            # message is really ours.
            t.text("Is it really from us? Send us this code: {code}", code=card["code"]) if card.get("code") else "",
        ),
    )


def _missing(screen: Screen, card: Params) -> str:
    if not card.get("missing"):
        return ""
    registry = screen.catalogs.registry
    return screen.t.text(
        "This message is not yet in {wanted}. Here it is in {given}.",
        wanted=registry.get(card["missing"]).autonym, given=registry.get(card["text_language"]).autonym,
    )  # fmt: skip


def _facts(screen: Screen, card: Params) -> str:
    """What changes from day to day, beneath the words that were recorded."""
    t, facts = screen.catalogs.translator(card["text_language"]), card.get("facts") or {}
    return lines(
        # Translators: lines beneath a message: where something is, when, whom to telephone, and a web address
        t.text("Where: {place}", place=facts["place"]) if "place" in facts else "",
        t.text("When: {time}", time=facts["time"]) if "time" in facts else "",
        t.text("Telephone: {number}", number=facts["phone"]) if "phone" in facts else "",
        t.text("More: {address}", address=facts["web"]) if "web" in facts else "",
    )


def _leader(screen: Screen, card: Params) -> str:
    leader = card.get("leader")
    if not leader:
        return ""
    t = screen.catalogs.translator(card["text_language"])
    if not leader["name"]:
        # Translators: below a recording, where its speaker does not want to be named
        return t.text("Spoken by somebody from here whom we know")
    return t.text("Spoken by {name}, {role}", name=leader["name"], role=leader["role"])


def card_media(card: Params) -> OutgoingMedia | None:
    """The sound or picture of a card."""
    media = card.get("media")
    return OutgoingMedia(MediaKind(media["kind"]), media["media_id"], media["file_id"]) if media else None


def card(screen: Screen, params: Params) -> OutgoingMessage:
    """A message by itself."""
    rows = (*_film(screen, params), (screen.button(MENU_BUTTON, "menu"),))
    return OutgoingMessage(card_html(screen, params), rows, media=card_media(params))


def _film(screen: Screen, card: Params) -> tuple[tuple[Button, ...], ...]:
    """The way to the film's page, where it can be saved and passed on; how often it is opened is counted there.

    Telegram takes no address that only this machine knows: where we have no public one there is no button.
    """
    if not card.get("film") or not screen.controller.public_url.startswith("https://"):
        return ()
    url = f"{screen.controller.public_url}/m/{card['key']}/{card['text_language']}?film={card['film']}"
    # Translators: a button; it opens a web page with a film that people can watch and save, to send it to others
    return ((Button(screen.t.button("🎬 The film, to pass on"), url=url),),)


def beside(screen: Screen, params: Params) -> OutgoingMessage:
    """Said first to people who listen, where what follows is not in their own language."""
    registry = screen.catalogs.registry
    html = screen.t.text(
        "This message is not yet in {wanted}. Here it is in {given}.",
        wanted=registry.get(params["wanted"]).autonym, given=registry.get(params["given"]).autonym,
    )  # fmt: skip
    return OutgoingMessage(html)


def recalled(screen: Screen, params: Params) -> OutgoingMessage:
    """In place of a message that was taken back, or after it."""
    t = screen.t
    sent_at = datetime.fromisoformat(params["sent_at"])
    html = paragraphs(
        # Translators: stands in the place of a message from us that turned out to be wrong, or comes after it
        bold(t.text("We sent you a message on {date}. We have taken it back.",
                    date=t.date(sent_at, ZoneInfo(screen.controller.zone)))),
        t.text("Please do not rely on it, and do not pass it on."),
        t.text("We are sorry. If there is something new to say about it, you get it here."),
    )  # fmt: skip
    return OutgoingMessage(html, ((screen.button(MENU_BUTTON, "menu"),),))


def test_card(screen: Screen, params: Params) -> OutgoingMessage:
    """A test-send to oneself."""
    html = paragraphs(bold("TEST, sent only to you"), card_html(screen, params["card"]))
    return OutgoingMessage(html, media=card_media(params["card"]))


SCREENS: dict[str, Render] = {
    "message.card": card, "message.beside": beside, "message.recalled": recalled, "test.card": test_card,
}  # fmt: skip
