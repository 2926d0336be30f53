"""Films on the staff's own phones: asked for a yes, and told that one is off the screen."""

from html import escape

from bot.chat.screens.screen import Params, Render, Screen, bold, lines, paragraphs
from bot.domain.messaging import OutgoingMessage


def _console(screen: Screen, path: str) -> str:
    return escape(f"{screen.controller.public_url}/console/{path}")


def asked(screen: Screen, details: Params) -> str:
    """What a second person decides about, and where to watch it."""
    spoken = ", ".join(screen.catalogs.registry.get(each).english for each in details["languages"])
    return paragraphs(
        lines(
            bold(f"Film {details['film_id']}: {escape(details['title'])}"),
            f"{details['aspect']}, {details['seconds']} seconds; {escape(spoken)}",
        ),
        "Watch it from beginning to end before you decide. With your yes anybody can see it:",
        _console(screen, f"films/{details['film_id']}"),
    )


_ENDED = {
    "withdrawn": "a recording in it was withdrawn",
    "no_consent": "a speaker no longer agrees to the public film",
    "consent_expired": "a speaker's consent has ended",
    "not_approved": "a recording in it is not approved any more, or its speaker paused it",
    "message_changed": "its message was changed",
    "out_of_date": "its message is not valid any more",
    "not_vetted": "its message is not vetted",
    "name_withheld": "somebody who is named in it asked not to be",
}


def alert(screen: Screen, params: Params) -> OutgoingMessage:
    """A film was taken off the screen by itself."""
    registry = screen.catalogs.registry
    who = f" ({registry.get(params['language']).english})" if params["language"] else ""
    why = _ENDED.get(params["reason"], "something in it may not be shown any more")
    gone = "is not shown any more" if params["published"] else "was thrown away before anybody saw it"
    html = paragraphs(
        bold(f"The film “{escape(params['title'])}” {gone}: {why}{who}."),
        "Its page says so already, and nothing of it is served. Copies that people saved stay with them: if that is "
        "grave, tell the partners to whom you gave it.",
        lines("Make it again without that:", _console(screen, f"messages/{params['key']}/film")),
    )
    return OutgoingMessage(html)


SCREENS: dict[str, Render] = {"staff.film_alert": alert}
