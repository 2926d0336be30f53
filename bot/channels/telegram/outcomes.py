"""What an answer of the Bot API means for the message that was sent.

The texts are those of tdlib/telegram-bot-api (Client.cpp) and TDLib; they are compared in lower case, by their
unchanging part. What is not known to have been refused is in doubt, never "not sent".
"""

import re
from typing import Any

from bot.channels.telegram.api import Answered, ApiAnswer, Lost, NeverSent
from bot.domain.messaging import Blocked, InDoubt, Moved, NotSent, Rejected, RetryLater, SendOutcome, Sent

DEFAULT_PAUSE = 5.0
LONGEST_PAUSE = 3600.0
_REASON_LIMIT = 100
_LONG_NUMBER = re.compile(r"\d{5,}")
_GONE = ("chat not found", "user is deactivated", "user_deactivated", "peer_id_invalid")
_WRONG_FILE = ("wrong file", "wrong remote file", "file_reference_", "can't use file of type")
_CONTENT = (
    *_WRONG_FILE,
    "can't parse",
    "too long",
    "too_long",
    "button_",
    "text is empty",
    "must be non-empty",
    "must be encoded in utf-8",
    "photo_invalid_dimensions",
    "image_process_failed",
)
_NO_DELETE = ("message can't be deleted",)
_GONE_MESSAGE = ("message to delete not found",)
_NO_EDIT = ("message can't be edited", "message to edit not found", "message_id_invalid", "no text in the message")


def outcome_of(answer: ApiAnswer) -> SendOutcome:
    """The outcome of a sending method."""
    match answer:
        case NeverSent(reason):
            return NotSent(reason)
        case Lost(reason):
            return InDoubt(reason)
        case Answered(status=200):
            return _sent(answer)
        case Answered(status=429):
            return RetryLater(pause_of(answer))
        case Answered(body=body) if body.get("ok") is False and 400 <= answer.status < 500:
            return _refused(answer)
    # An error of the server, or of something between us and Telegram: carried out or not is unknown.
    return InDoubt(f"the server answered {answer.status}")


def pause_of(answer: Answered) -> float:
    """The seconds that a 429 asks for: 1 to 3600; 5 where it names none that can be read."""
    value = _parameters(answer).get("retry_after")
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = float(value[:9])
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        return DEFAULT_PAUSE
    return min(max(float(value), 1.0), LONGEST_PAUSE)


def reason_of(answer: Answered) -> str:
    """Telegram's sentence, short and without long numbers, which could be somebody's id."""
    text = _LONG_NUMBER.sub("#####", " ".join(answer.description.split()))
    return text[:_REASON_LIMIT] or f"the server answered {answer.status}"


def is_unmodified(answer: ApiAnswer) -> bool:
    """An edit that changes nothing was refused: what we wanted is already there."""
    return _says(answer, ("message is not modified",))


def cannot_be_edited(answer: ApiAnswer) -> bool:
    """The message is too old, gone, or has no text of its own."""
    return _says(answer, _NO_EDIT)


def cannot_be_deleted(answer: ApiAnswer) -> bool:
    """The message was sent 48 hours ago or earlier (Telegram Bot API, deleteMessage)."""
    return _says(answer, _NO_DELETE)


def is_gone(answer: ApiAnswer) -> bool:
    """There is no such message (any more): nothing is left to delete."""
    return _says(answer, _GONE_MESSAGE)


def is_wrong_file(answer: ApiAnswer) -> bool:
    """The file handle is not (or no longer) one of this bot."""
    return _says(answer, _WRONG_FILE)


def _says(answer: ApiAnswer, texts: tuple[str, ...]) -> bool:
    if not isinstance(answer, Answered) or answer.status != 400:
        return False
    said = answer.description.lower()
    return any(text in said for text in texts)


def _sent(answer: Answered) -> SendOutcome:
    result = answer.body.get("result")
    number = result.get("message_id") if answer.ok and isinstance(result, dict) else None
    if isinstance(number, bool) or not isinstance(number, int):
        return InDoubt("the answer named no message")
    return Sent(number)


def _refused(answer: Answered) -> SendOutcome:
    if answer.status in (401, 404):
        return Rejected("the bot token is not accepted", content=True)
    if answer.status == 403:
        return Blocked(reason_of(answer))
    moved_to = _parameters(answer).get("migrate_to_chat_id")
    if isinstance(moved_to, int) and not isinstance(moved_to, bool):
        return Moved(moved_to)
    if _says(answer, _GONE):
        return Blocked(reason_of(answer))
    return Rejected(reason_of(answer), content=answer.status == 413 or _says(answer, _CONTENT))


def _parameters(answer: Answered) -> dict[str, Any]:
    found = answer.body.get("parameters")
    return found if isinstance(found, dict) else {}
