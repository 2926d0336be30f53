"""The engine, and the unit of work: one transaction for one update, request or job."""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import AsyncIterator
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.db.intake import Intake, PostgresIntake, SqliteIntake
from bot.db.repositories import Repositories
from bot.db.sqlite import HintingCompiler, open_one_hop
from bot.db.wakeups import announce
from bot.errors import Unavailable

_PRAGMAS = (
    "PRAGMA busy_timeout=15000",
    "PRAGMA journal_mode=WAL",
    # FULL: an acknowledged update survives power loss too (decision 0008).
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    # Erased rows are overwritten with zeros, so that /forget means it.
    "PRAGMA secure_delete=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA temp_store=MEMORY",
)
_TURNS = 200
"""How often a connection sets itself up before it gives up; where nobody else opens a new file, the first does."""


_DECISIONS = 868_368_002
"""The advisory lock under which staff decide (PostgreSQL); any number will do that nothing else here uses."""


class SpoiledError(Exception):
    """Something failed inside a savepoint of a hasty unit of work: all of it has to be done again, with care."""


class UnitOfWork(Repositories):
    """All repositories on one open transaction. Code inside never commits: the edge that opened it does.

    `hasty`: its savepoints cost nothing, and a failure inside one spoils the whole (SpoiledError): for work that hardly
    ever fails, and that whoever opened it can repeat.
    """

    def __init__(self, connection: AsyncConnection, *, hasty: bool = False) -> None:
        super().__init__(connection)
        self._hasty = hasty
        self._wakes: set[tuple[int, str]] = set()

    def wake(self, bot_id: int, whom: str) -> None:
        """Once this has committed, tell the processes that wait for it (bot/db/wakeups.py); SQLite has no others."""
        self._wakes.add((bot_id, whom))

    @contextlib.asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Undo only what happens inside when it raises; the surrounding transaction goes on.

        Raises Unavailable where the whole transaction has to be tried again (outage, deadlock).
        """
        if self._hasty:
            async with self._all_or_nothing():
                yield
            return
        await self.flush()
        linked = self.chain.count
        try:
            async with self.connection.begin_nested():
                yield
                await self.flush()
        except Exception as error:
            self.discard()
            self.chain.keep_first(linked)
            if isinstance(error, DBAPIError):
                _raise_if_passing(error)
            raise

    @contextlib.asynccontextmanager
    async def _all_or_nothing(self) -> AsyncIterator[None]:
        try:
            yield
        except Unavailable:
            raise
        except Exception as error:
            if isinstance(error, DBAPIError):
                _raise_if_passing(error)
            raise SpoiledError from error

    async def finish(self) -> None:
        """What is left to do before the commit."""
        if self._hasty:
            async with self._all_or_nothing():
                await self.flush()
        else:
            await self.flush()
        # The last lock that this takes, and the shortest kept: nobody who holds it waits for anything but the commit.
        await self.chain.append()
        if self._wakes and self.connection.dialect.name == "postgresql":
            await announce(self.connection, self._wakes)

    async def decide_alone(self) -> None:
        """Until this transaction ends, nobody else decides: what it reads stays true while it acts upon it.

        Call it before the first read. Without it a text could change between a reviewer's look and their yes. SQLite
        has one writing transaction at a time by itself.
        """
        if self.connection.dialect.name == "postgresql":
            await self.connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_DECISIONS})")


class WritersTurn(asyncio.Lock):
    """One writing transaction at a time (SQLite), in the order of asking; whoever has the turn sees others wait."""

    def __init__(self) -> None:
        super().__init__()
        self._asking = 0

    async def acquire(self) -> Literal[True]:
        """Wait for the turn."""
        self._asking += 1
        try:
            return await super().acquire()
        finally:
            self._asking -= 1

    @property
    def is_wanted(self) -> bool:
        """Whether somebody waits for it."""
        return self._asking > 0


class Database:
    """Opens units of work on SQLite (one file) or PostgreSQL.

    On SQLite, writing transactions start with BEGIN IMMEDIATE and one at a time in this process: a transaction that
    reads first and writes later fails at once when another process has written in between.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self.engine = _engine(url, is_sqlite=self.is_sqlite)
        self._writing = WritersTurn()

    @property
    def writers_wait(self) -> bool:
        """Whether other writers of this process wait for the one who writes now; PostgreSQL lets many write."""
        return self._writing.is_wanted

    @contextlib.asynccontextmanager
    async def write(self, *, hasty: bool = False) -> AsyncIterator[UnitOfWork]:
        """One writing transaction: committed when the block ends, undone when it raises.

        Raises Unavailable when the database cannot be reached or stays locked for 15 seconds; SpoiledError, `hasty`.
        """
        async with contextlib.AsyncExitStack() as stack:
            if self.is_sqlite:
                await stack.enter_async_context(self._writing)
            connection = await stack.enter_async_context(self._connect(writing=True))
            uow = UnitOfWork(connection, hasty=hasty)
            yield uow
            await uow.finish()

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncIterator[UnitOfWork]:
        """One reading transaction with a stable view; nothing in it may write."""
        async with self._connect(writing=False) as connection:
            yield UnitOfWork(connection)

    @contextlib.asynccontextmanager
    async def _connect(self, *, writing: bool) -> AsyncIterator[AsyncConnection]:
        try:
            async with self.engine.connect() as connection:
                await connection.execution_options(vouch_writing=writing)
                async with connection.begin():
                    yield connection
        except DBAPIError as error:
            _raise_if_passing(error)
            raise

    async def wipe_freed_pages(self) -> None:
        """Make erasure reach every byte of the files (SQLite); PostgreSQL needs VACUUM, see deploy/README.md.

        After an erasure (MetaRepository.note_erasure) the file is rewritten, which takes about a second for 100 MB and
        holds up writers so long. Repeat until it could be done: a reader that is slow to end holds it up.
        """
        if not self.is_sqlite:
            return
        async with self.read() as uow:
            erased = await uow.meta.erasure()
        if await self._checkpoint(rewrite=erased is not None) and erased is not None:
            async with self.write() as uow:
                await uow.meta.settle_erasure(erased)

    async def snapshot(self, target: Path) -> None:
        """One consistent copy of everything in a new file, while others read and write (SQLite).

        VACUUM INTO (sqlite.org/lang_vacuum.html), not the page-by-page backup API: its copy holds no freed pages, hence
        nothing of anybody who was erased a moment ago. Raises Unavailable where it cannot be written.
        """
        async with self.engine.connect() as connection:
            raw: Any = (await connection.get_raw_connection()).driver_connection
            try:
                await raw.execute("VACUUM INTO ?", (str(target),))
            except sqlite3.Error as error:
                raise Unavailable(f"The database cannot be copied: {error}.") from error

    async def is_sound(self) -> bool:
        """Whether this is a whole, undamaged SQLite database."""
        try:
            async with self.engine.connect() as connection:
                await connection.execution_options(vouch_writing=False)
                return (await connection.exec_driver_sql("PRAGMA integrity_check")).scalar() == "ok"
        except SQLAlchemyError:
            return False

    async def _checkpoint(self, *, rewrite: bool) -> bool:
        """Empty the write-ahead log; returns whether nobody kept it from being emptied."""
        async with self._writing, self.engine.connect() as connection:
            raw: Any = (await connection.get_raw_connection()).driver_connection
            if rewrite:
                # secure_delete alone is not enough: a page that SQLite rearranges keeps copies of what stood there.
                await raw.execute("VACUUM")
            cursor = await raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            row = await cursor.fetchone()
            return row is not None and row[0] == 0

    async def check(self) -> None:
        """Raise Unavailable unless the database answers."""
        self._check_file()
        try:
            async with self.engine.connect() as connection:
                await connection.exec_driver_sql("SELECT 1")
        except (SQLAlchemyError, OSError) as error:
            raise Unavailable("The database cannot be reached: check VOUCH_DATABASE_URL and that it runs.") from error

    def _check_file(self) -> None:
        """A file that cannot be opened is found here, without the driver's thread, which would outlive the refusal."""
        if not self.is_sqlite:
            return
        try:
            sqlite3.connect(make_url(self.url).database or "").close()
        except sqlite3.Error as error:
            raise Unavailable("The database cannot be reached: its file cannot be opened or made.") from error

    @cached_property
    def intake(self) -> Intake:
        """The way in of updates; its connection is made when it is first used."""
        return SqliteIntake(self.url, self._writing, _prepare) if self.is_sqlite else PostgresIntake(self.url)

    async def close(self) -> None:
        """Close every connection."""
        if "intake" in self.__dict__:
            await self.intake.close()
        await self.engine.dispose()


def _prepare(connection: Any) -> None:
    # Of several who open a new file at once SQLite refuses some without waiting: each could wait for another for ever.
    for turn in range(_TURNS):
        try:
            for pragma in _PRAGMAS:
                connection.execute(pragma)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or turn == _TURNS - 1:
                raise
            time.sleep(0.01)
        else:
            return


def _raise_if_passing(error: DBAPIError) -> None:
    if error.connection_invalidated or _is_outage(error):
        raise Unavailable("The database cannot be reached right now.") from error


def _is_outage(error: DBAPIError) -> bool:
    name = type(error.orig).__name__
    said = str(error.orig)
    if name == "DeadlockDetected":
        return True
    return name in {"OperationalError", "AdminShutdown"} and (
        "locked" in said or "unable to open" in said or "disk" in said or "connect" in said or "terminat" in said
    )


def _engine(url: str, *, is_sqlite: bool) -> AsyncEngine:
    if not is_sqlite:
        return create_async_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=10, hide_parameters=True)
    engine = create_async_engine(
        url, pool_size=8, max_overflow=8, hide_parameters=True, connect_args={"async_creator_fn": open_one_hop}
    )
    engine.dialect.statement_compiler = HintingCompiler

    @event.listens_for(engine.sync_engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        _prepare(connection)

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("vouch_writing", True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
