"""The Bot API over HTTP: `/bot{token}/METHOD` and `/file/bot{token}/PATH`, with faults where they are ordered."""

import asyncio
import inspect
import socket
import struct
from typing import Any

import orjson
from aiohttp import web

from bot.sandbox import editing, inline, sending, settings
from bot.sandbox.bodies import read_arguments
from bot.sandbox.calls import METHODS, Arguments, Method
from bot.sandbox.core import Core
from bot.sandbox.faults import AFTER, Fault
from bot.sandbox.refusals import Refusal, too_many_requests

_METHOD_FILES = (sending, editing, settings, inline)  # importing them registers their methods
_FOREVER = 24 * 3600.0


class Interrupted(Exception):
    """The client gets no whole answer: the connection is closed, reset or left hanging."""


class BotApi:
    """The handlers of one bot's API."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.latency = 0.0
        self._hanging: set[asyncio.Task[Any]] = set()

    def routes(self) -> list[web.RouteDef]:
        """Routes for the methods and for file downloads."""
        return [
            web.route("*", "/bot{token}/{method}", self.call),
            web.get("/file/bot{token}/{path:.+}", self.download),
        ]

    async def call(self, request: web.Request) -> web.StreamResponse:
        """One call of a method."""
        name = request.match_info["method"]
        found = METHODS.get(name.lower())
        if request.match_info["token"] != self._core.world.token:
            return self._answer(name, None, Refusal(401, "Unauthorized"))
        if found is None or request.method not in ("GET", "POST"):
            return self._answer(name, None, Refusal(404, "Not Found"))
        fault = self._core.faults.choose(found.name)
        if self.latency:
            await asyncio.sleep(self.latency)
        if fault is None:
            return await self._behave(request, found)
        return await self._misbehave(request, found, fault)

    async def _behave(self, request: web.Request, found: Method) -> web.Response:
        chat_id = None
        try:
            arguments = await read_arguments(request)
            chat_id = arguments.values.get("chat_id")
            result = await self._apply(found, arguments)
        except Refusal as refusal:
            return self._answer(found.name, chat_id, refusal)
        if found.name != "getUpdates":
            self._note(found.name, chat_id, 200, True, None)
        return _json(200, {"ok": True, "result": result})

    async def _apply(self, found: Method, arguments: Arguments) -> Any:
        result = found.function(self._core, **found.bind(arguments))
        return await result if inspect.isawaitable(result) else result

    def _answer(self, name: str, chat_id: Any, refusal: Refusal) -> web.Response:
        self._note(name, chat_id, refusal.code, False, None)
        return _json(refusal.code, refusal.answer())

    def _note(self, name: str, chat_id: Any, result: int, applied: bool, fault: str | None) -> None:
        number = int(chat_id) if str(chat_id).removeprefix("-").isdecimal() else None
        self._core.journal.attempt(self._core.world.clock().timestamp(), name, number, result, applied, fault)

    async def _misbehave(self, request: web.Request, found: Method, fault: Fault) -> web.StreamResponse:
        """Applies the call or not, notes it, and then does what the fault says."""
        if fault.kind == "slow":
            await asyncio.sleep(fault.delay_ms / 1000)
            return await self._behave(request, found)
        arguments = Arguments()
        answer: dict[str, Any] = {}
        applied = False
        try:
            arguments = await read_arguments(request)
            if fault.kind in AFTER:
                answer = {"ok": True, "result": await self._apply(found, arguments)}
                applied = True
        except Refusal as refusal:
            answer = refusal.answer()
        status = {"500-before": 500, "500-after": 500, "502-html": 502, "429": 429, "garbage": 200}.get(fault.kind, 0)
        self._note(found.name, arguments.values.get("chat_id"), status, applied, fault.kind)
        return await self._spoil(request, fault, answer)

    async def _spoil(self, request: web.Request, fault: Fault, answer: dict[str, Any]) -> web.StreamResponse:
        kind = fault.kind
        if kind == "429":
            return _json(429, too_many_requests(fault.retry_after).answer())
        if kind.startswith("500"):
            return _json(500, Refusal(500, "Internal Server Error").answer())
        if kind == "502-html":
            page = "<html><body><h1>502 Bad Gateway</h1></body></html>"
            return web.Response(status=502, text=page, content_type="text/html")
        if kind == "garbage":
            return web.Response(text="\x00 not JSON", content_type="application/json")
        if kind in ("drip", "cut-body"):
            return await self._partly(request, kind, orjson.dumps(answer))
        if kind.endswith("hang"):
            await self._hang()
        _close(request, reset=kind.endswith("reset"))
        raise Interrupted

    async def _partly(self, request: web.Request, kind: str, body: bytes) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(body))})
        await response.prepare(request)
        if kind == "cut-body":
            await response.write(body[: len(body) // 2])
            _close(request, reset=False)
            raise Interrupted
        for at in range(len(body)):
            await response.write(body[at : at + 1])
            await asyncio.sleep(0.03)
        return response

    async def _hang(self) -> None:
        """Waits until the stand-in closes; the client's patience ends first."""
        task = asyncio.ensure_future(asyncio.sleep(_FOREVER))
        self._hanging.add(task)
        try:
            await asyncio.wait([task])
        finally:
            task.cancel()
            self._hanging.discard(task)

    def release(self) -> None:
        """Lets go of everything that hangs."""
        for task in self._hanging:
            task.cancel()

    async def download(self, request: web.Request) -> web.StreamResponse:
        """A file by the path that getFile gave."""
        if request.match_info["token"] != self._core.world.token:
            return _json(401, Refusal(401, "Unauthorized").answer())
        fault = self._core.faults.choose("file")
        if fault and fault.kind == "slow":
            await asyncio.sleep(fault.delay_ms / 1000)
        elif fault:
            return await self._spoil(request, fault, {})
        stored = self._core.world.paths.get(request.match_info["path"])
        if stored is None:
            return _json(404, Refusal(404, "Not Found").answer())
        return web.Response(body=stored.data, content_type="application/octet-stream")


def _json(status: int, body: dict[str, Any]) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(body), content_type="application/json")


def _close(request: web.Request, *, reset: bool) -> None:
    """Closes the client's connection; with `reset` by RST instead of FIN."""
    transport = request.transport
    if transport is None:
        return
    if reset:
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    else:
        transport.close()
