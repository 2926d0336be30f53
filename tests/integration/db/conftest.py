"""The same tests on a real SQLite file and, where it is installed, on PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.db import Database
from tests.integration.db.cluster import ENGINES, database, postgres_binaries


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `postgresql`."""
    if request.param == "postgresql" and postgres_binaries() is None:
        pytest.skip("PostgreSQL is not installed here (apt-get install postgresql): tried on SQLite alone")
    return str(request.param)


@pytest.fixture
async def db(engine: str, tmp_path: Path) -> AsyncIterator[Database]:
    """A database with today's tables."""
    async with database(engine, tmp_path) as made:
        yield made


@pytest.fixture
async def empty_db(engine: str, tmp_path: Path) -> AsyncIterator[Database]:
    """A database without tables."""
    async with database(engine, tmp_path, empty=True) as made:
        yield made
