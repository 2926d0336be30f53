"""What leaders and translators read: the invitation, what they agree to, and how to take it back.

These words are what a consent is a consent to: whoever changes them gives domain/leaders.WORDING a new version.
"""

from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from bot.chat.screens.cards import card_html, card_media
from bot.chat.screens.screen import Params, Render, Screen, bold, cut, lines, paragraphs, words
from bot.chat.screens.welcome import MENU_BUTTON, draft_note, who
from bot.domain.leaders import CONSENT_MONTHS
from bot.domain.messaging import Button, OutgoingMessage
from bot.i18n import N_, SOURCE, isolate, pN_, strip_controls

NO_THANKS = pN_("button", "No, thank you")
LEAD_BUTTON = pN_("button", "Back to my page")
PASS_ON = pN_("button", "↗️ To pass on")
TELL_BUTTON = pN_("button", "Tell other leaders what worked")
_CARD_TITLE = 24
_TITLE = 34
"""UTF-16 units of a title on a button, so that the language fits beside it on a small phone."""
_SCOPE = {
    "bot": N_("in this chat service"), "film": N_("in a film that everybody can see"),
    "partners": N_("on the pages of partners, such as the health service"),
}  # fmt: skip
_STATES = {
    "draft": N_("a second speaker is listening to it"), "approved": N_("it is being sent"),
    "paused": N_("paused: nobody gets it"), "withdrawn": N_("taken back"),
}  # fmt: skip


def day(screen: Screen, moment: str) -> str:
    """A date in the reader's language."""
    return screen.t.date(datetime.fromisoformat(moment), ZoneInfo(screen.controller.zone))


def language_names(screen: Screen, tags: list[str]) -> str:
    """Languages by their own names."""
    return ", ".join(screen.catalogs.registry.get(tag).autonym for tag in tags)


def hard_truth(screen: Screen) -> str:
    """What a leader must know before they say yes."""
    t = screen.t
    return paragraphs(
        # Critical: consent lines
        bold(t.text("Please read this first.")),
        t.text("People can save what you say and pass it on. We can stop sending it at any time, but we cannot call "
               "back copies that people have saved."),
        t.text("Your name and your community tell people your faith or where you come from. You can choose that they "
               "are not shown. People may still know your voice."),
        t.text("You may say no, now or later. Then nobody is told, and nobody asks you why."),
    )  # fmt: skip


def invited(screen: Screen, params: Params) -> OutgoingMessage:
    """The first screen: who asks, for what, and the hard truth."""
    t = screen.t
    asked = (
        t.text("{organisation} asks you to say important messages in your language, with your own voice. People trust "
               "you: that is why we ask you.", organisation=who(screen))
        if "record" in params["tasks"] else
        t.text("{organisation} asks you to translate important messages into your language. People trust people whom "
               "they know: that is why we ask you.", organisation=who(screen))
    )  # fmt: skip
    html = paragraphs(
        bold(t.text("You are invited to help people in your community.")), asked, hard_truth(screen),
        draft_note(screen) if params.get("draft") else "",
    )  # fmt: skip
    rows = [(screen.button(pN_("button", "Go on"), "ly"),), (screen.button(NO_THANKS, "lno"),)]
    if params.get("english"):
        rows.append((Button("English", f"lx:{SOURCE}"),))
    return OutgoingMessage(html, tuple(rows), edit_ref=params.get("edit_ref"))


def too_old(screen: Screen, params: Params) -> OutgoingMessage:
    """A used or old invitation."""
    return OutgoingMessage(
        screen.t.text("This invitation has been used already, or it is too old. Please ask the person who sent it to "
                      "you for a new one.")
    )  # fmt: skip


def declined(screen: Screen, params: Params) -> OutgoingMessage:
    """Nobody is told."""
    t = screen.t
    html = paragraphs(
        bold(t.text("That is all right. Thank you for reading it.")),
        t.text("Nobody is told, and we have forgotten this chat's address for this."),
    )
    return OutgoingMessage(html, ((screen.button(MENU_BUTTON, "menu"),),), edit_ref=params.get("edit_ref"))


def confirm(screen: Screen, params: Params) -> OutgoingMessage:
    """How residents are told of them."""
    t = screen.t
    html = paragraphs(
        bold(t.text("This is how people will see you:")),
        lines(
            t.text("Name: {name}", name=params["name_own"] or params["name"]),
            t.text("Name in English letters: {name}", name=params["name"]) if params["name_own"] else "",
            t.text("Role: {role}", role=params["role"]),
            t.text("Role in English: {role}", role=params["role_english"])
            if params["role_english"] != params["role"] else "",
            t.text("Community: {community}", community=params["community"]),
            t.text("Your languages: {languages}", languages=language_names(screen, params["languages"])),
        ),
        t.text("Is everything right?"),
    )  # fmt: skip
    rows = (
        (screen.button(pN_("button", "Yes, this is right"), "lc"),),
        (screen.button(pN_("button", "Something is wrong"), "lw"),), (screen.button(NO_THANKS, "lno"),),
    )  # fmt: skip
    return OutgoingMessage(html, rows, edit_ref=params.get("edit_ref"))


def write_wrong(screen: Screen, params: Params) -> OutgoingMessage:
    """Ask what is wrong."""
    return OutgoingMessage(screen.t.text("Please write what is wrong, and how it should be."))


def wrong_noted(screen: Screen, params: Params) -> OutgoingMessage:
    """Somebody puts it right."""
    t = screen.t
    return OutgoingMessage(t.text("Thank you. The team puts it right and shows it to you again, here in this chat."))


def consent(screen: Screen, params: Params) -> OutgoingMessage:
    """All of it on one screen: where, with a name or not, until when."""
    t = screen.t
    film, partners, name, months = params["film"], params["partners"], params["name_shown"], params["months"]

    def choice(**changed: object) -> str:
        now = {"film": film, "partners": partners, "name": name, "months": months, **changed}
        return f"f{int(bool(now['film']))}p{int(bool(now['partners']))}n{int(bool(now['name']))}m{now['months']}"

    def box(ticked: bool, msgid: str, data: str) -> Button:
        return Button(f"{'☑' if ticked else '☐'} {t.button(msgid)}", data)

    longer = CONSENT_MONTHS[(CONSENT_MONTHS.index(months) + 1) % len(CONSENT_MONTHS)]
    html = paragraphs(
        # Critical: consent lines
        bold(t.text("What do you agree to?")),
        t.text("We send your recordings in this chat service to people who asked for messages in your language. "
               "Everything else you choose here. Tap a line to change it."),
        lines(
            t.text("Your agreement ends by itself on {date}.", date=day(screen, params["until"])),
            t.text("We ask you 30 days and 7 days before whether it goes on."),
        ),
        t.text("You can allow less, or take everything back, at any time. Send:\n/start"),
    )  # fmt: skip
    rows = (
        (box(film, pN_("button", "Also in a film for everybody"), f"lk:{choice(film=not film)}"),),
        (box(partners, pN_("button", "Also on partners' pages"), f"lk:{choice(partners=not partners)}"),),
        (box(name, pN_("button", "Show my name"), f"lk:{choice(name=not name)}"),),
        (Button("⏳ " + t.button(pN_("button", "For {months} months"), months=months), f"lk:{choice(months=longer)}"),),
        (Button("✅ " + t.button(pN_("button", "I agree")), f"lyes:{choice()}"),),
        (screen.button(NO_THANKS, "lno"),),
    )
    return OutgoingMessage(html, rows, edit_ref=params.get("edit_ref"))


def agree_to_translate(screen: Screen, params: Params) -> OutgoingMessage:
    """A translator's shorter question."""
    t = screen.t
    html = paragraphs(
        bold(t.text("What do you agree to?")),
        t.text("We send you messages to translate, a paragraph at a time. You can always say no. Another speaker reads "
               "your translation before it is sent."),
        t.text("Your name stands beside it only if you want that."),
    )  # fmt: skip
    rows = (
        (screen.button(pN_("button", "I agree, and you may name me"), "lt:1"),),
        (screen.button(pN_("button", "I agree, without my name"), "lt:0"),), (screen.button(NO_THANKS, "lno"),),
    )  # fmt: skip
    return OutgoingMessage(html, rows, edit_ref=params.get("edit_ref"))


def request_buttons(screen: Screen, requests: list[Params]) -> list[tuple[Button, ...]]:
    """A button for each request, by its title."""
    names = screen.catalogs.registry
    shown: list[tuple[Button, ...]] = []
    for each in requests:
        sign = "🎙" if each["about"] == "record" else "✍"
        label = f"{sign} {cut(strip_controls(each['title'])[0], _TITLE)} ({names.get(each['language']).autonym})"
        shown.append((Button(label, f"rq:{each['request_id']}"),))
    return shown


def ready(screen: Screen, params: Params) -> OutgoingMessage:
    """Agreed: what waits for them."""
    t = screen.t
    waiting = params["requests"]
    html = paragraphs(
        bold(t.text("Thank you. We are glad that you are with us.")),
        t.text("This is what we ask of you now. Tap it to begin:") if waiting else
        t.text("When there is something to say, we write to you here. You do not have to do anything now."),
        t.text("Your own page is always here:\n/start"),
    )  # fmt: skip
    rows = request_buttons(screen, waiting) or [(screen.button(LEAD_BUTTON, "lead"),)]
    return OutgoingMessage(html, tuple(rows), edit_ref=params.get("edit_ref"))


def menu(screen: Screen, params: Params) -> OutgoingMessage:
    """A leader's own page."""
    t = screen.t
    waiting = params["requests"]
    html = paragraphs(
        bold(t.text("Your page")),
        bold(t.text("Your voice is paused. Nobody gets your recordings.")) if params["paused"] else "",
        t.text("This is what we ask of you now. Tap it to begin:") if waiting else
        t.text("We do not ask anything of you at the moment."),
    )  # fmt: skip
    rows = request_buttons(screen, waiting)
    if params["records"]:
        rows.append(
            screen.row(
                screen.button(pN_("button", "🎧 My recordings"), "lr"),
                screen.button(pN_("button", "📜 What I agreed to"), "lm"),
            )
        )
        rows.append(
            (screen.button(pN_("button", "Let my voice be heard again"), "lu"),)
            if params["paused"]
            else (screen.button(pN_("button", "⚠️ Someone misuses my voice or attacks me"), "lpause"),)
        )
    rows.append((screen.button(pN_("button", "Messages for everybody"), "menu"),))
    return OutgoingMessage(html, tuple(rows))


def recordings(screen: Screen, params: Params) -> OutgoingMessage:
    """Where their recordings stand. Counts, never people."""
    t = screen.t
    shown = [
        f"• {isolate(words(each['title']))} ({isolate(escape(language_names(screen, [each['language']])))}): "
        f"{t.text(_STATES.get(each['state'], _STATES['withdrawn']))}"
        for each in params["items"]
    ]
    html = paragraphs(
        bold(t.text("Your recordings")),
        lines(*shown) if shown else t.text("You have not recorded anything yet."),
        t.text("Your voice was sent {count} times.", count=params["reached"]) if params["reached"] else "",
    )
    cards = [
        (Button(f"{t.button(PASS_ON)}: {cut(strip_controls(each['title'])[0], _CARD_TITLE)}", f"lf:{each['id']}"),)
        for each in params["items"] if each["state"] == "approved"
    ]  # fmt: skip
    return OutgoingMessage(html, (*cards, (screen.button(LEAD_BUTTON, "lead"),)))


def thanks(screen: Screen, params: Params) -> OutgoingMessage:
    """After a broadcast: how many, never who."""
    t = screen.t
    few = not params["people"]
    if params["spoken"]:
        said = (
            t.text("Your voice has reached a few people.")
            if few
            else t.plural("Your voice has reached {n} person.", "Your voice has reached {n} people.", params["people"])
        )
    else:
        said = (
            t.text("Your words have reached a few people.")
            if few
            else t.plural(
                "Your words have reached {n} person.", "Your words have reached {n} people.", params["people"]
            )
        )
    html = paragraphs(
        bold(t.text("Thank you!")),
        f"{words(params['title'])} ({escape(language_names(screen, params['languages']))})",
        said,
        t.text("You can pass it on yourself, to people and groups whom you know."),
    )
    rows = (
        (screen.button(PASS_ON, f"lf:{params['rendition_id']}"),),
        (screen.button(TELL_BUTTON, f"cw:{params['key']}"),), (screen.button(LEAD_BUTTON, "lead"),),
    )  # fmt: skip
    return OutgoingMessage(html, rows)


def card_follows(screen: Screen, params: Params) -> OutgoingMessage:
    """What to do with the next message."""
    t = screen.t
    return OutgoingMessage(paragraphs(
        bold(t.text("Thank you!")),
        t.text("Forward the next message as it is: to people, groups and channels whom you know."),
    ))  # fmt: skip


def forwardable(screen: Screen, params: Params) -> OutgoingMessage:
    """A card without buttons: it travels by itself, with a way to read it and a code to ask us by."""
    card = params["card"]
    t = screen.catalogs.translator(card["text_language"])
    link = f"{screen.controller.public_url}/m/{card['key']}/{card['text_language']}"
    html = paragraphs(card_html(screen, card), t.text("For everybody to read and hear:\n{url}", url=link))
    return OutgoingMessage(html, media=card_media(card))


def show_consent(screen: Screen, params: Params) -> OutgoingMessage:
    """What holds, and every way to make it less."""
    t = screen.t
    scope = params["scope"]
    if not scope:
        html = bold(t.text("There is no agreement at the moment. Nobody gets your recordings."))
        return OutgoingMessage(html, ((screen.button(LEAD_BUTTON, "lead"),),))
    shown = paragraphs(
        bold(t.text("What you agreed to")),
        t.text("Your voice may be heard:"),
        lines(*(f"• {t.text(_SCOPE[each])}" for each in scope)),
        t.text("Your name is shown.") if params["name_shown"] else t.text("Your name is not shown."),
        t.text("Your agreement ends by itself on {date}.", date=day(screen, params["until"])),
    )
    rows = []
    if "film" in scope:
        rows.append((screen.button(pN_("button", "Not in films any more"), "lless:film"),))
    if "partners" in scope:
        rows.append((screen.button(pN_("button", "Not on partners' pages any more"), "lless:partners"),))
    if params["name_shown"]:
        rows.append((screen.button(pN_("button", "Without my name from now on"), "lless:name"),))
    rows.append((screen.button(pN_("button", "Go on for as long again"), "lv"),))
    rows.append((screen.button(pN_("button", "Take everything back"), "lz"),))
    rows.append((screen.button(LEAD_BUTTON, "lead"),))
    return OutgoingMessage(shown, tuple(rows))


def ends_soon(screen: Screen, params: Params) -> OutgoingMessage:
    """30 and 7 days before."""
    t = screen.t
    html = paragraphs(
        bold(t.text("Your agreement ends on {date}.", date=day(screen, params["until"]))),
        t.text("Shall it go on? One tap is enough. If you do nothing, your recordings are not sent any more."),
    )
    rows = (
        (screen.button(pN_("button", "Yes, go on"), "lv"),),
        (screen.button(pN_("button", "📜 What I agreed to"), "lm"),),
    )
    return OutgoingMessage(html, rows)


def renewed(screen: Screen, params: Params) -> OutgoingMessage:
    """Goes on."""
    html = bold(screen.t.text("Thank you. It goes on until {date}.", date=day(screen, params["until"])))
    return OutgoingMessage(html, ((screen.button(LEAD_BUTTON, "lead"),),), edit_ref=params.get("edit_ref"))


def expired(screen: Screen, params: Params) -> OutgoingMessage:
    """It has ended by itself."""
    t = screen.t
    html = paragraphs(
        bold(t.text("Your agreement has ended.")),
        t.text("Nobody gets your recordings any more. Thank you for everything you have said."),
    )
    return OutgoingMessage(html, ((screen.button(pN_("button", "Go on after all"), "lv"),),))


def ask_withdraw(screen: Screen, params: Params) -> OutgoingMessage:
    """Asked once."""
    t = screen.t
    html = paragraphs(
        bold(t.text("Take everything back?")),
        t.text("Then we stop sending all your recordings at once. What is on its way this very second still arrives, "
               "and copies that people have saved stay with them."),
    )  # fmt: skip
    rows = (
        (screen.button(pN_("button", "Yes, take everything back"), "lz:yes"),), (screen.button(LEAD_BUTTON, "lead"),),
    )  # fmt: skip
    return OutgoingMessage(html, rows)


def withdrawn(screen: Screen, params: Params) -> OutgoingMessage:
    """Done."""
    t = screen.t
    html = paragraphs(
        bold(t.text("Done. Your recordings are not sent any more.")),
        t.text("Before that your voice was sent {count} times.", count=params["reached"]) if params["reached"] else "",
        t.text("Nobody asks you why. Thank you for what you have done."),
    )
    return OutgoingMessage(html, ((screen.button(MENU_BUTTON, "menu"),),), edit_ref=params.get("edit_ref"))


def ask_pause(screen: Screen, params: Params) -> OutgoingMessage:
    """Asked once, since it stops everything."""
    t = screen.t
    html = paragraphs(
        bold(t.text("Does somebody misuse your voice, or attack you?")),
        t.text("Tap the button, and we stop sending all your recordings at once and tell the team. They write or call "
               "you."),
        # Critical: emergency line
        t.text("If you are in danger now, call:\n999"),
    )  # fmt: skip
    rows = (
        (screen.button(pN_("button", "⚠️ Yes, pause everything now"), "lpause:yes"),),
        (screen.button(LEAD_BUTTON, "lead"),),
    )
    return OutgoingMessage(html, rows)


def paused(screen: Screen, params: Params) -> OutgoingMessage:
    """Done."""
    t = screen.t
    html = paragraphs(
        bold(t.text("Everything is paused. Nobody gets your recordings.")),
        t.text("The team has been told. You are not alone with this."),
    )
    rows = ((screen.button(pN_("button", "Let my voice be heard again"), "lu"),),)
    return OutgoingMessage(html, rows, edit_ref=params.get("edit_ref"))


def heard_again(screen: Screen, params: Params) -> OutgoingMessage:
    """Lifted."""
    html = bold(screen.t.text("Your voice may be heard again. Thank you."))
    return OutgoingMessage(html, ((screen.button(LEAD_BUTTON, "lead"),),), edit_ref=params.get("edit_ref"))


SCREENS: dict[str, Render] = {
    "leader.invited": invited, "leader.too_old": too_old, "leader.declined": declined, "leader.confirm": confirm,
    "leader.write_wrong": write_wrong, "leader.wrong_noted": wrong_noted, "leader.consent": consent,
    "leader.agree_to_translate": agree_to_translate, "leader.ready": ready, "leader.menu": menu,
    "leader.thanks": thanks, "leader.card_follows": card_follows, "leader.card": forwardable,
    "leader.recordings": recordings, "consent.show": show_consent, "consent.ends_soon": ends_soon,
    "consent.renewed": renewed, "consent.expired": expired, "consent.ask_withdraw": ask_withdraw,
    "consent.withdrawn": withdrawn, "voice.ask_pause": ask_pause, "voice.paused": paused,
    "voice.heard_again": heard_again,
}  # fmt: skip
