"""On one machine with SQLite: a worker that stood by and took over is not taken for a dead one by the next."""

from pathlib import Path

import pytest

from bot.app.base import join_data_dir, lock_data_dir
from bot.config import Settings
from tests.stage import Stage


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    vouch = Stage(tmp_path)
    return Settings(_env_file=None, data_dir=vouch.data_dir)  # type: ignore[call-arg]


def test_who_stood_by_counts_when_the_first_has_gone(settings: Settings) -> None:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    first = join_data_dir(settings)
    second = join_data_dir(settings)
    assert (first.alone, second.alone) == (True, False)
    first.close()
    third = join_data_dir(settings)
    assert not third.alone, "the second works on"
    assert lock_data_dir(settings) is None, "a restore must not begin beside it"
    second.close()
    third.close()
    fourth = join_data_dir(settings)
    assert fourth.alone
    fourth.close()
    lock = lock_data_dir(settings)
    assert lock is not None
    lock.close()
