"""Vouch as it is deployed, before a stand-in that keeps the truth: processes by role, on SQLite or PostgreSQL.

On SQLite one process does everything; on PostgreSQL there are a web process, workers and a scheduler.
"""

import asyncio
import contextlib
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import psycopg

from tests.chaos.postgres import Cluster, own, shared
from tests.chaos.truth import Telegram, telegram
from tests.stage import ROOT, TOKEN, free_port

KEY = "a-sample-key-that-only-campaigns-use-0123456789"
SECRET = "a-sample-secret-of-campaigns"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+")


class Rig:
    """One installation and its processes, each with a name."""

    def __init__(self, folder: Path, api: Telegram, server: Cluster | None, **settings: str) -> None:
        self.folder = folder
        self.api = api
        self.cluster = server
        self.data_dir = folder / "data"
        self.port = free_port()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._database = ""
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("VOUCH_")},
            "VOUCH_TELEGRAM_TOKEN": TOKEN, "VOUCH_TELEGRAM_API_URL": api.url, "VOUCH_LISTEN": f"127.0.0.1:{self.port}",
            "VOUCH_DATA_DIR": str(self.data_dir), "VOUCH_SECRET_KEY": KEY, "VOUCH_CLI_APPROVE": "true",
            "VOUCH_ORGANISATION": "Sample Council", "VOUCH_PRIVACY_CONTACT": "privacy@council.example",
            "VOUCH_RATE_PER_SECOND": "25", "VOUCH_WEBHOOK_SECRET": SECRET, "VOUCH_PUBLIC_URL": self.url,
            "VOUCH_UNASKED_PER_DAY": "0", "VOUCH_UNASKED_PER_WEEK": "0", **settings,
        }  # fmt: skip

    @property
    def url(self) -> str:
        """Where the console and the webhook are served."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def engine(self) -> str:
        """`SQLite` or `PostgreSQL`, for the names of figures."""
        return "PostgreSQL" if self.cluster else "SQLite"

    async def open(self) -> None:
        """Make the database (the processes upgrade an SQLite one themselves)."""
        if self.cluster is not None:
            self._database = await self.cluster.create()
            self.env["VOUCH_DATABASE_URL"] = self._database.replace("postgresql://", "postgresql+psycopg://")

    async def close(self) -> None:
        """End every process that was started here."""
        for name in list(self.processes):
            await self.end(name, signal.SIGKILL)
        if self.cluster is not None and self._database:
            await self.cluster.drop(self._database)

    # Processes

    def start(self, name: str, role: str = "", *, port: int | None = None) -> None:
        """Start a process; the name says the role (`web`, `worker`, `worker-2`, `scheduler`, `all`)."""
        env = self.env if port is None else {**self.env, "VOUCH_LISTEN": f"127.0.0.1:{port}"}
        with self.log_of(name).open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "bot", "run", "--role", role or name.partition("-")[0]],
                cwd=ROOT, env=env, stdout=log, stderr=log,
            )  # fmt: skip

    def start_all(self, workers: int = 2) -> None:
        """Everything that is deployed."""
        if self.cluster is None:
            self.start("all")
            return
        for name in ("worker", *(f"worker-{number}" for number in range(2, workers + 1)), "web", "scheduler"):
            self.start(name)

    def workers(self) -> list[str]:
        """The names of the processes that can send."""
        return [name for name in self.processes if name.startswith(("all", "worker"))]

    def active(self) -> str | None:
        """The worker that sends: the one whose log said so last."""
        said = {name: _last_active(self.log_of(name)) for name in self.workers()}
        said = {name: moment for name, moment in said.items() if moment}
        return max(said, key=lambda name: said[name]) if said else None

    async def until_active(self, seconds: float = 90) -> str:
        """Wait until somebody sends."""
        end = time.monotonic() + seconds
        while (name := self.active()) is None:
            assert time.monotonic() < end, f"nobody became active:\n{self.logs()}"
            await asyncio.sleep(0.05)
        return name

    async def until_ready(self, seconds: float = 90) -> None:
        """Wait for /readyz."""
        end = time.monotonic() + seconds
        async with aiohttp.ClientSession() as session:
            while time.monotonic() < end:
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(f"{self.url}/readyz") as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.05)
        raise AssertionError(f"not ready:\n{self.logs()}")

    async def end(self, name: str, how: signal.Signals) -> tuple[float, int]:
        """Send a signal that ends it; returns the seconds it took and the exit code."""
        process, began = self.processes.pop(name), time.monotonic()
        if process.poll() is None:
            process.send_signal(how)
        code = await asyncio.to_thread(process.wait, 60)
        return time.monotonic() - began, code

    def signal(self, name: str, what: signal.Signals) -> None:
        """Send a signal that does not end it."""
        self.processes[name].send_signal(what)

    def log_of(self, name: str) -> Path:
        """Where a process writes."""
        return self.folder / f"{name}.log"

    def state(self) -> str:
        """Which processes live, and what the broadcasts are about; for a failure."""
        alive = {name: process.poll() is None for name, process in self.processes.items()}
        return f"{alive} {self.rows('SELECT id, state, reason FROM broadcasts ORDER BY id DESC LIMIT 3')}"

    def logs(self) -> str:
        """The ends of all logs, for a failure."""
        found = sorted(self.folder.glob("*.log"))
        return "\n".join(f"{each.name}:\n{each.read_text(errors='replace')[-1500:]}" for each in found)

    def logs_say(self, what: str) -> int:
        """In how many lines of all logs this stands."""
        return sum(each.read_text(errors="replace").count(what) for each in self.folder.glob("*.log"))

    # The database, from outside

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Read it without a lock; parameters are `?`."""
        if self.cluster is None:
            with contextlib.closing(
                sqlite3.connect(f"file:{self.data_dir / 'vouch.db'}?mode=ro", uri=True, timeout=15)
            ) as connection:
                return connection.execute(statement, values).fetchall()
        with psycopg.connect(self._database) as server:
            return server.execute(statement.replace("?", "%s").encode(), values).fetchall()

    def write(self, statement: str, *values: Any) -> None:
        """Change it from outside, as an operator would."""
        if self.cluster is None:
            with contextlib.closing(sqlite3.connect(self.data_dir / "vouch.db", timeout=15)) as connection, connection:
                connection.execute(statement, values)
            return
        with psycopg.connect(self._database) as server:
            server.execute(statement.replace("?", "%s").encode(), values)

    def one(self, statement: str, *values: Any) -> Any:
        """The first value of the first row."""
        return self.rows(statement, *values)[0][0]


def _last_active(log: Path) -> str:
    """When a log last said that its process became the active worker; empty: never."""
    if not log.exists():
        return ""
    lines = [line for line in log.read_text(errors="replace").splitlines() if "worker.active" in line]
    return _moment(lines[-1]) if lines else ""


def _moment(line: str) -> str:
    """The time in a line of a log, as it sorts."""
    found = _MOMENT.search(line)
    return found[0] if found else ""


@contextlib.asynccontextmanager
async def rig(folder: Path, engine: str, *, restarts: bool = False, **settings: str) -> AsyncIterator[Rig]:
    """An installation on `sqlite` or `postgresql` that cleans up after itself; `restarts` says that the server will."""
    async with contextlib.AsyncExitStack() as stack:
        api = await stack.enter_async_context(telegram())
        server = None
        if engine == "postgresql":
            server = await (stack.enter_async_context(own()) if restarts else asyncio.to_thread(shared))
        made = Rig(folder, api, server, **settings)
        stack.push_async_callback(made.close)
        await made.open()
        yield made
