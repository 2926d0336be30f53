"""The console's fixed words: states with their colours, kinds, and what it says after something was done."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from markupsafe import Markup, escape

from bot.errors import NotFound
from bot.i18n import Registry, first_strong, strip_controls


@dataclass(frozen=True, slots=True)
class Tag:
    """A state on screen: always words, and a colour of govuk-frontend beside them."""

    words: str
    colour: str = "grey"


RUMOUR_STATES: Mapping[str, Tag] = MappingProxyType(
    {
        "new": Tag("New", "blue"),
        "answering": Tag("Answer waits for a yes", "yellow"),
        "answered": Tag("Answered", "green"),
        "not_amplified": Tag("Not amplified"),
        "spam": Tag("Spam"),
        "not_a_rumour": Tag("Not a rumour"),
        "merged": Tag("Merged"),
        "safeguarding": Tag("With the safeguarding lead", "red"),
        "safeguarded": Tag("Dealt with"),
    }
)
RENDITION_STATES: Mapping[str, Tag] = MappingProxyType(
    {
        "draft": Tag("draft", "yellow"),
        "approved": Tag("approved", "green"),
        "paused": Tag("paused", "yellow"),
        "stale": Tag("stale", "orange"),
        "withdrawn": Tag("withdrawn"),
    }
)
BROADCAST_STATES: Mapping[str, Tag] = MappingProxyType(
    {
        "draft": Tag("Draft", "yellow"),
        "scheduled": Tag("Scheduled", "blue"),
        "sending": Tag("Sending", "teal"),
        "paused": Tag("Paused", "orange"),
        "stopped": Tag("Stopped", "red"),
        "done": Tag("Done", "green"),
        "cancelled": Tag("Cancelled"),
        "missed": Tag("Missed", "red"),
    }
)
FILM_STATES: Mapping[str, Tag] = MappingProxyType(
    {
        "waiting": Tag("Waiting", "blue"),
        "making": Tag("Being made", "teal"),
        "made": Tag("Waits for a yes", "yellow"),
        "failed": Tag("Not made", "red"),
        "published": Tag("On the screen", "green"),
        "stopped": Tag("Taken down"),
        "replaced": Tag("Replaced"),
    }
)
ASPECTS: Mapping[str, str] = MappingProxyType({"16:9": "wide, for screens", "9:16": "tall, for phones"})
LEFT_OUT: Mapping[str, str] = MappingProxyType(
    {
        "not_approved": "no second speaker has approved it, or its speaker paused it",
        "withdrawn": "it was withdrawn",
        "no_consent": "its speaker has not agreed to the public film",
        "consent_expired": "its speaker's consent has ended",
        "stale": "it was recorded for an earlier revision of the message",
        "another_chosen": "the same language is there in a form that shows more",
        "not_chosen": "it was not chosen",
        "file_missing": "its file is missing",
        "could_not_be_built": "its file could not be made into a piece of film",
        "not_vetted": "nobody has vetted the message",
        "out_of_date": "the message is not valid now",
        "message_changed": "the message was changed",
        "name_withheld": "somebody who is named in it asked not to be",
        "not_a_recording": "its file is no recording",
        "damaged": "its file is damaged",
        "no_sound": "nothing can be heard in it",
        "no_picture": "there is no picture in it",
        "too_short": "it is too short",
        "too_long": "it is too long for a film",
    }
)
"""Why a recording is not in a film, or a film not on the screen (domain/films.py, domain/clips.py)."""
DELIVERY_STATES: Mapping[str, str] = MappingProxyType(
    {
        "queued": "Waiting",
        "sending": "On their way",
        "sent": "Sent",
        "failed": "Failed",
        "blocked": "Blocked the bot",
        "skipped": "Skipped",
        "unconfirmed": "Not confirmed",
    }
)
RECALL_STATES: Mapping[str, str] = MappingProxyType(
    {
        "queued": "Still to do",
        "edited": "Changed in place",
        "deleted": "Removed",
        "followed_up": "Told by a new message",
        "failed": "Could not be reached",
    }
)
HARM: Mapping[int, str] = MappingProxyType({0: "Not judged yet", 1: "Little harm", 2: "Some harm", 3: "Grave harm"})
FLAG_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "text": "Text", "link": "Link", "photo": "Picture", "voice": "Voice message", "audio": "Sound file",
        "video": "Video", "round": "Video note", "animation": "Animation", "document": "Document",
        "sticker": "Sticker",
    }
)  # fmt: skip
FORMS: Mapping[str, str] = MappingProxyType(
    {"text": "text", "voice": "voice", "video": "video", "signed": "signed video"}
)
LEADER_STATES: Mapping[str, str] = MappingProxyType(
    {
        "listed": "known to the team only",
        "invited": "invited",
        "active": "has agreed",
        "withdrawn": "has taken everything back",
    }
)
REQUEST_STATES: Mapping[str, str] = MappingProxyType(
    {
        "asked": "asked",
        "open": "they have begun",
        "submitted": "with the second speaker",
        "changes": "to be recorded again",
        "done": "approved",
        "declined": "they said no",
        "handed_on": "they said: ask somebody else",
        "cancelled": "not needed any more",
    }
)
TAKE_STATES: Mapping[str, str] = MappingProxyType(
    {
        "arriving": "is being looked at",
        "draft": "they are hearing it",
        "refused": "not taken",
        "replaced": "they recorded another",
        "submitted": "sent to the team",
    }
)
FINDINGS: Mapping[str, str] = MappingProxyType(
    {
        "quiet": "rather quiet", "clipped": "so loud that it sounds rough", "mostly_silent": "much silence",
        "longer": "longer than asked for", "by_id": "kept by Telegram only: it can be sent, and no film made of it",
        "forwarded": "forwarded from somewhere else", "somebody_else": "somebody else's recording",
        "empty": "an empty file", "signed_round": "a round video cuts off the hands",
        "not_fetched": "the file did not arrive", "not_a_recording": "no recording", "damaged": "damaged",
        "unknown_format": "a kind of file that cannot be played", "too_large": "too large", "too_long": "too long",
        "too_short": "too short", "too_big_a_picture": "a picture larger than phones can show",
        "too_many_streams": "a kind of file that cannot be played", "no_sound": "no sound", "silent": "silent",
        "no_picture": "no picture", "too_much_work": "cannot be opened",
        "cannot_be_read_here": "could not be looked at here",
    }
)  # fmt: skip
SUBJECTS: Mapping[str, str] = MappingProxyType(
    {
        "answer": "Answer to rumour",
        "claim": "Claim of rumour",
        "rendition": "Rendition",
        "broadcast": "Broadcast",
        "revision": "Change of a message",
        "shelf": "Message from the shelf",
        "exception": "Exception for rendition",
        "film": "Film",
    }
)
ROLES: Mapping[str, str] = MappingProxyType(
    {
        "triager": "reads rumours and drafts answers",
        "reviewer": "approves renditions in their own languages",
        "publisher": "creates and approves broadcasts and answers",
        "admin": "manages staff and reads the audit log",
        "safeguarding": "is on call for danger, and alone sees it",
    }
)
DONE: Mapping[str, str] = MappingProxyType(
    {
        "drafted": "The answer is drafted. Now ask a second person for their yes.",
        "asked": "Asked. They have it in their chat and on their console's first page.",
        "answer_approved": "Approved. Everyone who asked is being told now, once, in their language.",
        "approved": "Approved.",
        "refused": "Refused. Its author sees your reason.",
        "wish_answered": "Answered. They are told now, in their language.",
        "wish_closed": "Noted. Who wrote it can no longer be reached.",
        "speaker_asked": "Asked. What they say appears beside the original.",
        "heard": "Logged. It is counted apart from what residents send.",
        "worded": "Saved as a draft. It is published only after a second person's yes.",
        "closed": "Closed. Everyone who asked is being told.",
        "reopened": "Open again.",
        "assigned": "Assigned.",
        "left": "Left to somebody else. Nobody asks why.",
        "due": "The due time is set.",
        "judged": "Noted: it changes its place in the queue.",
        "target": "Marked. Its words are covered, and a trusted person of the group has to be consulted first.",
        "untarget": "The mark is taken off.",
        "consulted": "Noted. The answer can be asked about now.",
        "noted": "The note is kept.",
        "merged": "Merged. It can be undone below.",
        "split": "They are a rumour of their own now. It can be undone below.",
        "undone": "Undone. Everything is where it was.",
        "closed_many": "Closed. Everyone who asked is being told.",
        "safeguarding": "It is with the safeguarding lead now, and has left the queue.",
        "given_back": "Back in the queue.",
        "ended": "Done. Those who told us are being thanked.",
        "veil": "The original is on its way to your own chat. That, and why, is in the audit log.",
        "reply_saved": "Saved.",
        "reply_removed": "Removed.",
        "urgent": "Marked as urgent.",
        "language": "Its language is put right. The guess is kept beside it, to learn from.",
        "not_urgent": "No longer marked as urgent.",
        "question": "Your question is on its way. You will not learn who gets it; their reply appears here.",
        "written": "Saved as a draft. It leaves only after a second person who speaks the language approves it.",
        "withdrawn": "Withdrawn. Nothing more of it leaves.",
        "test_sent": "On its way to your own chat, marked as a test.",
        "created": "The broadcast is a draft. Check the dry run, then ask a second person for their yes.",
        "film_asked": "It is being made. You can leave this page and come back.",
        "film_published": "Approved. It is on the public page of its message from now on.",
        "film_stopped": "Taken down. Nobody is shown it any more.",
        "broadcast_approved": "Approved. It is sent at its time.",
        "paused": "Paused. Nothing more leaves until it is resumed.",
        "resumed": "Going on.",
        "cancelled": "Cancelled. What was still waiting is not sent.",
        "recalled": "It is being taken back. What was still waiting is not sent.",
        "leader_erased": "Erased: name, voice and everything about them. The record still verifies.",
        "proposed": "Saved. Now ask a second person, who sees what is different.",
        "revised": "Confirmed. The new revision is in force.",
        "renewed": "A draft again, for the new words: a second speaker has to hear it.",
        "taken": "Saved. Now ask a second publisher: with their yes it goes.",
        "note_shown": "Other leaders read it with their next request.",
        "note_refused": "It is not passed on, and its text is gone.",
        "staff_changed": "Changed. It counts from their next click on.",
        "staff_removed": "Removed. They are signed out everywhere.",
        "deputy": "Your deputy is set.",
        "on_call": "You are on call: leaders' calls for help come to you first.",
        "off_call": "You are not on call any more.",
        "leader_changed": "Changed. Whoever has joined sees it in their chat.",
        "consent_recorded": "Their consent is recorded, with its witness.",
        "consent_withdrawn": "Everything is taken back. Nothing more of theirs leaves.",
        "heard_again": "Their voice may be heard again.",
        "leader_asked": "Asked. They have it in their chat.",
        "uploaded": "It is being looked at: load this page again in a moment.",
        "take_submitted": "Submitted. A second speaker is asked.",
        "typed": "Typed up.",
        "request_cancelled": "Cancelled. They have been told.",
        "suggestion_answered": "Answered. They have it in their chat.",
        "said": "What you said is kept. Now compare it with the source.",
        "signed": "Signed. A second publisher is asked to sign, too.",
        "signed_in": "You are signed in.",
    }
)
"""What a page says after a redirect, by code: never words from the address itself."""


def why_film(reason: str) -> str:
    """Why a recording is not in a film, or why a film ended: a code of LEFT_OUT, or a sentence as it is."""
    return LEFT_OUT.get(reason.partition(" ")[0], reason.replace("_", " "))


class LanguageNames:
    """Names and directions of languages, forgiving about a tag that has left the registry."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def english(self, tag: str | None) -> str:
        """The name for staff."""
        if tag is None:
            return "unknown language"
        try:
            return self._registry.get(tag).english
        except NotFound:
            return tag

    def autonym(self, tag: str) -> str:
        """The name that its speakers use."""
        try:
            return self._registry.get(tag).autonym
        except NotFound:
            return tag

    def direction(self, tag: str | None) -> str:
        """`ltr`, `rtl`, or `auto` where the language is not known."""
        try:
            return self._registry.get(tag).direction if tag else "auto"
        except NotFound:
            return "auto"


def hidden(text: str) -> list[str]:
    """The invisible characters of a text that reorder or hide others, by name: they are never shown."""
    return strip_controls(text)[1]


def without_hidden(value: object) -> object:
    """Whatever a template puts out: plain text without such characters, anything else as it is."""
    return strip_controls(value)[0] if isinstance(value, str) and not isinstance(value, Markup) else value


def directed(text: str) -> Markup:
    """A text for the screen without invisible controls; lines of digits alone run from left to right.

    In a text written from right to left such a line would take over its direction, and a telephone number with spaces
    in it would be shown from its end (UAX #9: spaces between numbers follow the paragraph).
    """
    return Markup("\n").join(_line(each) for each in strip_controls(text)[0].split("\n"))


def _line(line: str) -> Markup:
    if first_strong(line) is None and any(each.isdigit() for each in line):
        return Markup('<bdi dir="ltr">{}</bdi>').format(line)
    return escape(line)
