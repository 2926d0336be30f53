"""Receiving: a webhook that stores before it answers 200, beside one that forgets everything."""

import asyncio
import json
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.processes import cpu_seconds, running
from tests.chaos import town
from tests.chaos.figures import Figure, of_limit, shown
from tests.stage import free_port, stage

UPDATES = 5_000
ROUNDS = 3
CONNECTIONS = 40
"""As many as Telegram opens to a webhook (setWebhook, max_connections)."""
SECRET = "a-secret-of-the-bench-only"


async def durable_beside_bare(folder: Path) -> list[Figure]:
    """Both from the same sender, in turns; the middle one of the rounds counts. The role `web` stores, nothing more."""
    settings = {"VOUCH_TELEGRAM_UPDATES": "webhook", "VOUCH_WEBHOOK_SECRET": SECRET}
    async with stage(folder, **settings) as vouch:
        vouch.env["VOUCH_PUBLIC_URL"] = vouch.url
        people = list((await town.build(vouch, 40)).people)
        port = free_port()
        async with running(
            f"http://127.0.0.1:{port}/readyz", "tests.bench.bare", "receive", str(port), SECRET
        ) as other:
            await vouch.start("--role", "web")
            assert vouch.process is not None
            number, durable, bare, cpu = 1, [], [], []
            for _ in range(ROUNDS):
                before = cpu_seconds(vouch.process.pid)
                durable.append(await _post(vouch.port, people, number))
                middle = cpu_seconds(other)
                cpu.append((cpu_seconds(vouch.process.pid) - before, 0.0))
                bare.append(await _post(port, people, number))
                cpu[-1] = (cpu[-1][0], cpu_seconds(other) - middle)
                number += UPDATES
        stored = town.rows(vouch, "SELECT count(*) FROM updates")[0][0]
        assert stored == UPDATES * ROUNDS, f"{stored} stored of {UPDATES * ROUNDS} acknowledged"
    walls = [UPDATES / statistics.median(laps) for laps in (durable, bare)]
    cpus = [UPDATES / statistics.median(each[side] for each in cpu) for side in (0, 1)]
    return [
        of_limit("webhook, durable before the 200, a CPU second, of bare", cpus[0], cpus[1], 0.80, "updates"),
        shown("webhook, durable before the 200, a second, of bare", walls[0], "updates", walls[1]),
    ]


async def _post(port: int, people: list[int], first: int) -> float:
    """Seconds until all were answered 200."""
    requests = iter([_request(port, people[n % len(people)], first + n) for n in range(UPDATES)])
    began = time.monotonic()
    await asyncio.gather(*(_connection(port, requests) for _ in range(CONNECTIONS)))
    return time.monotonic() - began


def _request(port: int, chat_id: int, number: int) -> bytes:
    who = {"id": chat_id, "is_bot": False, "first_name": "Sample", "language_code": "en"}
    chat = {"id": chat_id, "type": "private", "first_name": "Sample"}
    text = f"Is it true that the library closes next week? My neighbour said so, and {number} others."
    said = {"message_id": number, "from": who, "chat": chat, "date": 1, "text": text}
    body = json.dumps({"update_id": number, "message": said}).encode()
    head = (
        f"POST /telegram/webhook HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _connection(port: int, requests: Iterator[bytes]) -> None:
    """One kept connection, as light as it gets: what is measured is the server."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in requests:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length or 0))
    writer.close()
    await writer.wait_closed()
