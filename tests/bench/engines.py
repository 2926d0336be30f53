"""The engines to measure on: an SQLite file, or a throw-away PostgreSQL that is as durable as a real one.

Unlike the cluster of the tests this one keeps fsync and synchronous_commit on: the question is what durable costs.
"""

import contextlib
import getpass
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.bench.processes import cpu_seconds_with_children
from tests.integration.db.cluster import postgres_binaries
from tests.stage import free_port

SQLITE, POSTGRESQL = "sqlite", "postgresql"
_OPTIONS = "-c shared_buffers=256MB -c max_wal_size=4GB -c max_connections=60"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running PostgreSQL: who and where, and its first process."""

    address: str
    pid: int

    def url(self, name: str) -> str:
        """The address of a database, as Vouch wants it."""
        return f"postgresql+psycopg://{self.address}/{name}"

    def cpu(self) -> float:
        """CPU seconds of all its processes so far, those that have ended among them."""
        return cpu_seconds_with_children(self.pid)

    def create(self, name: str) -> None:
        """A new empty database."""
        self._run(f"CREATE DATABASE {name}")

    def drop(self, name: str) -> None:
        """Remove a database, whoever is connected."""
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        with psycopg.connect(f"postgresql://{self.address}/postgres", autocommit=True) as connection:
            connection.execute(statement.encode())


def engines() -> list[str]:
    """What can be measured on this machine."""
    return [SQLITE, POSTGRESQL] if postgres_binaries() else [SQLITE]


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """A cluster in `folder`, for as long as the block lasts; as the user `postgres` where this runs as root."""
    binaries = postgres_binaries()
    assert binaries is not None, "PostgreSQL's server is not installed"
    as_root = os.geteuid() == 0
    user, run = ("postgres", ["runuser", "-u", "postgres", "--"]) if as_root else (getpass.getuser(), [])
    folder.mkdir(mode=0o755, parents=True)
    if as_root:
        shutil.chown(folder, user, user)
    data, port = folder / "data", free_port()

    def call(*command: str | Path) -> None:
        subprocess.run([*run, *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)

    call(binaries / "initdb", "-D", data, "-U", user, "-A", "trust", "-E", "UTF8", "--locale=C")
    options = f"-p {port} -h 127.0.0.1 -k {folder} {_OPTIONS}"
    call(binaries / "pg_ctl", "-D", data, "-o", options, "-w", "-l", folder / "log", "start")
    try:
        yield Cluster(f"{user}@127.0.0.1:{port}", int((data / "postmaster.pid").read_text().split()[0]))
    finally:
        call(binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
