"""Whether something is really from us. A fingerprint never says `genuine`."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.chat.screens.cards import card_html, card_media
from bot.chat.screens.questions import PASS_ON
from bot.chat.screens.screen import Params, Render, Screen, bold, paragraphs
from bot.chat.screens.welcome import MENU_BUTTON
from bot.domain.messaging import Button, OutgoingMessage
from bot.domain.proofs import Proof
from bot.i18n import SOURCE, Safe, pN_

_OURS = pN_("button", "Show me what is right today")
_EXCERPT = 200


def found(screen: Screen, params: Params) -> OutgoingMessage:
    """What we can say about what they sent."""
    t, proof = screen.t, Proof(params["proof"])
    html = paragraphs(
        bold(_verdict(screen, proof, params)),
        _what(screen, params) if proof in {Proof.GENUINE, Proof.OUT_OF_DATE} else "",
        t.text("This line is not ours: “{line}”", line=params["odd"][:_EXCERPT]) if params.get("odd") else "",
        _advice(screen, proof),
    )
    return OutgoingMessage(html, _rows(screen, proof, params))


def code(screen: Screen, params: Params) -> OutgoingMessage:
    """What a code belongs to. The code alone does not say that what stands above it is ours."""
    t, card = screen.t, params["card"]
    date = t.date(datetime.fromisoformat(params["issued_at"]), ZoneInfo(screen.controller.zone))
    html = paragraphs(
        bold(t.text("This code is ours, of {date}. It belongs to the message below.", date=date)),
        t.text(
            "Compare: what you were sent must be just the same. If a word or the voice is different, it is not ours."
        ),
        card_html(screen, card),
    )
    return OutgoingMessage(html, ((screen.button(MENU_BUTTON, "menu"),),), media=card_media(card))


def _verdict(screen: Screen, proof: Proof, params: Params) -> Safe:
    t = screen.t
    if proof is Proof.UNKNOWN:
        return t.text("We do not know this code. Please compare it letter by letter with what you were sent.")
    date = t.date(datetime.fromisoformat(params["issued_at"]), ZoneInfo(screen.controller.zone))
    recording = params["form"] != "text"
    if proof is Proof.ALTERED and recording:
        # Translators: it resembles our recording; we do not say that it is ours
        return t.text("⚠️ This looks like our recording of {date}, but it is not the same file.", date=date)
    sentences = {
        Proof.GENUINE: t.text("✅ Yes, this is really from us, just as we sent it. It is of {date}.", date=date),
        Proof.OUT_OF_DATE: t.text("⏳ This was from us, on {date}. It is out of date now.", date=date),
        Proof.WITHDRAWN: t.text("⛔ This was from us, on {date}. We have withdrawn it.", date=date),
        Proof.ALTERED: t.text("⚠️ This looks like our message of {date}, but not every word of it is ours.", date=date),
        Proof.VOICE_CHANGED: t.text(
            "⚠️ The picture looks like our recording of {date}. The voice is not ours: it was changed.", date=date
        ),
    }
    return sentences[proof]


def _what(screen: Screen, params: Params) -> Safe | str:
    t, leader = screen.t, params.get("leader")
    title = t.text("“{text}”", text=params["title"]) if screen.t.language.tag == SOURCE else ""
    if leader:
        return paragraphs(title, t.text("Spoken by {name}, {role}", name=leader["name"], role=leader["role"]))
    return title


def _advice(screen: Screen, proof: Proof) -> Safe | str:
    t = screen.t
    if proof in {Proof.ALTERED, Proof.VOICE_CHANGED}:
        return t.text("Somebody may have changed it. Please do not pass it on.")
    return t.text("Please do not pass it on any more.") if proof in {Proof.OUT_OF_DATE, Proof.WITHDRAWN} else ""


def _rows(screen: Screen, proof: Proof, params: Params) -> tuple[tuple[Button, ...], ...]:
    rows = []
    if proof not in {Proof.GENUINE, Proof.UNKNOWN}:
        rows.append((screen.button(_OURS, f"pv:{params['code']}"),))
    if params.get("draft"):
        rows.append((screen.button(PASS_ON, f"c:{params['draft']}"),))
    return (*rows, (screen.button(MENU_BUTTON, "menu"),))


def nothing_new(screen: Screen, params: Params) -> OutgoingMessage:
    """There is no message in force about it."""
    html = screen.t.text("We have no message about this at the moment.")
    return OutgoingMessage(html, ((screen.button(MENU_BUTTON, "menu"),),))


SCREENS: dict[str, Render] = {"proof.found": found, "proof.code": code, "proof.nothing_new": nothing_new}
