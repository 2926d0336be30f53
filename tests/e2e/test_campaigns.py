"""The campaigns of `make chaos` in small: whole processes are killed, frozen, starved and lied to.

Each has its engine here; at full size, all run on both. Whether anything grows takes longer to see than this has time.
"""

from pathlib import Path

import pytest

from tests.chaos.campaigns import CAMPAIGNS
from tests.chaos.figures import settle
from tests.integration.db.cluster import postgres_binaries

IN_SMALL = (
    ("wire", "postgresql"), ("kills", "sqlite"), ("points", "sqlite"), ("workers", "postgresql"),
    ("restarts", "postgresql"), ("deploys", "sqlite"), ("webhook", "sqlite"), ("people", "sqlite"),
    ("schedulers", "postgresql"), ("full", "sqlite"), ("locked", "sqlite"), ("pollers", "sqlite"),
    ("everybody", "sqlite"), ("flood", "sqlite"), ("repeated", "sqlite"), ("poison", "sqlite"),
    ("races", "postgresql"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "engine"), IN_SMALL)
async def test_nothing_is_lost_or_doubled_or_grows(name: str, engine: str, tmp_path: Path) -> None:
    if engine == "postgresql" and postgres_binaries() is None:
        pytest.skip("PostgreSQL's server is not installed")
    settle(await CAMPAIGNS[name].run(tmp_path, engine, True))
