"""Calls of Bot API methods, and the closed set of ways in which a call can end on the wire."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import aiohttp
from yarl import URL

from bot.channels.telegram.codec import decode, encode, mend
from bot.channels.telegram.http1 import AnswerTooLarge
from bot.channels.telegram.transport import DEFAULT_DEADLINE, AiohttpRequest
from bot.channels.telegram.wire import WireError
from bot.errors import InvalidInput, Unavailable

TELEGRAM_URL = "https://api.telegram.org"
UPLOAD_BYTES_PER_SECOND = 250_000
"""The slowest uplink for which an upload still gets time enough (2 Mbit/s)."""
LONGEST_UPLOAD_SECONDS = 240.0
_DOWNLOAD_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Answered:
    """A complete answer came. `body` is empty where it was no JSON object; that happens only beside an error status."""

    status: int
    body: dict[str, Any] = field(repr=False)

    @property
    def ok(self) -> bool:
        """Whether the call was carried out."""
        return self.status == 200 and self.body.get("ok") is True

    @property
    def description(self) -> str:
        """Telegram's sentence about a refusal, or nothing."""
        text = self.body.get("description")
        return text if isinstance(text, str) else ""


@dataclass(frozen=True, slots=True)
class NeverSent:
    """No connection was made: refused, no such name, connect time-out, TLS. Certainly not carried out."""

    reason: str


@dataclass(frozen=True, slots=True)
class Lost:
    """It left and no usable answer came: reset, end of stream, deadline, cut or malformed body. Perhaps carried out."""

    reason: str


ApiAnswer = Answered | NeverSent | Lost


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on disk, or bytes, that goes along with a call; `name` is what the other side sees."""

    content: Path | bytes
    name: str
    mime: str

    @property
    def size(self) -> int:
        """Bytes. Raises OSError when the file is gone."""
        return len(self.content) if isinstance(self.content, bytes) else self.content.stat().st_size


class ApiAddress:
    """Where the methods and files of one bot are. Holds the token, so it shows nothing of itself."""

    def __init__(self, token: str, url: str = TELEGRAM_URL) -> None:
        self.token = token
        self.url = url.rstrip("/")
        self._methods: dict[str, URL] = {}

    def __repr__(self) -> str:
        return "ApiAddress(...)"

    def method(self, name: str) -> URL:
        """The address of a method."""
        if name not in self._methods:
            self._methods[name] = URL(f"{self.url}/bot{self.token}/{name}")
        return self._methods[name]

    def file(self, path: str) -> URL:
        """The address of a file that getFile named."""
        return URL(f"{self.url}/file/bot{self.token}/{quote(path)}", encoded=True)


class BotApi:
    """The lean way to call the Bot API: dicts in, dicts out, nothing raised for what happens on the wire."""

    def __init__(self, request: AiohttpRequest, address: ApiAddress, *, deadline: float = DEFAULT_DEADLINE) -> None:
        self._request = request
        self._address = address
        self._deadline = deadline

    async def call(
        self,
        method: str,
        params: Mapping[str, Any] | None = None,
        files: Mapping[str, Upload] | None = None,
        deadline: float | None = None,
    ) -> ApiAnswer:
        """Call a method. The whole call ends within `deadline` seconds, with files a little later for each byte.

        Raises OSError when a file cannot be opened.
        """
        if not files:
            return await self.post(method, encode(params or {}), deadline)
        with contextlib.ExitStack() as opened:
            form = await _form(params or {}, files, opened)
            size = sum(each.size for each in files.values())
            return await self.post(
                method, form, min((deadline or self._deadline) + size / UPLOAD_BYTES_PER_SECOND, LONGEST_UPLOAD_SECONDS)
            )

    async def post(self, method: str, data: bytes | aiohttp.FormData, deadline: float | None = None) -> ApiAnswer:
        """Call a method with finished parameters: a JSON object as bytes, or a form."""
        address, deadline = self._address.method(method), deadline or self._deadline
        try:
            if isinstance(data, bytes):
                status, body = await self._request.post_json(address, data, deadline)
            else:
                status, body, _ = await self._request.exchange("POST", address, data=data, deadline=deadline)
        except WireError as error:
            return Lost(error.reason) if error.sent else NeverSent(error.reason)
        except AnswerTooLarge:
            return Lost("the answer was too large")
        return _answer(status, body)

    async def download(self, path: str, *, limit: int) -> tuple[bytes, str]:
        """The bytes of a file of at most `limit` bytes and the content type that came with it.

        Raises InvalidInput when it is larger or not there any more, Unavailable when it may work later.
        """
        try:
            status, body, headers = await self._request.exchange(
                "GET", self._address.file(path), deadline=_DOWNLOAD_SECONDS, limit=limit
            )
        except AnswerTooLarge:
            raise InvalidInput("The file is larger than is accepted.") from None
        except WireError as error:
            raise Unavailable(f"The file could not be fetched: {error.reason}.") from None
        if status in (404, 410):
            raise InvalidInput("Telegram does not have the file any more.")
        if status != 200:
            raise Unavailable(f"The file could not be fetched: Telegram answered {status}.")
        return body, headers.get("Content-Type", "")


def _answer(status: int, body: bytes) -> ApiAnswer:
    try:
        value = decode(body)
    except ValueError:
        value = None
    if isinstance(value, dict):
        return Answered(status, value)
    return Lost("the answer was not JSON") if status == 200 else Answered(status, {})


async def _form(
    params: Mapping[str, Any], files: Mapping[str, Upload], opened: contextlib.ExitStack
) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, value in params.items():
        form.add_field(name, mend(value) if isinstance(value, str) else encode(value).decode())
    for name, upload in files.items():
        content: bytes | IO[bytes]
        if isinstance(upload.content, bytes):
            content = upload.content
        else:
            content = opened.enter_context(await asyncio.to_thread(upload.content.open, "rb"))
        form.add_field(name, content, filename=upload.name, content_type=upload.mime)
    return form
