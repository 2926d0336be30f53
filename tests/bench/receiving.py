"""Receiving: a webhook that stores before it answers 200, beside one that forgets everything; and handling."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import sqlalchemy as sa

from bot.db.tables import outbox, updates
from tests.bench.pace import said
from tests.bench.place import Place, place
from tests.bench.processes import cpu_seconds, running
from tests.bench.residents import FIRST_CHAT
from tests.chaos.figures import Figure, at_least, of_limit, share_of, shown
from tests.stage import free_port

UPDATES = 5_000
HANDLED = 3_000
PEOPLE = 1_000
ROUNDS = 3
CONNECTIONS = 40
"""As many as Telegram opens to a webhook (setWebhook, max_connections)."""
STEADY_RATE, STEADY_SECONDS = 500, 4
SECRET = "a-secret-of-the-bench-only"
SETTINGS = {"VOUCH_TELEGRAM_UPDATES": "webhook", "VOUCH_WEBHOOK_SECRET": SECRET}
QUESTION = "Is it true that the library closes next week? My neighbour said so, and {} others."


async def receiving(folder: Path, engines: list[str]) -> list[Figure]:
    """Both from the same sender, in turns; the best round of each counts. The role `web` stores, nothing more."""
    figures: list[Figure] = []
    for engine in engines:
        async with _webhook(folder, engine, "web") as here:
            bare = free_port()
            url = f"http://127.0.0.1:{bare}/readyz"
            async with running(url, "tests.bench.bare", "receive", str(bare), SECRET) as other:
                figures += await _as_fast_as_it_goes(here, engine, bare, other)
                figures += await _steadily(here, engine, bare)
    return figures


async def handling(folder: Path, engines: list[str]) -> list[Figure]:
    """From the webhook to the committed answer, in one process; the answers then wait, at one a second."""
    figures: list[Figure] = []
    for engine in engines:
        async with _webhook(folder, engine, "all", VOUCH_RATE_PER_SECOND="1") as here:
            label = f"handled to the committed answer, {engine}"
            figures += [
                at_least(f"{label}: /start, a CPU second", await _handle(here, 1, "/start"), 1000, "updates"),
                shown(f"{label}: a question, a CPU second", await _handle(here, 1 + HANDLED, QUESTION), "updates"),
            ]
    return figures


@asynccontextmanager
async def _webhook(folder: Path, engine: str, role: str, **settings: str) -> AsyncIterator[Place]:
    async with place(folder, engine, PEOPLE, **SETTINGS, **settings) as here:
        await here.stage.start("--role", role)
        yield here


async def _as_fast_as_it_goes(here: Place, engine: str, bare: int, other: int) -> list[Figure]:
    walls: tuple[list[float], list[float]] = ([], [])
    costs: tuple[list[float], list[float]] = ([], [])
    database = []
    for turn in range(ROUNDS):
        requests = _requests(1 + turn * UPDATES, UPDATES, QUESTION)
        before = here.cpu()
        walls[0].append(await _post(here.stage.port, requests))
        after, idle = here.cpu(), cpu_seconds(other)
        walls[1].append(await _post(bare, requests))
        costs[0].append(after[0] - before[0])
        costs[1].append(cpu_seconds(other) - idle)
        database.append(after[1] - before[1])
    assert await _count(here, sa.select(sa.func.count()).select_from(updates)) == UPDATES * ROUNDS
    cpu = [UPDATES / min(each) for each in costs]
    wall = [UPDATES / min(each) for each in walls]
    label = f"webhook, durable before the 200, {engine}"
    found = [
        of_limit(f"{label}: a CPU second, of a bare one", cpu[0], cpu[1], 0.80, "updates"),
        shown(f"{label}: a second, of a bare one", wall[0], "updates", wall[1]),
    ]
    if engine == "postgresql":
        found.append(shown(f"{label}: PostgreSQL's CPU", min(database) / UPDATES * 1e6, "us"))
    return found


async def _steadily(here: Place, engine: str, bare: int) -> list[Figure]:
    """How long the slowest one in a hundred waits when 500 come a second."""
    slowest: tuple[list[float], list[float]] = ([], [])
    count = STEADY_RATE * STEADY_SECONDS
    for turn in range(ROUNDS):
        requests = _requests(1 + ROUNDS * UPDATES + turn * count, count, QUESTION)
        for port, found in zip((here.stage.port, bare), slowest, strict=True):
            found.append(_percentile(await _waits(port, requests), 0.99))
    mine, limit = (1000 * min(each) for each in slowest)
    return [share_of(f"webhook at 500 a second, {engine}: p99, of a bare one", mine, limit, 5.0, "ms")]


def _percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[int(len(values) * share)]


async def _handle(here: Place, first: int, text: str) -> float:
    """Updates a CPU second, from the first request until every answer is committed."""
    answers = sa.select(sa.func.count()).select_from(outbox)
    waiting = sa.select(sa.func.count()).select_from(updates).where(updates.c.state == 0)
    earlier, before = await _count(here, answers), here.cpu()
    await _post(here.stage.port, _requests(first, HANDLED, text))
    end = time.monotonic() + 120
    while await _count(here, waiting):
        assert time.monotonic() < end, "updates still wait after two minutes"
        await asyncio.sleep(0.1)
    used = here.cpu()[0] - before[0]
    made = await _count(here, answers) - earlier
    assert made >= HANDLED, f"{made} answers to {HANDLED} updates"
    return HANDLED / used


async def _count(here: Place, statement: sa.Select[tuple[int]]) -> int:
    async with here.base.db.read() as uow:
        return int((await uow.connection.execute(statement)).scalar_one())


# The sender


def _requests(first: int, count: int, text: str) -> list[bytes]:
    """Updates of the residents in turn, as whole HTTP requests (the port in Host is nobody's concern)."""
    return [_request(FIRST_CHAT + n % PEOPLE, n, text.format(n)) for n in range(first, first + count)]


def _request(chat_id: int, number: int, text: str) -> bytes:
    body = json.dumps({"update_id": number, **said(chat_id, text)}).encode()
    head = (
        f"POST /telegram/webhook HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Line:
    """One kept connection, as light as it gets: what is measured is the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def post(self, request: bytes) -> None:
        """Send one request and read its 200."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        await self._reader.readexactly(int(length or 0))

    async def close(self) -> None:
        """Hang up."""
        self._writer.close()
        await self._writer.wait_closed()


async def _lines(port: int) -> list[_Line]:
    return [_Line(*await asyncio.open_connection("127.0.0.1", port)) for _ in range(CONNECTIONS)]


async def _post(port: int, requests: Sequence[bytes]) -> float:
    """Seconds until all were answered 200, with every connection busy."""
    lines, waiting = await _lines(port), iter(requests)
    began = time.monotonic()
    await asyncio.gather(*(_one_after_the_other(line, waiting) for line in lines))
    seconds = time.monotonic() - began
    await asyncio.gather(*(line.close() for line in lines))
    return seconds


async def _one_after_the_other(line: _Line, waiting: Iterator[bytes]) -> None:
    for request in waiting:
        await line.post(request)


async def _waits(port: int, requests: Sequence[bytes]) -> list[float]:
    """Seconds from the time at which each was due to its 200; due evenly, whatever the server does."""
    free: asyncio.Queue[_Line] = asyncio.Queue()
    lines = await _lines(port)
    for line in lines:
        free.put_nowait(line)
    began = time.monotonic() + 0.1

    async def one(number: int, request: bytes) -> float:
        due = began + number / STEADY_RATE
        await asyncio.sleep(due - time.monotonic())
        line = await free.get()
        await line.post(request)
        free.put_nowait(line)
        return time.monotonic() - due

    found = await asyncio.gather(*(one(number, request) for number, request in enumerate(requests)))
    await asyncio.gather(*(line.close() for line in lines))
    return found
