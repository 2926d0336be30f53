"""What a command is told wrongly is said in one sentence, before anything is opened."""

import pytest
from typer.testing import CliRunner

from bot.cli import app


@pytest.mark.parametrize("options", [[], ["--rest", "--unconfirmed"]])
def test_sending_again_is_for_one_of_two_groups(options: list[str]) -> None:
    done = CliRunner().invoke(app, ["broadcasts", "resend", "1", "--by", "Sample", *options])
    assert done.exit_code == 2
    assert "give one of --unconfirmed and --rest" in done.output
