"""Questions: sending something in, what is known, what comes back. Residents' words only."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.chat.screens.cards import card_html, card_media
from bot.chat.screens.screen import Params, Render, Screen, bold, lines, paragraphs
from bot.chat.screens.welcome import MENU_BUTTON
from bot.domain.messaging import Button, OutgoingMessage
from bot.i18n import N_, Safe, pN_

PASS_ON = pN_("button", "Yes, ask the team")
TELL_ME = pN_("button", "Yes, tell me")
DANGER = pN_("button", "🆘 Someone is in danger")
KINDS = {
    "text": N_("your text"), "link": N_("your link"), "photo": N_("your picture"), "voice": N_("your voice message"),
    "audio": N_("your sound file"), "video": N_("your video"), "round": N_("your video"),
    "animation": N_("your video"), "document": N_("your document"), "sticker": N_("your picture"),
}  # fmt: skip
STATES = {
    "new": N_("we are checking"), "answering": N_("we are checking"), "answered": N_("answered"),
    "not_amplified": N_("looked at"), "spam": N_("looked at"), "not_a_rumour": N_("looked at"),
    "safeguarding": N_("we are checking"), "safeguarded": N_("looked at"),
}  # fmt: skip


def prompt(screen: Screen, params: Params) -> OutgoingMessage:
    """What can be sent."""
    html = screen.t.text(
        "Send or forward what you would like us to check, just as it is: text, picture, voice, video, document or link."
    )
    return OutgoingMessage(html, (screen.row(screen.button(DANGER, "danger"), screen.button(MENU_BUTTON, "menu")),))


def _ask_rows(screen: Screen, draft: str, yes: str = PASS_ON) -> tuple[tuple[Button, ...], ...]:
    return (
        (screen.button(yes, f"c:{draft}"),),
        (screen.button(pN_("button", "No, thank you"), f"cx:{draft}"),),
        (screen.button(DANGER, f"cd:{draft}"),),
    )


def ask(screen: Screen, params: Params) -> OutgoingMessage:
    """Not known yet: may the team have it?"""
    t = screen.t
    what = Safe(t.text(KINDS.get(params["kind"], KINDS["text"])))
    html = paragraphs(
        t.text("We have no answer to this yet."),
        # Critical: consent line
        t.text("May we show {what} to the team that checks such things? They do not see who you are. "
               "We tell you here as soon as we know more.", what=what),
    )  # fmt: skip
    return OutgoingMessage(html, _ask_rows(screen, params["draft"]))


def looking(screen: Screen, params: Params) -> OutgoingMessage:
    """A file is being fetched and compared: a moment, and what is known about it comes by itself."""
    t = screen.t
    what = Safe(t.text(KINDS.get(params["kind"], KINDS["text"])))
    html = paragraphs(
        t.text("Thank you. We look at {what}, and write to you here in a moment.", what=what),
        t.text("Please do not pass it on until then."),
    )
    return OutgoingMessage(html, ((screen.button(DANGER, f"cd:{params['draft']}"),),))


def already_open(screen: Screen, params: Params) -> OutgoingMessage:
    """Others asked the same."""
    t = screen.t
    html = paragraphs(
        t.text("Others have asked us about this too. We are checking it."),
        t.text("Would you like us to tell you when we know more? Until then, please do not pass it on."),
    )
    return OutgoingMessage(html, _ask_rows(screen, params["draft"], TELL_ME))


def settled(screen: Screen, params: Params) -> OutgoingMessage:
    """Looked at before, and closed: the same sentence as then, and the way to ask all the same."""
    t = screen.t
    html = paragraphs(_outcome(screen, params["outcome"]), t.text("Would you like to ask the team all the same?"))
    return OutgoingMessage(html, _ask_rows(screen, params["draft"]))


def known(screen: Screen, params: Params) -> OutgoingMessage:
    """Answered before: what we know, at once."""
    card = params["card"]
    html = paragraphs(bold(screen.t.text("This is what we know about what you sent:")), card_html(screen, card))
    rows = (
        (screen.button(pN_("button", "That is not what I meant"), f"cn:{params['draft']}"),),
        *_rating(screen, params),
        (screen.button(MENU_BUTTON, "menu"),),
    )
    return OutgoingMessage(html, rows, media=card_media(card))


def _rating(screen: Screen, params: Params) -> tuple[tuple[Button, ...], ...]:
    """Whether it helped: a tap, counted and not kept with who tapped."""
    number = params.get("rumour_id")
    if number is None:
        return ()
    yes = screen.button(pN_("button", "👍 This helped"), f"h:y:{number}")
    no = screen.button(pN_("button", "👎 It did not"), f"h:n:{number}")
    return (screen.row(yes, no),)


def passed(screen: Screen, params: Params) -> OutgoingMessage:
    """With the team now."""
    t = screen.t
    html = paragraphs(
        bold(t.text("Thank you. We are checking your question.")),
        t.text("Its number is:\n{code}", code=params["code"]),
        t.text("Please do not pass it on until you hear from us."),
        _promise(screen, params.get("until", "")),
    )
    rows = (screen.row(screen.button(pN_("button", "📋 My questions"), "mine"), screen.button(MENU_BUTTON, "menu")),)
    return OutgoingMessage(html, rows, edit_ref=params.get("edit_ref"))


def _promise(screen: Screen, until: str) -> str:
    """Office hours, and the time by which they hear from us: with an answer, or that it takes longer."""
    if not until:
        return ""
    t, office, zone = screen.t, screen.controller.office, ZoneInfo(screen.controller.zone)
    at = datetime.fromisoformat(until)
    week = datetime(2024, 1, 1, tzinfo=zone)  # a Monday: only the names of its days are shown
    hours = t.text(
        # Translators: the team's office hours, such as Monday to Friday, 09:00 to 17:00
        "The team works {first} to {last}, {opens} to {closes}.",
        first=t.weekday(week + timedelta(days=office.first)), last=t.weekday(week + timedelta(days=office.last)),
        opens=f"{office.opens:%H:%M}", closes=f"{office.closes:%H:%M}",
    )  # fmt: skip
    # Translators: {date} is like Tuesday 24/11/2026, {time} is like 18:05
    promise = t.text("You hear from us by {date}, {time}.", date=t.date(at, zone), time=t.time(at, zone))
    return lines(hours, promise)


def noted(screen: Screen, params: Params) -> OutgoingMessage:
    """Asked all the same about what was looked at before, by few so far."""
    t = screen.t
    html = paragraphs(
        bold(t.text("Thank you. We have noted your question.")),
        t.text("Its number is:\n{code}", code=params["code"]),
        t.text("We looked at this before. If more people ask, we look at it again, and then you hear from us."),
    )
    return OutgoingMessage(html, ((screen.button(MENU_BUTTON, "menu"),),), edit_ref=params.get("edit_ref"))


def still(screen: Screen, params: Params) -> OutgoingMessage:
    """The promised time has passed without an answer."""
    t = screen.t
    html = paragraphs(
        t.text("About your question {code}:", code=params["code"]),
        t.text("We are still checking it. It takes longer than we told you, and we are sorry. We have not forgotten "
               "you: you hear from us here as soon as we know more. Until then, please do not pass it on."),
    )  # fmt: skip
    return OutgoingMessage(html, ((screen.button(MENU_BUTTON, "menu"),),))


def dropped(screen: Screen, params: Params) -> OutgoingMessage:
    """Nothing kept."""
    html = screen.t.text("Alright. Nobody sees it and we have not kept it.")
    return OutgoingMessage(html, ((screen.button(MENU_BUTTON, "menu"),),), edit_ref=params.get("edit_ref"))


def gone(screen: Screen, params: Params) -> OutgoingMessage:
    """An old button."""
    html = screen.t.text("We no longer have what you sent. Please send it once more.")
    return OutgoingMessage(html, ((screen.button(MENU_BUTTON, "menu"),),))


def enough(screen: Screen, params: Params) -> OutgoingMessage:
    """So many at once that no more are taken for now."""
    t = screen.t
    until = datetime.fromisoformat(params["until"])
    html = paragraphs(
        # Translators: kind words to someone who sent very many questions within an hour; {time} is like 18:05
        t.text("You have asked us a lot in the last hour. We are checking it."),
        t.text("Please send this one again after {time}.", time=t.time(until, ZoneInfo(screen.controller.zone))),
    )
    return OutgoingMessage(html, (screen.row(screen.button(DANGER, "danger"), screen.button(MENU_BUTTON, "menu")),))


def unknown_kind(screen: Screen, params: Params) -> OutgoingMessage:
    """A location, a contact, a poll and so on."""
    html = screen.t.text("We cannot read this kind of message. Please send it as text, picture, voice, video or link.")
    return OutgoingMessage(html, ((screen.button(MENU_BUTTON, "menu"),),))


def danger(screen: Screen, params: Params) -> OutgoingMessage:
    """Numbers to call, each on its own line; then the way to tell the team."""
    t = screen.t
    html = paragraphs(
        # Critical: emergency lines
        bold(t.text("If someone is in danger now, call:\n999")),
        t.text("If you cannot speak, call 999 from a mobile, listen, and when you are asked press:\n55"),
        t.text("For urgent medical help that is not an emergency:\n111"),
        t.text("If you cannot go on, Samaritans listen day and night, free of charge:\n116 123"),
        t.text("This chat is not watched day and night. You can tell the team as well, marked as urgent."),
    )
    report = (screen.button(pN_("button", "Tell the team, urgently"), f"cu:{params['draft']}"),)
    rows = ((report,) if params["draft"] else ()) + ((screen.button(MENU_BUTTON, "menu"),),)
    if not params["draft"]:
        html = paragraphs(html, t.text("To tell the team, send here what happened or what you were sent."))
    return OutgoingMessage(html, rows)


def danger_passed(screen: Screen, params: Params) -> OutgoingMessage:
    """With the team, marked urgent."""
    t = screen.t
    html = paragraphs(
        bold(t.text("The team has it now, marked as urgent.")),
        # Critical: emergency line
        t.text("Do not wait for us. If someone is in danger, call:\n999"),
        t.text("Its number is:\n{code}", code=params["code"]),
    )
    return OutgoingMessage(html, ((screen.button(MENU_BUTTON, "menu"),),), edit_ref=params.get("edit_ref"))


def mine(screen: Screen, params: Params) -> OutgoingMessage:
    """What this person asked."""
    t = screen.t
    if not params["items"]:
        html: str = t.text("You have asked nothing, or it was so long ago that we no longer know it was you.")
    else:
        html = paragraphs(bold(t.text("Your questions")), *(_item(screen, each) for each in params["items"]))
    return OutgoingMessage(html, ((screen.button(MENU_BUTTON, "menu"),),))


def _item(screen: Screen, item: Params) -> str:
    t = screen.t
    said = item["text"] or t.text(KINDS.get(item["kind"], KINDS["text"]))
    state = Safe(t.text(STATES.get(item["state"], STATES["new"])))
    return lines(t.text("“{text}”", text=said), t.text("{code}: {state}", code=item["code"], state=state))


def told(screen: Screen, params: Params) -> OutgoingMessage:
    """The answer, once."""
    return _answer(screen, params, screen.t.text("You asked us about this. This is what we know:"))


def update(screen: Screen, params: Params) -> OutgoingMessage:
    """The answer again, now in their own language."""
    return _answer(screen, params, screen.t.text("Here is our answer to your question in your language:"))


def changed(screen: Screen, params: Params) -> OutgoingMessage:
    """Another answer than before, for those who agreed to hear of it."""
    return _answer(screen, params, screen.t.text("Our answer to your question has changed. This is what we know now:"))


def _answer(screen: Screen, params: Params, lead: Safe) -> OutgoingMessage:
    t, card = screen.t, params["card"]
    asked = t.text("“{text}”", text=params["asked"]) if params.get("asked") else ""
    html = paragraphs(lines(bold(lead), asked), card_html(screen, card))
    changes = screen.button(pN_("button", "🔔 Tell me if this changes"), f"ha:{params.get('flag_id')}")
    rows = (
        *_rating(screen, params),
        *(((changes,),) if params.get("flag_id") else ()),
        (screen.button(MENU_BUTTON, "menu"),),
    )
    return OutgoingMessage(html, rows, media=card_media(card))


def rated(screen: Screen, params: Params) -> OutgoingMessage:
    """They said whether it helped."""
    t = screen.t
    if params["helped"]:
        html = t.text("Thank you, that is good to know.")
    else:
        html = t.text("Thank you for telling us. If something is missing or unclear, send us what you would like to "
                      "know.")  # fmt: skip
    return OutgoingMessage(html, ((screen.button(MENU_BUTTON, "menu"),),))


def agreed(screen: Screen, params: Params) -> OutgoingMessage:
    """They want to hear of changes, or it is too late for that."""
    t = screen.t
    if params["until"]:
        at = t.date(datetime.fromisoformat(params["until"]), ZoneInfo(screen.controller.zone))
        html = t.text("We tell you here if our answer changes, until {date}. After that we no longer know that it was "
                      "you who asked.", date=at)  # fmt: skip
    else:
        html = t.text("It was so long ago that we no longer know it was you. Please ask us again if you would like to "
                      "know.")  # fmt: skip
    return OutgoingMessage(html, ((screen.button(MENU_BUTTON, "menu"),),))


def hate(screen: Screen, params: Params) -> OutgoingMessage:
    """Where hatred can be reported, after an answer about something that is aimed at a group of people."""
    t = screen.t
    html = paragraphs(
        t.text("What you asked about is aimed at a group of people. If you or somebody you know is threatened, "
               "insulted or attacked for who they are, you can report it:"),
        # Critical: emergency lines
        t.text("If someone is in danger now, call:\n999"),
        t.text("To the police, when it is not an emergency:\n101"),
        t.text("To the police on the internet:\nwww.report-it.org.uk"),
    )  # fmt: skip
    return OutgoingMessage(html, ((screen.button(MENU_BUTTON, "menu"),),))


def _outcome(screen: Screen, outcome: str) -> Safe:
    t = screen.t
    sentences = {
        "not_amplified": t.text(
            "We looked into what you asked. We found nothing to support it, and we will not spread it further by "
            "writing about it. Please do not pass it on."
        ),
        "spam": t.text(
            "We looked at what you sent. It looks like advertising or a trick. Please do not answer it and do not "
            "open its links."
        ),
        "not_a_rumour": t.text(
            "We looked at what you sent. It is not something that we can check as true or false. Thank you for asking."
        ),
        # Critical: emergency line
        "safeguarded": t.text(
            "Somebody who is trained for this has read what you told us and has done what they can. Thank you for "
            "telling us. If someone is in danger now, call 999."
        ),
    }
    return sentences.get(outcome, sentences["not_a_rumour"])


def closed(screen: Screen, params: Params) -> OutgoingMessage:
    """Looked at without a public answer; each reason has its own sentence."""
    html = paragraphs(
        screen.t.text("About your question {code}:", code=params["code"]), _outcome(screen, params["outcome"])
    )
    return OutgoingMessage(html, ((screen.button(MENU_BUTTON, "menu"),),))


def question(screen: Screen, params: Params) -> OutgoingMessage:
    """The team asks back."""
    t = screen.t
    html = paragraphs(
        bold(t.text("The team has a question about what you asked. They do not see who you are.")),
        t.text("“{text}”", text=params["text"]),
    )
    rows = (
        (screen.button(pN_("button", "Answer"), f"q:{params['question_id']}"),),
        (screen.button(MENU_BUTTON, "menu"),),
    )
    return OutgoingMessage(html, rows)


def write_answer(screen: Screen, params: Params) -> OutgoingMessage:
    """Waiting for their words."""
    return OutgoingMessage(screen.t.text("Please write your answer now."), ((screen.button(MENU_BUTTON, "menu"),),))


def thanks(screen: Screen, params: Params) -> OutgoingMessage:
    """Passed on."""
    html = screen.t.text("Thank you. The team has your answer.")
    return OutgoingMessage(html, ((screen.button(MENU_BUTTON, "menu"),),))


SCREENS: dict[str, Render] = {
    "check.prompt": prompt, "check.ask": ask, "check.looking": looking, "check.open": already_open,
    "check.settled": settled,
    "check.known": known, "check.passed": passed, "check.dropped": dropped, "check.gone": gone,
    "check.enough": enough, "check.unknown_kind": unknown_kind, "check.noted": noted, "check.still": still,
    "danger": danger, "danger.passed": danger_passed, "mine": mine,
    "answer.told": told, "answer.update": update, "answer.changed": changed, "answer.thanks": rated,
    "answer.agreed": agreed, "answer.hate": hate, "rumour.closed": closed,
    "question.ask": question, "question.write": write_answer, "question.thanks": thanks,
}  # fmt: skip
