"""One installation for each test, on a real SQLite file and, where it is installed, on PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.factories import World
from tests.integration.db.cluster import ENGINES, database, postgres_binaries


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `postgresql`."""
    if request.param == "postgresql" and postgres_binaries() is None:
        pytest.skip("PostgreSQL is not installed here (apt-get install postgresql): tried on SQLite alone")
    return str(request.param)


@pytest.fixture
async def world(engine: str, tmp_path: Path) -> AsyncIterator[World]:
    """An installation with nobody and nothing in it."""
    async with database(engine, tmp_path) as db:
        world = World(db, tmp_path)
        async with db.write() as uow:
            await uow.meta.set("listing_salt", world.vault.listing_salt)
        yield world
