"""A finished message as the parameters of a Bot API method."""

import mimetypes
import re
from functools import lru_cache
from html import unescape
from typing import Any

from bot.channels.telegram.api import Upload
from bot.channels.telegram.codec import encode, mend
from bot.domain.events import MediaKind
from bot.domain.messaging import CAPTION_LIMIT, Button, OutgoingDocument, OutgoingMessage

_TAG = re.compile(r"<[^<>]*>")
_FIELDS = {
    MediaKind.VOICE: "voice",
    MediaKind.VIDEO: "video",
    MediaKind.ROUND: "video_note",
    MediaKind.PHOTO: "photo",
    MediaKind.AUDIO: "audio",
    MediaKind.ANIMATION: "animation",
    MediaKind.DOCUMENT: "document",
    MediaKind.STICKER: "sticker",
}
_METHODS = {
    MediaKind.VOICE: "sendVoice",
    MediaKind.VIDEO: "sendVideo",
    MediaKind.ROUND: "sendVideoNote",
    MediaKind.PHOTO: "sendPhoto",
    MediaKind.AUDIO: "sendAudio",
    MediaKind.ANIMATION: "sendAnimation",
    MediaKind.DOCUMENT: "sendDocument",
    MediaKind.STICKER: "sendSticker",
}
_WITHOUT_CAPTION = (MediaKind.ROUND, MediaKind.STICKER)
Call = tuple[str, dict[str, Any]]
"""A method and its parameters."""


@lru_cache(maxsize=128)
def _text_body(message: OutgoingMessage) -> bytes:
    return encode(_text(message) | _manner(message))


def text_body(chat_id: int, message: OutgoingMessage) -> bytes:
    """The message's text and buttons as a new message: JSON for sendMessage.

    A broadcast's message is put into this form once, not once a person.
    """
    return b'{"chat_id":%d,' % chat_id + _text_body(message)[1:]


def edit_call(chat_id: int, message_ref: int, message: OutgoingMessage) -> Call:
    """The same in place of an earlier message; without buttons the earlier ones go."""
    return "editMessageText", {"chat_id": chat_id, "message_id": message_ref, **_text(message)}


def document_call(
    chat_id: int, message: OutgoingMessage, document: OutgoingDocument, *, alone: bool
) -> tuple[str, dict[str, Any], dict[str, Upload]]:
    """A small file made for this message: with text and buttons, or `alone` without either."""
    mime = mimetypes.guess_type(document.name)[0] or "application/octet-stream"
    files = {"document": Upload(mend(document.content).encode(), document.name, mime)}
    if alone:
        return "sendDocument", {"chat_id": chat_id}, files
    params = {"chat_id": chat_id, "caption": mend(message.html), "parse_mode": "HTML", **_keyboard(message)}
    return "sendDocument", params, files


def media_call(
    chat_id: int, message: OutgoingMessage, kind: MediaKind, file: str | Upload, *, alone: bool
) -> tuple[str, dict[str, Any], dict[str, Upload]]:
    """The message's file by handle or as an upload: with text and buttons, or `alone` without either."""
    params: dict[str, Any] = {"chat_id": chat_id}
    field = _FIELDS[kind]
    files = {field: file} if isinstance(file, Upload) else {}
    if isinstance(file, str):
        params[field] = file
    if kind is MediaKind.VIDEO:
        params["supports_streaming"] = True
    params |= _manner(message)
    if not alone:
        if message.html:
            params |= {"caption": mend(message.html), "parse_mode": "HTML"}
        params |= _keyboard(message)
    return _METHODS[kind], params, files


def needs_own_text(message: OutgoingMessage, kind: MediaKind) -> bool:
    """Whether the text cannot be the caption: the form has none, or it is longer than a caption may be."""
    if not message.html:
        return False
    return kind in _WITHOUT_CAPTION or visible_length(message.html) > CAPTION_LIMIT


def visible_length(html: str) -> int:
    """UTF-16 units of a text after its markup is parsed, the way in which Telegram counts."""
    return len(mend(unescape(_TAG.sub("", html))).encode("utf-16-le")) // 2


def file_in(result: object, wanted: MediaKind) -> tuple[MediaKind, str] | None:
    """The form in which a sent file ended up, and its handle. Telegram may choose another form than asked: a silent
    video becomes an animation, an unusual voice file a document; its handle then works in that form only."""
    if not isinstance(result, dict):
        return None
    # A message with an animation names the same file as a document too, so the more exact form is asked first.
    for kind in (wanted, MediaKind.ANIMATION, *_FIELDS):
        found = result.get(_FIELDS[kind])
        if isinstance(found, list) and found:
            found = found[-1]
        if isinstance(found, dict) and isinstance(found.get("file_id"), str):
            return kind, found["file_id"]
    return None


def unique_id_in(result: object, handle: str) -> str | None:
    """The id by which the file with this handle is known again, whoever forwards it."""
    fields = result.values() if isinstance(result, dict) else ()
    for each in fields:
        found = each[-1] if isinstance(each, list) and each else each
        if isinstance(found, dict) and found.get("file_id") == handle and isinstance(found.get("file_unique_id"), str):
            return str(found["file_unique_id"])
    return None


def _text(message: OutgoingMessage) -> dict[str, Any]:
    params: dict[str, Any] = {"text": mend(message.html), "parse_mode": "HTML"}
    if not message.preview:
        params["link_preview_options"] = {"is_disabled": True}
    return params | _keyboard(message)


def _manner(message: OutgoingMessage) -> dict[str, Any]:
    """How it is sent: without a sound, or at a pace that costs Stars (Bot API, `allow_paid_broadcast`)."""
    quiet: dict[str, Any] = {"disable_notification": True} if message.quiet else {}
    if message.reply_ref is not None:
        quiet["reply_parameters"] = {"message_id": message.reply_ref, "allow_sending_without_reply": True}
    return quiet | ({"allow_paid_broadcast": True} if message.paid else {})


def _keyboard(message: OutgoingMessage) -> dict[str, Any]:
    rows = [[_button(button) for button in row] for row in message.buttons if row]
    return {"reply_markup": {"inline_keyboard": rows}} if rows else {}


def _button(button: Button) -> dict[str, str]:
    label = mend(button.label)
    return {"text": label, "url": button.url} if button.url else {"text": label, "callback_data": button.data}
