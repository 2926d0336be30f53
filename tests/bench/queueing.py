"""Queueing: one delivery row for each of 100,000 residents, beside a bare INSERT of the same rows."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from bot.app.base import Base
from bot.domain.residents import Form, ResidentState
from bot.services.audit import actor_of
from tests.chaos import town
from tests.chaos.figures import Figure, at_most, shown
from tests.stage import Stage

RESIDENTS = 100_000
GOAL_SECONDS = 0.3
"""Three seconds for a million."""


async def queueing(folder: Path) -> list[Figure]:
    """From the approval until every row is committed; on SQLite, with all its checks and indexes."""
    vouch = Stage(folder)
    await town.build(vouch, 0)
    async with town.base_of(vouch) as base:
        await _fill(base)
        async with base.db.write() as uow:
            author, second = [
                actor_of(await base.desk.staff.by_name(uow, each), "bench") for each in (town.AUTHOR, town.SECOND)
            ]
            number = await base.desk.broadcasts.create(uow, author, key=town.MESSAGE)
        began = time.monotonic()
        async with base.db.write() as uow:
            await base.desk.approvals.approve_directly(uow, second, "broadcast", number)
        seconds = time.monotonic() - began
        async with base.db.read() as uow:
            assert (await base.desk.accounts.show(uow, number))["counts"]["queued"] == RESIDENTS
    limit = _bare(vouch.data_dir / "vouch.db")
    return [
        at_most("queueing 100,000: from the approval to the commit", seconds, GOAL_SECONDS, "s"),
        shown("queueing 100,000, of a bare INSERT", RESIDENTS / seconds, "deliveries/s", RESIDENTS / limit),
    ]


async def _fill(base: Base) -> None:
    assert base.vault is not None
    now = base.clock.now()
    for first in range(0, RESIDENTS, 5_000):
        rows: list[dict[str, Any]] = [
            {
                "bot_id": base.bot_id, "person_tag": base.vault.tag(number), "chat": base.vault.seal_chat(number),
                "listen": (tag := town.LANGUAGES[number % len(town.LANGUAGES)]), "read": tag, "area": None,
                "form": Form.TEXT, "topics": [], "emergencies_only": False, "state": ResidentState.ACTIVE,
                "paused_until": None, "tester": False, "joined_at": now, "changed_at": now,
            }
            for number in range(first, first + 5_000)
        ]  # fmt: skip
        async with base.db.write() as uow:
            await uow.residents.create_many(rows)


def _bare(path: Path) -> float:
    """Seconds for the same rows into an equal table without indexes, in one transaction made durable."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(
            "CREATE TABLE bare (broadcast_id INTEGER, resident_id INTEGER, group_no INTEGER, state INTEGER, "
            "error TEXT, PRIMARY KEY (broadcast_id, resident_id)) WITHOUT ROWID"
        )
        began = time.monotonic()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO bare SELECT 1, id, 0, 0, NULL FROM residents WHERE state = 'active'")
        connection.execute("COMMIT")
        return time.monotonic() - began
