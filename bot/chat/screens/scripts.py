"""What the bot says aloud or in sign: the slot of each recording, and its words in plain English."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.chat.screens.lessons import RIGHT, WHY, WORDS, WRONG
from bot.domain.lessons import STEPS
from bot.i18n import Catalogs, pN_

_PICTURE = re.compile("[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]")

# Translators: the context "prompt" is spoken aloud and recorded, or signed; nobody reads it on a screen. The numbers
# and pictures it names are those of the buttons.
_PROMPTS: Mapping[str, str] = {
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
    # Critical: emergency, read aloud
    "call": pN_("prompt", "If someone is in danger, call 9 9 9 now. Do not wait for us."),
    "sorry": pN_("prompt", "Sorry, that did not work. Please try again, or press number 1, the house."),
    "maybe": pN_(
        "prompt",
        "We may have an answer to this. To hear it, press number 1, the loudspeaker. If it is about something else, "
        "press number 2, the question mark.",
    ),
    "noted": pN_(
        "prompt",
        "Thank you. We have noted your question. We looked at this before. If more people ask, we look at it again, "
        "and then we tell you here.",
    ),
    "still": pN_(
        "prompt",
        "We are still checking your question. It takes longer than we told you, and we are sorry. We tell you here as "
        "soon as we know more.",
    ),
    "recalled": pN_(
        "prompt",
        "We have taken back a message that we sent you. Please do not rely on it, and do not pass it on. We are sorry.",
    ),
    # Critical: emergency, read aloud
    "hate": pN_(
        "prompt",
        "If somebody is attacked or insulted for who they are, you can tell the police: call 1 0 1. If someone is in "
        "danger, call 9 9 9 now.",
    ),
    "genuine": pN_("prompt", "Yes, this is really from us."),
    "over": pN_(
        "prompt",
        "This was from us, and it does not hold any more. Please do not pass it on. To hear what is right today, press "
        "number 1, the loudspeaker.",
    ),
    "altered": pN_(
        "prompt",
        "This looks as if it were from us, but somebody has changed it. Please do not pass it on. To hear what is "
        "right today, press number 1, the loudspeaker.",
    ),
    "nothing": pN_("prompt", "We have no message about this at the moment."),
    "beside": pN_("prompt", "Not all of this is in your language yet. You hear it in a language beside yours."),
    "learned": pN_("prompt", "That was all. Thank you for listening. Tell your family and friends about it."),
}
# What is said after a step of the lesson
_NEXT = pN_("prompt", "To go on, press number 1, the arrow.")
_DECIDE = pN_("prompt", "To stop and check, press number 1, the hand. To pass it on, press number 2, the thumb.")


@dataclass(frozen=True, slots=True)
class Line:
    """One text of a script: most are only spoken; a lesson says what its screen shows."""

    text: str
    context: str | None = "prompt"


def _lesson() -> dict[str, tuple[Line, ...]]:
    found: dict[str, tuple[Line, ...]] = {}
    for step in STEPS:
        found[f"learn-{step.name}"] = (Line(WORDS[step.name], None), Line(_DECIDE if step.right else _NEXT))
        if step.right:
            found[f"right-{step.name}"] = (Line(RIGHT, None), Line(WHY[step.name], None), Line(_NEXT))
            found[f"wrong-{step.name}"] = (Line(WRONG, None), Line(WHY[step.name], None), Line(_NEXT))
    return found


SCRIPTS: Mapping[str, tuple[Line, ...]] = {**{slot: (Line(text),) for slot, text in _PROMPTS.items()}, **_lesson()}
"""The lines of each slot, in the order in which they are said."""


def english(slot: str) -> str:
    """The words of a slot in English."""
    return _aloud(each.text for each in SCRIPTS[slot])


def words_in(catalogs: Catalogs, tag: str, slot: str) -> str:
    """The words of a slot in the language that the speakers of `tag` read; in English what is not translated yet."""
    return _aloud(catalogs.shown(tag, each.text, each.context) for each in SCRIPTS[slot])


def complete_in(catalogs: Catalogs, tag: str, slot: str) -> bool:
    """Whether every line of a slot is there in this language."""
    t = catalogs.translator(tag)
    return all(t.complete_for(each.text, each.context) for each in SCRIPTS[slot])


def _aloud(texts: Iterable[str]) -> str:
    """In one breath: no line breaks, and without the pictures that nobody says."""
    return " ".join(" ".join(_PICTURE.sub("", each).split()) for each in texts)
