"""What a message answers: short sentences, few, and the same after they were written and read again."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.library import read_pack
from bot.library.writer import message_source

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
Change = Callable[[str, str, str], None]
Say = Callable[[], list[str]]


def _answers(change: Change, value: str) -> None:
    change("message.toml", "revision = 2\n", f"revision = 2\nanswers = {value}\n")


def test_what_a_message_answers_is_read_and_written_back(pack: Path, change: Change, errors: Say) -> None:
    _answers(change, '["Fans spread germs.", "Ice is \\"poison\\"."]')
    assert errors() == []
    (message,) = read_pack(pack, NOW).messages
    assert message.answers == ("Fans spread germs.", 'Ice is "poison".')
    assert 'answers = ["Fans spread germs.", "Ice is \\"poison\\"."]' in message_source(message)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ('"Fans spread germs."', "list of short sentences"),
        ("[1]", "list of short sentences"),
        ('[""]', "is empty"),
        (f'["{"x" * 201}"]', "longer than 200"),
        (str([f"Claim {each}." for each in range(13)]), "12 are the most"),
    ],
)
def test_what_is_wrong_is_said_kindly(change: Change, errors: Say, value: str, said: str) -> None:
    _answers(change, value)
    assert any(said in each for each in errors())
