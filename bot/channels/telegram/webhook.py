"""Updates by webhook: stored first, acknowledged afterwards."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from aiohttp import web

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

    async def receive(request: web.BaseRequest) -> web.Response:
        if (refusal := _refusal(request, secret_ok)) is not None:
            return refusal
        if request.content.is_eof() and request.content_length is not None:
            # It is all there, and no longer than was announced: nothing to wait for.
            raw = request.content.read_nowait()
        else:
            try:
                raw = await _body(request, body_seconds)
            except TimeoutError:
                return _answer(408)
            except (web.RequestPayloadError, ConnectionError):
                return _answer(400)
            except _TooLongError:
                return _answer(413)
        return await _keep(inbox, raw)

    return receive


async def _keep(inbox: UpdateStore, raw: bytes) -> web.Response:
    try:
        number, chat_id = keys_of(raw)
        await inbox.accept(number, raw, chat_id)
    except InvalidInput:
        # It has no number to store it by, and would only come again: counted and let go.
        UPDATES.labels("unreadable").inc()
    except Unavailable:
        return _answer(503, **{"Retry-After": "5"})
    return _answer(200)


def _answer(status: int, **headers: str) -> web.Response:
    return web.Response(status=status, headers={"Server": "Vouch", **headers})


def _refusal(request: web.BaseRequest, secret_ok: Callable[[str], bool]) -> web.Response | None:
    if request.method != "POST":
        return _answer(405, Allow="POST")
    secrets = request.headers.getall(_SECRET_HEADER, [])
    if len(secrets) != 1 or not secrets[0].isascii() or not secret_ok(secrets[0]):
        return _answer(403)
    if request.content_type != "application/json":
        return _answer(415)
    if (request.content_length or 0) > BODY_LIMIT:
        return _answer(413)
    return None


class _TooLongError(Exception):
    """A body that is longer than it may be; its length need not have been announced."""


async def _body(request: web.BaseRequest, seconds: float) -> bytes:
    body = bytearray()
    async with asyncio.timeout(seconds):
        async for chunk in request.content.iter_any():
            body += chunk
            if len(body) > BODY_LIMIT:
                raise _TooLongError
    return bytes(body)
