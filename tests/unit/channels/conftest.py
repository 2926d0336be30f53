"""A small stand-in for the Bot API on loopback: it notes every call and gives the answers that a test lays out."""

import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels.telegram.api import ApiAddress, BotApi
from bot.channels.telegram.transport import AiohttpRequest

TOKEN = "123456:sample-token"


@dataclass(frozen=True)
class Call:
    """One call as the server saw it; `files` maps a field to (file name, bytes)."""

    method: str
    params: dict[str, Any]
    files: dict[str, tuple[str, bytes]]


class FakeBotApi:
    """Answers in the order in which they were laid out for a method, then with `usual`."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.headers: list[Any] = []
        self.files: dict[str, web.Response] = {}
        self.answers: dict[str, deque[web.Response]] = defaultdict(deque)
        self.usual: dict[str, Callable[[Call], Any]] = {}
        self._message_id = 0

    def will(self, method: str, status: int, body: Any) -> None:
        """Lay out an answer."""
        text = body if isinstance(body, str) else json.dumps(body)
        self.answers[method].append(web.Response(status=status, text=text, content_type="application/json"))

    def refuse(self, method: str, status: int, description: str, **parameters: Any) -> None:
        """Lay out a refusal in Telegram's form."""
        body = {"ok": False, "error_code": status, "description": description}
        self.will(method, status, {**body, "parameters": parameters} if parameters else body)

    def of(self, method: str) -> list[Call]:
        """The calls of a method."""
        return [call for call in self.calls if call.method == method]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        call = await self._noted(request)
        if self.answers[call.method]:
            return self.answers[call.method].popleft()
        result = self.usual[call.method](call) if call.method in self.usual else self._message()
        return web.json_response({"ok": True, "result": result})

    async def file(self, request: web.Request) -> web.Response:
        return self.files[request.match_info["path"]]

    async def _noted(self, request: web.Request) -> Call:
        params: dict[str, Any] = {}
        files: dict[str, tuple[str, bytes]] = {}
        if request.content_type == "multipart/form-data":
            for name, value in (await request.post()).items():
                if isinstance(value, web.FileField):
                    files[name] = (value.filename, value.file.read())
                else:
                    params[name] = value
        else:
            params = await request.json()
        call = Call(request.match_info["method"], params, files)
        self.calls.append(call)
        self.headers.append(request.headers)
        return call

    def _message(self) -> dict[str, Any]:
        self._message_id += 1
        return {"message_id": self._message_id}


@pytest.fixture
def telegram() -> FakeBotApi:
    return FakeBotApi()


@pytest.fixture
async def telegram_url(telegram: FakeBotApi) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post(f"/bot{TOKEN}/{{method}}", telegram.handle)
    app.router.add_get(f"/file/bot{TOKEN}/{{path:.+}}", telegram.file)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


@pytest.fixture
async def api(telegram_url: str) -> AsyncIterator[BotApi]:
    async with AiohttpRequest() as request:
        yield BotApi(request, ApiAddress(TOKEN, telegram_url))
