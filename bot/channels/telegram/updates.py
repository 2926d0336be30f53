"""Telegram's raw updates in the terms of domain/events.py.

The translation is our own, straight from the JSON. python-telegram-bot's `Update.de_json` raises TypeError, KeyError,
AttributeError or OSError on hostile JSON, accepts update numbers that are none, and costs about five times as much;
here anything that is not as it should be ends in InvalidInput, and only what is needed is read at all. Of a forward
nothing is kept but that it is one. Texts stay as they were written: whoever shows them cleans them.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from bot.channels.telegram.codec import decode, mend
from bot.channels.telegram.links import with_links
from bot.domain.events import Event, EventKind, IncomingMedia, MediaKind, Replied
from bot.errors import InvalidInput

ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member", "inline_query"]
"""What we ask Telegram for. Named, because the setting sticks and a server may refuse names that it does not know."""
_BIGGEST = 2**63 - 1
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]{1,64}))?(?:\s+(.*))?", re.DOTALL)
_Json = dict[str, Any]
_T = TypeVar("_T")


def keys_of(raw: bytes) -> tuple[int, int]:
    """The number of an update, 0 to 2^63 - 1, and the chat whose order it keeps, 0 where none is named.

    Raises InvalidInput when there is no number. A chat that makes no sense is none: what else is wrong with an update
    is found when it is handled.
    """
    update = _update(raw)
    number = _number(update, "update_id", least=0)
    for name in ALLOWED_UPDATES:
        if name in update:
            return number, _chat_id(update[name])
    return number, 0


def _chat_id(payload: object) -> int:
    holder = payload.get("message", payload) if isinstance(payload, dict) else None
    chat = holder.get("chat") if isinstance(holder, dict) else None
    chat_id = chat.get("id") if isinstance(chat, dict) else None
    return chat_id if isinstance(chat_id, int) else 0


def translate(raw: bytes) -> Event | None:
    """The event in an update; None for one that needs nothing. Raises InvalidInput for what cannot be read."""
    update = _update(raw)
    _number(update, "update_id", least=0)
    for name, read in _READERS.items():
        if name in update:
            return read(_object(update, name))
    # An `edited_message` is left alone: a flag counts as it was sent. To take edits would count one flag twice, and
    # would let the text change after staff have read and answered it.
    return None


def _message(message: _Json) -> Event | None:
    chat_id, private = _chat(message)
    if "migrate_to_chat_id" in message:
        new_chat_id = _number(message, "migrate_to_chat_id")
        return Event(EventKind.MIGRATED, chat_id, private=private, new_chat_id=new_chat_id)
    if not private:
        return _in_group(message, chat_id)
    event = _written(message, chat_id)
    if "via_bot" not in message:
        return event
    return replace(event, through=_string(_object(message, "via_bot"), "username", ""))


def _written(message: _Json, chat_id: int) -> Event:
    forwarded = "forward_origin" in message or "forward_date" in message
    language = _app_language(message)
    if "text" in message:
        return _text(message, chat_id, forwarded, language)
    media = _media(message)
    text, links = with_links(_string(message, "caption", ""), message.get("caption_entities"))
    return Event(
        EventKind.OTHER if media is None else EventKind.MEDIA,
        chat_id,
        text=text,
        media=media,
        forwarded=forwarded,
        senders=_senders(message),
        app_language=language,
        links=links,
    )


def _in_group(message: _Json, chat_id: int) -> Event | None:
    """What somebody wrote in a group. Of bots, and of what came through one, nothing is taken.

    With privacy mode, Telegram's default, only commands, replies to us and mentions arrive at all
    (core.telegram.org/bots/features, Privacy mode). An administrator may write in the group's own name.
    """
    if _string(_object(message, "chat"), "type") not in {"group", "supergroup"} or "via_bot" in message:
        return None
    anonymous = "sender_chat" in message and _number(_object(message, "sender_chat"), "id") == chat_id
    sender = _object(message, "from") if "from" in message else {}
    if not anonymous and (sender.get("is_bot") is not False or "sender_chat" in message):
        return None
    replied = _object(message, "reply_to_message") if "reply_to_message" in message else None
    return replace(
        _written(message, chat_id),
        private=False,
        sender_id=0 if anonymous else _number(sender, "id"),
        anonymous=anonymous,
        message_ref=_number(message, "message_id"),
        replied=None if replied is None else _replied(replied),
    )


def _replied(message: _Json) -> Replied:
    event = _written(message, 0)
    return Replied(event.text, event.media, event.forwarded)


def _inline(query: _Json) -> Event:
    """Somebody types our name and words in any chat (Bot API, InlineQuery); which chat, Telegram does not say."""
    return Event(
        EventKind.INLINE,
        _number(_object(query, "from"), "id"),
        text=_string(query, "query", ""),
        app_language=_app_language(query),
        press_id=_string(query, "id"),
    )


def _text(message: _Json, chat_id: int, forwarded: bool, language: str) -> Event:
    written = _string(message, "text")
    # A forwarded "/start ..." is something that a person was sent, not something that they ask of us.
    command = None if forwarded else _COMMAND.fullmatch(written)
    if command is not None:
        name, payload = command[1].lower(), (command[3] or "").strip()
        return Event(
            EventKind.COMMAND, chat_id, text=written, command=name, payload=payload, app_language=language,
            addressee=command[2] or "",
        )  # fmt: skip
    text, links = with_links(written, message.get("entities"))
    return Event(
        EventKind.TEXT, chat_id, text=text, forwarded=forwarded, senders=_senders(message), app_language=language,
        links=links,
    )  # fmt: skip


def _senders(message: _Json) -> tuple[str, ...]:
    """The names that a forwarded message is from, as far as Telegram tells them; never a reason to refuse it."""
    origin = message.get("forward_origin")
    if not isinstance(origin, dict):
        return ()
    user = origin.get("sender_user")
    names = [origin.get("sender_user_name"), origin.get("author_signature")]
    if isinstance(user, dict):
        first, last = user.get("first_name"), user.get("last_name")
        names += [f"{first} {last}" if first and last else first, user.get("username")]
    return tuple(mend(each) for each in names if isinstance(each, str))


def _button(query: _Json) -> Event | None:
    press_id = _string(query, "id")
    payload = _string(query, "data", "")
    # Without a message it comes from an inline message in somebody else's chat.
    if "message" not in query:
        return None
    message = _object(query, "message")
    chat_id, private = _chat(message)
    if not private:
        return None
    return Event(
        EventKind.BUTTON,
        chat_id,
        payload=payload,
        app_language=_app_language(query),
        message_ref=_number(message, "message_id"),
        press_id=press_id,
    )


def _membership(change: _Json) -> Event | None:
    """In a private chat this comes only when a person blocks the bot or lets it in again (Bot API, Update)."""
    chat_id, private = _chat(change)
    status = _string(_object(change, "new_chat_member"), "status")
    if not private and status in {"kicked", "left"}:
        return Event(EventKind.BLOCKED, chat_id, private=False)
    kind = {"kicked": EventKind.BLOCKED, "member": EventKind.UNBLOCKED}.get(status)
    if kind is None or not private:
        return None
    return Event(kind, chat_id, app_language=_app_language(change))


_READERS: dict[str, Callable[[_Json], Event | None]] = {
    "message": _message,
    "callback_query": _button,
    "my_chat_member": _membership,
    "inline_query": _inline,
}

# Media

# A message with an animation names the same file as a document too, so the order matters.
_MEDIA: tuple[tuple[str, MediaKind, str], ...] = (
    ("photo", MediaKind.PHOTO, "image/jpeg"),
    ("voice", MediaKind.VOICE, "audio/ogg"),
    ("audio", MediaKind.AUDIO, ""),
    ("video", MediaKind.VIDEO, "video/mp4"),
    ("video_note", MediaKind.ROUND, "video/mp4"),
    ("animation", MediaKind.ANIMATION, "video/mp4"),
    ("document", MediaKind.DOCUMENT, ""),
    ("sticker", MediaKind.STICKER, ""),
)


def _media(message: _Json) -> IncomingMedia | None:
    for name, kind, usual in _MEDIA:
        if name in message:
            file = _largest(message[name]) if kind is MediaKind.PHOTO else _object(message, name)
            return IncomingMedia(
                kind,
                _string(file, "file_id"),
                _string(file, "file_unique_id"),
                mime=_sticker_type(file) if kind is MediaKind.STICKER else _string(file, "mime_type", usual),
                size=_number(file, "file_size", 0, least=0),
                seconds=_number(file, "duration", 0, least=0),
            )
    return None


def _largest(sizes: object) -> _Json:
    if not isinstance(sizes, list) or not sizes or not all(isinstance(size, dict) for size in sizes):
        raise InvalidInput("A photo without sizes.")
    return max(sizes, key=lambda size: _number(size, "width", 0, least=0) * _number(size, "height", 0, least=0))


def _sticker_type(sticker: _Json) -> str:
    if sticker.get("is_video") is True:
        return "video/webm"
    return "application/x-tgsticker" if sticker.get("is_animated") is True else "image/webp"


# Parts, read with suspicion


def _update(raw: bytes) -> _Json:
    try:
        return _typed(decode(raw), dict, "update")
    except ValueError as error:
        raise InvalidInput("The update is not JSON.") from error


def _chat(holder: _Json) -> tuple[int, bool]:
    chat = _object(holder, "chat")
    return _number(chat, "id"), _string(chat, "type") == "private"


def _app_language(holder: _Json) -> str:
    return _string(_object(holder, "from"), "language_code", "") if "from" in holder else ""


def _object(holder: _Json, name: str) -> _Json:
    return _typed(holder.get(name), dict, name)


def _string(holder: _Json, name: str, absent: str | None = None) -> str:
    return mend(_typed(holder.get(name, absent), str, name))


def _number(holder: _Json, name: str, absent: int | None = None, *, least: int = -_BIGGEST) -> int:
    """An integer that fits 64 bits, as every number of Telegram does; databases take no bigger ones."""
    value = _typed(holder.get(name, absent), int, name)
    if isinstance(value, bool) or not least <= value <= _BIGGEST:
        raise InvalidInput(f"The update's {name} is not a usable number.")
    return value


def _typed(value: object, kind: type[_T], name: str) -> _T:
    if not isinstance(value, kind):
        raise InvalidInput(f"The update's {name} is missing or of the wrong type.")
    return value
