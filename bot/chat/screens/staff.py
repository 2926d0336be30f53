"""What staff read in their own chat. Plain English: the comms team works in it."""

from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from bot.chat.screens import films, reviews
from bot.chat.screens.screen import Params, Render, Screen, bold, lines, paragraphs, within
from bot.domain.events import MediaKind
from bot.domain.messaging import Button, OutgoingDocument, OutgoingMedia, OutgoingMessage
from bot.i18n import strip_controls, utf16_len

_SHOWN = 5
_LINES = 15
_TEXT = 220
_ANSWER, _RENDITION, _SOURCE = 2_600, 1_900, 1_300
"""UTF-16 units that stand in a request itself, so that it stays below Telegram's 4,096; the whole comes as a file."""
_NAMES = {
    "broadcast": "Broadcast",
    "answer": "Answer to rumour",
    "rendition": "Rendition",
    "claim": "Claim of rumour",
    "revision": "Change of a message",
    "exception": "Exception for rendition",
    "shelf": "Message from the shelf",
    "film": "Film",
}


def _console(screen: Screen, path: str) -> str:
    return escape(f"{screen.controller.public_url}/console/{path}")


def joined(screen: Screen, params: Params) -> OutgoingMessage:
    """The record is bound to this phone."""
    html = paragraphs(
        bold(f"Welcome to the team, {escape(params['name'])}."),
        "Your roles: " + escape(", ".join(params["roles"])) + ".",
        "For the console send:\n/console",
    )
    return OutgoingMessage(html)


def link(screen: Screen, params: Params) -> OutgoingMessage:
    """A one-time link."""
    html = paragraphs("Open this link within five minutes. It works once, and only for you:", escape(params["url"]))
    return OutgoingMessage(html)


def server_link(screen: Screen, params: Params) -> OutgoingMessage:
    """Announced to the other admins."""
    html = f"A sign-in link for {escape(params['name'])} was printed on the server by {escape(params['via'])}."
    return OutgoingMessage(bold(html))


def question_answered(screen: Screen, params: Params) -> OutgoingMessage:
    """A resident answered a question back."""
    return OutgoingMessage(
        paragraphs(bold("A resident answered your question."), _console(screen, f"rumours/{params['rumour_id']}"))
    )


def approval(screen: Screen, params: Params) -> OutgoingMessage:
    """The request for a second person's yes, with all they must see."""
    details = params["details"]
    if details.get("blind"):
        return reviews.blind(screen, params)
    body = _BODIES[params["about"]](screen, details)
    whole = _whole(params["about"], details)
    html = paragraphs(
        bold(f"{escape(params['requested_by'])} asks for your approval"),
        bold("Read first: every word of it is in the file above.") if whole else "",
        body,
    )
    price = details.get("price")
    yes = f"Approve, up to {price['highest']} Stars" if price else "Approve"
    row = (Button(yes, f"ok:{params['approval_id']}"), Button("Refuse", f"no:{params['approval_id']}"))
    return OutgoingMessage(html, (row,), document=OutgoingDocument("to-approve.txt", whole) if whole else None)


def _whole(about: str, details: Params) -> str:
    """Every word to decide about, where a message cannot hold them all; else nothing, for they stand in the message."""
    if about == "broadcast":
        parts = [(f"{each['language']} ({each['form']})", each["text"]) for each in details["renditions"]]
        fits = len(parts) <= _SHOWN and all(utf16_len(text) <= _TEXT for _, text in parts)
    elif about == "answer":
        parts = [("Asked", details["asked"]), (details["title"], details["text"])]
        fits = utf16_len(details["asked"]) <= _TEXT and utf16_len(details["text"]) <= _ANSWER
    elif about in {"claim", "film"}:
        return ""
    elif about in {"revision", "shelf"}:
        parts = [("As it was", details.get("before", "")), (details["title"], details["text"])]
        fits = sum(utf16_len(text) for _, text in parts) <= _RENDITION
    else:
        parts = [(details["language"], details["text"]), ("English source", details["source"])]
        fits = utf16_len(details["text"]) <= _RENDITION and utf16_len(details["source"]) <= _SOURCE
    return "" if fits else "\n\n\n".join(f"{heading}\n\n{text}" for heading, text in parts)


def _revision(screen: Screen, details: Params) -> str:
    changed = details["meaning"] == "changed"
    said = (
        "Its author says: the meaning changed. Every rendition becomes stale, and is not sent until it is renewed."
        if changed
        else "Its author says: the meaning is unchanged. Every rendition of it stays in use."
    )
    return paragraphs(
        lines(
            bold(f"Change of {escape(details['key'])}, revision {details['revision']}: {escape(details['title'])}"),
            said,
            f"{details['people']} people would then get it in another language, or not at all" if changed else "",
        ),
        lines(*(escape(_short(each)) for each in details["differences"][:_LINES]),
              _and_more(len(details["differences"]) - _LINES)),
        _facts(details),
        lines("It answers, when somebody asks:", *(escape(_short(each)) for each in details["answers"]))
        if details.get("answers")
        else "",
        _console(screen, f"revisions/{details['revision_id']}"),
    )  # fmt: skip


def _shelf(screen: Screen, details: Params) -> str:
    return paragraphs(
        lines(
            bold(f"From the ready shelf: {escape(details['title'])}"),
            "It is sent as soon as you approve.",
            f"To: {escape(', '.join(details['languages']) or 'all languages')}, "
            f"{escape(', '.join(details['areas']) or 'all areas')}; valid for {details['hours']} hours",
            f"Approved in: {escape(', '.join(details['approved']))}",
        ),
        escape(_short(details["text"])),
        _facts(details),
        _console(screen, f"shelf/taken/{details['revision_id']}"),
    )


def _facts(details: Params) -> str:
    return lines(*(f"{name}: {escape(value)}" for name, value in details["facts"].items()))


def _broadcast(screen: Screen, details: Params) -> str:
    zone = ZoneInfo(screen.controller.zone)
    when = f"at {_local(details['send_at'], zone)}" if details["send_at"] else "at once, when you approve"
    audience = ", ".join(details["languages"]) or "all languages"
    where = ", ".join(details["areas"]) or "all areas"
    plan = [
        f"{each['language']}: {each['people']} "
        + ("get nothing" if each["gets"] is None else f"get {each['gets']} ({each['form']})")
        + (" as fallback" if each["fallback"] else "")
        for each in details["lines"]
    ]
    shown = details["renditions"][:_SHOWN]
    texts = [f"{escape(each['language'])} ({each['form']}): {escape(_short(each['text']))}" for each in shown]
    return paragraphs(
        lines(
            bold(f"Broadcast {details['broadcast_id']}: {escape(details['title'])}"),
            f"Message {escape(details['key'])}, revision {details['revision']}",
            _newer(details),
            _again(details) or f"To {details['size']} people: {escape(audience)}, {escape(where)}",
            f"{details['nothing']} of them get nothing",
            f"With film {details['film']}, to everybody who did not choose text" if details.get("film") else "",
            f"It takes about {_duration(details['seconds'])}, {when}",
            f"Never later than {_local(details['until'], zone)}" if details["until"] else "",
            _price(details),
        ),
        _repeats(details),
        lines(*(escape(each) for each in plan[:_LINES]), _and_more(len(plan) - _LINES)),
        lines(*texts, _and_more(len(details["renditions"]) - len(shown), "file above")),
        _console(screen, f"broadcasts/{details['broadcast_id']}"),
    )


def _repeats(details: Params) -> str:
    """That a yes is one to a whole series, and to when."""
    if not details.get("repeat"):
        return ""
    times = [f"{datetime.fromisoformat(each):%A %d %B %Y %H:%M}" for each in details["coming"]]
    return lines(
        bold("It repeats, and your yes counts for all of it:"), escape(details["repeat"]),
        *(f"then {each}" for each in times), "" if times else "never again after this one",
    )  # fmt: skip


def _again(details: Params) -> str:
    again = details.get("again")
    if not again:
        return ""
    unknown = again["kind"] == "unconfirmed"
    why = "unconfirmed: some of them may get it twice" if unknown else "it did not reach them"
    return bold(f"Again to {details['size']} people of broadcast {again['of']}: {why}")


def _newer(details: Params) -> str:
    newer = details.get("newer_revision")
    return bold(f"There is a newer revision {newer}: this sends the old one") if newer else ""


def _price(details: Params) -> str:
    price = details.get("price")
    if not price:
        return ""
    return bold(
        f"PAID: it costs up to {price['highest']} Stars. {price['left']} of this month's {price['cap']} are left"
    )


def _and_more(count: int, where: str = "console") -> str:
    return f"and {count} more in the {where}" if count > 0 else ""


def _answer(screen: Screen, details: Params) -> str:
    return paragraphs(
        bold(f"Answer to rumour {details['rumour_id']}, asked {details['count']} times"),
        f"Asked: “{escape(_short(details['asked']))}”",
        lines(bold(escape(details["title"])), _words(details["text"], _ANSWER)),
        lines(*(escape(each) for each in details.get("sources", []))) or "No source is named.",
        f"Consulted: {escape(_short(details['consulted']))}" if details.get("consulted") else "",
        _console(screen, f"rumours/{details['rumour_id']}"),
    )


def _rendition(screen: Screen, details: Params) -> str:
    return paragraphs(
        bold(f"{escape(details['key'])} in {escape(details['language'])} ({details['form']})"),
        f"By {escape(details['translator'])}" if details["translator"] else "",
        _words(details["text"], _RENDITION),
        lines("English source:", _words(details["source"], _SOURCE)),
        _console(screen, f"messages/{details['key']}"),
    )


def _exception(screen: Screen, details: Params) -> str:
    return paragraphs(
        bold("An exception: nobody on the team could check this recording in its language"),
        f"Why it may go out all the same: {escape(details['reason'])}", _rendition(screen, details),
    )  # fmt: skip


def approved(screen: Screen, params: Params) -> OutgoingMessage:
    """Done."""
    return OutgoingMessage(f"Approved: {_NAMES[params['about']]} {params['subject_id']}. It is on its way.")


def ask_reason(screen: Screen, params: Params) -> OutgoingMessage:
    """A no needs a reason."""
    return OutgoingMessage("Please write the reason now; its author gets it.")


def refused(screen: Screen, params: Params) -> OutgoingMessage:
    """Done."""
    return OutgoingMessage(f"Refused: {_NAMES[params['about']]} {params['subject_id']}. Its author has your reason.")


def settled(screen: Screen, params: Params) -> OutgoingMessage:
    """For the author."""
    reason = f"Reason: {_words(params['reason'], 2_000)}" if params["reason"] else ""
    what = f"{_NAMES[params['about']]} {params['subject_id']} was {params['decision']} by {escape(params['by'])}."
    return OutgoingMessage(paragraphs(bold(what), reason))


def passed_on(screen: Screen, params: Params) -> OutgoingMessage:
    """For the author: who has it now."""
    what = f"{_NAMES[params['about']]} {params['subject_id']}"
    return OutgoingMessage(f"No answer in time: your request about {what} is now with {escape(params['to'])}.")


def broadcast_alert(screen: Screen, params: Params) -> OutgoingMessage:
    """A broadcast needs a person."""
    return OutgoingMessage(
        paragraphs(
            bold(f"Broadcast {params['broadcast_id']} needs you"), escape(params["reason"]),
            _console(screen, f"broadcasts/{params['broadcast_id']}"),
        )
    )  # fmt: skip


def error(screen: Screen, params: Params) -> OutgoingMessage:
    """What did not work, plainly."""
    return OutgoingMessage(escape(params["text"] or "That did not work."))


def _local(moment: str, zone: ZoneInfo) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(zone):%A %d %B %Y %H:%M}"


def _duration(seconds: int) -> str:
    if seconds < 90:
        return f"{max(1, seconds)} seconds"
    return f"{round(seconds / 60)} minutes"


def _short(text: str) -> str:
    return text if utf16_len(text) <= _TEXT else within(text, _TEXT - 1) + "…"


def _claim(screen: Screen, details: Params) -> str:
    return paragraphs(
        bold(f"For the public record: the claim of rumour {details['rumour_id']}"),
        lines(f"Claim: “{escape(details['text'])}”", f"Found: {escape(details['verdict'])}"),
        _console(screen, f"claims/{details['rumour_id']}"),
    )


def _words(text: str, units: int) -> str:
    """The words to decide about; where they are too long for a message, that is said, so that nobody decides unseen."""
    if utf16_len(text) <= units:
        return escape(text)
    return f"{escape(within(text, units))}… <b>It goes on: read all of it in the file above.</b>"


def gist(screen: Screen, params: Params) -> OutgoingMessage:
    """A colleague wants to know what something means."""
    language = screen.catalogs.registry.get(params["language"]).english
    words = _words(strip_controls(params["text"])[0], 2_000) if params["text"] else ""
    if words and params["target"]:
        words = f"It is aimed at a group of people; tap to see it, or leave it.\n<tg-spoiler>{words}</tg-spoiler>"
    html = paragraphs(
        bold(f"What does this say? ({escape(language)})"),
        words,
        "One or two lines of English are enough. It stands beside the original.",
    )
    media = params.get("media")
    sent = OutgoingMedia(MediaKind(media["kind"]), media["media_id"], media["file_id"]) if media else None
    return OutgoingMessage(html, ((Button("Say what it means", f"gist:{params['flag_id']}"),),), media=sent)


def gist_write(screen: Screen, params: Params) -> OutgoingMessage:
    """The next words are it."""
    return OutgoingMessage("Please write it now, in English.")


def gist_thanks(screen: Screen, params: Params) -> OutgoingMessage:
    """Kept."""
    return OutgoingMessage("Thank you. The team sees it beside the original.")


_BODIES = {
    "broadcast": _broadcast, "answer": _answer, "rendition": _rendition, "revision": _revision, "shelf": _shelf,
    "claim": _claim, "exception": _exception, "film": films.asked,
}  # fmt: skip
SCREENS: dict[str, Render] = {
    "staff.joined": joined, "staff.link": link, "staff.server_link": server_link,
    "staff.gist": gist, "staff.gist_write": gist_write, "staff.gist_thanks": gist_thanks,
    "staff.question_answered": question_answered, "staff.approval": approval, "staff.approved": approved,
    "staff.ask_reason": ask_reason, "staff.refused": refused, "staff.approval_settled": settled,
    "staff.approval_passed_on": passed_on, "staff.broadcast_alert": broadcast_alert, "staff.error": error,
}  # fmt: skip
