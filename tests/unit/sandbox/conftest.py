"""A stand-in with a clock that only moves when a test says so."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.sandbox import Sandbox
from bot.sandbox.samples import sample_file

TOKEN = "123456:sample"


class Clock:
    """Stands still until moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def move(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Api:
    """Calls the stand-in over HTTP as a bot does, and its control API as a test does."""

    token = TOKEN

    def __init__(self, client) -> None:
        self.client = client

    async def raw(self, method, **parameters):
        return await self.client.post(f"/bot{TOKEN}/{method}", json=parameters)

    async def __call__(self, method, **parameters):
        response = await self.raw(method, **parameters)
        body = await response.json()
        assert body["ok"] == (response.status == 200)
        return body["result"] if body["ok"] else body

    async def refused(self, method, **parameters):
        body = await self(method, **parameters)
        assert isinstance(body, dict), f"{method} was not refused"
        assert "error_code" in body, f"{method} was not refused: {body}"
        return f"{body['error_code']} {body['description']}"

    async def do(self, person, act, **fields):
        response = await self.client.post(f"/sandbox/api/people/{person.id}/{act}", json=fields)
        return await response.json()

    async def see(self, path):
        return await (await self.client.get(f"/sandbox/api/{path}")).json()

    async def order(self, path, **fields):
        response = await self.client.post(f"/sandbox/api/{path}", json=fields)
        assert response.status == 200, await response.text()
        return await response.json()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def sandbox(clock):
    return Sandbox(TOKEN, clock=clock, retry_seconds=0.01)


@pytest.fixture
async def api(sandbox, aiohttp_client):
    return Api(await aiohttp_client(sandbox.application()))


@pytest.fixture
def amina(sandbox):
    return sandbox.add_person("Amina", "ur", started=True)


@pytest.fixture
def photo():
    return sample_file("photo")[1]
