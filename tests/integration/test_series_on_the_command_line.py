"""`vouch broadcasts create --repeat` and `cancel --series`, as a script uses them."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from tests.stage import ROOT, TOKEN

BY = ("--by", "Ana Sample")
MAKE = ("broadcasts", "create", "--message", "scam-texts", *BY)


@pytest.fixture
def vouch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command on an installation with the sample messages and two people; returns what it printed."""
    for name, value in {
        "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": "http://127.0.0.1:9", "DATA_DIR": str(tmp_path),
        "CLI_APPROVE": "true", "TIMEZONE": "Europe/London",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"VOUCH_{name}", value)

    def run(*arguments: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, [*arguments])
        assert done.exit_code == code, done.output
        return str(done.exception) if code else done.output.strip()

    run("messages", "import", str(ROOT / "messages"))
    for name, chat in (("Ana Sample", "1"), ("Bea Sample", "2")):
        run("staff", "add", name, "--telegram", chat, "--role", "publisher", "--role", "reviewer",
            "--languages", "en-GB")  # fmt: skip
    run("renditions", "approve", "scam-texts", "en-GB", "--by", "Bea Sample")
    return run


def test_a_series_is_made_shown_and_cancelled(vouch: Any) -> None:
    day = datetime.now(ZoneInfo("Europe/London")).date() + timedelta(days=2)
    wrong = vouch(*MAKE, "--at", f"{day}T10:00", "--repeat", "FREQ=HOURLY", code=1)
    assert wrong == "A broadcast comes once a day at the most, at the time of its first."
    number = vouch(*MAKE, "--at", f"{day}T10:00", "--repeat", "FREQ=DAILY;COUNT=3")
    assert f"next: {day + timedelta(days=1)}T10:00, {day + timedelta(days=2)}T10:00" in vouch(
        "broadcasts", "preview", number
    )
    vouch("broadcasts", "approve", number, "--by", "Bea Sample")
    shown = json.loads(vouch("broadcasts", "show", number))
    assert (shown["state"], shown["series"], shown["repeat"], shown["occurrence"]) == (
        "scheduled", number, "FREQ=DAILY;COUNT=3", f"{day}T10:00",
    )  # fmt: skip
    vouch("broadcasts", "cancel", number, *BY)
    assert _states(vouch) == ["scheduled", "cancelled"]
    vouch("broadcasts", "cancel", number, "--series", *BY)
    assert _states(vouch) == ["cancelled", "cancelled"]


def _states(vouch: Any) -> list[str]:
    return [each["state"] for each in json.loads(vouch("broadcasts", "list", "--json"))]
