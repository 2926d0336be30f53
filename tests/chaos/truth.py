"""The fast stand-in for the Bot API as a campaign holds it: what arrived, what is to go wrong, what people say."""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiohttp

from tests.botapi import Arrival
from tests.stage import ROOT, TOKEN, free_port


class Telegram:
    """A client of the stand-in's second door. The truth is in the stand-in's process, out of reach of every fault."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.port = free_port()
        self._session = session
        self._door = free_port()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.botapi", "--port", str(self.port), "--control-port", str(self._door),
             "--token", TOKEN], cwd=ROOT,
        )  # fmt: skip

    @property
    def url(self) -> str:
        """What VOUCH_TELEGRAM_API_URL has to be."""
        return f"http://127.0.0.1:{self.port}"

    async def until_ready(self) -> None:
        """Wait until it takes calls."""
        for _ in range(200):
            with contextlib.suppress(aiohttp.ClientError):
                await self.counts()
                return
            await asyncio.sleep(0.05)
        raise AssertionError("the stand-in did not start")

    async def counts(self) -> dict[str, Any]:
        """Calls by method, entries of the truth, how many were applied."""
        found: dict[str, Any] = await self._get("counts")
        return found

    async def arrived(self) -> int:
        """How many messages have arrived at all."""
        return int((await self.counts())["applied"])

    async def sent(self, since: int = 0) -> list[Arrival]:
        """Every entry of the truth after the first `since`."""
        return [Arrival(**each) for each in await self._get(f"sent?since={since}")]

    async def set(self, **what: Any) -> None:
        """Steer it: see tests/botapi/."""
        await self._post("set", what)

    async def push(self, updates: list[dict[str, Any]]) -> None:
        """People say something: for getUpdates."""
        await self._post("updates", updates)

    async def _get(self, path: str) -> Any:
        async with self._session.get(f"http://127.0.0.1:{self._door}/control/{path}") as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json(content_type=None)

    async def _post(self, path: str, body: Any) -> None:
        async with self._session.post(f"http://127.0.0.1:{self._door}/control/{path}", json=body) as answer:
            assert answer.status == 200, await answer.text()

    def end(self) -> None:
        """Stop the process."""
        self._process.kill()
        self._process.wait()


@contextlib.asynccontextmanager
async def telegram() -> AsyncIterator[Telegram]:
    """A started stand-in that is ended afterwards."""
    async with aiohttp.ClientSession() as session:
        made = Telegram(session)
        try:
            await made.until_ready()
            yield made
        finally:
            made.end()
