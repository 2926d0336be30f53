"""A guarded child cannot take more than it may, and learns nothing of us."""

import asyncio
import shutil
from pathlib import Path

import pytest

from bot.media import guard
from bot.media.guard import Allowance, Ending

pytestmark = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")

ENDLESS = ["-nostdin", "-v", "error", "-re", "-f", "lavfi", "-i", "testsrc2", "-f", "null", "-"]


async def test_it_ends_when_its_time_is_over_or_when_nobody_waits() -> None:
    ran = await guard.run("ffmpeg", ENDLESS, allow=Allowance(seconds=0.3))
    assert ran.ending is Ending.OUT_OF_TIME
    task = asyncio.ensure_future(guard.run("ffmpeg", [*ENDLESS[:-1], "/dev/null", "-y"]))
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_memory_file_size_and_output_are_limited(tmp_path: Path) -> None:
    huge = [
        "-nostdin",
        "-v",
        "error",
        "-f",
        "lavfi",
        "-i",
        "color=size=8000x8000:rate=30:duration=2",
        "-f",
        "null",
        "-",
    ]
    assert (await guard.run("ffmpeg", huge, allow=Allowance(memory_mb=400))).ending is not Ending.DONE
    noise = ["-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=duration=9", "-c:v", "rawvideo"]
    target = tmp_path / "big.avi"
    ran = await guard.run("ffmpeg", [*noise, str(target)], allow=Allowance(file_mb=1))
    assert ran.ending is Ending.OUT_OF_LIMITS
    assert target.stat().st_size <= 1_048_576
    ran = await guard.run("ffmpeg", [*noise, "-f", "rawvideo", "-"], allow=Allowance(output_mb=1))
    assert ran.ending is Ending.OUT_OF_LIMITS


async def test_it_is_not_told_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOUCH_SECRET_KEY", "s" * 40)
    assert "VOUCH_SECRET_KEY" not in guard._environment()


async def test_a_program_that_is_not_installed_is_said_to_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert (await guard.run("ffmpeg", [])).ending is Ending.MISSING
    with pytest.raises(ValueError, match="not one of"):
        await guard.run("sh", ["-c", "true"])
