"""Settings: what was chosen, and how to change it."""

from bot.chat.screens.screen import Params, Render, Screen, bold, lines, paragraphs
from bot.chat.screens.welcome import MENU_BUTTON, language_buttons
from bot.domain.messaging import Button, OutgoingMessage
from bot.i18n import N_, Safe, pN_

BACK = pN_("button", "Back")
FORMS = {"voice": N_("voice"), "video": N_("video"), "text": N_("text"), "signed": N_("sign language video")}
TOPICS = {
    "health": N_("Health"), "weather": N_("Weather"), "scams": N_("Scams"), "elections": N_("Elections"),
    "community": N_("Our neighbourhood"), "skills": N_("How to check rumours"),
}  # fmt: skip


def settings(screen: Screen, params: Params) -> OutgoingMessage:
    """What was chosen, with a button for each."""
    t, registry = screen.t, screen.catalogs.registry
    only = t.text("only in emergencies")
    topics = ", ".join(t.text(TOPICS[each]) for each in params["topics"] if each in TOPICS) or t.text("everything")
    html = lines(
        bold(t.text("Your settings")),
        t.text("You read: {language}", language=registry.get(params["read"]).autonym),
        t.text("You listen to: {language}", language=registry.get(params["listen"]).autonym),
        t.text("Your area: {area}", area=params["area"] or t.text("not said")),
        t.text("You get messages as: {form}", form=Safe(t.text(FORMS.get(params["form"], FORMS["text"])))),
        t.text("You get: {topics}", topics=Safe(only if params["emergencies_only"] else topics)),
        _quiet_line(screen, params.get("quiet")),
        t.text("At the moment you get no messages.") if params["state"] in {"stopped", "paused"} else "",
    )
    resume = screen.button(pN_("button", "Start messages again"), "pause:0")
    quiet = params["state"] in {"stopped", "paused"}
    rows = (
        screen.row(
            screen.button(pN_("button", "Language to read"), "setl:read"),
            screen.button(pN_("button", "Language to listen to"), "setl:listen"),
        ),
        screen.row(
            screen.button(pN_("button", "Area"), "seta"), screen.button(pN_("button", "Voice, video or text"), "setf")
        ),
        screen.row(screen.button(pN_("button", "Topics"), "t"), screen.button(pN_("button", "Quiet hours"), "quiet")),
        screen.row(
            resume if quiet else screen.button(pN_("button", "Take a break"), "pause"),
            screen.button(pN_("button", "Stop messages"), "stop"),
        ),
        screen.row(
            screen.button(pN_("button", "What you hold about me"), "mydata"),
            screen.button(pN_("button", "Erase me"), "forget"),
        ),
        (screen.button(MENU_BUTTON, "menu"),),
    )
    return OutgoingMessage(html, rows, edit_ref=params.get("edit_ref"))


def _quiet_line(screen: Screen, night: list[int] | None) -> str:
    if night is None:
        return screen.t.text("Quiet hours: none")
    return screen.t.text("Quiet hours: from {start} to {end}", start=_hour(night[0]), end=_hour(night[1]))


def _hour(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def quiet_hours(screen: Screen, params: Params) -> OutgoingMessage:
    """The hours of the night in which nothing comes, and what comes all the same."""
    t = screen.t
    html = paragraphs(
        bold(t.text("At which hours would you like no messages?")),
        t.text("What we send in these hours comes when they are over, if it is still needed then."),
        # Critical: emergency line
        t.text("Messages about emergencies come at any hour."),
    )
    rows = [
        (Button(_ticked(params["chosen"] == [start * 60, end * 60]) + t.button(
            pN_("button", "From {start} to {end}"), start=_hour(start * 60), end=_hour(end * 60)
        ), f"quiet:{start}-{end}"),)
        for start, end in params["nights"]
    ]  # fmt: skip
    none = Button(_ticked(params["chosen"] is None) + t.button(pN_("button", "No quiet hours")), "quiet:none")
    return OutgoingMessage(html, (*rows, (none,), (screen.button(BACK, "set"),)), edit_ref=params.get("edit_ref"))


def _ticked(chosen: bool) -> str:
    return "✅ " if chosen else "▫️ "


def change_language(screen: Screen, params: Params) -> OutgoingMessage:
    """The language to read or to listen to."""
    what = params["what"]
    ask = (
        screen.t.text("Which language would you like to read?")
        if what == "read"
        else screen.t.text("Which language would you like to listen to?")
    )
    buttons = (
        *language_buttons(screen, params["tags"], f"sl:{what}"),
        *screen.pages(f"setl:{what}", params["page"], params["pages"]),
        (screen.button(BACK, "set"),),
    )
    return OutgoingMessage(bold(ask), buttons, edit_ref=params.get("edit_ref"))


def topics(screen: Screen, params: Params) -> OutgoingMessage:
    """Topics with ticks."""
    t = screen.t
    html = paragraphs(
        bold(t.text("What would you like to hear about?")),
        t.text("Without a choice you get everything. Messages about emergencies always come."),
    )
    chosen = set(params["chosen"])
    buttons = [
        Button(_ticked(each in chosen) + t.button(TOPICS[each]), f"t:{each}")
        for each in params["topics"]
        if each in TOPICS
    ]
    only = Button(_ticked(params["emergencies_only"]) + t.button(pN_("button", "Only emergencies")), "t:emergency")
    rows = (*screen.grid(buttons), (only,), (screen.button(BACK, "set"),))
    return OutgoingMessage(html, rows, edit_ref=params.get("edit_ref"))


def ask_pause(screen: Screen, params: Params) -> OutgoingMessage:
    """For how long."""
    buttons = (
        (screen.button(pN_("button", "One day"), "pause:1"),),
        (screen.button(pN_("button", "One week"), "pause:7"),),
        (screen.button(pN_("button", "One month"), "pause:30"),),
        (screen.button(BACK, "set"),),
    )
    ask = screen.t.text("For how long would you like no messages?")
    return OutgoingMessage(bold(ask), buttons, edit_ref=params.get("edit_ref"))


def paused(screen: Screen, params: Params) -> OutgoingMessage:
    """Paused."""
    html = screen.t.plural(
        "You get no messages for {n} day. Then they start again by themselves.",
        "You get no messages for {n} days. Then they start again by themselves.",
        params["days"],
    )
    rows = (
        screen.row(screen.button(pN_("button", "Start messages again"), "pause:0"), screen.button(MENU_BUTTON, "menu")),
    )
    return OutgoingMessage(html, rows, edit_ref=params.get("edit_ref"))


def resumed(screen: Screen, params: Params) -> OutgoingMessage:
    """Back."""
    return OutgoingMessage(
        screen.t.text("You get messages again."), ((screen.button(MENU_BUTTON, "menu"),),),
        edit_ref=params.get("edit_ref"),
    )  # fmt: skip


def stopped(screen: Screen, params: Params) -> OutgoingMessage:
    """Stopped at once."""
    t = screen.t
    html = paragraphs(
        # Critical: stop line
        t.text("You will get no more messages from us.") if params["was"] else
        t.text("You do not get messages from us."),
        # Critical: stop line
        t.text("You can still ask us whether something is true. To erase everything we hold about you, send:\n/forget"),
    )  # fmt: skip
    rows = (
        screen.row(
            screen.button(pN_("button", "Start messages again"), "pause:0" if params["was"] else "join"),
            screen.button(MENU_BUTTON, "menu"),
        ),
    )
    return OutgoingMessage(html, rows)


SCREENS: dict[str, Render] = {
    "settings": settings, "language.change": change_language, "topics": topics, "quiet_hours": quiet_hours,
    "pause.ask": ask_pause, "paused": paused, "resumed": resumed, "stopped": stopped,
}  # fmt: skip
