"""What a person sent to be checked, while it waits for their yes; and telling them what is known about it."""

from typing import Any

from bot.chat import recognising
from bot.chat.rooms import Rooms
from bot.chat.talk import Talk
from bot.domain.events import Event, IncomingMedia, MediaKind
from bot.domain.rumours import CLOSING_REASONS, OPEN_STATES, RumourState
from bot.i18n import strip_controls
from bot.services.rumours import Submission


def read(event: Event) -> Submission:
    """The submission in an event, without characters that hide or reorder, and without personal details."""
    kind = event.media.kind if event.media else ("link" if event.links and len(event.text.split()) == 1 else "text")
    clean, hidden = strip_controls(event.text)
    sent = Submission(str(kind), clean.strip(), event.media, event.forwarded, hidden=tuple(hidden))
    return sent.cleaned(event.senders)


def as_draft(submission: Submission) -> dict[str, Any]:
    """For the conversation's state."""
    media = submission.media
    return {
        "kind": submission.kind, "text": submission.text, "forwarded": submission.forwarded,
        "hidden": list(dict.fromkeys(submission.hidden)),
        "original": submission.original,
        "media": None if media is None else {
            "kind": str(media.kind), "file_id": media.file_id, "unique_id": media.unique_id, "mime": media.mime,
            "size": media.size, "seconds": media.seconds,
        },
    }  # fmt: skip


def from_draft(draft: dict[str, Any]) -> Submission:
    """From the conversation's state."""
    media = draft["media"]
    rebuilt = None if media is None else IncomingMedia(**{**media, "kind": MediaKind(media["kind"])})
    return Submission(
        draft["kind"], draft["text"], rebuilt, draft["forwarded"], draft.get("original", ""),
        tuple(draft.get("hidden", ())),
    )  # fmt: skip


async def tell(rooms: Rooms, talk: Talk, number: str) -> None:
    """Say what is known about a waiting submission, and offer what can be done with it."""
    submission = from_draft(talk.state.drafts[number])
    known = await rooms.desk.rumours.look_up(
        talk.uow, submission, listen=talk.listen, read=talk.language, form=talk.form
    )
    if known is not None and known.card is not None:
        await talk.say("check.known", card=known.card, draft=number, rumour_id=known.rumour.id)
    elif known is not None and RumourState(known.rumour.state) in OPEN_STATES:
        await talk.say("check.open", draft=number)
    elif known is not None and RumourState(known.rumour.state) in CLOSING_REASONS:
        if talk.state.count_once(f"again:{known.rumour.id}"):
            await rooms.desk.rumours.seen_again(talk.uow, known.rumour)
        await talk.say("check.settled", draft=number, outcome=known.rumour.state)
    else:
        await recognising.tell(rooms, talk, number, submission)
