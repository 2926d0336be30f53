"""Waking processes that wait for rows, by LISTEN and NOTIFY (PostgreSQL). Whoever waits looks now and then anyway."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

if TYPE_CHECKING:
    import psycopg

INBOX = "inbox"
"""An update was stored."""
SENDER = "sender"
"""There may be something to send."""

log = structlog.get_logger()

_NOTIFY = text("SELECT pg_notify(:channel, :whom)")
_AGAIN_SECONDS = (1.0, 2.0, 5.0, 10.0)


def channel_of(bot_id: int) -> str:
    """Where the processes of one bot listen."""
    return f"vouch_{bot_id}"


async def announce(connection: AsyncConnection, wakes: Iterable[tuple[int, str]]) -> None:
    """Tell the listeners of each (bot, whom) when this transaction commits."""
    for bot_id, whom in wakes:
        await connection.execute(_NOTIFY, {"channel": channel_of(bot_id), "whom": whom})


class Wakeups:
    """Wakes whoever is named when a transaction of any process announced it. Holds one connection of its own."""

    def __init__(self, url: str, bot_id: int, wake: Mapping[str, Callable[[], None]]) -> None:
        self._url = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._channel = channel_of(bot_id)
        self._wake = wake
        self.listening = asyncio.Event()
        """Set while announcements are heard."""

    async def run(self) -> None:
        """Listen until cancelled; comes back by itself when the database was away."""
        import psycopg  # noqa: PLC0415 - 9 MB that whoever works on SQLite has no use for

        failures = 0
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
                    await connection.execute(f'LISTEN "{self._channel}"'.encode())
                    failures = 0
                    self._heard()
                    await self._listen(connection)
            except psycopg.Error as error:
                log.warning("wakeups.lost", error=type(error).__name__)
            finally:
                self.listening.clear()
            await asyncio.sleep(_AGAIN_SECONDS[min(failures, len(_AGAIN_SECONDS) - 1)])
            failures += 1

    def _heard(self) -> None:
        """What was announced while nobody listened is found by looking once."""
        self.listening.set()
        for wake in self._wake.values():
            wake()

    async def _listen(self, connection: "psycopg.AsyncConnection[tuple[object, ...]]") -> None:
        async for notice in connection.notifies():
            if notice.payload in self._wake:
                self._wake[notice.payload]()
