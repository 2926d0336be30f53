"""Wishes: asked for, taken, answered."""

from bot.chat.screens.cards import card_html
from bot.chat.screens.screen import Params, Render, Screen, bold, paragraphs
from bot.chat.screens.welcome import MENU_BUTTON
from bot.domain.messaging import OutgoingMessage
from bot.i18n import N_, pN_

ANSWERS = {
    "noted": N_("Thank you. We have read it, and we think about it with the people who decide."),
    "planned": N_("Thank you. It is a good idea, and we are going to do it. It may take some time."),
    "done": N_("Thank you. We have done it."),
    "not_ours": N_("Thank you. Sadly we cannot do this: it is not ours to decide. You can ask the council or the "
                   "service that it is about."),
    "message": N_("Thank you. This is what we can tell you about it:"),
}  # fmt: skip


def ask(screen: Screen, params: Params) -> OutgoingMessage:
    """What they write next is it."""
    t = screen.t
    question = (
        t.text("What would you like to know about?") if params["about"] == "know"
        else t.text("What would work better for you, and how?")
    )  # fmt: skip
    html = paragraphs(
        bold(question),
        t.text("Write it now. The team reads it without your name, and answers you here."),
    )
    return OutgoingMessage(html, ((screen.button(pN_("button", "Not now"), "wx"),),))


def thanks(screen: Screen, params: Params) -> OutgoingMessage:
    """It is with the team."""
    t = screen.t
    html = paragraphs(bold(t.text("Thank you. The team has it.")), t.text("Its number: {code}", code=params["code"]))
    return OutgoingMessage(html, ((screen.button(MENU_BUTTON, "menu"),),))


def enough(screen: Screen, params: Params) -> OutgoingMessage:
    """Too many at once."""
    html = screen.t.text("You have written a lot to us in this hour. Please go on a little later.")
    return OutgoingMessage(html, ((screen.button(MENU_BUTTON, "menu"),),))


def answered(screen: Screen, params: Params) -> OutgoingMessage:
    """The team's answer, beside what was wished for."""
    t = screen.t
    card = params.get("card")
    html = paragraphs(
        t.text("You wrote to us:\n{words}", words=params["wanted"]),
        bold(t.text(ANSWERS[params["how"]])),
        card_html(screen, card) if card else "",
    )
    return OutgoingMessage(html, ((screen.button(MENU_BUTTON, "menu"),),))


SCREENS: dict[str, Render] = {
    "wish.ask": ask, "wish.thanks": thanks, "wish.enough": enough, "wish.answered": answered,
}  # fmt: skip
