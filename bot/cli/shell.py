"""What every command shares: settings, a loop to run in, a unit of work, who acts, and how rows are shown."""

import asyncio
import contextlib
import getpass
import json
import os
import sys
from collections.abc import AsyncIterator, Coroutine
from typing import Annotated, Any

import typer
import uvloop

from bot import logs
from bot.app.base import Base, open_base
from bot.config import Settings, load_settings
from bot.db import UnitOfWork
from bot.services.audit import Actor, actor_of

By = Annotated[str, typer.Option("--by", help="Who acts: a staff member's name.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON array.")]


def settings() -> Settings:
    """The settings, with logging set up by them. Raises ConfigInvalid."""
    found = load_settings()
    logs.set_up(as_json=found.log_format == "json", level=found.log_level)
    return found


def go(work: Coroutine[Any, Any, None]) -> None:
    """Run a command's work to its end."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work)


@contextlib.asynccontextmanager
async def opened() -> AsyncIterator[Base]:
    """Database, key and desk, for the length of a command. Raises ConfigInvalid or Unavailable."""
    base = await open_base(settings())
    try:
        yield base
    finally:
        await base.close()


@contextlib.asynccontextmanager
async def writing() -> AsyncIterator[tuple[Base, UnitOfWork]]:
    """`opened`, with one unit of work that is committed at the end."""
    async with opened() as base, base.db.write() as uow:
        yield base, uow


@contextlib.asynccontextmanager
async def reading() -> AsyncIterator[tuple[Base, UnitOfWork]]:
    """`opened`, with one unit of work that only reads."""
    async with opened() as base, base.db.read() as uow:
        yield base, uow


async def actor(base: Base, uow: UnitOfWork, name: str) -> Actor:
    """The staff member who acts, and by which hands. Raises NotFound."""
    return actor_of(await base.desk.staff.by_name(uow, name), via())


def via() -> str:
    """How the audit log names this command line: by the system's user."""
    try:
        user = os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"command line ({user})"


def show(rows: list[dict[str, Any]], as_json: bool) -> None:
    """Print a listing: one JSON array, or a line a row without what is empty."""
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        print("  ".join(f"{value}" for value in row.values() if value not in (None, "", [])))


def say(line: str) -> None:
    """Print a line at once, also into a pipe."""
    print(line, flush=True)


def warn(line: str) -> None:
    """Say on stderr what did not go well."""
    print(line, file=sys.stderr, flush=True)


def split(values: str | None) -> tuple[str, ...]:
    """The parts of `a,b`; empty ones do not count."""
    return tuple(part.strip() for part in (values or "").split(",") if part.strip())
