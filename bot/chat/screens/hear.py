"""For people who listen or watch instead of reading: a voice first, then at most three large choices.

Each choice has a number and a picture, and the voice names both. The words stay beside them, in the language that goes
with theirs, for whoever looks over their shoulder. What is not among the three is reached by commands.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.chat.screens.screen import Screen, bold, paragraphs
from bot.domain.messaging import Button, OutgoingMedia, OutgoingMessage
from bot.i18n import pN_

# Translators: the context "prompt" is spoken aloud and recorded, or signed; nobody reads it on a screen. The numbers
# and pictures it names are those of the buttons.
SCRIPTS: Mapping[str, str] = {
    # Critical: consent, read aloud
    "welcome": pN_(
        "prompt",
        "Welcome. We send you messages that have been checked, in your language, from people you can trust. It is free "
        "of charge, and you can stop at any time. If you join, we keep your language and your chat address in "
        "encrypted form. To get messages, press number 1, the bell. To ask whether something is true, press number 2, "
        "the question mark, or just send a voice message now. For another language, press number 3, the globe.",
    ),
    "joined": pN_("prompt", "Thank you. You get messages now. Here is what is important today."),
    "menu": pN_(
        "prompt",
        "To hear what is important now, press number 1, the loudspeaker. To ask whether something is true, press "
        "number 2, the question mark, or just send a voice message. To stop, press number 3, the wheel.",
    ),
    "guest": pN_(
        "prompt",
        "To hear what is important now, press number 1, the loudspeaker. To ask whether something is true, press "
        "number 2, the question mark, or just send a voice message. To get messages, press number 3, the bell.",
    ),
    "ask": pN_(
        "prompt",
        "Send what you would like us to check: a voice message, a picture, or what you were sent. If someone is in "
        "danger, press number 1, the red sign. To go back, press number 2, the house.",
    ),
    # Critical: consent, read aloud
    "pass_on": pN_(
        "prompt",
        "We have no answer to this yet. May the team hear what you sent? They do not see who you are. For yes, press "
        "number 1, the tick. For no, press number 2, the cross. If someone is in danger, press number 3, the red sign.",
    ),
    "passed": pN_("prompt", "Thank you. We are checking your question. We tell you here as soon as we know more."),
    "thanks": pN_("prompt", "Thank you. The team has your answer."),
    "dropped": pN_("prompt", "Alright. Nobody hears it and we have not kept it. Press number 1, the house."),
    "resumed": pN_("prompt", "You get messages again. To go on, press number 1, the house."),
    "known": pN_("prompt", "This is what we know about what you sent. If you meant something else, press number 1."),
    "answer": pN_("prompt", "You asked us something. Here is the answer."),
    "written": pN_("prompt", "This has come in writing. Ask someone you trust to read it to you."),
    "question": pN_(
        "prompt",
        "The team has a question about what you asked. They do not see who you are. To answer, press number 1, the "
        "microphone, and then send a voice message.",
    ),
    "speak": pN_("prompt", "Please send your answer now, as a voice message or a video."),
    # Critical: how to stop, read aloud
    "settings": pN_(
        "prompt",
        "For another language, press number 1, the globe. To get no more messages, press number 2, the hand. To erase "
        "everything we hold about you, press number 3, the bin.",
    ),
    # Critical: how to stop, read aloud
    "stopped": pN_(
        "prompt",
        "You will get no more messages from us. To begin again, press number 1, the bell. To erase everything we hold "
        "about you, press number 2, the bin.",
    ),
    # Critical: privacy, read aloud
    "erase": pN_(
        "prompt",
        "Shall we erase everything we hold about you? This cannot be undone. For yes, press number 1, the bin. For "
        "no, press number 2, the house.",
    ),
    # Critical: privacy, read aloud
    "erased": pN_("prompt", "Everything we held about you is erased. You are always welcome back."),
    # Critical: emergency, read aloud
    "danger": pN_(
        "prompt",
        "If someone is in danger, call 9 9 9 now. Do not wait for us. To tell the team as well, press number 1, the "
        "red sign.",
    ),
    "sorry": pN_("prompt", "Sorry, that did not work. Please try again, or press number 1, the house."),
}
"""What the bot says aloud or in sign: the slot of each recording, and its words in plain English."""


@dataclass(frozen=True, slots=True)
class Heard:
    """How a screen is heard: the slot of its recording, and which of its buttons stay, with their pictures.

    `extra` are choices that the screen itself does not have.
    """

    slot: str
    choices: tuple[tuple[str, str], ...] = ()
    extra: tuple[tuple[str, str, str], ...] = ()

    def slot_for(self, message: OutgoingMessage) -> str:
        """The slot; the menu of somebody who has not joined names another third choice."""
        joins = any(button.data == "join" for row in message.buttons for button in row)
        return "guest" if self.slot == "menu" and joins else self.slot


_HOME = ("menu", "🏠")
ERASE = pN_("button", "Erase me")
HEARD: Mapping[str, Heard] = {
    "welcome": Heard("welcome", (("join", "🔔"), ("check", "❓"), ("lp", "🌐"))),
    "joined": Heard("joined", (_HOME,)),
    "menu": Heard("menu", (("new", "📢"), ("check", "❓"), ("set", "⚙️"), ("join", "🔔"))),
    "settings": Heard("settings", (("setl:listen", "🌐"), ("stop", "✋"), ("forget", "🗑"))),
    "stopped": Heard("stopped", (("pause", "🔔"), ("join", "🔔")), ((ERASE, "forget", "🗑"),)),
    "forget.ask": Heard("erase", (("forget:yes", "🗑"), ("keep", "🏠"))),
    "forget.done": Heard("erased"),
    "check.prompt": Heard("ask", (("danger", "🆘"), _HOME)),
    "check.ask": Heard("pass_on", (("c", "✅"), ("cx", "❌"), ("cd", "🆘"))),
    "check.open": Heard("pass_on", (("c", "✅"), ("cx", "❌"), ("cd", "🆘"))),
    "check.settled": Heard("pass_on", (("c", "✅"), ("cx", "❌"), ("cd", "🆘"))),
    "check.known": Heard("known", (("cn", "❓"), _HOME)),
    "check.passed": Heard("passed", (_HOME,)),
    "check.dropped": Heard("dropped", (_HOME,)),
    "danger": Heard("danger", (("cu", "🆘"), _HOME)),
    "danger.passed": Heard("passed", (_HOME,)),
    "answer.told": Heard("answer", (_HOME,)),
    "answer.update": Heard("answer", (_HOME,)),
    "message.card": Heard("written", (_HOME,)),
    "rumour.closed": Heard("written", (_HOME,)),
    "question.ask": Heard("question", (("q", "🎤"), _HOME)),
    "question.write": Heard("speak", (_HOME,)),
    "question.thanks": Heard("thanks", (_HOME,)),
    "resumed": Heard("resumed", (_HOME,)),
    "sorry": Heard("sorry", (_HOME,)),
    "check.gone": Heard("sorry", (_HOME,)),
    "check.enough": Heard("sorry", (("danger", "🆘"), _HOME)),
    "check.unknown_kind": Heard("sorry", (_HOME,)),
}
"""Every screen that a person can come to by voice alone."""

_KEYCAPS = ("1️⃣", "2️⃣", "3️⃣")
_SYMBOLS = re.compile(r"^[^\w]+")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A recording for one slot. `kind`: human, draft (no second speaker has heard it), computer or sample."""

    media: OutgoingMedia
    kind: str
    language: str


def as_heard(screen: Screen, kind: str, message: OutgoingMessage, prompt: Prompt | None) -> OutgoingMessage:
    """The screen for somebody who listens or watches; as it is where it has no entry in HEARD."""
    heard = HEARD.get(kind)
    if heard is None:
        return message
    buttons = _choices(screen, heard, message)
    if message.media is not None or prompt is None:
        # The recording of the message itself is what they came for: no other sound before it.
        return replace(message, buttons=buttons)
    html = paragraphs(_label(screen, prompt), message.html)
    return replace(message, html=html, buttons=buttons, media=prompt.media, edit_ref=None)


def _choices(screen: Screen, heard: Heard, message: OutgoingMessage) -> tuple[tuple[Button, ...], ...]:
    shown = [button for row in message.buttons for button in row]
    found = []
    for data, picture in heard.choices:
        fitting = [each for each in shown if each.data == data or each.data.startswith(f"{data}:")]
        # One button a picture: where more messages wait, the loudspeaker goes on with them.
        found += [(fitting[0], picture)] if fitting else []
    found += [(screen.button(label, data), picture) for label, data, picture in heard.extra]
    return tuple(
        (Button(f"{number} {picture} {_SYMBOLS.sub('', button.label)}", button.data, button.url),)
        for number, (button, picture) in zip(_KEYCAPS, found[:3], strict=False)
    )


def _label(screen: Screen, prompt: Prompt) -> str:
    t = screen.t
    if prompt.kind == "computer":
        return bold(t.text("This is a computer voice, not a person."))
    if prompt.kind == "sample":
        return bold(t.text("This is a sample sound, not a person."))
    if prompt.kind == "draft":
        return bold(t.text("⚠️ DRAFT: not checked by a second speaker"))
    return ""
