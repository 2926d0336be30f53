"""The state of one bot's API: what becomes of a call, the truth of what arrived, and updates."""

import asyncio
import random
import re
import time
import zlib
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from tests.botapi.fates import KINDS, REFUSALS, SENDING, USUAL, Call, End, Fate, Plan
from tests.botapi.results import RESULTS, error, integer, message, refusal

_CHANGING = re.compile(r"(editMessage|deleteMessage)\w*", re.IGNORECASE)
_SHOWN = 200
"""Characters of a text that the truth keeps, beside a checksum of the whole."""
_PRIVATE, _GROUP = b'"type":"private","first_name":"Sample"', b'"type":"supergroup","title":"Sample group"'


class Arrival(NamedTuple):
    """One entry of the truth: `at` is monotonic, `wall` seconds since 1970, `checksum` the CRC-32 of the whole text."""

    at: float
    wall: float
    method: str
    chat_id: int
    text: str
    checksum: int
    message_id: int
    applied: bool
    status: int
    fault: str


class Text(NamedTuple):
    """A text that arrived: its beginning, its checksum, the end of the answer that repeats it, and its first call."""

    beginning: str
    checksum: int
    tail: bytes
    call: Call


@dataclass(slots=True)
class Api:
    """The state of one bot's API."""

    token: str
    delay: float = 0.0
    ceiling: int = 0
    plans: list[Plan] = field(default_factory=list)
    dice: random.Random = field(default_factory=lambda: random.Random(1))
    truth: list[Arrival] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    webhook: str = ""
    chats: dict[int, str] = field(default_factory=dict)
    _window: deque[float] = field(default_factory=deque)
    texts: dict[str, Text] = field(default_factory=dict)
    _message_id: int = 0
    _update_id: int = 0
    updates: list[dict[str, Any]] = field(default_factory=list)
    _poll: asyncio.Future[None] | None = None
    identity: dict[str, Any] = field(init=False)
    """The bot as getMe shows it."""
    _from: bytes = field(init=False)

    def __post_init__(self) -> None:
        self.identity = {
            "id": int(self.token.partition(":")[0]), "is_bot": True, "first_name": "StageBot", "username": "StageBot",
        }  # fmt: skip
        self._from = b'"from":' + orjson.dumps(self.identity)

    # The one place that decides what becomes of a call

    def fate(self, call: Call, sending: bool) -> Fate:
        """The fate of one call: the ceiling first, then what was ordered, then the usual."""
        if sending and self.ceiling:
            window = self._window
            while window and call.at - window[0] >= 1.0:
                window.popleft()
            if len(window) >= self.ceiling:
                return Fate(applied=False, status=429, delay=self.delay, retry_after=1)
            window.append(call.at)
        if sending and (refusal := self.chats.get(integer(call.params.get("chat_id")))):
            return Fate(applied=False, status=REFUSALS[refusal][0], delay=self.delay, name=refusal)
        for plan in self.plans:
            if plan.strikes(call, self.dice):
                ordered = KINDS[plan.kind]
                return ordered._replace(delay=ordered.delay + self.delay, name=plan.kind)
        return USUAL if not self.delay else Fate(delay=self.delay)

    # Methods

    def call(self, method: str, params: dict[str, Any]) -> tuple[Fate, bytes]:
        """Carry a call out, or not, as its fate wants; returns the fate and the body of the answer."""
        self.calls[method] += 1
        call = Call(method, params, time.monotonic())
        sending = method == "sendMessage" or SENDING.fullmatch(method) is not None
        fate = self.fate(call, sending)
        number = integer(params.get("message_id"))
        if sending and fate.applied:
            self._message_id = number = self._message_id + 1
        if sending or _CHANGING.fullmatch(method):
            text = self._note(call, fate, number)
            if method == "sendMessage" and fate.status == 200 and not fate.body:
                return fate, self._sent_text(integer(params.get("chat_id")), number, text)
        return fate, self._answer(call, fate, number, sending)

    def _answer(self, call: Call, fate: Fate, number: int, sending: bool) -> bytes:
        if fate.body:
            return fate.body
        if fate.status != 200:
            self.refused += fate.status == 429
            return error(call, fate)
        return orjson.dumps({"ok": True, "result": self._result(call, number, sending)})

    def _sent_text(self, chat_id: int, number: int, text: Text) -> bytes:
        """The answer to sendMessage, put together from parts: it is what benches count."""
        return b'{"ok":true,"result":{"message_id":%d,"date":%d,"chat":{"id":%d,%b},%b,%b' % (
            number, time.time(), chat_id, _PRIVATE if chat_id > 0 else _GROUP, self._from, text.tail,
        )  # fmt: skip

    def _note(self, call: Call, fate: Fate, number: int) -> Text:
        text = call.params.get("text") or call.params.get("caption") or ""
        known = self.texts.get(text)
        if known is None:
            tail = b'"text":' + orjson.dumps(text) + b"}}"
            known = self.texts[text] = Text(text[:_SHOWN], zlib.crc32(text.encode()), tail, call)
        self.truth.append(
            Arrival(call.at, time.time(), call.method, integer(call.params.get("chat_id")), known[0], known[1], number,
                    fate.applied, fate.status if fate.end is End.ANSWER else 0, fate.name)
        )  # fmt: skip
        return known

    def _result(self, call: Call, number: int, sending: bool) -> Any:
        name = call.method.lower()
        if name.startswith("copymessage"):
            return {"message_id": number}
        if sending or (name.startswith("editmessage") and number):
            made = message(call, number, self.identity)
            return [made] if name == "sendmediagroup" else made
        if name.endswith("webhook") or name == "getwebhookinfo":
            return self._webhook(name, call.params)
        return RESULTS[name](self.identity, call.params) if name in RESULTS else True

    def _webhook(self, name: str, params: dict[str, Any]) -> Any:
        if name == "getwebhookinfo":
            return {"url": self.webhook, "has_custom_certificate": False, "pending_update_count": len(self.updates)}
        self.webhook = params.get("url", "") if name == "setwebhook" else ""
        return True

    # Updates

    def push(self, updates: list[dict[str, Any]]) -> None:
        """Put updates where getUpdates finds them."""
        for each in updates:
            self._update_id = int(each.get("update_id", self._update_id + 1))
            self.updates.append({**each, "update_id": self._update_id})
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)

    async def poll(self, params: dict[str, Any]) -> tuple[int, bytes]:
        """getUpdates: confirm what lies before `offset`, wait up to `timeout` seconds; a newer poll ends an older."""
        if self.webhook:
            return 409, refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        offset = integer(params.get("offset"))
        self.updates = [each for each in self.updates if each["update_id"] >= offset]
        if self._poll is not None and not self._poll.done():
            self._poll.cancel()
        if not self.updates and (seconds := integer(params.get("timeout"))):
            mine = self._poll = asyncio.get_running_loop().create_future()
            await asyncio.wait([mine], timeout=seconds)
            if mine.cancelled():
                return 409, refusal(409, "Conflict: terminated by other getUpdates request")
        found = self.updates[: integer(params.get("limit")) or 100]
        return 200, orjson.dumps({"ok": True, "result": found})
