"""Bot API methods that change or remove a message, or answer a pressed button."""

from datetime import timedelta
from typing import Any

from bot.sandbox.calls import ChatId, method
from bot.sandbox.core import Core
from bot.sandbox.keyboards import read_markup
from bot.sandbox.markup import units
from bot.sandbox.media import media_of
from bot.sandbox.refusals import Refusal, bad_request
from bot.sandbox.sending import Caption, text_fields
from bot.sandbox.state import Chat, Json

ANSWER_WITHIN = timedelta(minutes=15)
DELETE_WITHIN = timedelta(hours=48)
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content"
    " and reply markup of the message"
)
_PARTS = ("text", "entities", "caption", "caption_entities", "link_preview_options", "reply_markup")


def _editable(core: Core, chat_id: ChatId, message_id: int) -> tuple[Chat, Json]:
    chat = core.open_chat(chat_id)
    message = core.find_message(chat, message_id, "edit")
    if message["from"] is not core.world.bot or "forward_origin" in message:
        raise bad_request("message can't be edited")
    return chat, message


def _replace(core: Core, chat: Chat, old: Json, content: Json, markup: Json | None) -> Json:
    """Puts new content and buttons in place of the old ones; no markup means no buttons, as at Telegram."""
    new = {key: value for key, value in old.items() if key not in _PARTS} | content
    if markup is not None:
        read_markup(markup, inline_only=True)
        if markup["inline_keyboard"]:
            new["reply_markup"] = markup
    if all(new.get(part) == old.get(part) for part in _PARTS):
        raise bad_request(_NOT_MODIFIED)
    new["edit_date"] = core.world.now()
    chat.messages[old["message_id"]] = new
    core.world.touch(chat.id)
    return new


@method("editMessageText")
def edit_message_text(
    core: Core,
    chat_id: ChatId,
    message_id: int,
    text: str = "",
    parse_mode: str | None = None,
    entities: list[Any] | None = None,
    link_preview_options: dict[str, Any] | None = None,
    reply_markup: dict[str, Any] | None = None,
) -> Json:
    """Changes a text and its buttons."""
    content = text_fields(core, text, parse_mode, entities, link_preview_options)
    chat, message = _editable(core, chat_id, message_id)
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    return _replace(core, chat, message, content, reply_markup)


@method("editMessageCaption")
def edit_message_caption(
    core: Core,
    chat_id: ChatId,
    message_id: int,
    caption: str = "",
    parse_mode: str | None = None,
    caption_entities: list[Any] | None = None,
    reply_markup: dict[str, Any] | None = None,
) -> Json:
    """Changes a caption and its buttons."""
    content = Caption(caption, parse_mode, caption_entities).fields()
    chat, message = _editable(core, chat_id, message_id)
    if media_of(message) is None:
        raise bad_request("there is no caption in the message to edit")
    return _replace(core, chat, message, content, reply_markup)


@method("editMessageReplyMarkup")
def edit_message_reply_markup(
    core: Core, chat_id: ChatId, message_id: int, reply_markup: dict[str, Any] | None = None
) -> Json:
    """Changes or removes the buttons only."""
    chat, message = _editable(core, chat_id, message_id)
    content = {part: message[part] for part in _PARTS if part in message and part != "reply_markup"}
    return _replace(core, chat, message, content, reply_markup)


@method("deleteMessage")
def delete_message(core: Core, chat_id: ChatId, message_id: int) -> bool:
    """Removes a message that is less than 48 hours old."""
    chat = core.find_chat(chat_id)
    message = core.find_message(chat, message_id, "delete")
    if core.world.now() - message["date"] > DELETE_WITHIN.total_seconds():
        raise bad_request("message can't be deleted for everyone")
    del chat.messages[message_id]
    core.world.touch(chat.id)
    return True


@method("answerCallbackQuery")
def answer_callback_query(
    core: Core,
    callback_query_id: str,
    text: str = "",
    show_alert: bool = False,
    url: str = "",
    cache_time: int = 0,
) -> bool:
    """Answers a pressed button, once and within 15 minutes; the text has at most 200 characters."""
    press = core.world.presses.get(callback_query_id)
    if press is None or core.world.clock() - press.pressed_at > ANSWER_WITHIN:
        raise Refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
    if units(text) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    if url:
        raise bad_request("URL_INVALID")
    del core.world.presses[callback_query_id]
    press.person.answer = {"callback_query_id": callback_query_id, "text": text, "show_alert": show_alert}
    core.world.touch(press.person.chat.id)
    return True
