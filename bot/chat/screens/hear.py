"""For people who listen or watch instead of reading: a voice first, then at most three large choices.

Each choice has a number and a picture, and the voice names both. The words stay beside them, in the language that goes
with theirs, for whoever looks over their shoulder. What is not among the three is reached by commands.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from bot.chat.screens.screen import Params, Screen, bold, paragraphs
from bot.domain.messaging import Button, OutgoingMedia, OutgoingMessage
from bot.domain.proofs import Proof
from bot.i18n import pN_


@dataclass(frozen=True, slots=True)
class Heard:
    """How a screen is heard: the slot of its recording, and which of its buttons stay, with their pictures.

    `{names}` in the slot are filled with the screen's parameters. `extra` are choices that the screen itself does not
    have.
    """

    slot: str
    choices: tuple[tuple[str, str], ...] = ()
    extra: tuple[tuple[str, str, str], ...] = ()

    def slot_for(self, message: OutgoingMessage, params: Params) -> str:
        """The slot. What it names has to be there: the menu of somebody who has not joined has another third choice."""
        if self.slot == "proof":
            return PROOF_SLOTS[params["proof"]]
        if "{" in self.slot:
            return self.slot.format(step=params["step"], verdict="right" if params.get("right") else "wrong")
        shown = [button.data for row in message.buttons for button in row]
        if self.slot == "menu" and "join" in shown:
            return "guest"
        return "call" if self.slot == "danger" and not any(each.startswith("cu:") for each in shown) else self.slot


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
    "check.recognised": Heard("known", (("cn", "❓"), _HOME)),
    "check.maybe": Heard("maybe", (("cm:*:0", "📢"), ("cq:*:*", "📢"), ("co", "❓"))),
    "check.passed": Heard("passed", (_HOME,)),
    "check.noted": Heard("noted", (_HOME,)),
    "check.still": Heard("still", (_HOME,)),
    "check.dropped": Heard("dropped", (_HOME,)),
    "danger": Heard("danger", (("cu", "🆘"), _HOME)),
    "danger.passed": Heard("passed", (_HOME,)),
    "answer.told": Heard("answer", (_HOME,)),
    "answer.update": Heard("answer", (_HOME,)),
    "answer.changed": Heard("answer", (_HOME,)),
    "answer.thanks": Heard("thanks", (_HOME,)),
    "answer.hate": Heard("hate", (_HOME,)),
    "wish.ask": Heard("speak", (("wx", "🏠"),)),
    "wish.thanks": Heard("thanks", (_HOME,)),
    "wish.enough": Heard("sorry", (_HOME,)),
    "wish.answered": Heard("answer", (_HOME,)),
    "message.card": Heard("written", (_HOME,)),
    "message.beside": Heard("beside"),
    "message.recalled": Heard("recalled", (_HOME,)),
    "proof.found": Heard("proof", (("pv", "📢"), _HOME)),
    "proof.code": Heard("written", (_HOME,)),
    "proof.nothing_new": Heard("nothing", (_HOME,)),
    "learn.step": Heard("learn-{step}", (("ln", "▶"), ("la:*:stop", "✋"), ("la:*:pass", "👍"))),
    "learn.answer": Heard("{verdict}-{step}", (("ln", "▶"),)),
    "learn.done": Heard("learned", (("check", "❓"), _HOME)),
    "rumour.closed": Heard("written", (_HOME,)),
    "question.ask": Heard("question", (("q", "🎤"), _HOME)),
    "question.write": Heard("speak", (_HOME,)),
    "question.thanks": Heard("thanks", (_HOME,)),
    "resumed": Heard("resumed", (_HOME,)),
    "sorry": Heard("sorry", (_HOME,)),
    "check.gone": Heard("sorry", (_HOME,)),
    "check.enough": Heard("sorry", (_HOME, ("danger", "🆘"))),
    "check.unknown_kind": Heard("sorry", (_HOME,)),
}
"""Every screen that a person can come to by voice alone."""
PROOF_SLOTS: Mapping[str, str] = {
    Proof.GENUINE: "genuine", Proof.OUT_OF_DATE: "over", Proof.WITHDRAWN: "over", Proof.ALTERED: "altered",
    Proof.VOICE_CHANGED: "altered", Proof.UNKNOWN: "sorry",
}  # fmt: skip

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
    if heard is None or any(button.data == "lz" for row in message.buttons for button in row):
        return message  # a leader has more to choose about erasing than a recording names
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
        fitting = [
            each
            for each in shown
            if each.data == data or each.data.startswith(f"{data}:") or fnmatchcase(each.data, data)
        ]
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
