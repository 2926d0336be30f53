"""What leaders read while they record, and translators while they translate."""

from html import escape
from typing import Any

from bot.chat.screens.cards import card_html, card_media
from bot.chat.screens.leaders import LEAD_BUTTON, TELL_BUTTON, day, language_names, request_buttons
from bot.chat.screens.screen import Params, Render, Screen, bold, cut, lines, paragraphs, words
from bot.domain.messaging import Button, OutgoingDocument, OutgoingMessage
from bot.i18n import N_, pN_, utf16_len

_TEXTS, _REASON, _AROUND = 2_200, 1_500, 300
"""UTF-16 units that stand in a message itself: Telegram takes 4,096, and the words around them are translated."""
_TERMS = 5
"""Explained terms on one screen: what is more is not read."""
NO_BUTTON = pN_("button", "No, not this time")
ON_BUTTON = pN_("button", "No, please ask somebody else")
_HOW = {
    "voice": N_("Send it as a voice message: press and hold the microphone, speak, and let go. A video is "
               "welcome, too."),
    "video": N_("Send it as a video: press and hold the camera, or choose a video from your phone. Look into the "
                "camera, with light on your face."),
    "signed": N_("Send it as an ordinary video, not as a round one: show yourself from the waist up, with your hands "
                 "inside the picture all the time, before a plain wall."),
}  # fmt: skip
_WHY = {
    "forwarded": N_("You forwarded this from somewhere else. Please record it yourself, here: people trust your own "
                    "voice."),
    "somebody_else": N_("This recording came to us from somebody else. Please record it yourself, here."),
    "empty": N_("This file is empty: nothing of it arrived. Please send it again."),
    "not_fetched": N_("The file did not arrive with us. Please send it again."),
    "signed_round": N_("A round video cuts off your hands. Please send an ordinary video."),
    "not_a_recording": N_("This is not a recording that we can play. Please send a voice message or a video."),
    "damaged": N_("Part of this recording was lost on its way. Please send it again."),
    "unknown_format": N_("We cannot play this kind of file. Please record it here in the chat."),
    "too_large": N_("This file is too large. Please record a shorter one here in the chat."),
    "too_long": N_("This is longer than people can listen to. Please say it more briefly."),
    "too_short": N_("This is very short: perhaps the button was let go too early. Please record it again."),
    "too_big_a_picture": N_("The picture is larger than phones can show. Please record the video here in the chat."),
    "too_many_streams": N_("We cannot play this kind of file. Please record it here in the chat."),
    "no_sound": N_("This video has no sound. Please check the microphone and record it again."),
    "silent": N_("We cannot hear anything in this. Please come closer to the phone and record it again."),
    "no_picture": N_("There is no picture in this. Please send a video."),
    "too_much_work": N_("We cannot open this file. Please record it here in the chat."),
    "cannot_be_read_here": N_("We cannot listen to it at the moment; that is our fault. Please try again later."),
}  # fmt: skip
_ADVICE = {
    "quiet": N_("It is rather quiet. Closer to the phone it would be clearer."),
    "clipped": N_("It is so loud that it sounds rough. A little further away from the phone it would be clearer."),
    "mostly_silent": N_("There is much silence in it."),
    "longer": N_("It is longer than we asked for. Shorter is heard to the end by more people."),
    "by_id": N_("This file is large, so we can send it but not keep it ourselves or put it into a film. If you "
                "delete it in Telegram, it is gone."),
}  # fmt: skip


def _needs(screen: Screen, params: Params) -> str:
    t = screen.t
    record = params["about"] == "record"
    return lines(
        t.text("Language: {language}", language=language_names(screen, [params["language"]])),
        t.text("About {seconds} seconds long", seconds=params["seconds"]) if record and params["seconds"] else "",
        t.text("It takes you about {minutes} minutes.", minutes=params["minutes"]) if not record else "",
        t.text("{count} people wait for it in this language.", count=params["waiting"]) if params["waiting"] else "",
        t.text("We need it by {date}.", date=day(screen, params["due_at"])) if params["due_at"] else "",
    )


def asked(screen: Screen, params: Params) -> OutgoingMessage:
    """Somebody asks for something."""
    t = screen.t
    title = words(params["title"])
    record = params["about"] == "record"
    ask = t.text("Will you record a message for people?") if record else t.text("Will you translate a message?")
    html = paragraphs(bold(ask), title, _needs(screen, params), t.text("You can always say no."))
    number = params["request_id"]
    rows = (
        (screen.button(pN_("button", "Show it to me"), f"rq:{number}"),),
        (screen.button(NO_BUTTON, f"rd:{number}"),), (screen.button(ON_BUTTON, f"rd:{number}:on"),),
    )  # fmt: skip
    return OutgoingMessage(html, rows)


def _glossary(screen: Screen, params: Params) -> str:
    """Words of the text that not everybody knows, in plain English."""
    terms = params.get("glossary", [])[:_TERMS]
    said = [f"• <b>{words(each['term'], 60)}</b>: {words(each['meaning'], 120)}" for each in terms]
    return lines(bold(screen.t.text("What these words mean:")), *said) if said else ""


def script(screen: Screen, params: Params) -> OutgoingMessage:
    """What is to be said, and how to send it."""
    t = screen.t
    names = language_names(screen, [params["language"]])
    own = params["own"]
    long = utf16_len(own) + utf16_len(params["english"]) > _TEXTS
    whole = paragraphs(own, params["english"]) if long else ""
    english = cut(params["english"], _TEXTS // 2) if long else params["english"]
    own = cut(own, _TEXTS // 2) if long else own
    html = paragraphs(
        bold(words(params["title"])),
        _needs(screen, params),
        paragraphs(bold(t.text("The text in {language}:", language=names)), words(own)) if own else "",
        paragraphs(bold(t.text("The text in plain English:")), words(english)),
        t.text("All of it is in the file.") if long else "",
        _glossary(screen, params),
        t.text("Say it in your own words, as you would to your own people. The meaning must stay the same."),
        bold(t.text(_HOW[params["form"]])),
    )
    number = params["request_id"]
    rows = (
        (screen.button(pN_("button", "✏️ Write or correct the text"), f"rt:{number}"),),
        (screen.button(pN_("button", "This is wrong for my community"), f"rs:{number}"),),
        (screen.button(NO_BUTTON, f"rd:{number}"),),
    )
    document = OutgoingDocument("text.txt", whole) if whole else None
    return OutgoingMessage(html, rows, document=document)


def please(screen: Screen, params: Params) -> OutgoingMessage:
    """Words came where a recording was expected."""
    t = screen.t
    html = paragraphs(bold(t.text("We are waiting for your recording.")), t.text(_HOW[params["form"]]))
    number = params["request_id"]
    rows = (
        (screen.button(pN_("button", "✏️ Write or correct the text"), f"rt:{number}"),),
        (screen.button(LEAD_BUTTON, "lead"),),
    )
    return OutgoingMessage(html, rows)


def taken(screen: Screen, params: Params) -> OutgoingMessage:
    """Arrived."""
    return OutgoingMessage(screen.t.text("Thank you. In a moment you can hear it as people will get it."))


def heard(screen: Screen, params: Params) -> OutgoingMessage:
    """Played back exactly as residents will get it."""
    t = screen.t
    advice = [t.text(_ADVICE[each]) for each in params["advice"] if each in _ADVICE]
    html = paragraphs(
        bold(t.text("This is how people will get it. Listen to it once.")),
        lines(*(f"• {each}" for each in advice)),
        card_html(screen, params["card"]),
    )
    rows = (
        (screen.button(pN_("button", "✅ It is good. Send it to the team"), f"su:{params['recording_id']}"),),
        (screen.button(pN_("button", "🔁 Record it again"), f"rq:{params['request_id']}"),),
        (screen.button(pN_("button", "✏️ Write or correct the text"), f"rt:{params['request_id']}"),),
    )
    return OutgoingMessage(html, rows, media=card_media(params["card"]))


def refused(screen: Screen, params: Params) -> OutgoingMessage:
    """Not taken, and why; recording again is one press."""
    t = screen.t
    html = paragraphs(t.text(_WHY.get(params["why"], _WHY["not_a_recording"])), t.text("Nothing else is lost."))
    return OutgoingMessage(
        html, ((screen.button(pN_("button", "Show the text again"), f"rq:{params['request_id']}"),),)
    )


def submitted(screen: Screen, params: Params) -> OutgoingMessage:
    """With the team."""
    t = screen.t
    html = paragraphs(
        bold(t.text("Thank you!")),
        t.text("Now another speaker of your language listens to it. When it is sent to people, you hear of it here."),
    )
    tell = ((screen.button(TELL_BUTTON, f"cw:{params['key']}"),),) if params.get("key") else ()
    return OutgoingMessage(html, (*tell, (screen.button(LEAD_BUTTON, "lead"),)), edit_ref=params.get("edit_ref"))


def approved(screen: Screen, params: Params) -> OutgoingMessage:
    """It may go out."""
    t = screen.t
    html = paragraphs(
        bold(t.text("Another speaker has checked it: it can go out to people. Thank you!")),
        f"{words(params['title'])} ({escape(language_names(screen, [params['language']]))})",
    )
    return OutgoingMessage(html, ((screen.button(LEAD_BUTTON, "lead"),),))


def sent_back(screen: Screen, params: Params) -> OutgoingMessage:
    """A second speaker asks for changes, or it does not go out."""
    t = screen.t
    head = (
        t.text("Another speaker has listened to it and asks you to record it once more.")
        if params["again"] else t.text("Another speaker has listened to it. It does not go out to people.")
    )  # fmt: skip
    html = paragraphs(bold(head), t.text("They write:"), words(params["reason"], _REASON))
    rows = (
        (screen.button(pN_("button", "🔁 Record it again"), f"rq:{params['request_id']}"),)
        if params["again"]
        else (screen.button(LEAD_BUTTON, "lead"),)
    )
    return OutgoingMessage(html, (rows,))


def which(screen: Screen, params: Params) -> OutgoingMessage:
    """A recording came out of the blue."""
    t = screen.t
    rows = [
        (Button(row[0].label, f"rw:{params['draft']}:{each['request_id']}"),)
        for each, row in zip(params["requests"], request_buttons(screen, params["requests"]), strict=True)
    ]
    rows.append((screen.button(pN_("button", "❓ Check something"), f"rw:{params['draft']}"),))
    return OutgoingMessage(bold(t.text("What is this recording for?")), tuple(rows))


def write_words(screen: Screen, params: Params) -> OutgoingMessage:
    """The text as they will say it."""
    t = screen.t
    own = params["own"]
    html = paragraphs(
        t.text("Please write the text now as you will say it. People see it below your recording."),
        t.text("This is the text so far:") if own else "", words(own, _TEXTS),
    )  # fmt: skip
    return OutgoingMessage(html)


def suggest(screen: Screen, params: Params) -> OutgoingMessage:
    """What would be right."""
    t = screen.t
    html = paragraphs(
        bold(t.text("Thank you for saying so. You know your community best.")),
        t.text("What is wrong, and how would you say it? Write it, or say it in a voice message."),
    )
    return OutgoingMessage(html)


def suggested(screen: Screen, params: Params) -> OutgoingMessage:
    """Passed on as a proposal."""
    t = screen.t
    html = t.text("Thank you. The team reads it and answers you here. You can wait for that, or record it already.")
    rows = ((screen.button(pN_("button", "Show the text again"), f"rq:{params['request_id']}"),),
            (screen.button(LEAD_BUTTON, "lead"),))  # fmt: skip
    return OutgoingMessage(html, rows)


def suggestion_answered(screen: Screen, params: Params) -> OutgoingMessage:
    """What became of it."""
    t = screen.t
    head = (
        t.text("The team has taken up your proposal. Thank you!")
        if params["taken"]
        else t.text("The team has thought about your proposal and does it differently.")
    )
    body = paragraphs(t.text("They write:"), words(params["words"], _REASON)) if params["words"] else ""
    return OutgoingMessage(paragraphs(bold(head), body), ((screen.button(LEAD_BUTTON, "lead"),),))


def request_declined(screen: Screen, params: Params) -> OutgoingMessage:
    """A no is fine."""
    html = bold(screen.t.text("That is all right. Thank you for telling us."))
    return OutgoingMessage(html, ((screen.button(LEAD_BUTTON, "lead"),),), edit_ref=params.get("edit_ref"))


def request_cancelled(screen: Screen, params: Params) -> OutgoingMessage:
    """Not needed any more."""
    text = screen.t.text("We do not need this any more: {title}. Thank you all the same.", title=params["title"])
    return OutgoingMessage(text, ((screen.button(LEAD_BUTTON, "lead"),),))


# Translating


def translate_begin(screen: Screen, params: Params) -> OutgoingMessage:
    """How much there is to do."""
    t = screen.t
    html = paragraphs(
        bold(words(params["title"])), _needs(screen, params),
        t.text("It comes in {count} parts. You can stop after each part and go on another day.",
               count=params["paragraphs"]),
    )  # fmt: skip
    number = params["request_id"]
    rows = (
        (screen.button(pN_("button", "Begin"), f"tp:{number}"),), (screen.button(NO_BUTTON, f"rd:{number}"),),
        (screen.button(ON_BUTTON, f"rd:{number}:on"),),
    )  # fmt: skip
    return OutgoingMessage(html, rows)


def translate_paragraph(screen: Screen, params: Params) -> OutgoingMessage:
    """One part, with what stands around it."""
    t = screen.t

    def around(heading: str, text: str) -> str:
        return f"<i>{heading} {words(text, _AROUND)}</i>" if text else ""

    html = paragraphs(
        bold(t.text("Part {number} of {count}", number=params["no"] + 1, count=params["of"])),
        around(t.text("Before it:"), params["before"]),
        words(params["text"], _TEXTS),
        around(t.text("After it:"), params["after"]),
        _glossary(screen, params),
        bold(t.text("Write it in {language}, or say it in a voice message.",
                    language=language_names(screen, [params["language"]]))),
    )  # fmt: skip
    return OutgoingMessage(html, ((screen.button(LEAD_BUTTON, "lead"),),))


def translate_done(screen: Screen, params: Params) -> OutgoingMessage:
    """All parts are there."""
    t = screen.t
    number, count = params["request_id"], params["of"]
    again: list[Any] = [Button(f"✏️ {each + 1}", f"tp:{number}:{each}") for each in range(min(count, 8))]
    html = paragraphs(bold(t.text("All parts are there. Is everything right?")), words(params["whole"], _TEXTS))
    rows = (
        (screen.button(pN_("button", "✅ It is good. Send it to the team"), f"th:{number}"),),
        *screen.grid(again, 4),
        (screen.button(LEAD_BUTTON, "lead"),),
    )
    return OutgoingMessage(html, rows)


def translate_handed_in(screen: Screen, params: Params) -> OutgoingMessage:
    """With the team."""
    t = screen.t
    html = paragraphs(bold(t.text("Thank you!")), t.text("Now another speaker of your language reads it."))
    return OutgoingMessage(html, ((screen.button(LEAD_BUTTON, "lead"),),), edit_ref=params.get("edit_ref"))


SCREENS: dict[str, Render] = {
    "request.asked": asked, "request.script": script, "request.write_words": write_words, "request.suggest": suggest,
    "request.suggested": suggested, "request.declined": request_declined, "request.cancelled": request_cancelled,
    "suggestion.answered": suggestion_answered, "recording.please": please, "recording.taken": taken,
    "recording.heard": heard, "recording.refused": refused, "recording.submitted": submitted,
    "recording.approved": approved, "recording.sent_back": sent_back, "recording.which": which,
    "translate.begin": translate_begin, "translate.paragraph": translate_paragraph, "translate.done": translate_done,
    "translate.handed_in": translate_handed_in,
}  # fmt: skip
