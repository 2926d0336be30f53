"""A worker that kills itself: `python -m tests.chaos.dying FILE [NUMBER POINT]`, at the NUMBERth time at a named point.

It is `vouch run --role worker` with a database and a way to Telegram that are handed in. The points are right before
and right after each commit that changed something, named by the tables and columns that it changed, and each message.
Every name that is met is written to FILE, once.
"""

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import uvloop
from sqlalchemy import event

from bot import logs
from bot.app.base import Place, open_base
from bot.app.run import Running, open_inbox, stop_on_signals, work
from bot.channels.telegram.api import ApiAddress, ApiAnswer, BotApi
from bot.channels.telegram.setup import connect
from bot.channels.telegram.transport import AiohttpRequest
from bot.config import Settings, load_settings
from bot.db import Database, UnitOfWork

_CHANGE = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)(?:\s+SET\s+(.*?)(?:\s+WHERE|\s+FROM|$))?", re.DOTALL)
_COLUMN = re.compile(r"(\w+)\s*=")
_UNTOLD = {"changed_at", "not_before", "ended_at", "updated_at"}


class Fuse:
    """Counts how often each point was reached, and ends the process at the one that was asked for."""

    def __init__(self, met: Path, number: int, point: str) -> None:
        self._met = met
        self._number = number
        self._point = point
        self._reached: Counter[str] = Counter()

    def reach(self, point: str) -> None:
        """This point is reached."""
        self._reached[point] += 1
        if self._reached[point] == 1:
            with self._met.open("a") as file:
                file.write(point + "\n")
        if point == self._point and self._reached[point] == self._number:
            os.kill(os.getpid(), signal.SIGKILL)


class DyingDatabase(Database):
    """Knows what each transaction changed, and burns the fuse before and after its commit."""

    def __init__(self, url: str, fuse: Fuse) -> None:
        super().__init__(url)
        self._fuse = fuse
        event.listen(self.engine.sync_engine, "before_cursor_execute", _note)

    @contextlib.asynccontextmanager
    async def write(self, *, hasty: bool = False) -> AsyncIterator[UnitOfWork]:
        """As usual, but perhaps it does not end."""
        async with super().write(hasty=hasty) as uow:
            changes = _changes(uow)
            changes.clear()
            yield uow
            changed = sorted(changes)
            for each in changed:
                self._fuse.reach(f"before the commit of {each}")
        for each in changed:
            self._fuse.reach(f"after the commit of {each}")


class DyingApi(BotApi):
    """Burns the fuse before and after each message."""

    def __init__(self, request: AiohttpRequest, address: ApiAddress, fuse: Fuse) -> None:
        super().__init__(request, address)
        self._fuse = fuse

    async def post(self, method: str, data: bytes | aiohttp.FormData, deadline: float | None = None) -> ApiAnswer:
        """As usual, but perhaps it does not end."""
        told = method.startswith(("send", "edit"))
        if told:
            self._fuse.reach("before a message")
        answer = await super().post(method, data, deadline)
        if told:
            self._fuse.reach("after a message")
        return answer


def _changes(uow: UnitOfWork) -> set[str]:
    connection = uow.connection.sync_connection
    assert connection is not None
    found: set[str] = connection.info.setdefault("changes", set())
    return found


def _note(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    """Remember what a statement changes; which columns, where an update says so."""
    found = _CHANGE.match(statement)
    if found:
        columns = sorted(set(_COLUMN.findall(found[3] or "")) - _UNTOLD)[:3]
        named = f"{found[2]} ({', '.join(columns)})" if columns else found[2]
        connection.info.setdefault("changes", set()).add(named)


async def run(settings: Settings, fuse: Fuse) -> None:
    """The worker."""
    base = await open_base(settings)
    connection = await connect(settings.token, settings.telegram_api_url)
    await base.db.close()
    base.db = DyingDatabase(settings.database, fuse)
    request = AiohttpRequest()
    connection = replace(connection, api=DyingApi(request, ApiAddress(settings.token, settings.telegram_api_url), fuse))
    # On SQLite the lock file says that nobody else works here; the campaign knows that by itself.
    base.place = Place(alone=settings.is_sqlite)
    running = Running(base)
    running.inbox = await open_inbox(base)
    await work(running, connection, stop_on_signals(), ticking=True)
    await base.close()
    await request.shutdown()
    await connection.close()


def main(arguments: list[str]) -> None:
    """Start it as the arguments say."""
    logs.set_up(as_json=False)
    number, point = (int(arguments[1]), arguments[2]) if len(arguments) > 1 else (0, "")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(load_settings(), Fuse(Path(arguments[0]), number, point)))


if __name__ == "__main__":
    main(sys.argv[1:])
