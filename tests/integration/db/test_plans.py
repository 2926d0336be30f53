"""The indexes that the hot path depends on are the ones it takes, on SQLite, whose planner would rather not."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event

from bot.db import Database
from bot.db.migrate import upgrade
from bot.db.repositories.residents import Audience

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
EVERYBODY = Audience((), (), "health", emergency=False)


async def _plans(db: Database, work: Any) -> str:
    """How SQLite would carry out the statements of some work."""
    seen: list[tuple[str, Any]] = []
    event.listen(db.engine.sync_engine, "before_cursor_execute", lambda *what: seen.append((what[2], what[3])))
    async with db.write() as uow:
        await work(uow)
        asked = [each for each in seen if not each[0].startswith("BEGIN")]
        found = [await uow.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values) for text, values in asked]
        return "\n".join(row[3] for each in found for row in each)


@pytest.mark.parametrize(
    ("work", "taken"),
    [
        (lambda uow: uow.deliveries.due(1, limit=5), "ix_deliveries_queued"),
        (lambda uow: uow.deliveries.has_open(1), "ix_deliveries_queued"),
        (lambda uow: uow.deliveries.wake(1, NOW), "ix_deliveries_unsettled"),
        (lambda uow: uow.deliveries.give_up_intents(7, before_fence=2, now=NOW), "ix_deliveries_unsettled"),
        (lambda uow: uow.deliveries.skip_queued(1, "x", now=NOW), "ix_deliveries_queued"),
        (lambda uow: uow.recalls.mark_under_way(1), "ix_deliveries_unsettled"),
        (lambda uow: uow.residents.groups(7, EVERYBODY, NOW), "residents USING INTEGER PRIMARY KEY (rowid>?"),
        (
            lambda uow: uow.deliveries.queue(1, bot_id=7, audience=EVERYBODY, now=NOW, no_language="none"),
            "ix_broadcast_groups_chosen",
        ),
    ],
)  # fmt: skip
async def test_what_has_ended_is_not_walked_over(tmp_path: Any, work: Any, taken: str) -> None:
    db = Database(f"sqlite+aiosqlite:///{tmp_path / 'plans.db'}")
    try:
        await upgrade(db)
        plans = await _plans(db, work)
    finally:
        await db.close()
    assert taken in plans
    walked = [line for line in plans.splitlines() if line.endswith("deliveries USING PRIMARY KEY (broadcast_id=?)")]
    assert walked == []
