"""The wire: HTTP/1.1 as far as clients of the Bot API use it, every way in which a call may end, and the way in."""

import asyncio
import re
import socket
import struct
from typing import Any, cast
from urllib.parse import parse_qsl

import orjson

from tests.botapi.api import Api
from tests.botapi.control import Control
from tests.botapi.fates import End, Fate
from tests.botapi.results import FILE, refusal

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[ \t]*chunked", re.IGNORECASE)
_TYPE = re.compile(rb"\r\ncontent-type:[ \t]*([^\r\n]+)", re.IGNORECASE)
_PART = re.compile(rb'name="([^"]+)"(; filename="[^"]*")?[^\r]*\r\n(?:[^\r]+\r\n)*\r\n(.*)\Z', re.DOTALL)


class Connection(asyncio.Protocol):
    """One kept connection: HTTP/1.1 as far as clients of the Bot API use it."""

    def __init__(self, api: Api, control: Control, all_of_them: set["Connection"]) -> None:
        self._api = api
        self._control = control
        self._all = all_of_them
        self._prefix = f"/bot{api.token}/"
        self._buffer = b""
        self._transport: asyncio.Transport
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is there."""
        self._transport = cast("asyncio.Transport", transport)
        self._all.add(self)

    def connection_lost(self, _exc: Exception | None) -> None:
        """A client is gone."""
        self._all.discard(self)

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
                self._write(200, self._control.answer(path[9:], dict(parse_qsl(query)), body))
            except (KeyError, ValueError, TypeError) as error:
                self._write(400, repr(error).encode())
        elif path.startswith(f"/file{self._prefix}"):
            self._write(200, FILE, b"application/octet-stream")
        else:
            self._write(401, refusal(401, "Unauthorized"))

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
        self._control = Control(api, self.turn)
        self._server: asyncio.Server | None = None
        self._connections: set[Connection] = set()
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
        self._server = await self._listen(self._port, self._connections)

    async def open_control(self, port: int) -> None:
        """A second way in, which stays open whatever becomes of the first."""
        await self._listen(port, set())

    async def _listen(self, port: int, connections: set[Connection]) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        return await loop.create_server(
            lambda: Connection(self._api, self._control, connections), "127.0.0.1", port, backlog=1024
        )

    def _shut(self) -> None:
        for held in self._held:
            held.close()
        self._held.clear()
        if self._server is not None:
            self._server.close()
            self._server = None
        for each in list(self._connections):
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
