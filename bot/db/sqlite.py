"""What SQLite needs of its own: a driver that hops once, and a compiler that lets a query name its index.

aiosqlite alone takes four hops to its thread a statement, where this takes one.

The connection's thread executes, fetches the first rows and closes the cursor in one go. A hop costs more than most of
our statements do.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import aiosqlite
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler

_FIRST = 500
"""Rows fetched together with the statement; a longer result is fetched in pieces as it is asked for."""
_Row = tuple[Any, ...]


class OneHopConnection(aiosqlite.Connection):
    """A connection whose cursors hop once."""

    def cursor(self) -> "OneHopCursor":  # type: ignore[override]
        """A cursor; what it needs of the thread it asks for when it executes."""
        return OneHopCursor(self)

    async def in_thread(self, function: Any, *arguments: Any) -> Any:
        """What the function returns on the connection's thread."""
        return await self._execute(function, *arguments)  # type: ignore[no-untyped-call]

    def run(self, sql: str, parameters: Iterable[Any]) -> sqlite3.Cursor:
        """Execute, on the connection's thread."""
        return self._conn.execute(sql, parameters)  # type: ignore[arg-type]

    def run_many(self, sql: str, rows: Iterable[Iterable[Any]]) -> sqlite3.Cursor:
        """Execute for each row, on the connection's thread."""
        return self._conn.executemany(sql, rows)  # type: ignore[arg-type]


class OneHopCursor:
    """What SQLAlchemy's adapter asks of an asynchronous cursor."""

    arraysize = 1

    def __init__(self, connection: OneHopConnection) -> None:
        self._connection = connection
        self._cursor: sqlite3.Cursor | None = None
        self._rows: list[_Row] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> "OneHopCursor":
        return self

    async def execute(self, operation: str, parameters: Iterable[Any] = ()) -> "OneHopCursor":
        """Run one statement and fetch its first rows."""
        await self._connection.in_thread(self._execute, operation, parameters)
        return self

    def _execute(self, operation: str, parameters: Iterable[Any]) -> None:
        cursor = self._connection.run(operation, parameters)
        self._note(cursor)
        if cursor.description:
            self._rows = cursor.fetchmany(_FIRST)
        if len(self._rows) < _FIRST:
            cursor.close()
        else:
            self._cursor = cursor

    async def executemany(self, operation: str, parameters: Iterable[Iterable[Any]]) -> "OneHopCursor":
        """Run a statement for each row of parameters."""
        await self._connection.in_thread(self._execute_many, operation, parameters)
        return self

    def _execute_many(self, operation: str, parameters: Iterable[Iterable[Any]]) -> None:
        cursor = self._connection.run_many(operation, parameters)
        self._note(cursor)
        cursor.close()

    def _note(self, cursor: sqlite3.Cursor) -> None:
        self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid

    async def fetchall(self) -> Sequence[_Row]:
        """The rows that were not fetched yet."""
        rows, self._rows = self._rows, []
        if self._cursor is not None:
            rows += await self._connection.in_thread(self._cursor.fetchall)
            await self.close()
        return rows

    async def fetchmany(self, size: int = 1) -> Sequence[_Row]:
        """The next rows, at most `size`."""
        if len(self._rows) < size and self._cursor is not None:
            self._rows += await self._connection.in_thread(self._cursor.fetchmany, max(size, _FIRST))
        rows, self._rows = self._rows[:size], self._rows[size:]
        return rows

    async def fetchone(self) -> _Row | None:
        """The next row, or None."""
        rows = await self.fetchmany(1)
        return rows[0] if rows else None

    async def close(self) -> None:
        """Let go of a result that was not fetched to its end."""
        if self._cursor is not None:
            cursor, self._cursor = self._cursor, None
            await self._connection.in_thread(cursor.close)


def open_one_hop(path: str, **options: Any) -> OneHopConnection:
    """A connection to be awaited, as `aiosqlite.connect` gives it."""
    connection = OneHopConnection(lambda: sqlite3.connect(path, **options), iter_chunk_size=64)
    # A process that ends does not wait for it; SQLAlchemy does the same for connections that it opens itself.
    connection._thread.daemon = True
    return connection


class HintingCompiler(SQLiteCompiler):
    """Writes a query's hints, `with_hint(table, "INDEXED BY ...", "sqlite")`; SQLAlchemy's own leaves them out."""

    def get_from_hint_text(self, table: Any, text: str | None) -> str | None:
        """What follows the table's name."""
        return text
