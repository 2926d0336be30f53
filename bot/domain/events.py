"""What arrives from a person, told in the same terms for every channel."""

from dataclasses import dataclass, field
from enum import StrEnum


class EventKind(StrEnum):
    """What a person did."""

    TEXT = "text"
    COMMAND = "command"
    BUTTON = "button"
    MEDIA = "media"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    MIGRATED = "migrated"
    INLINE = "inline"
    OTHER = "other"


class MediaKind(StrEnum):
    """The forms in which a file can arrive or leave."""

    PHOTO = "photo"
    VOICE = "voice"
    AUDIO = "audio"
    VIDEO = "video"
    ROUND = "round"
    ANIMATION = "animation"
    DOCUMENT = "document"
    STICKER = "sticker"


@dataclass(frozen=True, slots=True)
class IncomingMedia:
    """A file that a person sent: fetched later by `file_id`; `unique_id` is the same for the same file."""

    kind: MediaKind
    file_id: str
    unique_id: str
    mime: str = ""
    size: int = 0
    seconds: int = 0


def looked_at_as(kind: str, mime: str) -> str | None:
    """As what a file is looked at: its kind, `image` or `video` for a document that is one; None for what is not."""
    if kind != MediaKind.DOCUMENT:
        return None if kind == MediaKind.STICKER else str(kind)
    head = mime.split("/", maxsplit=1)[0]
    return {"image": "image", "video": "video", "audio": "audio"}.get(head)


@dataclass(frozen=True, slots=True)
class Replied:
    """The message in a group that somebody replied to: what is to be checked."""

    text: str = ""
    media: IncomingMedia | None = None
    forwarded: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that one person did in their private chat with us, or in a group that we are in (`private` False).

    `chat_id` is the channel's own address; it leaves memory only sealed (see services/vault.py).
    `command` has no slash; `payload` is what stands behind a command or in a pressed button.
    `senders` are the names that a forwarded message is from: only to take them out of its text, never kept.
    `message_ref` names the message that carried a pressed button, so that the screen can be changed in place; in a
    group, the message itself. `sender_id` is who wrote in a group, `anonymous` that an administrator wrote in the
    group's own name, `addressee` the bot that a command was for; `through` names the bot
    whose inline result a message is. An INLINE event's `press_id` is the query's.
    """

    kind: EventKind
    chat_id: int
    text: str = ""
    command: str = ""
    payload: str = ""
    media: IncomingMedia | None = None
    forwarded: bool = False
    senders: tuple[str, ...] = ()
    app_language: str = ""
    message_ref: int | None = None
    press_id: str = ""
    private: bool = True
    new_chat_id: int | None = None
    links: tuple[str, ...] = field(default=())
    sender_id: int = 0
    anonymous: bool = False
    addressee: str = ""
    replied: Replied | None = None
    through: str = ""
