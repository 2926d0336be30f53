"""What second speakers and the team read about recordings. Plain English: the comms team works in it."""

from dataclasses import replace
from html import escape

from bot.chat.screens.screen import Params, Render, Screen, bold, cut, lines, paragraphs
from bot.domain.events import MediaKind
from bot.domain.messaging import Button, OutgoingDocument, OutgoingMedia, OutgoingMessage
from bot.i18n import utf16_len

_TIES = (
    ("none", "No tie"), ("community", "Same community or congregation"), ("family", "Family or close friend"),
    ("work", "I work for or with them"),
)  # fmt: skip
_ENDED = {"withdrawn": "has taken back their consent", "expired": "has no consent any more: it has run out"}
_FINDINGS = {"quiet": "quiet", "clipped": "too loud, sounds rough", "mostly_silent": "much silence", "longer": "long"}


def _console(screen: Screen, path: str) -> str:
    return escape(f"{screen.controller.public_url}/console/{path}")


def blind(screen: Screen, params: Params) -> OutgoingMessage:
    """The request to a second speaker: the recording alone, without its text and source."""
    details = params["details"]
    media = details["media"]
    name = screen.catalogs.registry.get(details["language"]).english
    html = paragraphs(
        bold(f"Please check a recording in {escape(name)}"),
        "Hear it first, by itself. Then press the button and say in English what it means, in a voice message or in "
        "writing. Only then you see what it should say.",
        f"By {escape(details['translator'])}" if details["translator"] else "",
        _console(screen, f"renditions/{details['rendition_id']}/review"),
    )
    rows = ((Button("I have heard it", f"vb:{details['rendition_id']}"),),)
    sound = OutgoingMedia(MediaKind(media["kind"]), media["media_id"], media["file_id"]) if media else None
    return OutgoingMessage(html, rows, media=sound)


def say(screen: Screen, params: Params) -> OutgoingMessage:
    """What does it mean?"""
    return OutgoingMessage(
        bold("What does it say? Tell us in English, in a voice message or in writing, as fully as you can.")
    )


def tie(screen: Screen, params: Params) -> OutgoingMessage:
    """Any tie to the leader."""
    rows = tuple((Button(label, f"vt:{params['review_id']}:{name}"),) for name, label in _TIES)
    return OutgoingMessage(
        paragraphs(bold("Thank you. Are you tied to the speaker in any way?"), "It is noted; you may still decide."),
        rows,
    )


_SIDE = 1_000
"""UTF-16 units of each side; the whole comes as a file where that is not all."""


def _marked(pieces: list[list[str]]) -> str:
    shown: list[str] = []
    room = _SIDE
    for text, mark in pieces:
        room -= utf16_len(text)
        if room < 0:
            return "".join(shown) + "…"
        kept = escape(text, quote=False)
        shown.append(f"<b>❗{kept}</b>" if mark == "weighty" else f"<u>{kept}</u>" if mark == "differs" else kept)
    return "".join(shown)


def compare(screen: Screen, params: Params) -> OutgoingMessage:
    """The source beside what was said, with the differences marked."""
    said = _marked(params["said"]) if params["said"] else "(you said it in your voice message)"
    html = paragraphs(
        bold("What it should say:"), _marked(params["source"]), bold("What you said it means:"), said,
        paragraphs(bold("The text below it, which people will read:"), escape(cut(params["text"], _SIDE), quote=False))
        if params["text"] else "",
        "Words that stand on one side only are underlined; numbers and words such as 'not' have a mark.",
    )  # fmt: skip
    number = params["review_id"]
    source, meaning = ("".join(text for text, _ in params[each]) for each in ("source", "said"))
    long = max(utf16_len(each) for each in (source, meaning, params["text"])) > _SIDE
    whole = "\n\n\n".join(("SHOULD SAY", source, "WAS SAID TO MEAN", meaning, "TEXT BELOW IT", params["text"]))
    rows = (
        (Button("✅ It says the same: approve", f"vy:{number}"),),
        (Button("🔁 Ask for changes", f"vc:{number}"),),
        (Button("⛔ It must not go out", f"vn:{number}"),),
    )
    if long:
        return OutgoingMessage(html, rows, document=OutgoingDocument("to-compare.txt", whole))
    return OutgoingMessage(html, rows, edit_ref=params.get("edit_ref"))


def approved(screen: Screen, params: Params) -> OutgoingMessage:
    """Done."""
    return OutgoingMessage(bold("Approved. Thank you: it can go out now."), edit_ref=params.get("edit_ref"))


def why(screen: Screen, params: Params) -> OutgoingMessage:
    """A no needs a reason."""
    return OutgoingMessage("Please write why, kindly and in words that the speaker understands: they get it as it is.")


def sent_back(screen: Screen, params: Params) -> OutgoingMessage:
    """Done."""
    return OutgoingMessage("Thank you. The speaker and the team have your reason.")


# The team


def _note(screen: Screen, head: str, path: str, *more: str) -> OutgoingMessage:
    return OutgoingMessage(
        paragraphs(bold(head), lines(*(escape(cut(each, 2_000)) for each in more)), _console(screen, path))
    )


def voice_misused(screen: Screen, params: Params) -> OutgoingMessage:
    """Somebody needs help now; without a press it goes on to the next person."""
    note = _note(
        screen, "🆘 A leader says that somebody misuses their voice or attacks them", f"leaders/{params['leader_id']}",
        f"{params['paused']} of their recordings were paused at once." if params["paused"] else "",
        "Call them now, and press the button: until somebody does, this goes on to others.",
    )  # fmt: skip
    return replace(note, buttons=((Button("I see to it", f"vm:{params['leader_id']}"),),))


def voice_seen(screen: Screen, params: Params) -> OutgoingMessage:
    """Taken."""
    head = "Thank you. It is yours now." if params["first"] else "Somebody sees to it already."
    return _note(screen, head, f"leaders/{params['leader_id']}")


def consent_ended(screen: Screen, params: Params) -> OutgoingMessage:
    """A leader's voice is gone."""
    return _note(screen, f"A leader {_ENDED[params['how']]}", f"leaders/{params['leader_id']}",
                 "Their recordings leave no more, and broadcasts that carried them have stopped.")  # fmt: skip


def consent_ends_soon(screen: Screen, params: Params) -> OutgoingMessage:
    """30 and 7 days before."""
    return _note(screen, f"A leader's consent ends on {params['until'][:10]}", f"leaders/{params['leader_id']}",
                 "They were asked in their chat whether it goes on. You may ask, too.")  # fmt: skip


def leader_says_wrong(screen: Screen, params: Params) -> OutgoingMessage:
    """How they are shown is wrong."""
    return _note(screen, "An invited leader says that something is wrong in how they are shown",
                 f"leaders/{params['leader_id']}", params["text"])  # fmt: skip


def request_declined(screen: Screen, params: Params) -> OutgoingMessage:
    """Ask somebody else."""
    head = "They said no" if params["how"] == "declined" else "They ask you to ask somebody else"
    return _note(screen, f"{head}: request {params['request_id']}", f"requests/{params['request_id']}")


def request_submitted(screen: Screen, params: Params) -> OutgoingMessage:
    """A translation has come."""
    return _note(screen, "A translation was handed in", f"requests/{params['request_id']}")


def suggested(screen: Screen, params: Params) -> OutgoingMessage:
    """Better words."""
    return _note(screen, f"A leader proposes better words for “{escape(params['title'])}”", "suggestions")


def no_second_speaker(screen: Screen, params: Params) -> OutgoingMessage:
    """Nobody could check it."""
    name = screen.catalogs.registry.get(params["language"]).english
    return _note(
        screen, f"Nobody else could check it in {escape(name)}", f"renditions/{params['rendition_id']}/review",
        "Add a reviewer who speaks it, or let two publishers sign an exception.",
    )  # fmt: skip


def looked_at(screen: Screen, params: Params) -> OutgoingMessage:
    """What was found in a file that staff brought in."""
    found = ", ".join(_FINDINGS.get(each, each.replace("_", " ")) for each in params["findings"])
    return _note(screen, "The recording that you brought in was looked at", f"requests/{params['request_id']}",
                 found or "Nothing is wrong with it: hear it, and submit it.")  # fmt: skip


def recording_sent_back(screen: Screen, params: Params) -> OutgoingMessage:
    """The second speaker said no."""
    head = "The second speaker asks for changes" if params["how"] == "changes" else "The second speaker refused it"
    return _note(screen, head, f"requests/{params['request_id']}", params["reason"])


SCREENS: dict[str, Render] = {
    "staff.review_say": say, "staff.review_tie": tie, "staff.review_compare": compare,
    "staff.review_approved": approved, "staff.review_why": why,
    "staff.review_sent_back": sent_back, "staff.voice_misused": voice_misused, "staff.voice_seen": voice_seen,
    "staff.consent_ended": consent_ended,
    "staff.consent_ends_soon": consent_ends_soon, "staff.leader_says_wrong": leader_says_wrong,
    "staff.request_declined": request_declined, "staff.request_submitted": request_submitted,
    "staff.suggested": suggested, "staff.no_second_speaker": no_second_speaker,
    "staff.recording_looked_at": looked_at, "staff.recording_sent_back": recording_sent_back,
}  # fmt: skip
