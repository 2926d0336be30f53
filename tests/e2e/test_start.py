"""Starting: what is wrong is said in one clear sentence, exit 1, no traceback, no token."""

import asyncio
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stage import ROOT, TOKEN, Stage, free_port, stage

TRACES = ("Traceback", 'File "', "bot/", "Error:", TOKEN, TOKEN.partition(":")[2])


async def _vouch(vouch: Stage, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, in a folder without a `.env`."""
    environment = {**vouch.env, "PYTHONPATH": str(ROOT)}
    return await asyncio.to_thread(
        subprocess.run, [sys.executable, "-m", "bot", *arguments], cwd=vouch.folder, env=environment,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


async def _refused(vouch: Stage, says: str) -> str:
    """`vouch run` ends with 1 and one sentence, which is returned."""
    ended = await _vouch(vouch, "run")
    lines = ended.stderr.strip().splitlines()
    print(f"exit {ended.returncode}: {ended.stderr.strip()}")
    assert ended.returncode == 1
    assert len(lines) == 1, ended.stderr
    assert lines[0].endswith(".")
    assert says in lines[0]
    assert not any(trace in lines[0] for trace in TRACES)
    assert ended.stdout == ""
    return lines[0]


async def test_without_a_token_it_says_how_to_get_one(tmp_path: Path) -> None:
    vouch = Stage(tmp_path)
    del vouch.env["VOUCH_TELEGRAM_TOKEN"]
    sentence = await _refused(vouch, "VOUCH_TELEGRAM_TOKEN is missing")
    assert "@BotFather" in sentence


async def test_a_malformed_token_is_named_and_not_shown(tmp_path: Path) -> None:
    vouch = Stage(tmp_path, VOUCH_TELEGRAM_TOKEN="12:short-and-secret")
    sentence = await _refused(vouch, "VOUCH_TELEGRAM_TOKEN")
    assert "short-and-secret" not in sentence


async def test_a_token_that_telegram_refuses(tmp_path: Path) -> None:
    other = "1234567890:ANOTHER-TOKEN-THAT-NOBODY-HAS-GIVEN-OUT"
    async with stage(tmp_path, VOUCH_TELEGRAM_TOKEN=other) as vouch:
        sentence = await _refused(vouch, "Telegram does not accept VOUCH_TELEGRAM_TOKEN")
        assert "NOBODY-HAS" not in sentence


@pytest.mark.parametrize("address", ["postgresql+psycopg://sample:sample@127.0.0.1:1/x", "unwritable"])
async def test_a_database_that_cannot_be_reached(tmp_path: Path, address: str) -> None:
    if address == "unwritable":
        (tmp_path / "file").write_text("a file, not a folder")
        address = f"sqlite+aiosqlite:///{tmp_path}/file/vouch.db"
    vouch = Stage(tmp_path, VOUCH_DATABASE_URL=address, VOUCH_SECRET_KEY="k" * 40)
    sentence = await _refused(vouch, "database cannot be reached")
    assert "sample:sample" not in sentence


async def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file, not a folder")
    await _refused(Stage(tmp_path, VOUCH_DATA_DIR=str(tmp_path / "file" / "data")), "VOUCH_DATA_DIR")


async def test_a_port_in_use(tmp_path: Path) -> None:
    async with stage(tmp_path) as vouch:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", vouch.port))
            taken.listen()
            await _refused(vouch, f"Port {vouch.port} is in use")


async def test_the_wrong_key_for_a_database(tmp_path: Path) -> None:
    async with stage(tmp_path) as vouch:
        await vouch.cli("residents", "count")
        vouch.env["VOUCH_SECRET_KEY"] = "another-key-that-is-long-enough-to-be-one"
        sentence = await _refused(vouch, "not the key that this database was made with")
        assert "another-key" not in sentence


async def test_telegram_out_of_reach(tmp_path: Path) -> None:
    await _refused(Stage(tmp_path, VOUCH_TELEGRAM_API_URL=f"http://127.0.0.1:{free_port()}"), "cannot be reached")


async def test_every_wrong_setting_is_named_at_once(tmp_path: Path) -> None:
    vouch = Stage(
        tmp_path, VOUCH_TIMEZONE="Europe/Walsall", VOUCH_LISTEN="8080", VOUCH_RATE_PER_SECOND="-3",
        VOUCH_TELEGRAM_UPDATES="pigeon",
    )  # fmt: skip
    sentence = await _refused(vouch, "VOUCH_TIMEZONE")
    for name in ("VOUCH_LISTEN", "VOUCH_TELEGRAM_UPDATES"):
        assert name in sentence


async def test_version_doctor_and_wrong_use(tmp_path: Path) -> None:
    async with stage(tmp_path) as vouch:
        version = await _vouch(vouch, "--version")
        assert (version.returncode, version.stdout.split()[0]) == (0, "vouch")
        doctor = await _vouch(vouch, "doctor")
        assert doctor.returncode == 0, doctor.stdout + doctor.stderr
        assert "@StageBot" in doctor.stdout
        assert not any(trace in doctor.stdout for trace in TRACES)
        for arguments in (("no-such-command",), ("run", "--role", "postman"), ("broadcasts", "show", "first")):
            wrong = await _vouch(vouch, *arguments)
            assert wrong.returncode == 2, (arguments, wrong.stderr)
            assert "Traceback" not in wrong.stderr
    late = Stage(tmp_path, VOUCH_TELEGRAM_API_URL=f"http://127.0.0.1:{free_port()}")
    ill = await _vouch(late, "doctor")
    assert ill.returncode == 1
    assert "cannot be reached" in ill.stdout
