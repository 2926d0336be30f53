"""A PostgreSQL of the campaigns' own, with the settings that they need.

Commits wait for the write-ahead log (`synchronous_commit=on`), but nothing is flushed to the disk: what is proved is
that a process may end, not that a disk may.
"""

import asyncio
import atexit
import contextlib
import getpass
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from bot.db import Database
from bot.db.migrate import upgrade
from tests.integration.db.cluster import postgres_binaries
from tests.stage import free_port

_OPTIONS = "-c fsync=off -c full_page_writes=off -c synchronous_commit=on -c max_connections=200"
_OPTIONS += " -c track_commit_timestamp=on"  # when a request was committed, not when it was begun
_numbers = itertools.count(1)


class Cluster:
    """One server in a folder of its own, run by an unprivileged user."""

    def __init__(self) -> None:
        binaries = postgres_binaries()
        assert binaries is not None, "PostgreSQL is not installed: this campaign needs its server"
        self._binaries = binaries
        self._as_root = os.geteuid() == 0
        self._folder = Path(tempfile.mkdtemp(prefix="vouch-cluster-"))
        self._user = "postgres" if self._as_root else getpass.getuser()
        self.port = free_port()
        self._upgraded = False

    @property
    def address(self) -> str:
        """`USER@HOST:PORT`."""
        return f"{self._user}@127.0.0.1:{self.port}"

    def start(self) -> None:
        """Make the cluster and start it."""
        if self._as_root:
            shutil.chown(self._folder, "postgres", "postgres")
        self._run("initdb", "-U", self._user, "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C")
        self._control("start")

    def restart(self, how: str) -> None:
        """`fast` as an update does, `immediate` as a crash would; returns when it takes connections again."""
        self._control("restart", "-m", how)

    def stop(self) -> None:
        """End it and remove its folder."""
        with contextlib.suppress(subprocess.CalledProcessError):
            self._control("stop", "-m", "immediate")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _control(self, act: str, *arguments: str) -> None:
        options = f"-p {self.port} -h 127.0.0.1 -k {self._folder} {_OPTIONS}"
        self._run("pg_ctl", "-o", options, "-w", "-l", str(self._folder / "log"), *arguments, act)

    def _run(self, program: str, *arguments: str) -> None:
        command = ["runuser", "-u", "postgres", "--"] if self._as_root else []
        quietly: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": self._folder}
        subprocess.run(
            [*command, self._binaries / program, "-D", self._folder / "data", *arguments], check=True, **quietly
        )

    async def create(self) -> str:
        """A database with today's tables, copied from one that was upgraded once; returns its address (libpq's)."""
        if not self._upgraded:
            db = Database(f"postgresql+psycopg://{self.address}/template1")
            await upgrade(db)
            await db.close()
            self._upgraded = True
        name = f"vouch_{next(_numbers)}"
        await asyncio.to_thread(self._execute, f"CREATE DATABASE {name}")
        return f"postgresql://{self.address}/{name}"

    async def drop(self, address: str) -> None:
        """Remove a database, whoever is still connected."""
        await asyncio.to_thread(self._execute, f"DROP DATABASE {address.rpartition('/')[2]} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        with psycopg.connect(f"postgresql://{self.address}/postgres", autocommit=True) as connection:
            connection.execute(statement.encode())


@cache
def shared() -> Cluster:
    """One server for all campaigns of this process that leave it alone; ended at exit."""
    made = Cluster()
    atexit.register(made.stop)
    made.start()
    return made


@contextlib.asynccontextmanager
async def own() -> AsyncIterator[Cluster]:
    """A server that may be restarted, ended afterwards."""
    made = await asyncio.to_thread(Cluster)
    try:
        await asyncio.to_thread(made.start)
        yield made
    finally:
        await asyncio.to_thread(made.stop)
