"""The migrations make exactly the tables that the code uses, from nothing, however often and by however many."""

import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from bot.db import Database
from bot.db.migrate import downgrade, is_compared, is_current, require_current, upgrade
from bot.db.tables import PARTITIONS, metadata
from bot.errors import Conflict


def _differences(connection: Connection) -> list[object]:
    options = {"compare_type": True, "include_name": is_compared}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


async def test_migrations_make_the_tables_of_the_code(empty_db: Database) -> None:
    await upgrade(empty_db)
    async with empty_db.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
        parts = () if empty_db.is_sqlite else PARTITIONS
        assert await connection.run_sync(_tables) == {*metadata.tables, "alembic_version", *parts}


async def test_upgrading_twice_changes_nothing(empty_db: Database) -> None:
    await upgrade(empty_db)
    async with empty_db.write() as uow:
        await uow.meta.set("kept", "yes")
    await upgrade(empty_db)
    assert await is_current(empty_db)
    async with empty_db.read() as uow:
        assert await uow.meta.get("kept") == "yes"


async def test_several_may_upgrade_at_once(empty_db: Database) -> None:
    others = [Database(empty_db.url) for _ in range(3)]
    try:
        await asyncio.gather(*(upgrade(each) for each in (empty_db, *others)))
    finally:
        for each in others:
            await each.close()
    assert await is_current(empty_db)
    async with empty_db.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []


async def test_a_new_file_may_be_opened_by_several_at_once(tmp_path: Path) -> None:
    for number in range(40):
        several = [Database(f"sqlite+aiosqlite:///{tmp_path}/{number}.db") for _ in range(5)]
        try:
            assert await asyncio.gather(*(is_current(each) for each in several)) == [False] * 5
        finally:
            for each in several:
                await each.close()


async def test_an_empty_database_is_not_taken_for_a_current_one(empty_db: Database) -> None:
    with pytest.raises(Conflict, match="vouch db upgrade"):
        await require_current(empty_db)


_BEFORE_LANES = (
    """INSERT INTO updates (bot_id, update_id, state, body, received_at)
    VALUES (1, 11, 0, :body, :at), (1, 12, 1, NULL, :at)""",
    """INSERT INTO deliveries (broadcast_id, resident_id, group_no, state, fence, changed_at, message_ref, error,
    not_before, recall) VALUES (1, 5, 0, 2, 3, :at, 77, NULL, NULL, 1), (1, 6, 1, 0, NULL, NULL, NULL, NULL, :at, NULL),
    (42, 5, 0, 4, 1, :at, NULL, 'gone', NULL, NULL)""",
)


def _rows(connection: Connection) -> list[tuple[object, ...]]:
    deliveries = "SELECT broadcast_id, resident_id, group_no, state, fence, message_ref, error, recall FROM deliveries"
    waiting = "SELECT update_id, state FROM updates"
    return [
        tuple(row)
        for each in (deliveries, waiting)
        for row in connection.execute(text(f"{each} ORDER BY 1, 2")).all()
    ]  # fmt: skip


async def test_lanes_and_partitions_keep_every_row_there_and_back(empty_db: Database) -> None:
    await upgrade(empty_db, "0002")
    async with empty_db.engine.begin() as connection:
        for statement in _BEFORE_LANES:
            values = {"body": b"sealed", "at": "2026-11-02 09:00:00"}
            await connection.execute(text(statement), values)
        before = await connection.run_sync(_rows)
    await upgrade(empty_db)
    async with empty_db.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
        assert await connection.run_sync(_rows) == before
    async with empty_db.read() as uow:
        assert [each.update_id for each in await uow.inbox.waiting(1, limit=10)] == [11]
    await downgrade(empty_db, "0002")
    async with empty_db.engine.connect() as connection:
        assert await connection.run_sync(_rows) == before
        assert not set(PARTITIONS) & await connection.run_sync(_tables)
    await upgrade(empty_db)
    assert await is_current(empty_db)
