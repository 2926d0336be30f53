"""`vouch film`: of the recordings that may be shown, one film; the others are named; nothing is made twice."""

import hashlib
import json
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from tests.unit.media.clips import video, voice

pytestmark = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")

NOW = datetime.now(UTC)
RECORDING = """
[[recordings]]
file = "{file}"
language = "{language}"
leader = "{leader}"
role = "{role}"
role_english = "Sample role"
community = "Sample community"
text = "{text}"
english = "Stay home."
consent = {consent}
consented_at = {given}
consent_until = {until}
"""
REVIEWED = 'reviewer = "Sample Reviewer"\nreviewed_on = 2026-01-02\n'


def pack(folder: Path) -> Path:
    """One message with two recordings for a film and four that may not be in one."""
    home = folder / "pack" / "stay-home"
    home.mkdir(parents=True)
    voice(home / "ur.ogg")
    video(home / "pl.mp4", size="160x284")
    for name in ("pa", "bn", "ar"):
        shutil.copy(home / "ur.ogg", home / f"{name}.ogg")
    (home / "gu.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + os.urandom(4_000))
    rows = [
        ("ur.ogg", "ur", "Sample Amber", "امام", "گھر پر رہیں۔", ["bot", "film"], 90, True),
        ("pl.mp4", "pl", "Sample Birch", "ksiądz", "Zostań w domu.", ["bot", "film"], 90, True),
        ("pa.ogg", "pa", "Sample Cedar", "ਗ੍ਰੰਥੀ", "ਘਰ ਰਹੋ।", ["bot"], 90, True),
        ("bn.ogg", "bn", "Sample Daisy", "ইমাম", "ঘরে থাকুন।", ["bot", "film"], -1, True),
        ("ar.ogg", "ar", "Sample Elder", "إمام", "ابقوا في المنزل.", ["bot", "film"], 90, False),
        ("gu.mp4", "gu", "Sample Fern", "શિક્ષક", "ઘરે રહો.", ["bot", "film"], 90, True),
    ]
    tables = "".join(
        RECORDING.format(
            file=file, language=tag, leader=leader, role=role, text=text, consent=json.dumps(consent),
            given=(NOW - timedelta(days=99)).isoformat(), until=(NOW + timedelta(days=days)).isoformat(),
        ) + (REVIEWED if reviewed else "")
        for file, tag, leader, role, text, consent, days, reviewed in rows
    )  # fmt: skip
    (home / "message.toml").write_text(
        'title = "Stay home"\ntopic = "health"\nrevision = 1\nvalid_from = 2026-01-01\nvalid_until = "P90D"\n'
        'vetted_by = "Sample team"\nvetted_on = 2026-01-01\n'
        '[[sources]]\ntitle = "Sample source"\nurl = "https://www.nhs.uk/"\n' + tables, "utf-8",
    )  # fmt: skip
    (home / "en-GB.md").write_text("---\ntranslator: Sample Author\n---\nStay home. Call 111.\n")
    return home.parent


@pytest.fixture
def vouch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command on a data folder that has the pack; returns exit code, what it printed, and why it failed."""
    monkeypatch.setenv("VOUCH_DATA_DIR", str(tmp_path / "data"))

    def run(*arguments: str) -> tuple[int, str, str]:
        done = CliRunner().invoke(app, [*arguments])
        return done.exit_code, done.output, str(done.exception or "")

    assert run("messages", "import", str(pack(tmp_path)))[0] == 0
    return run


def test_a_film_is_made_of_what_may_be_shown_and_names_the_rest(tmp_path: Path, vouch: Any) -> None:
    out = tmp_path / "film.mp4"
    code, printed, why = vouch("film", "stay-home", "--out", str(out))
    assert code == 0, why
    report = json.loads((tmp_path / "film.report.json").read_text())
    assert {each["language"] for each in report["segments"]} == {"ur", "pl"}
    reasons = {each["language"]: each["reason"] for each in report["left_out"]}
    assert reasons.pop("gu") in {"not_a_recording", "damaged"}
    assert reasons == {"pa": "no_consent", "bn": "consent_expired", "ar": "not_approved"}
    assert "left out: gu video Sample Fern" in printed
    _plays(out, report)
    assert "گھر پر رہیں۔" in (tmp_path / "film.ur.vtt").read_text("utf-8")
    assert (tmp_path / "film.en-GB.srt").read_text().count("Stay home.") == 2

    _, printed, _ = vouch("film", "stay-home", "--out", str(tmp_path / "again.mp4"))
    assert "(0 built, 2 kept from before)" in printed
    assert (tmp_path / "again.mp4").read_bytes() == out.read_bytes()

    assert {each[:16] for each in _kept(tmp_path)} >= {_digest(tmp_path, "ur.ogg"), _digest(tmp_path, "pl.mp4"), "film"}

    vouch("staff", "add", "Pat", "--telegram", "1001", "--role", "admin", "--role", "publisher", "--role", "reviewer")
    for language, form in (("pl", "video"), ("ur", "voice")):
        assert vouch("renditions", "withdraw", "stay-home", language, "--form", form, "--by", "Pat")[0] == 0
        if language == "pl":
            assert "(0 built, 1 kept from before)" in vouch("film", "stay-home", "--out", str(tmp_path / "one.mp4"))[1]
            left = {each[:16] for each in _kept(tmp_path)}
            assert _digest(tmp_path, "ur.ogg") in left
            assert _digest(tmp_path, "pl.mp4") not in left, "of what was withdrawn nothing is kept"
    code, _, why = vouch("film", "stay-home", "--out", str(tmp_path / "none.mp4"))
    assert _kept(tmp_path) == set()
    assert code == 1
    assert "No clip is left" in why
    assert "withdrawn" in why
    assert not (tmp_path / "none.mp4").exists()


def _digest(folder: Path, name: str) -> str:
    """How the names of what was made from a recording begin."""
    return hashlib.sha256((folder / "pack" / "stay-home" / name).read_bytes()).hexdigest()[:16]


def _kept(folder: Path) -> set[str]:
    """What is kept of people: pieces by their recording, and `film` for whole films; cards say nothing of anybody."""
    names = {each.name.split("-")[0] for each in (folder / "data" / "films").iterdir()}
    return {each for each in names if each == "film" or re.fullmatch("[0-9a-f]{16}", each)}


def _plays(film: Path, report: dict[str, object]) -> None:
    """H.264 and AAC, quick to start, undamaged, as long as it says."""
    said = subprocess.run(
        ["ffprobe", "-v", "error", "-print_format", "json", "-show_format", "-show_streams", str(film)],
        capture_output=True, check=True, timeout=60,
    ).stdout  # fmt: skip
    probed = json.loads(said)
    assert {each["codec_name"] for each in probed["streams"] if each["codec_type"] != "data"} >= {"h264", "aac"}
    assert abs(float(probed["format"]["duration"]) - float(str(report["seconds"]))) < 0.1
    head = film.read_bytes()[:65_536]
    assert 0 < head.find(b"moov") < head.find(b"mdat", head.find(b"moov"))
    subprocess.run(["ffmpeg", "-v", "error", "-xerror", "-i", str(film), "-f", "null", "-"], check=True, timeout=60)


def test_without_ffmpeg_it_says_what_to_install(tmp_path: Path, vouch: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    code, _, why = vouch("film", "stay-home", "--out", str(tmp_path / "film.mp4"))
    assert code == 1
    assert "apt-get install ffmpeg" in why
    assert "Films cannot be made" in vouch("doctor")[1]
