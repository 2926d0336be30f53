"""The truth about what happened, for tests and benches: every send that took effect, and every call with its result.

Entries are small tuples in bounded logs; numbers start at 1 and never repeat, so a reader asks for what is new.
"""

import hashlib
from collections import Counter, deque
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

KEPT = 300_000


class Sent(NamedTuple):
    """One message that reached a chat."""

    n: int
    at: float
    chat_id: int
    method: str
    message_id: int
    text: str
    file: str | None
    buttons: int


class Attempt(NamedTuple):
    """One call of the Bot API: `result` is the HTTP status, 0 if no whole answer was given."""

    n: int
    at: float
    method: str
    chat_id: int | None
    result: int
    applied: bool
    fault: str | None


@lru_cache(maxsize=1024)
def text_hash(text: str) -> str:
    """SHA-256 of a text, the first 16 hexadecimal digits."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class Journal:
    """Both logs and a count of sends per chat."""

    def __init__(self, kept: int = KEPT) -> None:
        self._sent: deque[Sent] = deque(maxlen=kept)
        self._attempts: deque[Attempt] = deque(maxlen=kept)
        self._sent_count = 0
        self._attempt_count = 0
        self.per_chat: Counter[int] = Counter()

    def sent(self, at: float, method: str, message: dict[str, Any], file: str | None) -> None:
        """Notes a message that was put into a chat."""
        self._sent_count += 1
        chat_id = message["chat"]["id"]
        text = message.get("text") or message.get("caption") or ""
        buttons = sum(map(len, message.get("reply_markup", {}).get("inline_keyboard", ())))
        entry = Sent(self._sent_count, at, chat_id, method, message["message_id"], text, file, buttons)
        self._sent.append(entry)
        self.per_chat[chat_id] += 1

    def attempt(
        self, at: float, method: str, chat_id: int | None, result: int, applied: bool, fault: str | None
    ) -> None:
        """Notes a call, whatever came of it."""
        self._attempt_count += 1
        self._attempts.append(Attempt(self._attempt_count, at, method, chat_id, result, applied, fault))

    def read_sent(self, since: int = 0, limit: int = KEPT) -> list[dict[str, Any]]:
        """Sends with a number above `since`, oldest first, at most `limit`."""
        return [
            {**entry._asdict(), "at": _moment(entry.at), "text_hash": text_hash(entry.text)}
            for entry in _after(self._sent, since, limit)
        ]

    def read_attempts(self, since: int = 0, limit: int = KEPT) -> list[dict[str, Any]]:
        """Calls with a number above `since`, oldest first, at most `limit`."""
        return [{**entry._asdict(), "at": _moment(entry.at)} for entry in _after(self._attempts, since, limit)]


def _after(log: deque[Any], since: int, limit: int) -> list[Any]:
    if not log:
        return []
    skip = max(0, since - log[0].n + 1)
    return list(islice(log, skip, skip + limit))
