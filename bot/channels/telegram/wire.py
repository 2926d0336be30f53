"""HTTP/1.1 as far as calls of the Bot API need it: a POST of JSON on a kept connection, one at a time on each.

A general client costs several times what the call itself does (research: 88 us against 10), for cookies, redirects,
encodings and hooks that these calls never use. Uploads, downloads and proxies go by aiohttp. What matters here is to
know whether a request can have reached the other side: it has not before its bytes are handed to the connection.
"""

import asyncio
import socket
import ssl
from collections import deque
from collections.abc import Callable
from typing import cast

import aiohappyeyeballs
from yarl import URL

from bot.channels.telegram.http1 import Answer, AnswerTooLarge, Garbled, Reader

KEEP_SECONDS = 15.0
"""A connection that has been idle for longer is not used again: the other side may be about to close it."""
_NAME_SECONDS = 300.0
_Addresses = list[aiohappyeyeballs.AddrInfoType]


class WireError(Exception):
    """A call without an answer. `sent` is False only when it certainly never left."""

    def __init__(self, reason: str, *, sent: bool, timed_out: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent
        self.timed_out = timed_out


class _Connection(asyncio.Protocol):
    """One connection, for one call at a time."""

    _transport: asyncio.Transport

    def __init__(self) -> None:
        self._reader = Reader(0)
        self._done: asyncio.Future[Answer] | None = None
        self.usable = False
        """Whether another call may use it."""
        self.idle_since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It stands."""
        self._transport = cast("asyncio.Transport", transport)
        self.usable = True

    def exchange(self, request: bytes, limit: int) -> "asyncio.Future[Answer]":
        """Send; the future ends with the answer or a WireError. From here on it may have arrived."""
        self._reader = Reader(limit)
        self._done = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._done

    def data_received(self, data: bytes) -> None:
        """A piece of the answer; what nobody asked for spoils the connection."""
        if self._done is None or self._done.done():
            self.abort()
        else:
            self._settle(self._done, lambda: self._reader.feed(data))

    def eof_received(self) -> None:
        """The other side says no more; the connection is closed."""
        self.usable = False

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone: an answer without a length ends here, any other is not whole."""
        self.usable = False
        if self._done is None or self._done.done():
            return
        if exc is None:
            self._settle(self._done, self._reader.end)
        if not self._done.done():
            cut = "the answer was cut or garbled" if self._reader.begun else "the connection broke off"
            self._done.set_exception(WireError(cut, sent=True))

    def _settle(self, done: "asyncio.Future[Answer]", read: Callable[[], Answer | None]) -> None:
        try:
            answer = read()
        except Garbled:
            self.abort()
            done.set_exception(WireError("the answer was cut or garbled", sent=True))
        except AnswerTooLarge as error:
            self.abort()
            done.set_exception(error)
        else:
            if answer is not None:
                self.usable = self.usable and answer.keep
                done.set_result(answer)

    def abort(self) -> None:
        """Let go of it at once."""
        self.usable = False
        self._transport.abort()


class Wire:
    """Posts JSON to one server. `limit` is the most calls at once; each has a connection to itself meanwhile."""

    def __init__(self, origin: URL, *, limit: int, tls: ssl.SSLContext, answer_limit: int) -> None:
        self._host = origin.raw_host or ""
        self._port = origin.port or 80
        self._tls = tls if origin.scheme == "https" else None
        self._limit = limit
        self._answer_limit = answer_limit
        self._taken = 0
        self._idle: deque[_Connection] = deque()
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._heads: dict[URL, bytes] = {}
        self._addresses: tuple[float, _Addresses] = (0.0, [])
        self._closed = False

    async def post(self, url: URL, body: bytes, deadline: float, connect: float) -> tuple[int, bytes]:
        """Status and body of one call that ends within `deadline` seconds, of which `connect` to get a connection.

        Raises WireError when there is no complete answer, AnswerTooLarge when it has too many bytes.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + deadline
        connection = self._at_once() or await self._get(connect)
        clean = False
        try:
            done = connection.exchange(b"%b%d\r\n\r\n%b" % (self._head(url), len(body), body), self._answer_limit)
            timer = loop.call_at(until, _late, done)
            try:
                answer = await done
            finally:
                timer.cancel()
            clean = True
        finally:
            self._put(connection, clean=clean)
        return answer.status, answer.body

    def _head(self, url: URL) -> bytes:
        """Everything before the length, made once for each method."""
        if url not in self._heads:
            host = url.raw_authority.rpartition("@")[2]
            self._heads[url] = (
                f"POST {url.raw_path_qs} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n"
                f"Content-Type: application/json\r\nContent-Length: "
            ).encode()
        return self._heads[url]

    # Connections

    def _at_once(self) -> _Connection | None:
        """A kept connection and a place, if nobody has to be waited for: as nearly always."""
        if self._closed or self._waiting or self._taken >= self._limit:
            return None
        connection = self._ready()
        if connection is not None:
            self._taken += 1
        return connection

    def _ready(self) -> _Connection | None:
        """A kept connection: the newest, so that those that are not needed grow old."""
        oldest = asyncio.get_running_loop().time() - KEEP_SECONDS
        while self._idle and self._idle[0].idle_since < oldest:
            self._idle.popleft().abort()
        while self._idle:
            connection = self._idle.pop()
            if connection.usable:
                return connection
            connection.abort()
        return None

    async def _get(self, seconds: float) -> _Connection:
        """A place, then a connection. Raises WireError: nothing was sent."""
        failure: WireError
        try:
            async with asyncio.timeout(seconds):
                await self._place()
                try:
                    return self._ready() or await self._connect()
                except BaseException:
                    self._leave()
                    raise
        except (OSError, UnicodeError) as error:
            failure = WireError(_why_not_connected(error), sent=False, timed_out=isinstance(error, TimeoutError))
        # Outside the except block: what is raised is shown without what it came from, which names addresses.
        raise failure

    async def _place(self) -> None:
        """Wait until one more call may be under way."""
        if self._closed:
            raise WireError("the connection to the server is closed", sent=False)
        if self._taken < self._limit and not self._waiting:
            self._taken += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn  # whoever leaves hands their place over
        except BaseException:
            if turn in self._waiting:
                self._waiting.remove(turn)
            elif not turn.cancelled():
                self._leave()
            raise

    def _leave(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._taken -= 1

    def _put(self, connection: _Connection, *, clean: bool) -> None:
        if clean and connection.usable and not self._closed:
            connection.idle_since = asyncio.get_running_loop().time()
            self._idle.append(connection)
        else:
            connection.abort()
        self._leave()

    async def _connect(self) -> _Connection:
        """Both kinds of addresses are tried side by side (RFC 8305): one that leads nowhere costs a quarter second."""
        loop = asyncio.get_running_loop()
        sock = await aiohappyeyeballs.start_connection(await self._resolve(), happy_eyeballs_delay=0.25, interleave=1)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            named = self._host if self._tls is not None else None
            _, connection = await loop.create_connection(_Connection, sock=sock, ssl=self._tls, server_hostname=named)
        except BaseException:
            sock.close()
            raise
        return connection

    async def _resolve(self) -> _Addresses:
        loop = asyncio.get_running_loop()
        until, found = self._addresses
        if loop.time() >= until:
            found = cast("_Addresses", await loop.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM))
            self._addresses = loop.time() + _NAME_SECONDS, found
        return found

    def close(self) -> None:
        """Let go of every connection that is not in use; those in use are when their call ends."""
        self._closed = True
        while self._idle:
            self._idle.pop().abort()


def _late(done: "asyncio.Future[Answer]") -> None:
    if not done.done():
        done.set_exception(WireError("no answer in time", sent=True, timed_out=True))


def _why_not_connected(error: BaseException) -> str:
    match error:
        case TimeoutError():
            return "no connection in time"
        case ssl.SSLError():
            return "the secure connection failed (TLS)"
        case socket.gaierror():
            return "the server's name was not found"
        case ConnectionRefusedError():
            return "the connection was refused"
        case _:
            return "no connection to the server"
