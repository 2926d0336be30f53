"""The leaders' circle: what worked, from leader to leader."""

from bot.chat.screens.leaders import LEAD_BUTTON, TELL_BUTTON
from bot.chat.screens.screen import Params, Render, Screen, bold, lines, paragraphs, words
from bot.domain.messaging import Button, OutgoingMessage

_TEXT = 600


def notes(screen: Screen, params: Params) -> OutgoingMessage:
    """What others found, in their words, with what they mean in English."""
    t = screen.t
    html = paragraphs(
        # Translators: said to a faith or community leader; the notes of leaders of other communities follow
        bold(t.text("What worked for leaders of other communities:")),
        *(
            lines(
                t.text("{name}, {community}:", name=each["name"], community=each["community"])
                if each["name"]
                # Translators: in the place of the name of a leader who does not want to be named
                else t.text("Another leader:"),
                words(each["text"], _TEXT),
                words(each["english"], _TEXT) if each["english"] else "",
            )
            for each in params["notes"]
        ),
    )
    return OutgoingMessage(html, _rows(screen, params["key"]))


def write(screen: Screen, params: Params) -> OutgoingMessage:
    """Waiting for their words."""
    html = screen.t.text("Please write in your own language what worked. Please name nobody.")
    return OutgoingMessage(html, ((screen.button(LEAD_BUTTON, "lead"),),))


def written(screen: Screen, params: Params) -> OutgoingMessage:
    """Taken."""
    html = screen.t.text("Thank you. When the team has read it, leaders of other communities get it.")
    return OutgoingMessage(html, ((screen.button(LEAD_BUTTON, "lead"),),))


def _rows(screen: Screen, key: str) -> tuple[tuple[Button, ...], ...]:
    return ((screen.button(TELL_BUTTON, f"cw:{key}"),), (screen.button(LEAD_BUTTON, "lead"),))


SCREENS: dict[str, Render] = {
    "circle.notes": notes, "circle.write": write, "circle.written": written,
}  # fmt: skip
