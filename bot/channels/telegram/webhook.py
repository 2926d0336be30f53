"""Updates by webhook: stored first, acknowledged afterwards."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from typing import Protocol

from aiohttp import HttpVersion11, web

from bot.channels.telegram.updates import keys_of
from bot.errors import InvalidInput, Unavailable
from bot.metrics import UPDATES

BODY_LIMIT = 1024 * 1024
"""Bytes; Telegram's updates stay below a tenth of it."""
BODY_SECONDS = 10.0
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header


class UpdateStore(Protocol):
    """Where updates go before they are acknowledged (the Inbox of services)."""

    async def accept(self, update_id: int, raw: bytes, chat_id: int = 0) -> None:
        """Return only when the update is durable; `chat_id`: whose order it keeps. Raises Unavailable."""
        ...


Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


def webhook_handler(
    inbox: UpdateStore, secret_ok: Callable[[str], bool], *, body_seconds: float = BODY_SECONDS
) -> Handler:
    """A handler for the webhook's path and every method.

    `secret_ok` compares a candidate with the secret in constant time. Nothing of a body is read before that. 200 means
    stored, or of no use: Telegram repeats anything else for 24 hours and holds back the chat's later updates meanwhile.
    """

    async def receive(request: web.BaseRequest) -> web.StreamResponse:
        if (refusal := _refusal(request, secret_ok)) is not None:
            return refusal
        content = request.content
        try:
            # Most are all there by now: nothing to wait for.
            raw = content.read_nowait() if content.is_eof() else await _body(request, body_seconds)
        except TimeoutError:
            return _answer(408)
        except (web.RequestPayloadError, ConnectionError):
            return _answer(400)
        if len(raw) > BODY_LIMIT:
            return _answer(413)
        try:
            number, chat_id = keys_of(raw)
            await inbox.accept(number, raw, chat_id)
        except InvalidInput:
            # It has no number to store it by, and would only come again: counted and let go.
            UPDATES.labels("unreadable").inc()
        except Unavailable:
            return _answer(503, **{"Retry-After": "5"})
        return stored if request.version >= HttpVersion11 and request.keep_alive else _answer(200)

    stored = _Stored()
    return receive


class _Stored(web.StreamResponse):
    """200 and nothing else, on a connection that stays open. Always the same but for its date, so it is not made anew
    for each update: the usual response costs more than all else that is done to store one."""

    _until = 0.0
    _bytes = b""

    @property
    def keep_alive(self) -> bool:
        """The connection stays."""
        return True

    async def prepare(self, request: web.BaseRequest) -> None:
        """Write the whole answer."""
        now = time.time()
        if now >= self._until:
            self._until = int(now) + 1
            date = formatdate(now, usegmt=True)
            self._bytes = f"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nServer: Vouch\r\nDate: {date}\r\n\r\n".encode()
        if request.transport is not None:
            request.transport.write(self._bytes)

    async def write_eof(self, data: bytes = b"") -> None:
        """It is written already."""


def _answer(status: int, **headers: str) -> web.Response:
    return web.Response(status=status, headers={"Server": "Vouch", **headers})


def _refusal(request: web.BaseRequest, secret_ok: Callable[[str], bool]) -> web.Response | None:
    if request.method != "POST":
        return _answer(405, Allow="POST")
    secrets = request.headers.getall(_SECRET_HEADER, [])
    if len(secrets) != 1 or not secrets[0].isascii() or not secret_ok(secrets[0]):
        return _answer(403)
    kind = request.headers.get("Content-Type")
    if kind != "application/json" and request.content_type != "application/json":
        return _answer(415)
    if (request.content_length or 0) > BODY_LIMIT:
        return _answer(413)
    return None


async def _body(request: web.BaseRequest, seconds: float) -> bytes:
    """The body, or as much of it as shows that it is too long (its length need not have been announced)."""
    body = bytearray()
    async with asyncio.timeout(seconds):
        async for chunk in request.content.iter_any():
            body += chunk
            if len(body) > BODY_LIMIT:
                break
    return bytes(body)
