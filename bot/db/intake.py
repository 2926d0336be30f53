"""The way in of updates: one statement and one commit a batch, on a connection of its own.

Every update passes here before it is acknowledged, so there is as little as possible around the statement: no pool, no
check of the connection before it is used, no compiled statement, on SQLite one hop to a thread for all of it.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import make_url

from bot.db.tables import updates
from bot.db.wakeups import INBOX, channel_of
from bot.errors import Unavailable

if TYPE_CHECKING:
    import psycopg

Received = tuple[int, int, bytes]
"""An update's number, its lane and its sealed body."""

_ROWS = 64
"""Updates to a statement on SQLite."""
_INTO_POSTGRESQL = """
    WITH stored AS (
        INSERT INTO updates (bot_id, update_id, lane, state, body, received_at)
        SELECT %b::bigint, got.number, got.lane, 0, got.body, %b::timestamptz
        FROM unnest(%b::bigint[], %b::smallint[], %b::bytea[]) AS got (number, lane, body)
        ON CONFLICT DO NOTHING RETURNING 1
    ) SELECT count(*), pg_notify(%b::text, %b::text) FROM stored
"""


@cache
def _into_sqlite(rows: int) -> str:
    """One statement for all of them: the thread lets go of the interpreter, and waits to have it back, for each."""
    values = ", ".join(["(?, ?, 0, 0, ?, ?)"] * rows)
    return (
        "INSERT INTO updates (bot_id, update_id, lane, state, body, received_at) "  # noqa: S608 - question marks only
        f"VALUES {values} ON CONFLICT DO NOTHING"
    )


class Intake(Protocol):
    """Stores sealed updates as waiting."""

    async def store(self, bot_id: int, received: Sequence[Received], *, now: datetime) -> int:
        """Keep those whose number is new, durably; returns how many were. Repeats change nothing.

        Raises Unavailable when the database cannot take them now; then none was stored.
        """
        ...

    async def close(self) -> None:
        """Let go of the connection."""
        ...


class SqliteIntake:
    """On one file, which has one writer at a time (`turn`), so that all updates share one lane."""

    def __init__(self, url: str, turn: asyncio.Lock, prepare: Callable[[sqlite3.Connection], None]) -> None:
        self._path = make_url(url).database or ""
        self._turn = turn
        self._prepare = prepare
        self._thread = ThreadPoolExecutor(1, "intake")
        self._connection: sqlite3.Connection | None = None
        self._as_text: Any = updates.c.received_at.type.dialect_impl(sqlite.dialect()).bind_processor(sqlite.dialect())

    async def store(self, bot_id: int, received: Sequence[Received], *, now: datetime) -> int:
        """As Intake says."""
        at = self._as_text(now)
        rows = [(bot_id, number, body, at) for number, _, body in received]
        async with self._turn:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._store, rows)

    def _store(self, rows: list[tuple[int, int, bytes, str]]) -> int:
        try:
            connection = self._open()
            connection.execute("BEGIN IMMEDIATE")
            new = 0
            for first in range(0, len(rows), _ROWS):
                part = rows[first : first + _ROWS]
                new += connection.execute(_into_sqlite(len(part)), [each for row in part for each in row]).rowcount
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._let_go()
            raise Unavailable("The database cannot be reached right now.") from error
        return new

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(self._path, isolation_level=None)
            self._prepare(self._connection)
        return self._connection

    def _let_go(self) -> None:
        """What was begun is undone; the next batch opens the file anew."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    async def close(self) -> None:
        """As Intake says."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._let_go)
        self._thread.shutdown()


def _psycopg() -> Any:
    import psycopg  # noqa: PLC0415 - 9 MB that whoever works on SQLite has no use for

    return psycopg


class PostgresIntake:
    """By one statement with arrays, which commits by itself and wakes the workers."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._driver = _psycopg()
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._turn = asyncio.Lock()

    async def store(self, bot_id: int, received: Sequence[Received], *, now: datetime) -> int:
        """As Intake says."""
        numbers, lanes, bodies = (list(each) for each in zip(*received, strict=True))
        values = (bot_id, now, numbers, lanes, bodies, channel_of(bot_id), INBOX)
        async with self._turn:
            try:
                connection = await self._open()
                row = await (await connection.execute(_INTO_POSTGRESQL, values)).fetchone()
            except self._driver.Error as error:
                await self.close()
                raise Unavailable("The database cannot be reached right now.") from error
        return int(row[0]) if row else 0

    async def _open(self) -> "psycopg.AsyncConnection[Any]":
        if self._connection is None:
            self._connection = await self._driver.AsyncConnection.connect(self._url, autocommit=True)
        return self._connection

    async def close(self) -> None:
        """As Intake says."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await connection.close()
