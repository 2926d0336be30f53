"""The migrations make exactly the tables that the code uses, from nothing, however often and by however many."""

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect
from sqlalchemy.engine import Connection

from bot.db import Database
from bot.db.migrate import is_current, require_current, upgrade
from bot.db.tables import metadata
from bot.errors import Conflict


def _differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata))


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


async def test_migrations_make_the_tables_of_the_code(empty_db: Database) -> None:
    await upgrade(empty_db)
    async with empty_db.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
        assert await connection.run_sync(_tables) == {*metadata.tables, "alembic_version"}


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


async def test_an_empty_database_is_not_taken_for_a_current_one(empty_db: Database) -> None:
    with pytest.raises(Conflict, match="vouch db upgrade"):
        await require_current(empty_db)
