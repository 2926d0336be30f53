"""A fast stand-in for the Bot API, as a process: `python -m tests.botapi --port N --token T` (`--help` for more).

`--control-port M` opens a second door that stays open while the first is shut.

It answers any method, keeps the truth of what arrived in memory, and is far quicker than any client measured with it.
The sandbox of the demo is richer and slower; this one is for figures. Over `/control/` a test reads and steers it:

- `GET /control/sent?since=N&limit=M`: what arrived, oldest first (see `Arrival`).
- `GET /control/bodies`: every text that ever arrived, by its checksum, as `[method, parameters]` of its first call.
- `GET /control/counts`: calls by method, `sent` (entries of the truth), `applied`, `refused`, its own `cpu` seconds.
- `POST /control/set`: any of `delay_ms`, `ceiling` (sends in any sliding second; 0: none), `faults` (see `Plan`),
  `chats` (how a chat refuses: see `REFUSALS`), `door` (`open`, `shut`, `deaf`).
- `POST /control/updates`: a list of updates for getUpdates; those without an `update_id` get the next one.
- `POST /control/forget`: empties the truth; message ids go on.

Updates come by getUpdates only; setWebhook is remembered, and delivering is the caller's work.
"""

import argparse
import asyncio
import random
import re
import socket
import struct
import time
import zlib
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple, cast
from urllib.parse import parse_qsl

import orjson
import uvloop

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[ \t]*chunked", re.IGNORECASE)
_TYPE = re.compile(rb"\r\ncontent-type:[ \t]*([^\r\n]+)", re.IGNORECASE)
_PART = re.compile(rb'name="([^"]+)"(; filename="[^"]*")?[^\r]*\r\n(?:[^\r]+\r\n)*\r\n(.*)\Z', re.DOTALL)
_SENDING = re.compile(r"(send(?!ChatAction)|copyMessage|forwardMessage)\w*", re.IGNORECASE)
_CHANGING = re.compile(r"(editMessage|deleteMessage)\w*", re.IGNORECASE)
_MEDIA = {
    "sendvoice": "voice", "sendvideo": "video", "sendvideonote": "video_note", "sendphoto": "photo",
    "sendaudio": "audio", "sendanimation": "animation", "senddocument": "document", "sendsticker": "sticker",
}  # fmt: skip
_SHOWN = 200
"""Characters of a text that the truth keeps, beside a checksum of the whole."""


class End(StrEnum):
    """How a call ends on the wire: an answer, whole, cut or dripping; a reset, an end of stream, or nothing ever."""

    ANSWER = "answer"
    RESET = "reset"
    FIN = "fin"
    HANG = "hang"
    DRIP = "drip"
    CUT = "cut"


class Fate(NamedTuple):
    """What becomes of one call: whether it is carried out, how it ends, and after how many seconds.

    `retry_after` None: a 429 that names no time. `body` is sent instead of the answer. `name` is told in the truth.
    """

    applied: bool = True
    end: End = End.ANSWER
    status: int = 200
    delay: float = 0.0
    retry_after: int | str | None = 0
    body: bytes = b""
    name: str = ""


class Call(NamedTuple):
    """One call of a method as it arrived; `at` is monotonic."""

    method: str
    params: dict[str, Any]
    at: float


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


class _Text(NamedTuple):
    """A text that arrived: its beginning, its checksum, the end of the answer that repeats it, and its first call."""

    beginning: str
    checksum: int
    tail: bytes
    call: Call


@dataclass(slots=True)
class Plan:
    """Ordered misbehaviour: `kind` of KINDS happens to a share `chance` of the matching calls, at most `count` times.

    `methods` are method names, empty for all sends.
    """

    kind: str
    chance: float = 1.0
    count: int = -1
    methods: tuple[str, ...] = ()

    def strikes(self, call: Call, dice: random.Random) -> bool:
        """Whether it happens to this call."""
        named = call.method in self.methods if self.methods else bool(_SENDING.fullmatch(call.method))
        if not named or self.count == 0 or dice.random() >= self.chance:
            return False
        self.count -= 1
        return True


_HTML = b"<html><body><h1>Bad gateway</h1></body></html>"
_PAGE = {
    status: Fate(applied=False, status=status, body=_HTML if status == 502 else b"") for status in (500, 502, 503, 504)
}
_ANSWERS: dict[str, Fate] = {
    "reset": Fate(end=End.RESET), "fin": Fate(end=End.FIN), "hang": Fate(end=End.HANG), "drip": Fate(end=End.DRIP),
    "cut": Fate(end=End.CUT), "html": Fate(body=_HTML), "malformed": Fate(body=b'{"ok":true,"result":{"message_i'),
    "wrong-type": Fate(body=b'{"ok":true,"result":7}'), **{str(status): fate for status, fate in _PAGE.items()},
}  # fmt: skip
_USUAL = Fate()
_PRIVATE, _GROUP = b'"type":"private","first_name":"Sample"', b'"type":"supergroup","title":"Sample group"'
KINDS: dict[str, Fate] = {
    **{kind: fate._replace(applied=False) for kind, fate in _ANSWERS.items()},
    **{f"applied-then-{kind}": fate._replace(applied=True) for kind, fate in _ANSWERS.items()},
    "ok-false": Fate(applied=False, body=b'{"ok":false,"error_code":200,"description":"What?"}'),
    **{f"429-{after}": Fate(applied=False, status=429, retry_after=after) for after in (1, 5, 30, 3600, "10", None)},
    "slow": Fate(delay=2.0),
}
"""Every fault that can be ordered, by name; `delay` is added to the stand-in's own."""

REFUSALS: dict[str, tuple[int, str]] = {
    "blocked": (403, "Forbidden: bot was blocked by the user"),
    "deactivated": (403, "Forbidden: user is deactivated"),
    "unknown": (400, "Bad Request: chat not found"),
    "moved": (400, "Bad Request: group chat was upgraded to a supergroup chat"),
}
"""How a chat refuses, by name, in the words of Telegram's server. Who moved has the number of their chat plus MOVED."""
MOVED = -100_000_000_000_000


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
    connections: set["Connection"] = field(default_factory=set)
    door: "Door | None" = None
    _window: deque[float] = field(default_factory=deque)
    _texts: dict[str, "_Text"] = field(default_factory=dict)
    _message_id: int = 0
    _update_id: int = 0
    _updates: list[dict[str, Any]] = field(default_factory=list)
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
        if sending and (refusal := self.chats.get(_integer(call.params.get("chat_id")))):
            return Fate(applied=False, status=REFUSALS[refusal][0], delay=self.delay, name=refusal)
        for plan in self.plans:
            if plan.strikes(call, self.dice):
                ordered = KINDS[plan.kind]
                return ordered._replace(delay=ordered.delay + self.delay, name=plan.kind)
        return _USUAL if not self.delay else Fate(delay=self.delay)

    # Methods

    def call(self, method: str, params: dict[str, Any]) -> tuple[Fate, bytes]:
        """Carry a call out, or not, as its fate wants; returns the fate and the body of the answer."""
        self.calls[method] += 1
        call = Call(method, params, time.monotonic())
        sending = method == "sendMessage" or _SENDING.fullmatch(method) is not None
        fate = self.fate(call, sending)
        number = _integer(params.get("message_id"))
        if sending and fate.applied:
            self._message_id = number = self._message_id + 1
        if sending or _CHANGING.fullmatch(method):
            text = self._note(call, fate, number)
            if method == "sendMessage" and fate.status == 200 and not fate.body:
                return fate, self._sent_text(_integer(params.get("chat_id")), number, text)
        return fate, self._answer(call, fate, number, sending)

    def _answer(self, call: Call, fate: Fate, number: int, sending: bool) -> bytes:
        if fate.body:
            return fate.body
        if fate.status != 200:
            self.refused += fate.status == 429
            return _error(call, fate)
        return orjson.dumps({"ok": True, "result": self._result(call, number, sending)})

    def _sent_text(self, chat_id: int, number: int, text: _Text) -> bytes:
        """The answer to sendMessage, put together from parts: it is what benches count."""
        return b'{"ok":true,"result":{"message_id":%d,"date":%d,"chat":{"id":%d,%b},%b,%b' % (
            number, time.time(), chat_id, _PRIVATE if chat_id > 0 else _GROUP, self._from, text.tail,
        )  # fmt: skip

    def _note(self, call: Call, fate: Fate, number: int) -> _Text:
        text = call.params.get("text") or call.params.get("caption") or ""
        known = self._texts.get(text)
        if known is None:
            tail = b'"text":' + orjson.dumps(text) + b"}}"
            known = self._texts[text] = _Text(text[:_SHOWN], zlib.crc32(text.encode()), tail, call)
        self.truth.append(
            Arrival(call.at, time.time(), call.method, _integer(call.params.get("chat_id")), known[0], known[1], number,
                    fate.applied, fate.status if fate.end is End.ANSWER else 0, fate.name)
        )  # fmt: skip
        return known

    def _result(self, call: Call, number: int, sending: bool) -> Any:
        name = call.method.lower()
        if name.startswith("copymessage"):
            return {"message_id": number}
        if sending or (name.startswith("editmessage") and number):
            message = self._message(call, number)
            return [message] if name == "sendmediagroup" else message
        return _RESULTS[name](self, call.params) if name in _RESULTS else True

    def _message(self, call: Call, number: int) -> dict[str, Any]:
        chat_id, params = _integer(call.params.get("chat_id")), call.params
        message: dict[str, Any] = {
            "message_id": number, "date": int(time.time()), "from": self.identity,
            "chat": {"id": chat_id, "type": "private", "first_name": "Sample"} if chat_id > 0
            else {"id": chat_id, "type": "supergroup", "title": "Sample group"},
        }  # fmt: skip
        kind = _MEDIA.get(call.method.lower())
        if kind is None:
            message["text"] = params.get("text", "")
            return message
        given = params.get(kind)
        file_id = given if isinstance(given, str) else f"file-{number}"
        found = {"file_id": file_id, "file_unique_id": f"u-{zlib.crc32(file_id.encode())}", "file_size": 1000,
                 "duration": 1, "width": 1, "height": 1, "length": 1, "type": "regular", "is_animated": False,
                 "is_video": False}  # fmt: skip
        message[kind] = [found] if kind == "photo" else found
        if params.get("caption"):
            message["caption"] = params["caption"]
        return message

    # Updates

    def push(self, updates: list[dict[str, Any]]) -> None:
        """Put updates where getUpdates finds them."""
        for each in updates:
            self._update_id = int(each.get("update_id", self._update_id + 1))
            self._updates.append({**each, "update_id": self._update_id})
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)

    async def poll(self, params: dict[str, Any]) -> tuple[int, bytes]:
        """getUpdates: confirm what lies before `offset`, wait up to `timeout` seconds; a newer poll ends an older."""
        if self.webhook:
            return 409, _refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        offset = _integer(params.get("offset"))
        self._updates = [each for each in self._updates if each["update_id"] >= offset]
        if self._poll is not None and not self._poll.done():
            self._poll.cancel()
        if not self._updates and (seconds := _integer(params.get("timeout"))):
            mine = self._poll = asyncio.get_running_loop().create_future()
            await asyncio.wait([mine], timeout=seconds)
            if mine.cancelled():
                return 409, _refusal(409, "Conflict: terminated by other getUpdates request")
        found = self._updates[: _integer(params.get("limit")) or 100]
        return 200, orjson.dumps({"ok": True, "result": found})

    # Control

    def control(self, path: str, query: dict[str, str], body: bytes) -> bytes:
        """What the test asks for. Raises KeyError for what there is not."""
        return _CONTROL[path](self, query, orjson.loads(body) if body else None)

    def _sent(self, query: dict[str, str], _body: Any) -> bytes:
        since = int(query.get("since", 0))
        found = self.truth[since : since + int(query.get("limit", 1_000_000))]
        return orjson.dumps([each._asdict() for each in found])

    def _counts(self, _query: dict[str, str], _body: Any) -> bytes:
        return orjson.dumps(
            {"calls": self.calls, "sent": len(self.truth), "applied": sum(each.applied for each in self.truth),
             "refused": self.refused, "waiting": len(self._updates), "cpu": time.process_time()}
        )  # fmt: skip

    def _bodies(self, _query: dict[str, str], _body: Any) -> bytes:
        return orjson.dumps(
            {each.checksum: [each.call.method, each.call.params] for each in self._texts.values()},
            option=orjson.OPT_NON_STR_KEYS,
        )

    def _set(self, _query: dict[str, str], body: Any) -> bytes:
        if "delay_ms" in body:
            self.delay = body["delay_ms"] / 1000
        if "ceiling" in body:
            self.ceiling = int(body["ceiling"])
        if "faults" in body:
            plans = [Plan(**{**each, "methods": tuple(each.get("methods", ()))}) for each in body["faults"]]
            self.plans = [each for each in plans if KINDS[each.kind]]
        if "chats" in body:
            self.chats = {int(chat_id): refusal for chat_id, refusal in body["chats"].items() if REFUSALS[refusal]}
        if "door" in body and self.door is not None:
            self.door.turn(body["door"])
        return b"true"

    def _push(self, _query: dict[str, str], body: Any) -> bytes:
        self.push(body)
        return b"true"

    def _forget(self, _query: dict[str, str], _body: Any) -> bytes:
        self.truth.clear()
        self.calls.clear()
        self.refused = 0
        return b"true"

    def set_webhook(self, url: str) -> bool:
        """Remember where updates are wanted; empty: nowhere."""
        self.webhook = url
        return True


_RESULTS: dict[str, Callable[[Api, dict[str, Any]], Any]] = {
    "getme": lambda api, _: {**api.identity, "can_join_groups": True, "supports_inline_queries": True},
    "setwebhook": lambda api, params: api.set_webhook(params.get("url", "")),
    "deletewebhook": lambda api, _: api.set_webhook(""),
    "getwebhookinfo": lambda api, _: {"url": api.webhook, "has_custom_certificate": False, "pending_update_count": 0},
    "getmycommands": lambda _api, _: [],
    "getmydescription": lambda _api, _: {"description": ""},
    "getmyshortdescription": lambda _api, _: {"short_description": ""},
    "getmyname": lambda _api, _: {"name": "StageBot"},
    "getchat": lambda _api, params: {"id": _integer(params.get("chat_id")), "type": "private"},
    "getfile": lambda _api, params: {
        "file_id": params.get("file_id", ""), "file_unique_id": "u", "file_size": len(FILE),
        "file_path": f"documents/{params.get('file_id', '')}",
    },
}  # fmt: skip
FILE: bytes = b"a sample file"
"""What every download gives."""
_CONTROL: dict[str, Callable[[Api, dict[str, str], Any], bytes]] = {
    "sent": Api._sent, "counts": Api._counts, "bodies": Api._bodies, "set": Api._set, "updates": Api._push,
    "forget": Api._forget,
}  # fmt: skip


def _integer(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0


def _error(call: Call, fate: Fate) -> bytes:
    """The body beside an error status."""
    if fate.status == 429:
        said = {"error_code": 429, "description": f"Too Many Requests: retry after {fate.retry_after}"}
        given = {} if fate.retry_after is None else {"parameters": {"retry_after": fate.retry_after}}
        return orjson.dumps({"ok": False, **said, **given})
    if fate.name not in REFUSALS:
        return _refusal(fate.status, "Internal Server Error")
    moved = {"parameters": {"migrate_to_chat_id": MOVED - _integer(call.params.get("chat_id"))}}
    description = REFUSALS[fate.name][1]
    return orjson.dumps(
        {"ok": False, "error_code": fate.status, "description": description, **(moved if fate.name == "moved" else {})}
    )


def _refusal(status: int, description: str) -> bytes:
    return orjson.dumps({"ok": False, "error_code": status, "description": description})


# HTTP


class Connection(asyncio.Protocol):
    """One kept connection: HTTP/1.1 as far as clients of the Bot API use it."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._prefix = f"/bot{api.token}/"
        self._buffer = b""
        self._transport: asyncio.Transport
        self.port = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is there."""
        self._transport = cast("asyncio.Transport", transport)
        self.port = transport.get_extra_info("sockname")[1]
        self._api.connections.add(self)

    def connection_lost(self, _exc: Exception | None) -> None:
        """A client is gone."""
        self._api.connections.discard(self)

    def abort(self) -> None:
        """Reset the connection: a close with nothing to linger for (socket(7), SO_LINGER)."""
        wire = self._transport.get_extra_info("socket")
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        self._buffer = self._buffer + data if self._buffer else data
        while self._buffer:
            found = self._next()
            if found is None:
                return
            self._serve(*found)

    def _next(self) -> tuple[bytes, bytes] | None:
        """The head and the body of the next whole request."""
        end = self._buffer.find(b"\r\n\r\n") + 4
        if end < 4:
            return None
        head = self._buffer[:end]
        length = _LENGTH.search(head)
        if length is None and _CHUNKED.search(head):
            return self._next_chunked(head, end)
        whole = end + (int(length[1]) if length else 0)
        if len(self._buffer) < whole:
            return None
        body, self._buffer = self._buffer[end:whole], self._buffer[whole:]
        return head, body

    def _next_chunked(self, head: bytes, at: int) -> tuple[bytes, bytes] | None:
        body = b""
        while True:
            end = self._buffer.find(b"\r\n", at)
            if end < 0:
                return None
            size = int(self._buffer[at:end].partition(b";")[0], 16)
            if len(self._buffer) < end + 2 + size + 2:
                return None
            body += self._buffer[end + 2 : end + 2 + size]
            at = end + 2 + size + 2
            if size == 0:
                self._buffer = self._buffer[at:]
                return head, body

    def _serve(self, head: bytes, body: bytes) -> None:
        path, _, query = head.split(b" ", 2)[1].decode().partition("?")
        if path.startswith(self._prefix):
            self._method(path[len(self._prefix) :], _parameters(head, query, body))
        elif path.startswith("/control/"):
            try:
                self._write(200, self._api.control(path[9:], dict(parse_qsl(query)), body))
            except (KeyError, ValueError, TypeError) as error:
                self._write(400, repr(error).encode())
        elif path.startswith(f"/file{self._prefix}"):
            self._write(200, FILE, b"application/octet-stream")
        else:
            self._write(401, _refusal(401, "Unauthorized"))

    def _method(self, method: str, params: dict[str, Any]) -> None:
        if method.lower() == "getupdates":
            task = asyncio.get_running_loop().create_task(self._poll(params))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            return
        fate, answer = self._api.call(method, params)
        if fate.delay:
            asyncio.get_running_loop().call_later(fate.delay, self._end, fate, answer)
        else:
            self._end(fate, answer)

    async def _poll(self, params: dict[str, Any]) -> None:
        self._api.calls["getUpdates"] += 1
        self._write(*await self._api.poll(params))

    def _end(self, fate: Fate, answer: bytes) -> None:
        """Let a call end on the wire as its fate wants."""
        match fate.end:
            case End.RESET:
                self.abort()
            case End.FIN:
                self._transport.close()
            case End.CUT:
                self._write(fate.status, answer, cut=len(answer) // 2)
                self._transport.close()
            case End.DRIP:
                self._write(fate.status, answer, cut=1)
                self._drip(answer[1:])
            case End.ANSWER:
                self._write(fate.status, answer)

    def _drip(self, rest: bytes) -> None:
        """One byte a second: every single wait is short, the whole is endless."""
        if rest and not self._transport.is_closing():
            self._transport.write(rest[:1])
            asyncio.get_running_loop().call_later(1.0, self._drip, rest[1:])

    def _write(
        self, status: int, body: bytes, kind: bytes = b"application/json", *, cut: int | None = None
    ) -> None:  # fmt: skip
        """The answer; of a body that is `cut` only so many bytes, though it promises all."""
        if not self._transport.is_closing():
            self._transport.write(
                b"HTTP/1.1 %d X\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n%b"
                % (status, kind, len(body), body[:cut])
            )


def _parameters(head: bytes, query: str, body: bytes) -> dict[str, Any]:
    """Parameters from the address, and from a body of JSON, a form, or parts."""
    params: dict[str, Any] = dict(parse_qsl(query)) if query else {}
    if not body:
        return params
    if body[:1] == b"{":
        return {**params, **orjson.loads(body)}
    found = _TYPE.search(head)
    kind = found[1] if found else b""
    if kind.startswith(b"multipart/"):
        boundary = b"--" + kind.partition(b"boundary=")[2].strip(b'"')
        parts = [match for each in body.split(boundary)[1:-1] if (match := _PART.search(each.removesuffix(b"\r\n")))]
        return {**params, **{part[1].decode(): {} if part[2] else part[3].decode() for part in parts}}
    return {**params, **dict(parse_qsl(body.decode()))}


class Door:
    """Where clients come in: open; shut, so that they are refused; or deaf, so that nobody takes the call."""

    def __init__(self, api: Api, port: int) -> None:
        self._api = api
        self._port = port
        self._server: asyncio.Server | None = None
        self._held: list[socket.socket] = []
        self._turning: asyncio.Task[None] | None = None

    def turn(self, how: str) -> None:
        """Change it, soon."""
        self._turning = asyncio.get_running_loop().create_task(self._turn(how))

    async def _turn(self, how: str) -> None:
        self._shut()
        if how == "deaf":
            self._fall_deaf()
        elif how == "open":
            await self.open()

    async def open(self) -> None:
        """Take clients."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Connection(self._api), "127.0.0.1", self._port, backlog=1024)

    def _shut(self) -> None:
        for held in self._held:
            held.close()
        self._held.clear()
        if self._server is not None:
            self._server.close()
            self._server = None
        for each in [each for each in self._api.connections if each.port == self._port]:
            each.abort()

    def _fall_deaf(self) -> None:
        """A queue of one that stays full: the kernel leaves further callers without an answer."""
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self._port))
        listening.listen(0)
        self._held.append(listening)
        for _ in range(3):
            caller = socket.socket()
            caller.setblocking(False)
            caller.connect_ex(("127.0.0.1", self._port))
            self._held.append(caller)


async def serve(port: int, api: Api, control_port: int = 0) -> None:
    """Serve until cancelled; on `control_port`, if there is one, whatever becomes of the first."""
    api.door = Door(api, port)
    await api.door.open()
    if control_port:
        await asyncio.get_running_loop().create_server(lambda: Connection(api), "127.0.0.1", control_port)
    await asyncio.Event().wait()


def main() -> None:
    """Start it as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m tests.botapi")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--delay-ms", type=float, default=0.0)
    parser.add_argument("--ceiling", type=int, default=0)
    parser.add_argument("--control-port", type=int, default=0)
    said = parser.parse_args()
    uvloop.run(serve(said.port, Api(said.token, delay=said.delay_ms / 1000, ceiling=said.ceiling), said.control_port))


if __name__ == "__main__":
    main()
