"""What leaves to a person, and the closed set of ways in which sending can end."""

from dataclasses import dataclass, field
from typing import Any

from bot.domain.events import MediaKind

TEXT_LIMIT = 4096
"""UTF-16 units of one text message after its markup is parsed (Telegram Bot API, sendMessage)."""
CAPTION_LIMIT = 1024
"""UTF-16 units of a caption (Telegram Bot API, sendVoice and others)."""


@dataclass(frozen=True, slots=True)
class Button:
    """A choice under a message: `data` comes back when it is pressed (1 to 64 bytes), or `url` opens."""

    label: str
    data: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class OutgoingMedia:
    """A stored file to send. `file_id` is the channel's own handle from an earlier upload, if there is one."""

    kind: MediaKind
    media_id: int
    file_id: str | None = None


@dataclass(frozen=True, slots=True)
class OutgoingDocument:
    """A small file made for this one message (a person's own data), sent once and stored nowhere."""

    name: str
    content: str


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A finished message. `html` uses only b, i, u, a and code, each value escaped by the renderer.

    `edit_ref` names an earlier message to put it in place of, `delete_ref` one to remove before it is sent. Without
    `follow_up` nothing new is sent: where the channel allows neither, it is Rejected.
    `reply_ref` names the message in a group that this one replies to; where it is gone, it is sent without.
    `paid` allows the channel to charge for a pace above its free one.
    """

    html: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    media: OutgoingMedia | None = None
    edit_ref: int | None = None
    delete_ref: int | None = None
    follow_up: bool = True
    reply_ref: int | None = None
    quiet: bool = False
    preview: bool = False
    paid: bool = False
    document: OutgoingDocument | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """The channel confirmed it. `message_ref` is the channel's own number for all parts of the message together.

    `file_id` is set where a file was uploaded for the first time, with the `unique_id` of its forwards;
    `removed`: the message of `delete_ref` is gone.
    """

    message_ref: int
    file_id: str | None = None
    removed: bool = False
    unique_id: str | None = None


@dataclass(frozen=True, slots=True)
class NotSent:
    """Certainly not sent (refused connection, no name): may be tried again after `after` seconds."""

    reason: str
    after: float = 1.0


@dataclass(frozen=True, slots=True)
class RetryLater:
    """The channel asked for a pause of `after` seconds, to be obeyed once for the whole bot."""

    after: float


@dataclass(frozen=True, slots=True)
class Blocked:
    """The person blocked us or their account is gone: do not write again until they come back."""

    reason: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The chat has a new address; send there."""

    new_chat_id: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """Refused for good. `content` says that the content is at fault, so every further send would fail too."""

    reason: str
    content: bool = False


@dataclass(frozen=True, slots=True)
class InDoubt:
    """It left, and no answer came back: perhaps it arrived. Never repeated by itself."""

    reason: str


SendOutcome = Sent | NotSent | RetryLater | Blocked | Moved | Rejected | InDoubt


@dataclass(frozen=True, slots=True)
class Notice:
    """A message still without words: services decide that it is sent, the renderer finds the words."""

    kind: str
    params: dict[str, Any] = field(default_factory=dict)
    language: str = "en-GB"
