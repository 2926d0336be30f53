"""Two programs that poll with one token by mistake: nothing is lost, there is an alarm, one of them can go on alone."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

import pytest
from aiohttp import web

from bot.channels.telegram.polling import Poller
from bot.channels.telegram.setup import connect
from bot.metrics import REGISTRY
from bot.sandbox import Person, Sandbox
from tests.stage import TOKEN, free_port


class Store:
    """An installation's inbox, which knows its updates by their number."""

    def __init__(self) -> None:
        self.numbers: set[int] = set()

    async def accept_all(self, received: Sequence[tuple[int, bytes, int]]) -> None:
        self.numbers |= {number for number, *_ in received}


@pytest.fixture
async def sandbox() -> AsyncIterator[tuple[Sandbox, str]]:
    sandbox, port = Sandbox(TOKEN, "StageBot", rate_limit=False), free_port()
    runner = web.AppRunner(sandbox.application(), access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield sandbox, f"http://127.0.0.1:{port}"
    await sandbox.close()
    await runner.cleanup()


@contextlib.asynccontextmanager
async def _polling(api: str, store: Store) -> AsyncIterator[Poller]:
    connection = await connect(TOKEN, api)
    poller = Poller(connection.polling_api, store, seconds=5, shortest=0.02, longest=0.6)
    task = asyncio.create_task(poller.run())
    try:
        await asyncio.wait_for(poller.ready.wait(), 10)
        yield poller
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await connection.close()


async def _ask(sandbox: Sandbox, person: Person, count: int) -> set[int]:
    asked = set()
    for number in range(count):
        payload = {"chat": person.chat.json, "from": person.user, "message_id": 1_000 + number, "text": "a question"}
        asked.add(sandbox.core.updates.push("message", person.chat.id, payload))
        await asyncio.sleep(0.02)
    return {each for each in asked if each is not None}


def _conflicts() -> float:
    return REGISTRY.get_sample_value("vouch_poll_conflicts_total") or 0.0


async def test_two_pollers_lose_nothing_and_raise_the_alarm(sandbox: tuple[Sandbox, str]) -> None:
    stand_in, api = sandbox
    person = stand_in.add_person("Sample", "en", started=True)
    first, second = Store(), Store()
    before = _conflicts()
    async with _polling(api, first):
        async with _polling(api, second):
            asked = await _ask(stand_in, person, 60)
            async with asyncio.timeout(20):
                while stand_in.core.updates.pending:
                    await asyncio.sleep(0.05)
        assert asked
        assert first.numbers | second.numbers == asked, "whatever was confirmed is stored by one of them"
        fought = _conflicts() - before
        assert fought >= 1, "and both were told"
        # The other one is stopped: the first goes on alone.
        more = await _ask(stand_in, person, 5)
        async with asyncio.timeout(20):
            while not more <= first.numbers:
                await asyncio.sleep(0.05)
    print(f"two pollers: {len(asked)} updates, 0 lost, {fought:.0f} polls broken off")
