"""The first screens: language, who we are, joining."""

from html import escape

from bot.chat.screens.screen import Params, Render, Screen, bold, lines, paragraphs
from bot.domain.messaging import Button, OutgoingMessage
from bot.i18n import N_, Safe, pN_

CHOOSE = N_("Please choose your language.")
JOIN_BUTTON = pN_("button", "Yes, send me messages")
MENU_BUTTON = pN_("button", "Menu")
AREA_SKIP = pN_("button", "I would rather not say")


def language_buttons(screen: Screen, tags: list[str], verb: str) -> tuple[tuple[Button, ...], ...]:
    """Languages by their own names."""
    registry = screen.catalogs.registry
    return screen.grid([Button(registry.get(tag).autonym, f"{verb}:{tag}") for tag in tags])


def first(screen: Screen, params: Params) -> OutgoingMessage:
    """The very first screen: who this is, and every language by its own name."""
    invitations = []
    for tag in dict.fromkeys(["en-GB", *params["tags"], *screen.catalogs.loaded]):
        own = screen.catalogs.translator(tag)
        if own.complete_for(CHOOSE) or tag == "en-GB":
            invitations.append(str(own.text(CHOOSE)))
    html = paragraphs(bold(escape(who(screen))), about_lines(screen), lines(*invitations[:9]))
    buttons = language_buttons(screen, params["tags"], "l") + screen.pages("lp", params["page"], params["pages"])
    if params.get("unready"):
        buttons += ((screen.button(pN_("button", "My language is not here"), "lop:0"),),)
    return OutgoingMessage(html, buttons, edit_ref=params.get("edit_ref"))


def who(screen: Screen) -> str:
    """The organisation behind the bot."""
    return screen.controller.organisation or "Vouch"


def about_lines(screen: Screen) -> str:
    """Who runs this and what it never does; on the first screen and in /about."""
    controller, t = screen.controller, screen.t
    official = lines(
        # Translators: the organisation is a council or a health service
        t.text("This service is run by {organisation}.", organisation=controller.organisation)
        if controller.organisation else "",
        t.text("It has one official name on Telegram:\n{name}", name=f"@{controller.bot_name}")
        if controller.bot_name else "",
        t.text("You can check that name on this page:\n{url}", url=controller.council_url)
        if controller.council_url else "",
    )  # fmt: skip
    # Critical: safety and emergency line
    never = t.text("It never asks you for money, passwords or documents.")
    # Critical: emergency line
    hours = t.text(
        "Nobody watches it day and night. If someone is in danger, call:\n999\n"
        "For medical help that is not an emergency, call:\n111"
    )
    return paragraphs(official, never, hours)


def seen_lines(screen: Screen) -> str:
    """A plain yes or no: who can see what one sends."""
    controller, t = screen.controller, screen.t
    yes, no = t.text("Yes."), t.text("No.")

    def line(question: Safe, answer: bool | None) -> str:
        return "" if answer is None else f"{question} {yes if answer else no}"

    return lines(
        # Critical: privacy lines
        bold(t.text("Who can see what you send?")),
        line(t.text("The team that checks your questions?"), True),
        line(t.text("Your name or number, for that team?"), False),
        line(t.text("The police?"), controller.seen_by_police),
        line(t.text("Immigration offices?"), controller.seen_by_immigration),
        line(t.text("Partner organisations?"), controller.seen_by_partners),
        line(t.text("Telegram, the company that carries this chat?"), True),
    )


def draft_note(screen: Screen) -> str:
    """Said once to people whose language no speaker has checked."""
    return screen.t.text("This translation has not been checked by a speaker of the language yet. Please be patient.")


def welcome(screen: Screen, params: Params) -> OutgoingMessage:
    """In their language: who we are, and the question whether they want to join."""
    t = screen.t
    html = paragraphs(
        bold(t.text("Welcome!")),
        # Critical: consent line
        t.text("We send you messages that have been checked, in your language, from people you can trust. "
               "And you can ask us whether something you heard is true."),
        about_lines(screen),
        seen_lines(screen),
        # Critical: consent line
        t.text("If you join, we keep your language and your area, and your chat address in encrypted form. "
               "You can stop at any time, and have everything erased."),
        draft_note(screen) if params.get("draft") else "",
    )  # fmt: skip
    buttons: tuple[tuple[Button, ...], ...] = (
        (screen.button(JOIN_BUTTON, "join"),),
        (screen.button(pN_("button", "Only check something I was sent"), "check"),),
        screen.row(
            screen.button(pN_("button", "Privacy"), "privacy"),
            screen.button(pN_("button", "Another language"), "lp:0"),
        ),
    )
    if params.get("draft"):
        buttons += ((screen.button(pN_("button", "✏️ These words are wrong"), "w"),),)
    return OutgoingMessage(html, buttons, edit_ref=params.get("edit_ref"))


def area(screen: Screen, params: Params) -> OutgoingMessage:
    """Where they live, coarsely, or not at all."""
    html = paragraphs(
        bold(screen.t.text("Which area do you live in?")),
        screen.t.text("Then we can tell you what matters near you. You may leave it out."),
    )
    areas = screen.grid([Button(name, f"a:{area_id}") for area_id, name in params["areas"]])
    buttons = (
        *areas, *screen.pages("ap", params["page"], params["pages"]), (screen.button(AREA_SKIP, "a:none"),),
    )  # fmt: skip
    return OutgoingMessage(html, buttons, edit_ref=params.get("edit_ref"))


def form(screen: Screen, params: Params) -> OutgoingMessage:
    """Voice, video or text."""
    html = paragraphs(
        bold(screen.t.text("How would you like to get messages?")),
        screen.t.text("Every voice message and every video also comes as text."),
    )
    buttons = (
        (screen.button(pN_("button", "🔊 Voice"), "f:voice"),),
        (screen.button(pN_("button", "🎬 Video"), "f:video"),),
        (screen.button(pN_("button", "📄 Text"), "f:text"),),
    )
    return OutgoingMessage(html, buttons, edit_ref=params.get("edit_ref"))


def joined(screen: Screen, params: Params) -> OutgoingMessage:
    """Done."""
    t = screen.t
    html = paragraphs(
        bold(t.text("Thank you. You have joined.")),
        t.text("Here is what is important now. New messages come to you by themselves."),
        # Critical: how to stop
        t.text("To get no more messages, send:\n/stop"),
    )
    return OutgoingMessage(html, ((screen.button(MENU_BUTTON, "menu"),),), edit_ref=params.get("edit_ref"))


def menu(screen: Screen, params: Params) -> OutgoingMessage:
    """Everything that can be done."""
    t = screen.t
    html = lines(
        t.text("There is no message for you at the moment.") if params.get("nothing") else "",
        t.text("Were you sent something and you are not sure it is true? Send it here, just as it is: "
               "text, picture, voice, video or link."),
    )  # fmt: skip
    rows: list[tuple[Button, ...]] = []
    if params.get("more"):
        rows.append((screen.button(pN_("button", "More messages"), f"new:{params['more']}"),))
    rows.append((screen.button(pN_("button", "❓ Check something"), "check"),))
    rows.append(
        screen.row(
            screen.button(pN_("button", "📢 What is important now"), "new"),
            screen.button(pN_("button", "📋 My questions"), "mine"),
        )
    )
    if params.get("joined"):
        rows.append(
            screen.row(
                screen.button(pN_("button", "⚙️ Settings"), "set"), screen.button(pN_("button", "About us"), "about")
            )
        )
    else:
        rows.append(screen.row(screen.button(JOIN_BUTTON, "join"), screen.button(pN_("button", "About us"), "about")))
    rows.append((screen.button(pN_("button", "🎓 Tell true from false"), "learn"),))
    rows.append((screen.button(pN_("button", "💡 I would like to know about…"), "wk"),))
    rows.append((screen.button(pN_("button", "🛠 This would work better if…"), "wb"),))
    rows.append((screen.button(pN_("button", "🆘 Someone is in danger"), "danger"),))
    return OutgoingMessage(html, tuple(rows), edit_ref=params.get("edit_ref"))


def about(screen: Screen, params: Params) -> OutgoingMessage:
    """/about."""
    t, controller = screen.t, screen.controller
    html = paragraphs(
        about_lines(screen),
        seen_lines(screen),
        t.text("Questions about this service or about your data:\n{contact}", contact=controller.contact)
        if controller.contact else "",
    )  # fmt: skip
    buttons = (screen.row(screen.button(pN_("button", "Privacy"), "privacy"), screen.button(MENU_BUTTON, "menu")),)
    return OutgoingMessage(html, buttons)


def pilot_closed(screen: Screen, params: Params) -> OutgoingMessage:
    """For strangers while the pilot is closed."""
    return OutgoingMessage(
        screen.t.text("This service is not open yet. Please come back later. Nothing of what you sent is kept.")
    )


def sorry(screen: Screen, params: Params) -> OutgoingMessage:
    """Something went wrong on our side, or a link was used up."""
    html = screen.t.text("Sorry, that did not work. Nothing is lost: please try again, or go back to the menu.")
    return OutgoingMessage(html, ((screen.button(MENU_BUTTON, "menu"),),))


SCREENS: dict[str, Render] = {
    "language.first": first, "welcome": welcome, "join.area": area, "join.form": form, "joined": joined,
    "menu": menu, "about": about, "pilot.closed": pilot_closed, "sorry": sorry,
}  # fmt: skip
