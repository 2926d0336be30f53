"""What really happened on the wire: each way in which a call can go wrong ends in the right outcome, in time.

The other side is a plain socket server on loopback that misbehaves on purpose. It notes each complete request, so that
a test can tell a message that never left from one that perhaps arrived.
"""

import asyncio
import json
import logging
import shutil
import socket
import ssl
import struct
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from telegram import Bot
from telegram.error import NetworkError, TimedOut

from bot.channels.telegram.api import Answered, ApiAddress, BotApi, Lost, NeverSent
from bot.channels.telegram.messenger import TelegramMessenger
from bot.channels.telegram.transport import AiohttpRequest
from bot.domain.messaging import Blocked, InDoubt, Moved, NotSent, OutgoingMessage, Rejected, RetryLater, Sent
from bot.errors import ConfigInvalid, InvalidInput, Unavailable

TOKEN = "123456:sample-token"
SENT = {"ok": True, "result": {"message_id": 11}}
Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Peer:
    """A server and the complete requests that it received, newest last."""

    port: int = 0
    requests: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@asynccontextmanager
async def peer(behave: Behaviour, tls: ssl.SSLContext | None = None) -> AsyncIterator[Peer]:
    """A server that reads one request a connection and then behaves."""
    seen = Peer()
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            seen.requests.append(await read_request(reader))
            await behave(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    seen.port = server.sockets[0].getsockname()[1]
    try:
        yield seen
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return head + await reader.readexactly(int(line.partition(b":")[2]))
    return head


def response(status: int, body: bytes, *, length: int | None = None, kind: str = "application/json") -> bytes:
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {length or len(body)}\r\n\r\n"
    return head.encode() + body


def answers(status: int, body: object, *, length: int | None = None, kind: str = "application/json") -> Behaviour:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def behave(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(response(status, data, length=length, kind=kind))
        await writer.drain()

    return behave


async def reset(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def finish(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def hang(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    for byte in response(200, json.dumps(SENT).encode()):
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.03)


class NoMedia:
    async def open(self, media_id: int) -> object:
        raise AssertionError(media_id)


@asynccontextmanager
async def messenger(url: str, **options: float) -> AsyncIterator[TelegramMessenger]:
    async with AiohttpRequest(**options) as request:  # type: ignore[arg-type]
        yield TelegramMessenger(BotApi(request, ApiAddress(TOKEN, url), deadline=0.5), NoMedia())  # type: ignore[arg-type]


REFUSED_400 = {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}
MOVED = {"ok": False, "error_code": 400, "description": "upgraded", "parameters": {"migrate_to_chat_id": -1009}}
BLOCKED = {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}
SLOWER = {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": "10"}}


@pytest.mark.parametrize(
    ("behave", "expected"),
    [
        pytest.param(answers(200, SENT), Sent(11), id="answered"),
        pytest.param(reset, InDoubt("the connection broke off"), id="RST after the request"),
        pytest.param(finish, InDoubt("the connection broke off"), id="FIN after the request"),
        pytest.param(hang, InDoubt("no answer in time"), id="hang"),
        pytest.param(drip, InDoubt("no answer in time"), id="drip"),
        pytest.param(answers(200, b'{"ok":tr', length=90), InDoubt("the answer was cut or garbled"), id="cut body"),
        pytest.param(answers(200, b'{"ok":tr'), InDoubt("the answer was not JSON"), id="malformed JSON"),
        pytest.param(answers(200, b"[]"), InDoubt("the answer was not JSON"), id="wrong type"),
        pytest.param(answers(200, {"ok": False}), InDoubt("the answer named no message"), id="ok:false with 200"),
        pytest.param(
            answers(200, b"<html>hello</html>", kind="text/html"),
            InDoubt("the answer was not JSON"),
            id="HTML with 200",
        ),
        pytest.param(answers(500, {"ok": False}), InDoubt("the server answered 500"), id="500"),
        pytest.param(answers(502, b"<html>", kind="text/html"), InDoubt("the server answered 502"), id="502 HTML"),
        pytest.param(answers(429, SLOWER), RetryLater(10.0), id="429 with text"),
        pytest.param(answers(403, BLOCKED), Blocked("Forbidden: bot was blocked by the user"), id="403"),
        pytest.param(answers(400, REFUSED_400), Blocked("Bad Request: chat not found"), id="400 chat not found"),
        pytest.param(answers(400, MOVED), Moved(-1009), id="migrated"),
        pytest.param(
            answers(401, {"ok": False, "description": "Unauthorized"}),
            Rejected("the bot token is not accepted", content=True),
            id="401",
        ),
    ],
)
async def test_each_end_of_a_call_has_its_outcome(behave: Behaviour, expected: object) -> None:
    async with peer(behave) as server, messenger(server.url) as channel:
        started = time.monotonic()
        assert await channel.send(5, OutgoingMessage("hello")) == expected
        assert time.monotonic() - started < 1.5
        assert len(server.requests) == 1, "at most once, and never a second try by itself"


async def test_a_refused_connection_was_never_sent() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        async with messenger(url) as channel:
            assert await channel.send(5, OutgoingMessage("hello")) == NotSent("the connection was refused")


async def test_a_name_that_does_not_exist_was_never_sent() -> None:
    async with messenger("http://no-such-host.invalid") as channel:
        outcome = await channel.send(5, OutgoingMessage("hello"))
    assert isinstance(outcome, NotSent)


async def test_no_time_to_connect_was_never_sent() -> None:
    # A server with a full queue of waiting connections lets no one in.
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(deaf.getsockname())
        async with messenger(f"http://127.0.0.1:{deaf.getsockname()[1]}") as channel:
            assert await channel.send(5, OutgoingMessage("hello")) == NotSent("no connection in time")
        for each in waiting:
            each.close()


async def test_waiting_for_a_free_connection_counts_as_never_sent() -> None:
    async with peer(hang) as server, AiohttpRequest(limit=1) as request:
        api = BotApi(request, ApiAddress(TOKEN, server.url))
        first = asyncio.create_task(api.call("sendMessage", {"n": 1}, deadline=2.0))
        while not server.requests:
            await asyncio.sleep(0.01)
        assert await api.call("sendMessage", {"n": 2}, deadline=0.2) == NeverSent("no connection in time")
        assert await first == Lost("no answer in time")
        assert len(server.requests) == 1


async def test_the_deadline_covers_the_whole_call() -> None:
    async with peer(drip) as server, AiohttpRequest(deadline=0.4) as request:
        started = time.monotonic()
        answer = await BotApi(request, ApiAddress(TOKEN, server.url)).call("sendMessage", {}, deadline=0.4)
        assert answer == Lost("no answer in time")
        assert 0.35 < time.monotonic() - started < 0.8


async def test_a_batch_with_a_lone_surrogate_can_be_read() -> None:
    body = b'{"ok":true,"result":[{"update_id":1,"message":{"text":"\\ud83d"}}]}'
    async with peer(answers(200, body)) as server, AiohttpRequest() as request:
        answer = await BotApi(request, ApiAddress(TOKEN, server.url)).call("getUpdates")
    assert isinstance(answer, Answered)
    assert answer.ok


async def test_downloads_are_capped_while_they_stream() -> None:
    async with AiohttpRequest() as request:
        async with peer(answers(200, b"x" * 50_000)) as server:
            api = BotApi(request, ApiAddress(TOKEN, server.url))
            assert len((await api.download("voice/file_1.oga", limit=50_000))[0]) == 50_000
            assert server.requests[0].startswith(f"GET /file/bot{TOKEN}/voice/file_1.oga ".encode())
            with pytest.raises(InvalidInput):
                await api.download("voice/file_1.oga", limit=49_999)
        async with peer(answers(200, b"x" * 10, length=50)) as server:
            with pytest.raises(Unavailable):
                await BotApi(request, ApiAddress(TOKEN, server.url)).download("a", limit=100)
        async with peer(answers(404, b"")) as server:
            with pytest.raises(InvalidInput):
                await BotApi(request, ApiAddress(TOKEN, server.url)).download("a", limit=100)


# Kept connections


@asynccontextmanager
async def keeper() -> AsyncIterator[tuple[str, list[asyncio.StreamWriter], asyncio.Event]]:
    """A server that keeps its connections and answers with the call's own number; it holds back while told to."""
    writers: list[asyncio.StreamWriter] = []
    go_on = asyncio.Event()
    go_on.set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        try:
            while True:
                asked = json.loads((await read_request(reader)).partition(b"\r\n\r\n")[2])
                await go_on.wait()
                writer.write(response(200, json.dumps({"ok": True, "result": asked["n"]}).encode()))
        except (ConnectionError, asyncio.IncompleteReadError):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", writers, go_on
        for writer in writers:
            writer.close()


async def result_of(api: BotApi, number: int) -> object:
    answer = await api.call("sendMessage", {"n": number}, deadline=5.0)
    assert isinstance(answer, Answered), answer
    return answer.body["result"]


async def test_a_connection_is_kept_and_each_call_has_its_own_answer() -> None:
    async with keeper() as (url, writers, _), AiohttpRequest(limit=3) as request:
        api = BotApi(request, ApiAddress(TOKEN, url))
        assert [await result_of(api, number) for number in range(5)] == list(range(5))
        assert len(writers) == 1
        assert await asyncio.gather(*(result_of(api, number) for number in range(40))) == list(range(40))
        assert len(writers) == 3


async def test_the_answer_to_a_call_that_was_given_up_is_nobody_elses() -> None:
    async with keeper() as (url, writers, go_on), AiohttpRequest(limit=1) as request:
        api = BotApi(request, ApiAddress(TOKEN, url))
        go_on.clear()
        assert await api.call("sendMessage", {"n": 1}, deadline=0.1) == Lost("no answer in time")
        given_up = asyncio.create_task(api.call("sendMessage", {"n": 2}))
        while len(writers) < 2:
            await asyncio.sleep(0.01)
        given_up.cancel()
        await asyncio.gather(given_up, return_exceptions=True)
        go_on.set()
        assert await result_of(api, 3) == 3
        assert len(writers) == 3


async def test_a_kept_connection_that_went_away_or_speaks_unasked_is_not_used() -> None:
    async with keeper() as (url, writers, _), AiohttpRequest() as request:
        api = BotApi(request, ApiAddress(TOKEN, url))
        assert await result_of(api, 1) == 1
        writers[0].close()
        await writers[0].wait_closed()
        await asyncio.sleep(0.05)
        assert await result_of(api, 2) == 2
        writers[1].write(response(200, b'{"ok": true, "result": 99}'))
        await asyncio.sleep(0.05)
        assert await result_of(api, 3) == 3
        assert len(writers) == 3


# python-telegram-bot on our transport


async def test_the_library_gets_its_own_errors_and_no_address_in_them() -> None:
    for behave, expected in ((hang, TimedOut), (reset, NetworkError)):
        async with peer(behave) as server, AiohttpRequest(deadline=0.3) as request:
            bot = Bot(TOKEN, base_url=f"{server.url}/bot", request=request, get_updates_request=request)
            with pytest.raises(expected) as caught:
                await bot.get_me()
            assert TOKEN not in str(caught.value)
            assert caught.value.__context__ is None
            assert caught.value.__cause__ is None


async def test_the_token_is_in_no_log_line_and_no_reason(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for behave in (reset, hang, answers(200, b"<html>"), answers(500, b"oops")):
            async with peer(behave) as server, messenger(server.url) as channel:
                outcome = await channel.send(5, OutgoingMessage("hello"))
                assert "sample-token" not in repr(outcome)
        async with messenger("http://127.0.0.1:1") as channel:
            assert "sample-token" not in repr(await channel.send(5, OutgoingMessage("hello")))
    assert "sample-token" not in caplog.text
    assert "sample-token" not in repr(ApiAddress(TOKEN))


# Proxies and certificates


@pytest.fixture
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


async def test_an_http_proxy_sees_the_request(no_proxies: pytest.MonkeyPatch) -> None:
    async with peer(answers(200, SENT)) as proxy:
        no_proxies.setenv("HTTP_PROXY", f"http://user:word@127.0.0.1:{proxy.port}")
        async with messenger("http://bot-api.invalid") as channel:
            assert await channel.send(5, OutgoingMessage("hello")) == Sent(11)
    assert proxy.requests[0].startswith(f"POST http://bot-api.invalid/bot{TOKEN}/sendMessage ".encode())
    assert b"Proxy-Authorization: Basic dXNlcjp3b3Jk" in proxy.requests[0]


async def test_an_https_proxy_that_refuses_means_never_sent(no_proxies: pytest.MonkeyPatch) -> None:
    async with peer(answers(407, b"")) as proxy:
        no_proxies.setenv("HTTPS_PROXY", proxy.url)
        async with messenger("https://bot-api.invalid") as channel:
            outcome = await channel.send(5, OutgoingMessage("hello"))
    assert outcome == NotSent("the proxy refused the connection (407)")
    assert proxy.requests[0].startswith(b"CONNECT bot-api.invalid:443 ")


async def test_no_proxy_is_honoured(no_proxies: pytest.MonkeyPatch) -> None:
    async with peer(answers(200, SENT)) as server:
        no_proxies.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        no_proxies.setenv("NO_PROXY", "127.0.0.1")
        async with messenger(server.url) as channel:
            assert await channel.send(5, OutgoingMessage("hello")) == Sent(11)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is needed to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "cert.pem", folder / "key.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    subprocess.run(
        [*command.split(), "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    return certificate, key


async def test_certificates_are_checked_against_the_given_authorities(
    certificate: tuple[Path, Path], no_proxies: pytest.MonkeyPatch
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*certificate)

    async def outcome_with(ca_file: Path | None) -> object:
        async with AiohttpRequest(ca_file=ca_file) as request:
            channel = TelegramMessenger(BotApi(request, ApiAddress(TOKEN, url)), NoMedia())  # type: ignore[arg-type]
            return await channel.send(5, OutgoingMessage("hello"))

    async with peer(answers(200, SENT), tls) as server:
        url = f"https://localhost:{server.port}"
        assert await outcome_with(None) == NotSent("the secure connection failed (TLS)")
        assert await outcome_with(certificate[0]) == Sent(11)
        no_proxies.setenv("SSL_CERT_FILE", str(certificate[0]))
        assert await outcome_with(None) == Sent(11)


def test_an_unreadable_ca_file_is_a_setting_to_mend(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    for name in ("ca.pem", "absent.pem"):
        with pytest.raises(ConfigInvalid):
            AiohttpRequest(ca_file=tmp_path / name)
