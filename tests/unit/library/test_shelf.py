"""What stands on the ready shelf is recorded ahead: only the day tells its numbers."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.library import read_pack
from bot.library.writer import message_source

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
Change = Callable[[str, str, str], None]
Say = Callable[[], list[str]]
SHELF = 'shelf = "flood"\nasks = ["place", "phone"]\n'


def _put_on_shelf(change: Change, more: str = SHELF) -> None:
    change("message.toml", "revision = 2\n", f"revision = 2\n{more}")


def test_a_message_of_the_shelf_says_what_is_filled_in_on_the_day(pack: Path, change: Change, errors: Say) -> None:
    _put_on_shelf(change)
    assert errors() == []
    (message,) = read_pack(pack, NOW).messages
    assert (message.shelf, message.asks) == ("flood", ("place", "phone"))
    assert 'asks = ["place", "phone"]' in message_source(message)


@pytest.mark.parametrize("words", ["Ring 101.", "On ۵ roads.", "Come on Monday.", "Until tomorrow."])
def test_numbers_and_days_in_its_words_are_found(pack: Path, change: Change, errors: Say, words: str) -> None:
    _put_on_shelf(change)
    change("en-GB.md", "Stay cool.", words)
    assert any("ready shelf" in each for each in errors())


@pytest.mark.parametrize("more", ['shelf = "party"\n', 'shelf = "flood"\nasks = ["colour"]\n', 'asks = ["place"]\n'])
def test_only_what_there_is_can_be_asked_for(change: Change, errors: Say, more: str) -> None:
    _put_on_shelf(change, more)
    assert errors()
