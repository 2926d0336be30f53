"""What every repository shares: one open connection, and rows turned into frozen values."""

from collections.abc import Iterable
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Executable, Select, Table, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")


@cache
def columns(row_type: type, table: Table) -> tuple[ColumnElement[Any], ...]:
    """The table's columns that the row type names, in its order."""
    return tuple(table.c[each.name] for each in fields(row_type))


class Repository:
    """Base of the repositories: `self.connection` is the unit of work's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    def select(self, row_type: type, table: Table) -> Select[Any]:
        """SELECT of just the columns that the row type holds."""
        return select(*columns(row_type, table))

    async def one(self, row_type: type[T], statement: Select[Any]) -> T | None:
        """The first row as a value, or None."""
        row = (await self.connection.execute(statement)).first()
        return None if row is None else row_type(*row)

    async def many(self, row_type: type[T], statement: Select[Any]) -> list[T]:
        """All rows as values."""
        return [row_type(*row) for row in await self.connection.execute(statement)]

    async def scalar(self, statement: Select[Any]) -> Any:
        """The first column of the first row, or None."""
        return (await self.connection.execute(statement)).scalar()

    async def add(self, table: Table, **values: Any) -> int:
        """Insert one row and return its number."""
        result = await self.connection.execute(insert(table).values(**values))
        key = result.inserted_primary_key
        return int(key[0]) if key is not None and isinstance(key[0], int) else 0

    async def insert_new(self, table: Table, rows: Iterable[dict[str, Any]]) -> int:
        """Insert rows whose key is not there yet; returns how many were new."""
        listed = list(rows)
        if not listed:
            return 0
        dialect = sqlite if self.connection.dialect.name == "sqlite" else postgresql
        statement = dialect.insert(table).on_conflict_do_nothing()
        if len(listed) == 1:
            return await self.insert_count(statement.values(listed[0]))
        return await self.insert_count(statement, listed)

    async def insert_count(self, statement: Executable, rows: list[dict[str, Any]] | None = None) -> int:
        """Run an INSERT and return how many rows it made (drivers forget that unless they are asked to keep it)."""
        result = await self.connection.execute(statement, rows, execution_options={"preserve_rowcount": True})
        return max(0, result.rowcount)
