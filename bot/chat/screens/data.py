"""Rights on screen: the notice, what is held, being forgotten."""

from bot.chat.screens.leaders import LEAD_BUTTON
from bot.chat.screens.screen import Params, Render, Screen, bold, lines, paragraphs
from bot.chat.screens.welcome import MENU_BUTTON, seen_lines, who
from bot.domain.messaging import OutgoingDocument, OutgoingMessage
from bot.i18n import pN_


def privacy(screen: Screen, params: Params) -> OutgoingMessage:
    """The short notice, with the way to the long one."""
    t, controller = screen.t, screen.controller
    html = paragraphs(
        bold(t.text("Your privacy")),
        # Critical: privacy lines
        t.text("{organisation} decides what happens with your data.", organisation=who(screen)),
        t.text("We keep: the languages, area and topics you chose, and your chat address in encrypted form. "
               "We keep no name, no user name and no telephone number."),
        t.text("What you ask us is kept apart from that. The team sees it without knowing who you are."),
        t.plural("The way back to you, to tell you the answer, is erased after {n} day at the latest.",
                 "The way back to you, to tell you the answer, is erased after {n} days at the latest.",
                 controller.reply_days),
        seen_lines(screen),
        t.text("You can see everything we hold about you, and have it erased, at any time, here in this chat."),
        t.text("Questions about your data:\n{contact}", contact=controller.contact) if controller.contact else "",
        t.text("The full notice:\n{url}", url=controller.privacy_url) if controller.privacy_url else "",
    )  # fmt: skip
    rows = (
        screen.row(
            screen.button(pN_("button", "What you hold about me"), "mydata"),
            screen.button(pN_("button", "Erase me"), "forget"),
        ),
        (screen.button(MENU_BUTTON, "menu"),),
    )
    return OutgoingMessage(html, rows)


def mydata(screen: Screen, params: Params) -> OutgoingMessage:
    """A summary to read; everything as a file."""
    t, held = screen.t, params["held"]
    html = paragraphs(
        bold(t.text("What we hold about you")),
        t.text("You have joined: your settings are in the file.") if held["joined"] else
        t.text("You have not joined."),
        lines(
            t.plural("{n} question of yours", "{n} questions of yours", held["questions"]),
            t.plural("{n} message we sent you", "{n} messages we sent you", held["messages"]),
        ),
        t.text("You speak or translate for us: what you agreed to, what we asked of you and what you gave us is in the "
               "file, too.") if held.get("leader") else "",
        t.text("The file holds all of it, for you alone. Telegram keeps this chat on its own servers; you can delete "
               "the chat there."),
    )  # fmt: skip
    rows = (screen.row(screen.button(pN_("button", "Erase me"), "forget"), screen.button(MENU_BUTTON, "menu")),)
    return OutgoingMessage(html, rows, document=OutgoingDocument("my-data.json", params["file"]))


def ask_forget(screen: Screen, params: Params) -> OutgoingMessage:
    """Sure?"""
    t = screen.t
    if params.get("leader"):
        return _ask_leader(screen, joined=params["joined"])
    html = paragraphs(
        # Critical: privacy line
        bold(t.text("Shall we erase everything we hold about you?")),
        t.text("You will get no more messages, and no answers to what you asked. This cannot be undone."),
    )
    rows = (
        (screen.button(pN_("button", "Yes, erase everything"), "forget:yes"),),
        (screen.button(pN_("button", "No, keep it"), "keep"),),
    )
    return OutgoingMessage(html, rows)


def _ask_leader(screen: Screen, *, joined: bool) -> OutgoingMessage:
    """A leader may mean the messages that they get, their recordings, or all of it."""
    t = screen.t
    html = paragraphs(
        # Critical: privacy lines
        bold(t.text("What shall we erase?")),
        t.text("You get messages from us, and you also speak or translate for us. Thank you for that. You can end one "
               "of them, or both, and you need not say why.") if joined else
        t.text("You speak or translate for us. Thank you for that. You can end it, and you need not say why."),
        t.text("If you take your recordings back, nobody gets them any more, and your name stays with us."),
        t.text("If we erase everything, your name, your recordings and your translations are gone, too. Copies that "
               "people have saved stay with them. This cannot be undone."),
    )  # fmt: skip
    only = ((screen.button(pN_("button", "Only what I get from you"), "forget:yes"),),) if joined else ()
    rows = (
        *only,
        (screen.button(pN_("button", "Take my recordings back"), "lz"),),
        (screen.button(pN_("button", "Everything, my recordings and my name too"), "forget:all"),),
        (screen.button(pN_("button", "No, keep it"), "keep"),),
    )
    return OutgoingMessage(html, rows)


def _still_a_leader(screen: Screen) -> OutgoingMessage:
    t = screen.t
    html = paragraphs(
        # Critical: privacy lines
        bold(t.text("What we held about you as somebody who gets messages is erased.")),
        t.text(
            "What you agreed to when you speak or translate for us stays, until you take it back or have it erased."
        ),
    )
    return OutgoingMessage(html, ((screen.button(LEAD_BUTTON, "lead"),),))


def forgotten(screen: Screen, params: Params) -> OutgoingMessage:
    """A receipt."""
    t, removed = screen.t, params["removed"]
    if params.get("leader"):
        return _still_a_leader(screen)
    html = paragraphs(
        # Critical: privacy line
        bold(t.text("Everything we held about you is erased.")),
        lines(
            t.text("Erased: your settings and your chat address.") if removed["settings"] else "",
            t.plural(
                "Erased: the way back to you from {n} question.",
                "Erased: the way back to you from {n} questions.",
                removed["questions"],
            )
            if removed["questions"] else "",
            t.text("Erased: your name, your recordings and your translations.")
            if removed.get("recordings") is not None else "",
        ),
        t.text("What you asked stays with the team, without any link to you. Telegram keeps this chat until you delete "
               "it there."),
        t.text("You are always welcome back:\n/start"),
    )  # fmt: skip
    return OutgoingMessage(html)


SCREENS: dict[str, Render] = {
    "privacy": privacy, "mydata": mydata, "forget.ask": ask_forget, "forget.done": forgotten,
}  # fmt: skip
