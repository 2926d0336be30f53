"""Reply markup, read as strictly as Telegram does: inline buttons, reply keyboards, their removal, forced replies."""

import re
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.refusals import bad_request
from bot.sandbox.state import Json

MAX_BUTTONS = 100
MAX_CALLBACK_DATA = 64
_ACTIONS = {"url", "callback_data", "copy_text", "switch_inline_query", "switch_inline_query_current_chat"}
_LOOPBACK = re.compile(r"localhost|127(?:\.\d+){3}|0\.0\.0\.0|::1|.*\.localhost", re.IGNORECASE)
_KEYBOARD = {"keyboard", "is_persistent", "resize_keyboard", "one_time_keyboard", "input_field_placeholder"}
_KEYS = {
    "inline_keyboard": {"inline_keyboard"},
    "keyboard": {*_KEYBOARD, "selective"},
    "remove_keyboard": {"remove_keyboard", "selective"},
    "force_reply": {"force_reply", "input_field_placeholder", "selective"},
}


def read_markup(markup: Json, *, inline_only: bool = False) -> Json:
    """Checks a reply markup and returns it; raises Refusal with Telegram's words for what is wrong."""
    kind = next((kind for kind in _KEYS if kind in markup), None)
    if kind is None or (inline_only and kind != "inline_keyboard"):
        raise bad_request("inline keyboard expected" if inline_only else "object expected as reply markup")
    if extra := set(markup) - _KEYS[kind]:
        raise bad_request(f'can\'t parse reply keyboard markup: unknown field "{sorted(extra)[0]}"')
    if kind == "inline_keyboard":
        _check_rows(markup[kind], _check_inline)
    elif kind == "keyboard":
        _check_rows(markup[kind], _check_key)
    return markup


def _check_rows(rows: Any, check: Any) -> None:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request("can't parse reply markup: an Array of Arrays of buttons expected")
    if sum(map(len, rows)) > MAX_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    for row in rows:
        for button in row:
            check(button)


def _check_key(key: Any) -> None:
    if isinstance(key, str):
        return
    if not isinstance(key, dict) or not key.get("text") or set(key) - {"text", "request_contact", "request_location"}:
        raise bad_request("can't parse keyboard button: unknown or missing fields")


def _check_inline(button: Any) -> None:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    text = button.get("text")
    if not isinstance(text, str) or not text.strip():
        raise bad_request('can\'t parse inline keyboard button: Field "text" must be a non-empty String')
    actions = set(button) - {"text"}
    if unknown := actions - _ACTIONS:
        raise bad_request(f'can\'t parse inline keyboard button: unknown field "{sorted(unknown)[0]}"')
    if len(actions) != 1:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if "callback_data" in button:
        _check_data(button["callback_data"])
    if "url" in button:
        _check_url(button["url"])
    if "copy_text" in button:
        copied = button["copy_text"]
        if not isinstance(copied, dict) or not 1 <= len(str(copied.get("text", ""))) <= 256:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _check_data(data: Any) -> None:
    if not isinstance(data, str) or not 1 <= len(data.encode()) <= MAX_CALLBACK_DATA:
        raise bad_request("BUTTON_DATA_INVALID")


def _check_url(url: Any) -> None:
    wrong = bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    if not isinstance(url, str) or not url or re.search(r"\s", url):
        raise wrong
    try:
        parts = urlsplit(url if "://" in url or url.startswith(("mailto:", "tel:")) else f"http://{url}")
        host = parts.hostname or ""
    except ValueError:
        raise wrong from None
    if parts.scheme == "tg":
        return
    if parts.scheme not in ("http", "https"):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Unsupported URL protocol")
    if "." not in host or _LOOPBACK.fullmatch(host):
        raise wrong
