"""What was recognised: an answer that restates what it answers, or some to choose among. Residents' words only."""

from bot.chat.screens.cards import card_html, card_media
from bot.chat.screens.questions import DANGER
from bot.chat.screens.screen import Params, Render, Screen, bold, lines, paragraphs
from bot.chat.screens.welcome import MENU_BUTTON
from bot.domain.messaging import Button, OutgoingMessage
from bot.i18n import pN_

_SHOWN = 300
"""Characters of an answer that is offered: enough to see what it is about."""


def recognised(screen: Screen, params: Params) -> OutgoingMessage:
    """Recognised in other words: what was sent, what we know about it, and the way out if that is not it."""
    t, card = screen.t, params["card"]
    html = paragraphs(
        lines(
            t.text("You sent:"),
            t.text("“{text}”", text=params["asked"]) if params["asked"] else "",
        ),
        bold(t.text("This is what we know about it, if we have understood you:")),
        card_html(screen, card),
    )  # fmt: skip
    rows = (
        (screen.button(pN_("button", "That is not what I meant"), f"cn:{params['draft']}"),),
        (screen.button(MENU_BUTTON, "menu"),),
    )
    return OutgoingMessage(html, rows, media=card_media(card))


def maybe(screen: Screen, params: Params) -> OutgoingMessage:
    """It may be one of these, at most three; or something else."""
    t = screen.t
    side = "\u200f" if t.language.rtl else ""  # a number alone has no side of its own
    offered = [
        lines(bold(f"{side}{number}."), t.text("“{text}”", text=_short(text)))
        for number, text in enumerate(params["items"], 1)
    ]
    html = paragraphs(
        t.text("Is it about one of these? Choose its number to read our answer."),
        *offered,
        # Critical: consent line
        t.text("If it is something else, the team can check it. They do not see who you are."),
    )
    data = [f"cq:{params['draft']}:{each}" for each in params.get("ids", ())]
    data = data or [f"cm:{params['draft']}:{at}" for at in range(len(offered))]
    choices = [Button(f"{number}", each) for number, each in enumerate(data, 1)]
    rows = (
        screen.row(*choices),
        # Translators: a button under several answers to choose from: none of them is what the person means
        (screen.button(pN_("button", "Something else"), f"co:{params['draft']}"),),
        (screen.button(DANGER, f"cd:{params['draft']}"),),
    )
    return OutgoingMessage(html, rows)


def _short(text: str) -> str:
    plain = text.replace("**", "").strip()
    return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1].rstrip() + "…"


SCREENS: dict[str, Render] = {"check.recognised": recognised, "check.maybe": maybe}
