"""Bringing a database up to today's tables. Alembic is imported only where there is something to do: it is slow."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from bot.db.database import Database
from bot.db.tables import PARTITIONS
from bot.errors import Conflict

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS = Path(__file__).parent / "migrations"
_UPGRADE_LOCK = 868_368_001
"""Any number will do, as long as nothing else in this database takes an advisory lock under it."""


def _config(connection: Connection) -> "Config":
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _head() -> str:
    """Today's revision: the highest number of a file, as they follow each other in one line."""
    return max(each.name.partition("_")[0] for each in (_MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def is_compared(name: str | None, kind: str, _parents: object = None) -> bool:
    """Whether `name` should stand in `metadata`: everything but the partitions that the migrations make."""
    return kind != "table" or name not in PARTITIONS


async def is_current(db: Database) -> bool:
    """Whether the database has today's tables."""

    def revision(connection: Connection) -> Any:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()

    async with db.engine.connect() as connection:
        await connection.execution_options(vouch_writing=False)
        return bool(await connection.run_sync(revision) == _head())


async def upgrade(db: Database, revision: str = "head") -> None:
    """Run the missing steps up to `revision`, in one transaction; safe when two processes start at once.

    Raises Conflict when the tables are those of a newer version.
    """
    if await is_current(db):
        return
    from alembic import command  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    def run(connection: Connection) -> None:
        if not db.is_sqlite:
            # SQLite has one writer at a time by itself; here the second process waits, then finds nothing to do.
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})")
        try:
            command.upgrade(_config(connection), revision)
        except CommandError as error:
            raise Conflict("The database was made by a newer version of Vouch: install that version.") from error

    async with db.engine.begin() as connection:
        await connection.run_sync(run)


async def downgrade(db: Database, revision: str) -> None:
    """Take steps back to `revision`, in one transaction. What only later tables can hold is lost: take a backup."""
    from alembic import command  # noqa: PLC0415

    async with db.engine.begin() as connection:
        await connection.run_sync(lambda each: command.downgrade(_config(each), revision))


async def require_current(db: Database) -> None:
    """Raise Conflict unless the database has today's tables (PostgreSQL: an operator upgrades it)."""
    if not await is_current(db):
        raise Conflict("The database is not up to date: run `vouch db upgrade`.")
