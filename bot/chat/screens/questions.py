"""Questions: sending something in, what is known, what comes back. Residents' words only."""

from datetime import datetime
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
        (screen.button(MENU_BUTTON, "menu"),),
    )
    return OutgoingMessage(html, rows, media=card_media(card))


def passed(screen: Screen, params: Params) -> OutgoingMessage:
    """With the team now."""
    t = screen.t
    html = paragraphs(
        bold(t.text("Thank you. We are checking your question.")),
        t.text("Its number is:\n{code}", code=params["code"]),
        t.text("Please do not pass it on until you hear from us."),
    )
    rows = (screen.row(screen.button(pN_("button", "📋 My questions"), "mine"), screen.button(MENU_BUTTON, "menu")),)
    return OutgoingMessage(html, rows, edit_ref=params.get("edit_ref"))


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


def _answer(screen: Screen, params: Params, lead: Safe) -> OutgoingMessage:
    t, card = screen.t, params["card"]
    asked = t.text("“{text}”", text=params["asked"]) if params.get("asked") else ""
    html = paragraphs(lines(bold(lead), asked), card_html(screen, card))
    return OutgoingMessage(html, ((screen.button(MENU_BUTTON, "menu"),),), media=card_media(card))


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
    "check.prompt": prompt, "check.ask": ask, "check.open": already_open, "check.settled": settled,
    "check.known": known, "check.passed": passed, "check.dropped": dropped, "check.gone": gone,
    "check.enough": enough, "check.unknown_kind": unknown_kind, "danger": danger, "danger.passed": danger_passed,
    "mine": mine,
    "answer.told": told, "answer.update": update, "rumour.closed": closed, "question.ask": question,
    "question.write": write_answer, "question.thanks": thanks,
}  # fmt: skip
