"""A place to measure: the quick stand-in, a database, residents, and Vouch as a process of its own."""

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bot.app.base import Base
from bot.db import Database
from bot.db.migrate import upgrade
from bot.domain.broadcasts import BroadcastState
from bot.services.audit import actor_of
from tests.bench.engines import Cluster, cluster
from tests.bench.processes import cpu_seconds, running
from tests.bench.residents import fill
from tests.chaos import town
from tests.stage import TOKEN, Stage, free_port

KEY = "a-secret-key-of-the-bench-only-which-opens-nothing"
UNCAPPED = {"VOUCH_UNASKED_PER_DAY": "0", "VOUCH_UNASKED_PER_WEEK": "0"}
"""The same people get one broadcast after the other."""
_names = itertools.count(1)


class StandIn:
    """The control side of tests/botapi/."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self._session = session

    async def _get(self, what: str, **query: int) -> Any:
        async with self._session.get(f"{self.url}/control/{what}", params=query) as answer:
            return await answer.json()

    async def _post(self, what: str, body: Any) -> None:
        async with self._session.post(f"{self.url}/control/{what}", json=body) as answer:
            assert answer.status == 200, await answer.text()

    async def counts(self) -> dict[str, Any]:
        """Calls by method, entries of the truth, refused calls, its own CPU seconds."""
        found: dict[str, Any] = await self._get("counts")
        return found

    async def sent(self, since: int = 0) -> list[dict[str, Any]]:
        """What arrived after the first `since` entries."""
        found: list[dict[str, Any]] = await self._get("sent", since=since)
        return found

    async def bodies(self) -> dict[str, list[Any]]:
        """Every text that arrived, by checksum, as method and parameters."""
        found: dict[str, list[Any]] = await self._get("bodies")
        return found

    async def set(self, **what: Any) -> None:
        """Change `delay_ms`, `ceiling` or `faults`."""
        await self._post("set", what)

    async def push(self, updates: list[dict[str, Any]]) -> None:
        """Give updates to whoever polls."""
        await self._post("updates", updates)


@dataclass(slots=True)
class Place:
    """One installation under measurement. `base` looks into its database as a `vouch` command would."""

    stage: Stage
    standin: StandIn
    base: Base
    cluster: Cluster | None

    def cpu(self) -> tuple[float, float]:
        """CPU seconds so far: of Vouch's process, and of PostgreSQL."""
        assert self.stage.process is not None
        return cpu_seconds(self.stage.process.pid), self.cluster.cpu() if self.cluster else 0.0

    async def begin(self) -> int:
        """A broadcast to everybody, approved; it starts at once. Returns its number."""
        async with self.base.db.write() as uow:
            author, second = [
                actor_of(await self.base.desk.staff.by_name(uow, each), "bench") for each in (town.AUTHOR, town.SECOND)
            ]
            number = await self.base.desk.broadcasts.create(uow, author, key=town.MESSAGE)
            await self.base.desk.approvals.approve_directly(uow, second, "broadcast", number)
        return number

    async def until_sent(self, count: int, seconds: float) -> int:
        """Wait until this many messages have arrived in all; returns how many they are."""
        end = time.monotonic() + seconds
        while (sent := int((await self.standin.counts())["sent"])) < count:
            assert time.monotonic() < end, f"{sent} messages of {count} after {seconds:g} s"
            await asyncio.sleep(0.02)
        return sent

    async def until_done(self, number: int, seconds: float) -> None:
        """Wait for the end of a broadcast."""
        end = time.monotonic() + seconds
        while True:
            async with self.base.db.read() as uow:
                row = await uow.broadcasts.get(number)
            assert row is not None
            if row.state == BroadcastState.DONE:
                return
            assert time.monotonic() < end, f"broadcast {number} is {row.state} ({row.reason}) after {seconds:g} s"
            await asyncio.sleep(0.1)


@contextlib.asynccontextmanager
async def place(
    folder: Path, engine: str, residents: int, *, delay_ms: float = 0.0, ceiling: int = 0, **settings: str
) -> AsyncIterator[Place]:
    """Everything but Vouch's process, which the bench starts when it wants to."""
    folder = folder / f"{engine}-{next(_names)}"
    folder.mkdir(parents=True)
    folder.parent.chmod(0o755)
    api = f"http://127.0.0.1:{(port := free_port())}"
    asked = ("--port", str(port), "--token", TOKEN, "--delay-ms", str(delay_ms), "--ceiling", str(ceiling))
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(running(f"{api}/control/counts", "tests.botapi", *asked))
        stage = Stage(folder, VOUCH_TELEGRAM_API_URL=api, VOUCH_SECRET_KEY=KEY, **settings)
        stage.env["VOUCH_PUBLIC_URL"] = stage.url
        made = stack.enter_context(cluster(folder / "postgresql")) if engine == "postgresql" else None
        if made is not None:
            await _database(made, stage)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        await town.build(stage, [])
        base = await stack.enter_async_context(town.base_of(stage))
        await fill(base, residents)
        stack.push_async_callback(stage.close)
        yield Place(stage, StandIn(api, session), base, made)


async def _database(made: Cluster, stage: Stage) -> None:
    made.create("vouch")
    stage.env["VOUCH_DATABASE_URL"] = made.url("vouch")
    db = Database(made.url("vouch"))
    try:
        await upgrade(db)
    finally:
        await db.close()
