"""Media as parts of a Bot API message: photo sizes, voice, video and so on, with Telegram's upload limits."""

from typing import Any

from bot.sandbox.probing import probe
from bot.sandbox.refusals import Refusal, bad_request
from bot.sandbox.state import Json, StoredFile, World

MAX_UPLOAD = 50 * 1024 * 1024
MAX_PHOTO = 10 * 1024 * 1024
MAX_DOWNLOAD = 20 * 1024 * 1024
VOICE_TYPES = ("audio/ogg", "audio/mpeg", "audio/mp4")
CAPTIONED = ("photo", "voice", "video", "audio", "document", "animation")
KINDS = (*CAPTIONED, "video_note", "sticker")


def check_upload(kind: str, data: bytes) -> str:
    """Checks an uploaded file; returns the kind that Telegram makes of it (a wrong voice becomes a document)."""
    if not data:
        raise bad_request("file must be non-empty")
    if len(data) > (MAX_PHOTO if kind == "photo" else MAX_UPLOAD):
        raise (
            bad_request("file is too big for a photo") if kind == "photo" else Refusal(413, "Request Entity Too Large")
        )
    facts = probe(data)
    if kind == "photo" and not (facts.mime.startswith("image/") and facts.width):
        raise bad_request("IMAGE_PROCESS_FAILED")
    if kind == "photo" and (facts.width + facts.height > 10_000 or _ratio(facts.width, facts.height) > 20):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    if kind == "voice" and facts.mime not in VOICE_TYPES:
        return "document"
    if kind in ("video", "video_note", "animation") and facts.mime not in ("video/mp4", "image/gif"):
        return "document"
    return kind


def _ratio(width: int, height: int) -> float:
    return max(width, height) / max(1, min(width, height))


def attachment(stored: StoredFile) -> Json:
    """The message fields that carry a file, e.g. `{"voice": {...}}`."""
    facts = stored.probe
    base: Json = {"file_id": stored.file_id, "file_unique_id": stored.unique_id, "file_size": len(stored.data)}
    size = {"width": facts.width, "height": facts.height}
    mime = {"mime_type": facts.mime}
    seconds = {"duration": facts.duration}
    name = {"file_name": stored.name}
    shapes: dict[str, Json] = {
        "voice": base | seconds | mime,
        "video": base | size | seconds | mime | name,
        "video_note": base | {"length": facts.width or 240} | seconds,
        "audio": base | seconds | mime | name,
        "document": base | mime | name,
        "animation": base | size | seconds | mime | name,
        "sticker": base | {"width": 512, "height": 512, "type": "regular", "is_animated": False, "is_video": False},
    }
    if stored.kind == "photo":
        return {"photo": [base | size]}
    parts: Json = {stored.kind: shapes[stored.kind]}
    return parts | {"document": base | mime | name} if stored.kind == "animation" else parts


def media_of(message: Json) -> tuple[str, str] | None:
    """Kind and file id of a message's media, or nothing."""
    for kind in ("animation", *KINDS):
        part: Any = message.get(kind)
        if part:
            return kind, (part[-1] if kind == "photo" else part)["file_id"]
    return None


def file_of(world: World, message: Json) -> StoredFile | None:
    """The stored file of a message's media, or nothing."""
    found = media_of(message)
    return world.files.get(found[1]) if found else None
