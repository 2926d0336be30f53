"""What methods answer with: right in shape, and no more than clients look at."""

import time
import zlib
from collections.abc import Callable
from typing import Any

import orjson

from tests.botapi.fates import MOVED, REFUSALS, Call, Fate

_MEDIA = {
    "sendvoice": "voice", "sendvideo": "video", "sendvideonote": "video_note", "sendphoto": "photo",
    "sendaudio": "audio", "sendanimation": "animation", "senddocument": "document", "sendsticker": "sticker",
}  # fmt: skip
FILE = b"a sample file"
"""What every download gives."""


def integer(value: Any) -> int:
    """A number, however it was sent; 0 for what is none."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0


def message(call: Call, number: int, identity: dict[str, Any]) -> dict[str, Any]:
    """The message that a sending method made, or an edit changed."""
    chat_id, params = integer(call.params.get("chat_id")), call.params
    made: dict[str, Any] = {
        "message_id": number, "date": int(time.time()), "from": identity,
        "chat": {"id": chat_id, "type": "private", "first_name": "Sample"} if chat_id > 0
        else {"id": chat_id, "type": "supergroup", "title": "Sample group"},
    }  # fmt: skip
    kind = _MEDIA.get(call.method.lower())
    if kind is None:
        made["text"] = params.get("text", "")
        return made
    given = params.get(kind)
    file_id = given if isinstance(given, str) else f"file-{number}"
    found = {"file_id": file_id, "file_unique_id": f"u-{zlib.crc32(file_id.encode())}", "file_size": 1000,
             "duration": 1, "width": 1, "height": 1, "length": 1, "type": "regular", "is_animated": False,
             "is_video": False}  # fmt: skip
    made[kind] = [found] if kind == "photo" else found
    if params.get("caption"):
        made["caption"] = params["caption"]
    return made


def error(call: Call, fate: Fate) -> bytes:
    """The body beside an error status."""
    if fate.status == 429:
        said = {"error_code": 429, "description": f"Too Many Requests: retry after {fate.retry_after}"}
        given = {} if fate.retry_after is None else {"parameters": {"retry_after": fate.retry_after}}
        return orjson.dumps({"ok": False, **said, **given})
    if fate.name not in REFUSALS:
        return refusal(fate.status, "Internal Server Error")
    moved = {"parameters": {"migrate_to_chat_id": MOVED - integer(call.params.get("chat_id"))}}
    description = REFUSALS[fate.name][1]
    return orjson.dumps(
        {"ok": False, "error_code": fate.status, "description": description, **(moved if fate.name == "moved" else {})}
    )


def refusal(status: int, description: str) -> bytes:
    """The body of a refused call."""
    return orjson.dumps({"ok": False, "error_code": status, "description": description})


RESULTS: dict[str, Callable[[dict[str, Any], dict[str, Any]], Any]] = {
    "getme": lambda identity, _: {**identity, "can_join_groups": True, "supports_inline_queries": True},
    "getmycommands": lambda _identity, _: [],
    "getmydescription": lambda _identity, _: {"description": ""},
    "getmyshortdescription": lambda _identity, _: {"short_description": ""},
    "getmyname": lambda _identity, _: {"name": "StageBot"},
    "getchat": lambda _identity, params: {"id": integer(params.get("chat_id")), "type": "private"},
    "getfile": lambda _identity, params: {
        "file_id": params.get("file_id", ""), "file_unique_id": "u", "file_size": len(FILE),
        "file_path": f"documents/{params.get('file_id', '')}",
    },
}  # fmt: skip
"""Methods that look something up, by name: they get the bot as getMe shows it, and the parameters."""
