"""Side by side in one run: durable sending, durable receiving, the pace, and queueing; writes build/bench.json.

CPU time a message is what is compared; wall time is shown. Traffic stays on loopback; only own processes are ended.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import aiohttp
import orjson
import uvloop
from aiohttp import web
from pydantic import SecretStr

from bot.app.base import Base, open_base
from bot.app.site import serve
from bot.channels.telegram.messenger import TelegramMessenger
from bot.channels.telegram.setup import AiohttpRequest, ApiAddress, BotApi
from bot.channels.telegram.webhook import webhook_handler
from bot.chat.renderer import ChatRenderer
from bot.config import Settings
from bot.domain.broadcasts import BroadcastState
from bot.domain.residents import Form, ResidentState
from bot.domain.staff import Role
from bot.library import read_pack
from bot.services.audit import actor_of
from bot.services.deliveries import Deliveries
from bot.services.inbox import Inbox
from bot.services.media import Media
from bot.services.pacer import Pacer
from bot.services.sender import Sender
from bot.services.vault import Sealer, same
from tests.chaos.figures import Figure, at_most, near, of_limit, shown, table, write
from tests.stage import ROOT, TOKEN, free_port

SENDS, RECEIVED, QUEUED = 4_000, 6_000, 100_000
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run took of this process."""

    cpu: float
    wall: float


async def cost(work: Callable[[], Awaitable[None]]) -> Cost:
    """CPU seconds of all our threads, and wall seconds, of one run."""
    cpu, wall = time.process_time(), time.perf_counter()
    await work()
    return Cost(time.process_time() - cpu, time.perf_counter() - wall)


def middle(costs: list[Cost]) -> Cost:
    """The run whose CPU time is the median."""
    return sorted(costs, key=lambda each: each.cpu)[len(costs) // 2]


@contextmanager
def stub() -> Iterator[str]:
    """The cheap Bot API in a process of its own."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.stub", str(port)], cwd=ROOT, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


# Sending


async def bare_sends(url: str) -> None:
    """The same posts by a bare aiohttp loop: no database, no outcome."""
    body = {"chat_id": 5_000_000_000, "text": "x" * 700, "parse_mode": "HTML"}
    numbers = iter(range(SENDS))

    async def work(session: aiohttp.ClientSession) -> None:
        for _ in numbers:
            data = orjson.dumps(body)
            headers = {"Content-Type": "application/json"}
            async with session.post(f"{url}/bot{TOKEN}/sendMessage", data=data, headers=headers) as answer:
                orjson.loads(await answer.read())

    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100), cookie_jar=jar) as session:
        await asyncio.gather(*(work(session) for _ in range(100)))


async def town(folder: Path, url: str, people: int) -> Base:
    """An installation with one approved message and `people` residents."""
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        telegram_token=SecretStr(TOKEN), telegram_api_url=url, data_dir=folder, rate_per_second=0, cli_approve=True,
        organisation="Sample Council",
    )  # fmt: skip
    base = await open_base(settings, bot_name="BenchBot")
    assert base.vault is not None
    now = base.clock.now()
    async with base.db.write() as uow:
        for name in ("Sample One", "Sample Two"):
            roles = [Role.PUBLISHER, Role.REVIEWER]
            await base.desk.staff.add(uow, None, name, roles, ["en-GB"])
        await base.desk.messages.import_pack(uow, read_pack(ROOT / "messages", now))
        row = await base.desk.renditions.find(uow, "mmr-vaccine", "en-GB")
        one = actor_of(await base.desk.staff.by_name(uow, "Sample One"), "bench")
        await base.desk.approvals.approve_directly(uow, one, "rendition", row.id)
        new = [
            {
                "bot_id": base.bot_id, "person_tag": base.vault.tag(5_000_000_000 + n),
                "chat": base.vault.seal_chat(5_000_000_000 + n), "listen": "en-GB", "read": "en-GB", "area": None,
                "form": Form.TEXT, "topics": [], "emergencies_only": False, "state": ResidentState.ACTIVE,
                "paused_until": None, "tester": False, "joined_at": now, "changed_at": now,
            }
            for n in range(people)
        ]  # fmt: skip
        for at in range(0, people, 1000):
            await uow.residents.create_many(new[at : at + 1000])
    return base


async def approve(base: Base) -> int:
    """A broadcast to everybody, made and approved: from here on it is being sent."""
    async with base.db.write() as uow:
        one, two = [actor_of(await base.desk.staff.by_name(uow, f"Sample {each}"), "bench") for each in ("One", "Two")]
        number = await base.desk.broadcasts.create(uow, one, key="mmr-vaccine")
        await base.desk.approvals.approve_directly(uow, two, "broadcast", number)
    return number


async def durable_sends(base: Base, url: str) -> None:
    """One broadcast through the whole sender: intent committed, sent, outcome committed."""
    assert base.vault is not None
    request = AiohttpRequest(limit=100)
    await request.initialize()
    api = BotApi(request, ApiAddress(TOKEN, url))
    media = Media(base.db, base.store, base.clock, bot_id=base.bot_id)
    renderer = ChatRenderer(base.catalogs, base.controller)
    sender = Sender(
        base.db, base.bot_id, base.vault, TelegramMessenger(api, media), renderer,  # type: ignore[arg-type]
        Deliveries(base.desk.cards, renderer, base.clock), Pacer(0), base.clock, on_stopped=base.desk.broadcasts.alert,
    )  # fmt: skip
    async with base.db.write() as uow:
        now = base.clock.now()
        until = now + timedelta(hours=1)
        fence = await uow.meta.take_lease("bench", "bench", now=now, until=until)
        assert fence is not None
    while await sender.step(fence, "bench", "bench"):
        pass
    await sender.drain(fence)
    await request.shutdown()


async def sending(folder: Path) -> list[Figure]:
    """Durable sending beside a bare client, in turn."""
    bare, durable = [], []
    with stub() as url:
        base = await town(folder / "sending", url, SENDS)
        for _ in range(ROUNDS):
            bare.append(await cost(lambda: bare_sends(url)))
            number = await approve(base)
            durable.append(await cost(lambda: durable_sends(base, url)))
            async with base.db.read() as uow:
                shown_now = await base.desk.broadcasts.show(uow, number)
            assert shown_now["state"] == BroadcastState.DONE, shown_now
            assert shown_now["counts"]["sent"] == SENDS, shown_now
        await base.close()
    limit, ours = middle(bare), middle(durable)
    return [
        of_limit("durable sends a CPU second (SQLite), of bare", SENDS / ours.cpu, SENDS / limit.cpu, 0.65, "sends/s"),
        shown("durable sends a second", SENDS / ours.wall, "sends/s", SENDS / limit.wall),
    ]


# Receiving


async def posted(listen: str, path: str, secret: str) -> int:
    """How many of the updates got a 200, from a process of its own."""
    command = [sys.executable, "-m", "tests.bench.load", f"http://{listen}{path}", secret, str(RECEIVED)]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    printed, _ = await process.communicate()
    return int(printed)


async def receive(app: web.Application, path: str, secret: str) -> Cost:
    """The cost of taking every update on one application."""
    listen = f"127.0.0.1:{free_port()}"

    async def work() -> None:
        assert await posted(listen, path, secret) == RECEIVED

    async with serve(app, listen):
        return await cost(work)


async def bare_handler(request: web.Request) -> web.Response:
    """Reads and parses, and forgets."""
    orjson.loads(await request.read())
    return web.Response()


async def receiving(folder: Path) -> list[Figure]:
    """Durable before the 200, beside a handler that does nothing with what it gets."""
    secret = "s" * 43
    bare, durable = [], []
    for number in range(ROUNDS):
        app = web.Application()
        app.router.add_post("/hook", bare_handler)
        bare.append(await receive(app, "/hook", secret))
        base = await town(folder / f"receiving{number}", "http://127.0.0.1:9", 0)
        assert base.vault is not None
        inbox = Inbox(base.db, base.bot_id, Sealer(base.vault.public_key), base.clock)
        app = web.Application()
        app.router.add_route("*", "/hook", webhook_handler(inbox, lambda given: same(given, secret)))
        durable.append(await receive(app, "/hook", secret))
        async with base.db.read() as uow:
            assert (await uow.inbox.counts())["waiting"] == RECEIVED
        await base.close()
    limit, ours = middle(bare), middle(durable)
    return [
        of_limit("durable updates a CPU second, of bare", RECEIVED / ours.cpu, RECEIVED / limit.cpu, 0.80, "updates/s"),
        shown("durable updates a second", RECEIVED / ours.wall, "updates/s", RECEIVED / limit.wall),
    ]


# Pace and queueing


async def pace() -> list[Figure]:
    """150 slots at 25 a second."""
    pacer = Pacer(25)
    times = []
    for _ in range(150):
        await pacer.slot()
        times.append(time.monotonic())
    most = max(sum(1 for other in times if at <= other < at + 1) for at in times)
    return [near("150 slots at 25 a second", times[-1] - times[0], 149 / 25, 0.01, "s"),
            at_most("fullest second", most, 30, "slots")]  # fmt: skip


async def queueing(folder: Path) -> list[Figure]:
    """A broadcast to 100,000 residents, from the yes to the last queued row."""
    base = await town(folder / "queueing", "http://127.0.0.1:9", QUEUED)
    started = time.perf_counter()
    await approve(base)
    taken = time.perf_counter() - started
    await base.close()
    return [at_most("100,000 residents queued (goal: 3 s a million)", taken, 0.3, "s")]


async def everything(folder: Path) -> list[Figure]:
    """Every bench, one after the other."""
    figures = []
    for bench in (sending(folder), receiving(folder), pace(), queueing(folder)):
        found = await bench
        print(table(found), flush=True)
        figures += found
    return figures


def main() -> None:
    """Print and write the figures; a goal that is missed is shown, not hidden."""
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        write(Path("build/bench.json"), runner.run(everything(Path(folder))))


if __name__ == "__main__":
    main()
