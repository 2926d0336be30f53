"""The one way to Telegram's servers: an aiohttp session with a deadline for the whole call.

`AiohttpRequest` is also python-telegram-bot's request class (decision 0003). What goes wrong is told as a `WireError`
that knows whether the request can have reached the other side. Neither it nor any log line holds the address of a
call, because the address holds the bot token.
"""

import ssl
import urllib.request
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import ClientTimeout, TCPConnector
from multidict import CIMultiDictProxy
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

from bot.channels.telegram.codec import decode, encode
from bot.channels.telegram.http1 import AnswerTooLarge
from bot.channels.telegram.wire import Wire, WireError
from bot.errors import ConfigInvalid

DEFAULT_DEADLINE = 15.0
"""Seconds for a whole call, from the wait for a connection to the last byte: a dripping answer cannot outlast it."""
CONNECT_SECONDS = 5.0
ANSWER_LIMIT = 64 * 1024 * 1024
"""Bytes of one answer; a batch of 100 updates stays far below."""
_CHUNK = 64 * 1024
_NEVER_SENT = (
    aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorError, aiohttp.ClientHttpProxyError, aiohttp.InvalidURL,
)  # fmt: skip
"""What aiohttp raises before a connection stands. Everything else may have reached the other side."""
_JSON = {"Content-Type": "application/json"}


class AiohttpRequest(BaseRequest):
    """One session and its pool of connections. Long polling needs an instance of its own.

    `limit` is the most calls at once, `deadline` the seconds for a call that names none, `ca_file` a PEM file of
    certificate authorities to trust besides the system's (or SSL_CERT_FILE's). HTTPS_PROXY, HTTP_PROXY and NO_PROXY
    are honoured. Raises ConfigInvalid when the CA file cannot be read.
    """

    def __init__(
        self, *, limit: int = 100, deadline: float = DEFAULT_DEADLINE, ca_file: str | Path | None = None
    ) -> None:
        self._limit = limit
        self._deadline = deadline
        self._tls = _trust(ca_file)
        self._session: aiohttp.ClientSession | None = None
        self._proxies: dict[tuple[str, str], dict[str, Any]] = {}
        self._wires: dict[tuple[str, str], Wire] = {}

    @property
    def read_timeout(self) -> float | None:
        """The default deadline of a call in seconds (python-telegram-bot asks for it by this name)."""
        return self._deadline

    async def initialize(self) -> None:
        """Open the session; again is harmless."""
        if self._session is not None and not self._session.closed:
            return
        self._session = aiohttp.ClientSession(
            connector=TCPConnector(limit=self._limit, ssl=self._tls, ttl_dns_cache=300),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def shutdown(self) -> None:
        """Close every connection; none is opened again."""
        for wire in self._wires.values():
            wire.close()
        if self._session is not None:
            await self._session.close()

    async def post_json(self, url: URL, data: bytes, deadline: float) -> tuple[int, bytes]:
        """Status and body of one call with JSON, which must end within `deadline` seconds.

        By the lean way, except through a proxy. Raises WireError and AnswerTooLarge as `exchange` does.
        """
        if self._proxy(url):
            status, body, _ = await self.exchange("POST", url, data=data, deadline=deadline)
            return status, body
        return await self._wire(url).post(url, data, deadline, min(CONNECT_SECONDS, 0.9 * deadline))

    def _wire(self, url: URL) -> Wire:
        key = (url.scheme, url.raw_authority)
        wire = self._wires.get(key)
        if wire is None:
            wire = self._wires[key] = Wire(url, limit=self._limit, tls=self._tls, answer_limit=ANSWER_LIMIT)
        return wire

    async def exchange(
        self,
        method: str,
        url: str | URL,
        *,
        data: bytes | aiohttp.FormData | None = None,
        headers: Mapping[str, str] | None = None,
        deadline: float | None = None,
        limit: int = ANSWER_LIMIT,
    ) -> tuple[int, bytes, CIMultiDictProxy[str]]:
        """Status, body and headers of one call that must end within `deadline` seconds.

        Raises WireError when there is no complete answer, AnswerTooLarge when it has more than `limit` bytes.
        """
        if self._session is None:
            await self.initialize()
        if self._session is None or self._session.closed:
            raise WireError("the connection to the server is closed", sent=False)
        try:
            url = URL(url)
        except ValueError:
            raise WireError("the server's address is not a valid one", sent=False) from None
        body = aiohttp.BytesPayload(data, content_type="application/json") if isinstance(data, bytes) else data
        failure: BaseException
        try:
            async with self._session.request(
                method,
                url,
                data=body,
                headers=headers,
                allow_redirects=False,
                timeout=_timeout(deadline or self._deadline),
                **self._proxy(url),
            ) as response:
                return response.status, await _read(response, limit), response.headers
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            failure = error
        # Outside the except block: aiohttp's error names the address, and a chained error would be printed with ours.
        raise _wire_error(failure)

    def _proxy(self, url: URL) -> dict[str, Any]:
        """The proxy for a host, looked up once: aiohttp's own `trust_env` costs two threads for every call."""
        key = (url.scheme, url.host or "")
        if key not in self._proxies:
            self._proxies[key] = _proxy_from_environment(url)
        return self._proxies[key]

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """What python-telegram-bot calls. `read_timeout` is taken as the deadline of the whole call; the others are
        parts of it. Raises TimedOut or NetworkError."""
        deadline = read_timeout if isinstance(read_timeout, int | float) else None
        data, headers = _ptb_body(request_data)
        failure: NetworkError
        try:
            status, body, _ = await self.exchange(method, url, data=data, headers=headers, deadline=deadline)
        except WireError as error:
            failure = TimedOut(error.reason) if error.timed_out else NetworkError(error.reason)
        except AnswerTooLarge:
            failure = NetworkError("the answer was too large")
        else:
            if status != 429:
                return status, body
            # The library's RetryAfter fails on a pause told as text, and warns about its own future.
            failure = NetworkError("Telegram asks for a pause")
        raise failure

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """The answer as a dict. Raises TelegramError; unlike the original it never logs what it could not read."""
        try:
            value = decode(payload)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise TelegramError("Invalid server response")
        return value


@cache
def _timeout(deadline: float) -> ClientTimeout:
    """The whole call within `deadline`; less for a place in the pool and a connection, so that the error tells which
    of the two it was: aiohttp calls only the latter a ConnectionTimeoutError."""
    connect = min(CONNECT_SECONDS, 0.9 * deadline)
    return ClientTimeout(total=deadline, connect=connect, sock_connect=connect, ceil_threshold=2 * deadline)


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes:
    if response.content_length is not None and response.content_length <= limit:
        return await response.read()
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > limit:
            raise AnswerTooLarge
    return bytes(body)


def _wire_error(error: BaseException) -> WireError:
    timed_out = isinstance(error, TimeoutError)
    if isinstance(error, _NEVER_SENT):
        reason = "no connection in time" if timed_out else _why_not_connected(error)
        return WireError(reason, sent=False, timed_out=timed_out)
    if timed_out:
        return WireError("no answer in time", sent=True, timed_out=True)
    cut = isinstance(error, aiohttp.ClientPayloadError | aiohttp.ClientResponseError)
    return WireError("the answer was cut or garbled" if cut else "the connection broke off", sent=True)


def _why_not_connected(error: BaseException) -> str:
    match error:
        case aiohttp.ClientSSLError():
            return "the secure connection failed (TLS)"
        case aiohttp.ClientConnectorDNSError():
            return "the server's name was not found"
        case aiohttp.ClientHttpProxyError():
            return f"the proxy refused the connection ({error.status})"
        case aiohttp.ClientProxyConnectionError():
            return "no connection to the proxy"
        case aiohttp.ClientConnectorError() if isinstance(error.os_error, ConnectionRefusedError):
            return "the connection was refused"
        case aiohttp.InvalidURL():
            return "the server's address is not a valid one"
        case _:
            return "no connection to the server"


def _trust(ca_file: str | Path | None) -> ssl.SSLContext:
    """The system's authorities (OpenSSL honours SSL_CERT_FILE), and those of the file if there is one."""
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError) as error:
            raise ConfigInvalid(f"The CA file {str(ca_file)!r} cannot be read as PEM certificates.") from error
    return context


def _proxy_from_environment(url: URL) -> dict[str, Any]:
    address = urllib.request.getproxies().get(url.scheme)
    if not address or urllib.request.proxy_bypass(f"{url.host}:{url.port}"):
        return {}
    proxy = URL(address if "://" in address else f"http://{address}")
    # aiohttp turns this into Proxy-Authorization, on the CONNECT or on the request itself.
    login = {"Authorization": aiohttp.encode_basic_auth(proxy.user, proxy.password or "")} if proxy.user else {}
    return {"proxy": proxy.with_user(None), "proxy_headers": login}


def _ptb_body(request_data: RequestData | None) -> tuple[bytes | aiohttp.FormData | None, dict[str, str]]:
    if request_data is None:
        return None, {}
    if not request_data.contains_files:
        return encode(request_data.parameters), _JSON
    form = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return form, {}
