"""Databases for tests: SQLite files, and PostgreSQL where its server is installed.

Each test gets a database of its own, copied from one that was upgraded once. The PostgreSQL cluster is private: in a
folder of its own, on a free port of loopback, as the user `postgres` where the tests run as root, and ended at exit.
"""

import asyncio
import atexit
import contextlib
import getpass
import itertools
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path

import psycopg

from bot.db import Database
from bot.db.migrate import upgrade

ENGINES = ("sqlite", "postgresql")
_numbers = itertools.count(1)


def postgres_binaries() -> Path | None:
    """The folder of the newest installed server, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda each: int(each.parts[-3]))
    return found[-1].parent if found else None


def _as_postgres() -> list[str]:
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


@cache
def _cluster() -> str:
    """Start the cluster; returns `USER@127.0.0.1:PORT`."""
    binaries = postgres_binaries()
    assert binaries is not None
    folder = Path(tempfile.mkdtemp(prefix="vouch-postgres-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    user = "postgres" if os.geteuid() == 0 else getpass.getuser()
    data, run = folder / "data", _as_postgres()
    quietly = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    subprocess.run([*run, binaries / "initdb", "-D", data, "-U", user, "-A", "trust", "-E", "UTF8", "--no-sync",
                    "--locale=C"], check=True, **quietly)  # type: ignore[call-overload]  # fmt: skip
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = f"-p {port} -h 127.0.0.1 -k {folder} -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    subprocess.run([*run, binaries / "pg_ctl", "-D", data, "-o", options, "-w", "-l", folder / "log", "start"],
                   check=True, **quietly)  # type: ignore[call-overload]  # fmt: skip
    stop: list[str | Path] = [*run, binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"]
    atexit.register(_run_quietly, stop, folder)
    return f"{user}@127.0.0.1:{port}"


def _run_quietly(command: list[str | Path], folder: Path) -> None:
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, check=False)


@contextlib.contextmanager
def _server() -> Iterator[psycopg.Connection]:
    with psycopg.connect(f"postgresql://{_cluster()}/postgres", autocommit=True) as connection:
        yield connection


async def _upgrade(url: str) -> None:
    db = Database(url)
    try:
        await upgrade(db)
    finally:
        await db.close()


@cache
def _template(engine: str) -> str:
    """An upgraded, empty database: a file, or a name on the cluster."""
    if engine == "sqlite":
        folder = tempfile.mkdtemp(prefix="vouch-sqlite-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        path = f"{folder}/template.db"
        asyncio.run(_upgrade(f"sqlite+aiosqlite:///{path}"))
        return path
    with _server() as server:
        server.execute("CREATE DATABASE template_vouch")
    asyncio.run(_upgrade(f"postgresql+psycopg://{_cluster()}/template_vouch"))
    return "template_vouch"


def _empty(engine: str, folder: Path) -> str:
    name = f"vouch_{os.getpid()}_{next(_numbers)}"
    if engine == "sqlite":
        return f"sqlite+aiosqlite:///{folder / name}.db"
    with _server() as server:
        server.execute(f"CREATE DATABASE {name}".encode())
    return f"postgresql+psycopg://{_cluster()}/{name}"


def _copied(engine: str, folder: Path) -> str:
    template = _template(engine)
    name = f"vouch_{os.getpid()}_{next(_numbers)}"
    if engine == "sqlite":
        shutil.copyfile(template, folder / f"{name}.db")
        return f"sqlite+aiosqlite:///{folder / name}.db"
    with _server() as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
    return f"postgresql+psycopg://{_cluster()}/{name}"


def _drop(url: str) -> None:
    if url.startswith("postgresql"):
        with _server() as server:
            server.execute(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)".encode())


def drop_connections(url: str) -> None:
    """Break every connection to a database of the cluster, as a restart of the server does."""
    with _server() as server:
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [url.rpartition("/")[2]]
        )


@contextlib.asynccontextmanager
async def database(engine: str, folder: Path, *, empty: bool = False) -> AsyncIterator[Database]:
    """A database of one's own; `empty` has no tables yet."""
    url = await asyncio.to_thread(_empty if empty else _copied, engine, folder)
    db = Database(url)
    try:
        yield db
    finally:
        await db.close()
        await asyncio.to_thread(_drop, url)
