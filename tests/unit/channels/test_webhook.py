"""The webhook: only Telegram gets in, and nothing is acknowledged that was not stored."""

import asyncio
import logging
from collections.abc import AsyncIterator
from hmac import compare_digest

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from multidict import CIMultiDict

from bot.channels.telegram.webhook import BODY_LIMIT, webhook_handler
from bot.errors import Unavailable
from bot.metrics import REGISTRY

SECRET = "sample-secret_0123456789"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
BODY = b'{"update_id": 7, "message": {"chat": {"id": 55}}}'


class Store:
    """An inbox that remembers, or that cannot store."""

    def __init__(self) -> None:
        self.accepted: list[tuple[int, bytes, int]] = []
        self.away = False

    async def accept(self, update_id: int, raw: bytes, chat_id: int = 0) -> None:
        if self.away:
            raise Unavailable("The database is away.")
        self.accepted.append((update_id, raw, chat_id))


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
async def server(store: Store) -> AsyncIterator[TestServer]:
    app = web.Application()
    handler = webhook_handler(store, lambda candidate: compare_digest(candidate, SECRET), body_seconds=0.3)
    app.router.add_route("*", "/telegram", handler)
    async with TestServer(app) as running:
        yield running


async def post(server: TestServer, body: bytes = BODY, headers: object = None, method: str = "POST") -> int:
    if headers is None:
        headers = {HEADER: SECRET, "Content-Type": "application/json"}
    async with ClientSession() as session:
        async with session.request(method, server.make_url("/telegram"), data=body, headers=headers) as response:  # type: ignore[arg-type]
            return response.status


def headers(*secrets: str, kind: str = "application/json") -> CIMultiDict[str]:
    return CIMultiDict([("Content-Type", kind), *((HEADER, secret) for secret in secrets)])


async def test_an_update_is_stored_and_then_acknowledged(server: TestServer, store: Store) -> None:
    assert await post(server) == 200
    assert await post(server, headers=headers(SECRET, kind="application/json; charset=utf-8")) == 200
    assert store.accepted == [(7, BODY, 55), (7, BODY, 55)]


@pytest.mark.parametrize(
    "sent",
    [
        headers(),
        headers(""),
        headers("wrong"),
        headers(SECRET + "x"),
        headers(SECRET.upper()),
        headers(SECRET, SECRET),
        headers("wrong", SECRET),
        headers("\u00e9"),
    ],
)
async def test_without_the_secret_nothing_gets_in(
    server: TestServer, store: Store, sent: CIMultiDict[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert await post(server, headers=sent) == 403
    assert store.accepted == []
    assert SECRET not in caplog.text


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_other_methods_are_refused(server: TestServer, store: Store, method: str) -> None:
    assert await post(server, method=method) == 405
    assert store.accepted == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
async def test_other_types_are_refused(server: TestServer, store: Store, kind: str) -> None:
    assert await post(server, headers=headers(SECRET, kind=kind)) == 415
    assert store.accepted == []


async def raw_request(server: TestServer, head: str, body: bytes = b"", pause: float = 0.0) -> bytes:
    """The first line of the answer to a hand-made request."""
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(f"POST /telegram HTTP/1.1\r\nHost: x\r\n{head}\r\n".encode() + body)
    await writer.drain()
    line = await asyncio.wait_for(reader.readline(), 5)
    writer.close()
    return line


async def test_a_wrong_secret_is_refused_before_the_body_has_come(server: TestServer, store: Store) -> None:
    head = f"{HEADER}: wrong\r\nContent-Type: application/json\r\nContent-Length: 500\r\n"
    assert b" 403 " in await raw_request(server, head)


async def test_two_megabytes_are_refused_announced_or_not(server: TestServer, store: Store) -> None:
    head = f"{HEADER}: {SECRET}\r\nContent-Type: application/json\r\n"
    announced = await raw_request(server, f"{head}Content-Length: {2 * BODY_LIMIT}\r\n", b"{")
    assert b" 413 " in announced
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    in_pieces = await raw_request(server, f"{head}Transfer-Encoding: chunked\r\n", chunk * 17)
    assert b" 413 " in in_pieces
    assert store.accepted == []


async def test_a_slow_body_is_given_up(server: TestServer, store: Store) -> None:
    head = f"{HEADER}: {SECRET}\r\nContent-Type: application/json\r\nContent-Length: {len(BODY)}\r\n"
    assert b" 408 " in await raw_request(server, head, BODY[:10])
    assert store.accepted == []


async def test_a_garbled_body_is_refused(server: TestServer, store: Store) -> None:
    head = f"{HEADER}: {SECRET}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
    assert b" 400 " in await raw_request(server, head, b"zz\r\n")
    assert store.accepted == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"update_id": "7"}', b"\xff" * 100])
async def test_what_has_no_number_is_counted_and_let_go(server: TestServer, store: Store, body: bytes) -> None:
    before = unreadable()
    assert await post(server, body) == 200
    assert unreadable() == before + 1
    assert store.accepted == []


def unreadable() -> float:
    return REGISTRY.get_sample_value("vouch_updates_total", {"result": "unreadable"}) or 0.0


async def test_what_cannot_be_stored_is_not_acknowledged(server: TestServer, store: Store) -> None:
    store.away = True
    async with ClientSession() as session:
        sent = session.post(server.make_url("/telegram"), data=BODY, headers=headers(SECRET))
        async with sent as response:
            assert response.status == 503
            assert response.headers["Retry-After"] == "5"


async def test_one_connection_carries_many_updates_and_an_old_client_is_let_go(
    server: TestServer, store: Store
) -> None:
    reader, writer = await asyncio.open_connection(server.host, server.port)
    wanted = (
        f"{HEADER}: {SECRET}\r\nContent-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n".encode() + BODY
    )
    for _ in range(3):
        writer.write(b"POST /telegram HTTP/1.1\r\nHost: x\r\n" + wanted)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
        assert head.startswith(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n")
        assert b"\r\nDate: " in head
        assert b"aiohttp" not in head
    writer.write(b"POST /telegram HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + wanted)
    assert b" 200 " in await asyncio.wait_for(reader.read(), 5), "and then it is closed"
    writer.close()
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(b"POST /telegram HTTP/1.0\r\nHost: x\r\n" + wanted)
    assert b" 200 " in await asyncio.wait_for(reader.read(), 5)
    writer.close()
    assert len(store.accepted) == 5
