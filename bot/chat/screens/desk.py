"""What the desk reads in its own chats: new rumours, what is due, safeguarding. Plain English."""

from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from bot.chat.screens.screen import Params, Render, Screen, bold, lines, paragraphs, within
from bot.domain.messaging import Button, OutgoingMessage
from bot.i18n import strip_controls

_STATES = {
    "new": "Nobody has decided it yet.", "answering": "Its answer waits for a second person.", "answered": "Answered.",
    "not_amplified": "Closed: not amplified.", "spam": "Closed: spam.", "not_a_rumour": "Closed: not a rumour.",
    "merged": "Merged into another rumour.",
}  # fmt: skip
_SURE = {"nor": "Not a rumour", "spam": "Spam"}
_DONE = {
    "taken": "It is yours.", "urgent": "Marked as urgent.", "closed": "Closed. Everyone who asked is being told.",
}  # fmt: skip
Rows = tuple[tuple[Button, ...], ...]


def _console(screen: Screen, path: str) -> str:
    return f"{screen.controller.public_url}/console/{path}"


def _open_button(screen: Screen, path: str) -> Button:
    return Button("Open in the console", url=_console(screen, path))


def _quick(screen: Screen, number: int, *, mine: bool = False, urgent: bool = False) -> Rows:
    first = () if mine else (Button("Take it", f"d:take:{number}"),)
    marks = () if urgent else (Button("Urgent", f"d:urgent:{number}"),)
    return (
        (*first, Button("Read it", f"d:read:{number}")),
        (Button("Not a rumour", f"d:nor:{number}"), Button("Spam", f"d:spam:{number}")),
        (*marks, Button("🛟 Safeguarding", f"d:safe:{number}")),
        *_way(screen, f"rumours/{number}"),
    )


def _way(screen: Screen, path: str) -> Rows:
    """A button that opens the console; channels take such addresses only where they lead somewhere public."""
    return ((_open_button(screen, path),),) if screen.controller.public_url.startswith("https://") else ()


def new_rumour(screen: Screen, params: Params) -> OutgoingMessage:
    """Something new on the desk. No text of residents leaves the console unasked."""
    area = next((each.name for each in screen.controller.areas if each.id == params["area"]), "")
    number = params["rumour_id"]
    html = paragraphs(
        bold("🆘 URGENT: somebody may be in danger" if params["urgent"] else f"New rumour {number}"),
        lines(f"Kind: {escape(params['about'])}", f"Area: {escape(area)}" if area else ""),
        escape(_console(screen, f"rumours/{number}")),
    )
    return OutgoingMessage(html, _quick(screen, number, urgent=params["urgent"]))


def rumour(screen: Screen, params: Params) -> OutgoingMessage:
    """A notice as it stands now; `sure` asks once more before a rumour is closed."""
    number = params["rumour_id"]
    holder = "You have it." if params["mine"] else f"{escape(params['assignee'])} has it." if params["assignee"] else ""
    html = paragraphs(
        bold(f"Rumour {number}"),
        bold(_DONE[params["done"]]) if params["done"] else "",
        lines(_STATES.get(params["state"], ""), holder, f"Asked by {params['people']}."),
        f"Close it as “{_SURE[params['sure']]}”? Everyone who asked is told so." if params["sure"] else "",
        escape(_console(screen, f"rumours/{number}")),
    )
    rows: Rows = _way(screen, f"rumours/{number}")
    if params["sure"]:
        yes = Button(f"Yes, {_SURE[params['sure']].lower()}", f"d:{params['sure']}!:{number}")
        rows = ((yes, Button("Back", f"d:show:{number}")),)
    elif params["state"] in {"new", "answering"}:
        rows = _quick(screen, number, mine=params["mine"], urgent=params["urgent"])
    return OutgoingMessage(html, rows, edit_ref=params.get("edit_ref"))


def rumour_text(screen: Screen, params: Params) -> OutgoingMessage:
    """What was sent, because somebody asked to read it."""
    number = params["rumour_id"]
    if params["covered"]:
        html = "It is aimed at a group of people, so its words are covered. You can uncover them in the console."
    elif params["texts"]:
        html = paragraphs(*(f"“{escape(within(strip_controls(each)[0], 900))}”" for each in params["texts"]))
    else:
        html = f"It has no text: {escape(', '.join(params['kinds']))}. See and hear it in the console."
    return OutgoingMessage(paragraphs(bold(f"Rumour {number}"), html), _way(screen, f"rumours/{number}"))


def due(screen: Screen, params: Params) -> OutgoingMessage:
    """A reminder: soon, or past its time."""
    number, zone = params["rumour_id"], ZoneInfo(screen.controller.zone)
    at = f"{datetime.fromisoformat(params['due_at']).astimezone(zone):%A %H:%M}" if params["due_at"] else ""
    if params["safeguarding"]:
        path = f"safeguarding/{number}"
        return OutgoingMessage(
            paragraphs(bold("🆘 A safeguarding matter still waits for you"), escape(_console(screen, path))),
            _way(screen, path),
        )
    title = f"Rumour {number} is overdue since {at}" if params["late"] else f"Rumour {number} is due {at}"
    asked = f"Asked by {params['people']}. They were told that they hear from us by then."
    html = paragraphs(bold(title), asked, escape(_console(screen, f"rumours/{number}")))
    return OutgoingMessage(html, _quick(screen, number))


def safeguarding(screen: Screen, params: Params) -> OutgoingMessage:
    """For whoever is on call: nothing of its words."""
    path = f"safeguarding/{params['rumour_id']}"
    html = paragraphs(
        bold("🆘 SAFEGUARDING: somebody may be in danger"),
        f"Kind: {escape(params['about'])}. Only those on call can see it. If somebody is in danger now, call 999.",
        escape(_console(screen, path)),
    )
    return OutgoingMessage(html, _way(screen, path))


def safeguarded(screen: Screen, params: Params) -> OutgoingMessage:
    """For the triager who tapped: it is out of sight now."""
    html = paragraphs(
        bold(f"Rumour {params['rumour_id']} is with the safeguarding lead now."),
        f"Told: {escape(', '.join(params['leads']))}. It has left the queue.",
    )
    return OutgoingMessage(html, edit_ref=params.get("edit_ref"))


def original(screen: Screen, params: Params) -> OutgoingMessage:
    """The words with their personal details, for the one person who asked and said why."""
    html = paragraphs(
        bold(f"The original of {escape(params['code'])}, with personal details"),
        f"“{escape(within(strip_controls(params['opened'])[0], 3000))}”",
        f"You asked for it: {escape(params['reason'])}. That is in the audit log.",
        "Delete this message when you are done.",
    )
    return OutgoingMessage(html)


SCREENS: dict[str, Render] = {
    "staff.new_rumour": new_rumour, "staff.rumour": rumour, "staff.rumour_text": rumour_text, "staff.due": due,
    "staff.safeguarding": safeguarding, "staff.safeguarded": safeguarded, "staff.original": original,
}  # fmt: skip
