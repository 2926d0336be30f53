"""The campaigns of `make chaos` in small: whole processes are killed, frozen, starved and lied to.

Each has its engine here; at full size, all run on both. Floods, deploys, a killed webhook, a second poller and whether
anything grows take longer than `make test` has: `make chaos ARGS="NAME --small"`.
"""

from pathlib import Path

import pytest

from tests.chaos.campaigns import CAMPAIGNS
from tests.chaos.figures import settle
from tests.integration.db.cluster import postgres_binaries

IN_SMALL = (
    ("wire", "postgresql"), ("kills", "sqlite"), ("points", "sqlite"), ("workers", "postgresql"),
    ("restarts", "postgresql"), ("people", "sqlite"), ("schedulers", "postgresql"), ("full", "sqlite"),
    ("locked", "sqlite"), ("repeated", "sqlite"), ("poison", "sqlite"), ("races", "postgresql"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "engine"), IN_SMALL)
async def test_nothing_is_lost_or_doubled_or_grows(name: str, engine: str, tmp_path: Path) -> None:
    if engine == "postgresql" and postgres_binaries() is None:
        pytest.skip("PostgreSQL's server is not installed")
    settle(await CAMPAIGNS[name].run(tmp_path, engine, True))
