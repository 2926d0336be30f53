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


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def webhook_handler(
    inbox: UpdateStore, secret_ok: Callable[[str], bool], *, body_seconds: float = BODY_SECONDS
) -> Handler:
    """A handler for the webhook's path, to be mounted for every method.

    `secret_ok` compares a candidate with the secret in constant time. Nothing of a body is read before that. 200 means
    stored, or of no use: Telegram repeats anything else for 24 hours and holds back the chat's later updates meanwhile.
    """

    async def receive(request: web.Request) -> web.Response:
        if (refusal := _refusal(request, secret_ok)) is not None:
            return refusal
        try:
            async with asyncio.timeout(body_seconds):
                raw = await _body(request)
        except TimeoutError:
            return web.Response(status=408)
        except (web.RequestPayloadError, ConnectionError):
            return web.Response(status=400)
        if raw is None:
            return web.Response(status=413)
        try:
            number, chat_id = keys_of(raw)
            await inbox.accept(number, raw, chat_id)
        except InvalidInput:
            # It has no number to store it by, and would only come again: counted and let go.
            UPDATES.labels("unreadable").inc()
        except Unavailable:
            return web.Response(status=503, headers={"Retry-After": "5"})
        return web.Response()

    return receive


def _refusal(request: web.Request, secret_ok: Callable[[str], bool]) -> web.Response | None:
    if request.method != "POST":
        return web.Response(status=405, headers={"Allow": "POST"})
    secrets = request.headers.getall(_SECRET_HEADER, [])
    if len(secrets) != 1 or not secrets[0].isascii() or not secret_ok(secrets[0]):
        return web.Response(status=403)
    if request.content_type != "application/json":
        return web.Response(status=415)
    if (request.content_length or 0) > BODY_LIMIT:
        return web.Response(status=413)
    return None


async def _body(request: web.Request) -> bytes | None:
    """The body, or None when it is longer than it may be (its length need not have been announced)."""
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > BODY_LIMIT:
            return None
    return bytes(body)
