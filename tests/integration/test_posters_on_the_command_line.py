"""`vouch poster` and `vouch sheet`: approved texts become pages to print; drafts do not."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.domain.films import Writing
from bot.media import fonts
from bot.media.posters import reading_seconds

pytestmark = pytest.mark.skipif(bool(fonts.missing([Writing("ur", "Arab", rtl=True)])), reason="fonts are missing")

MESSAGE = """
title = "Sample heat"
topic = "weather"
revision = 3
valid_from = 2026-01-01
valid_until = "P90D"
vetted_by = "Sample team"
vetted_on = 2026-01-01
[[sources]]
title = "Sample source"
url = "https://www.nhs.uk/"
"""
APPROVED = "---\ntranslator: Sample One\nreviewer: Sample Two\nreviewed_on: 2026-01-02\n---\n"


@pytest.fixture
def vouch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command on a folder with one message: English and Urdu approved, Polish a draft."""
    monkeypatch.setenv("VOUCH_DATA_DIR", str(tmp_path / "data"))
    home = tmp_path / "pack" / "sample-heat"
    home.mkdir(parents=True)
    (home / "message.toml").write_text(MESSAGE)
    (home / "en-GB.md").write_text("---\ntranslator: Sample\n---\nDrink water.\n\nCall 111.\n")
    (home / "ur.md").write_text(APPROVED + "پانی پئیں۔\n\nفون کریں۔\n", "utf-8")
    (home / "pl.md").write_text("---\ntranslator: Sample\n---\nPij wodę.\n", "utf-8")

    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, [*arguments])
        return done.exit_code, str(done.exception or done.output)

    assert run("messages", "import", str(tmp_path / "pack"))[0] == 0
    return run


def test_approved_texts_are_printed_and_drafts_are_not(tmp_path: Path, vouch: Any) -> None:
    out = tmp_path / "poster.pdf"
    code, said = vouch("poster", "sample-heat", "--languages", "ur,en-GB", "--place", "Sample Hall", "--paper", "A3",
                       "--out", str(out))  # fmt: skip
    assert code == 0, said
    assert out.read_bytes().startswith(b"%PDF")
    assert b"/Count 1" in out.read_bytes()
    code, said = vouch("sheet", "sample-heat", "ur", "--out", str(tmp_path / "sheet.pdf"))
    assert code == 0, said
    code, said = vouch("poster", "sample-heat", "--languages", "ur,pl", "--out", str(tmp_path / "no.pdf"))
    assert code == 1
    assert "a second speaker has to approve it" in said
    assert not (tmp_path / "no.pdf").exists()
    assert vouch("poster", "sample-heat", "--languages", "ur,en-GB,pl,pa", "--out", str(out))[0] == 1


def test_how_long_it_takes_to_read_aloud() -> None:
    assert reading_seconds("word " * 110) == 60
    assert reading_seconds("請留在家中，幫助您的鄰居。" * 10) > 20
