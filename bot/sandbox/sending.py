"""Bot API methods that put a message into a chat: send*, copyMessage, forwardMessage, sendMediaGroup."""

from dataclasses import dataclass
from typing import Any

from bot.sandbox.calls import Arguments, ChatId, InputFile, method
from bot.sandbox.core import Core
from bot.sandbox.keyboards import read_markup
from bot.sandbox.markup import caption_text, message_text
from bot.sandbox.media import CAPTIONED, attachment
from bot.sandbox.refusals import bad_request
from bot.sandbox.state import Chat, Json

CONTENT = [
    "text",
    "entities",
    "caption",
    "caption_entities",
    "link_preview_options",
    "photo",
    "voice",
    "video",
    "video_note",
    "audio",
    "document",
    "animation",
    "sticker",
    "location",
    "contact",
]
_PREVIEW = {"is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text"}
_REPLY = {"message_id", "chat_id", "allow_sending_without_reply", "quote", "quote_parse_mode", "quote_position"}
_ACTIONS = [
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
]


@dataclass(frozen=True, slots=True)
class Options:
    """Where a message goes and how: what all sending methods share."""

    chat_id: ChatId
    disable_notification: bool = False
    protect_content: bool = False
    allow_paid_broadcast: bool = False
    reply_parameters: dict[str, Any] | None = None
    reply_markup: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Caption:
    """The words under a picture, voice or film."""

    caption: str = ""
    parse_mode: str | None = None
    caption_entities: list[Any] | None = None

    def fields(self) -> Json:
        """The message fields; raises Refusal for bad markup or more than 1,024 units."""
        text = caption_text(self.caption, self.parse_mode, self.caption_entities)
        if not text.plain:
            return {}
        return {"caption": text.plain} | ({"caption_entities": text.entities} if text.entities else {})


def content_of(message: Json) -> Json:
    """What a copy or forward of a message carries."""
    return {key: message[key] for key in CONTENT if key in message}


def forward_origin(message: Json) -> Json:
    """Where a message came from, as a forward of it says."""
    return message.get("forward_origin") or {
        "type": "user",
        "sender_user": message["from"],
        "date": message["date"],
    }


def text_fields(
    core: Core, text: str, parse_mode: str | None, entities: list[Any] | None, preview: Json | None
) -> Json:
    """The fields of a text message; raises Refusal for empty, too long or wrongly marked texts."""
    read = message_text(text, parse_mode, entities)
    fields: Json = {"text": read.plain}
    if read.entities:
        fields["entities"] = read.entities
    if preview is not None:
        if unknown := set(preview) - _PREVIEW:
            raise bad_request(f'can\'t parse link preview options: unknown field "{sorted(unknown)[0]}"')
        fields["link_preview_options"] = preview
    return fields


def _deliver(core: Core, name: str, options: Options, content: Json) -> Json:
    """Checks markup, reply, chat and limits, in this order, and then sends."""
    extra: Json = {}
    markup = options.reply_markup
    if markup is not None:
        read_markup(markup)
        if "inline_keyboard" in markup:
            extra["reply_markup"] = markup
    if options.protect_content:
        extra["has_protected_content"] = True
    chat = core.open_chat(options.chat_id)
    if options.reply_parameters is not None:
        extra |= _reply(chat, options.reply_parameters)
    core.take_limit(chat, options.allow_paid_broadcast)
    if markup is not None:
        _set_keyboard(chat, markup)
    return core.put(chat, content | extra, name)


def _reply(chat: Chat, parameters: Json) -> Json:
    if unknown := set(parameters) - _REPLY:
        raise bad_request(f'can\'t parse reply parameters: unknown field "{sorted(unknown)[0]}"')
    number = parameters.get("message_id")
    replied = chat.messages.get(number) if isinstance(number, int) else None
    if replied is None:
        if parameters.get("allow_sending_without_reply"):
            return {}
        raise bad_request("message to be replied not found")
    return {"reply_to_message": {k: v for k, v in replied.items() if k != "reply_to_message"}}


def _set_keyboard(chat: Chat, markup: Json) -> None:
    if "keyboard" in markup:
        chat.keyboard = markup
    elif "remove_keyboard" in markup:
        chat.keyboard = None


@method("sendMessage")
def send_message(
    core: Core,
    options: Options,
    text: str = "",
    parse_mode: str | None = None,
    entities: list[Any] | None = None,
    link_preview_options: dict[str, Any] | None = None,
) -> Json:
    """Sends a text."""
    return _deliver(core, "sendMessage", options, text_fields(core, text, parse_mode, entities, link_preview_options))


def _send_media(core: Core, name: str, kind: str, options: Options, file: InputFile, content: Json) -> Json:
    if kind not in CAPTIONED:
        content = {}
    core.open_chat(options.chat_id)
    return _deliver(core, name, options, attachment(core.receive_file(kind, file)) | content)


@method("sendPhoto")
def send_photo(core: Core, options: Options, caption: Caption, photo: InputFile, has_spoiler: bool = False) -> Json:
    """Sends a picture, at most 10 MB, width and height at most 10,000 together."""
    spoiler = {"has_media_spoiler": True} if has_spoiler else {}
    return _send_media(core, "sendPhoto", "photo", options, photo, caption.fields() | spoiler)


@method("sendVoice")
def send_voice(core: Core, options: Options, caption: Caption, voice: InputFile, duration: int = 0) -> Json:
    """Sends a voice message (OGG/Opus, MP3 or M4A; other bytes become a document)."""
    return _send_media(core, "sendVoice", "voice", options, voice, caption.fields())


@method("sendVideo")
def send_video(
    core: Core,
    options: Options,
    caption: Caption,
    video: InputFile,
    duration: int = 0,
    width: int = 0,
    height: int = 0,
    thumbnail: InputFile | None = None,
    cover: InputFile | None = None,
    has_spoiler: bool = False,
    supports_streaming: bool = False,
) -> Json:
    """Sends an MPEG4 film, at most 50 MB."""
    return _send_media(core, "sendVideo", "video", options, video, caption.fields())


@method("sendVideoNote")
def send_video_note(
    core: Core,
    options: Options,
    video_note: InputFile,
    duration: int = 0,
    length: int = 0,
    thumbnail: InputFile | None = None,
) -> Json:
    """Sends a round video note; it has no caption."""
    return _send_media(core, "sendVideoNote", "video_note", options, video_note, {})


@method("sendAudio")
def send_audio(
    core: Core,
    options: Options,
    caption: Caption,
    audio: InputFile,
    duration: int = 0,
    performer: str = "",
    title: str = "",
    thumbnail: InputFile | None = None,
) -> Json:
    """Sends music or a long recording."""
    return _send_media(core, "sendAudio", "audio", options, audio, caption.fields())


@method("sendDocument")
def send_document(
    core: Core,
    options: Options,
    caption: Caption,
    document: InputFile,
    thumbnail: InputFile | None = None,
    disable_content_type_detection: bool = False,
) -> Json:
    """Sends any file."""
    return _send_media(core, "sendDocument", "document", options, document, caption.fields())


@method("sendAnimation")
def send_animation(
    core: Core,
    options: Options,
    caption: Caption,
    animation: InputFile,
    duration: int = 0,
    width: int = 0,
    height: int = 0,
    thumbnail: InputFile | None = None,
    has_spoiler: bool = False,
) -> Json:
    """Sends a silent film or GIF."""
    return _send_media(core, "sendAnimation", "animation", options, animation, caption.fields())


@method("sendMediaGroup")
def send_media_group(
    core: Core,
    arguments: Arguments,
    chat_id: ChatId,
    media: list[Any],
    disable_notification: bool = False,
    protect_content: bool = False,
    allow_paid_broadcast: bool = False,
    reply_parameters: dict[str, Any] | None = None,
) -> list[Json]:
    """Sends 2 to 10 photos, videos, audios or documents as one album; each counts against the limits."""
    if not 2 <= len(media) <= 10:
        raise bad_request("media group must include 2-10 items")
    chat = core.open_chat(chat_id)
    parts = [_group_part(core, arguments, item) for item in media]
    core.take_limit(chat, allow_paid_broadcast, len(parts))
    shared: Json = {"media_group_id": core.world.next_number()}
    if protect_content:
        shared["has_protected_content"] = True
    if reply_parameters is not None:
        shared |= _reply(chat, reply_parameters)
    return [core.put(chat, part | shared, "sendMediaGroup") for part in parts]


def _group_part(core: Core, arguments: Arguments, item: Any) -> Json:
    kind = item.get("type") if isinstance(item, dict) else None
    if kind not in ("photo", "video", "audio", "document"):
        raise bad_request("can't parse InputMedia: wrong type")
    words, mode = item.get("caption", ""), item.get("parse_mode")
    if not (isinstance(words, str) and isinstance(mode, str | None)):
        raise bad_request("can't parse InputMedia: caption and parse_mode must be Strings")
    caption = Caption(words, mode, item.get("caption_entities"))
    return attachment(core.receive_file(kind, arguments.resolve(item.get("media")))) | caption.fields()


@method("copyMessage")
def copy_message(
    core: Core,
    options: Options,
    from_chat_id: ChatId,
    message_id: int,
    caption: str | None = None,
    parse_mode: str | None = None,
    caption_entities: list[Any] | None = None,
) -> Json:
    """Sends a message again without a link to its source, a caption in place of its own if one is given."""
    message = core.find_message(core.find_chat(from_chat_id), message_id, "copy")
    content = content_of(message)
    if not content or message.get("has_protected_content"):
        raise bad_request("message can't be copied")
    if caption is not None and "text" not in content:
        content = {k: v for k, v in content.items() if not k.startswith("caption")}
        content |= Caption(caption, parse_mode, caption_entities).fields()
    return {"message_id": _deliver(core, "copyMessage", options, content)["message_id"]}


@method("forwardMessage")
def forward_message(
    core: Core,
    chat_id: ChatId,
    from_chat_id: ChatId,
    message_id: int,
    disable_notification: bool = False,
    protect_content: bool = False,
) -> Json:
    """Sends a message again and says where it came from."""
    message = core.find_message(core.find_chat(from_chat_id), message_id, "forward")
    if message.get("has_protected_content"):
        raise bad_request("message can't be forwarded")
    options = Options(chat_id, disable_notification, protect_content)
    return _deliver(core, "forwardMessage", options, content_of(message) | {"forward_origin": forward_origin(message)})


@method("sendChatAction")
def send_chat_action(core: Core, chat_id: ChatId, action: str = "") -> bool:
    """Shows what the bot is doing, for five seconds."""
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = core.open_chat(chat_id)
    chat.action = (action, core.world.clock())
    core.world.touch(chat.id)
    return True
