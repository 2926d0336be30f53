"""Recordings that cannot be used, read by the real ffmpeg: a kind word in the leader's language; nothing is lost."""

import asyncio
import multiprocessing
import resource
import shutil
import struct
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.db.rows import RecordingRow
from bot.domain.clips import Clip, ClipRefusal
from bot.domain.events import MediaKind
from bot.media.probe import Prober
from bot.services.media import FETCH_LIMIT
from tests.factories import World
from tests.integration.services.leading import agreed, arrive, asked, speak, team
from tests.unit.media.clips import TONE, make, video, voice

pytestmark = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
EXTRA_MIB = 200


def _silence(folder: Path) -> Path:
    return make(folder / "silence.ogg", "-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono", "-t", "3", "-c:a", "libopus")


def _clipped(folder: Path) -> Path:
    return make(
        folder / "clipped.wav", "-f", "lavfi", "-i", TONE.format(seconds=3), "-af", "volume=40dB", "-c:a", "pcm_s16le"
    )


def _ten_hours(folder: Path) -> Path:
    """A small file whose header says 36,000 seconds: 3 seconds of sound, played at a crawl."""
    whole = bytearray(
        make(folder / "long.mp4", "-f", "lavfi", "-i", TONE.format(seconds=3), "-c:a", "aac").read_bytes()
    )
    for name in (b"mvhd", b"mdhd"):
        at = whole.index(name) + 4 + 4 + 8  # past version, flags and two dates: the time scale
        scale, length = struct.unpack_from(">II", whole, at)
        struct.pack_into(">II", whole, at, scale, 36_000 * scale)
        assert length < 10 * scale
    at = whole.index(b"elst") + 12
    struct.pack_into(">I", whole, at, 36_000 * 1_000)
    at = whole.index(b"stts") + 12
    struct.pack_into(">I", whole, at, 256)
    struct.pack_into(">I", whole, at + 4, 36_000 * 48_000 // 141)
    (target := folder / "ten-hours.mp4").write_bytes(whole)
    return target


def _huge_picture(folder: Path) -> Path:
    """900 million pixels in a small file: the container and every frame of it say 30,000 x 30,000."""
    made = video(folder / "small.mov", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", size="160x240")
    size = struct.pack(">HH", 30_000, 30_000)
    data = made.read_bytes().replace(struct.pack(">HH", 160, 240), size).replace(struct.pack(">HH", 240, 160), size)
    assert data.count(size) > 2
    (target := folder / "huge.mp4").write_bytes(data)
    return target


def _cut(folder: Path) -> Path:
    whole = video(folder / "whole.mp4", "-movflags", "+faststart", "-bf", "0").read_bytes()
    (target := folder / "cut.mp4").write_bytes(whole[: len(whole) * 6 // 10])
    return target


def _text(folder: Path) -> Path:
    (target := folder / "voice.ogg").write_bytes(b"This is a letter, whatever it is called. " * 200)
    return target


def _empty(folder: Path) -> Path:
    (target := folder / "empty.ogg").touch()
    return target


def _above_the_limit(folder: Path) -> Path:
    """Larger than it was said to be."""
    (target := folder / "large.ogg").write_bytes(bytes(FETCH_LIMIT + 1))
    return target


def _no_sound(folder: Path) -> Path:
    return video(folder / "mute.mp4", "-an")


BAD: dict[str, tuple[Callable[[Path], Path], MediaKind]] = {
    "empty": (_empty, MediaKind.VOICE),
    "silent": (_silence, MediaKind.VOICE),
    "no_sound": (_no_sound, MediaKind.VIDEO),
    "not_a_recording": (_text, MediaKind.VOICE),
    "too_long": (_ten_hours, MediaKind.AUDIO),
    "too_big_a_picture": (_huge_picture, MediaKind.VIDEO),
    "damaged": (_cut, MediaKind.VIDEO),
    "too_large": (_above_the_limit, MediaKind.VOICE),
}
"""By why it is not taken: what makes it, and as what it is sent."""


def _peak() -> int:
    """The most memory that this process has had, in KiB (not what it inherited from whoever started it)."""
    said = Path("/proc/self/status").read_text()
    return int(said.partition("VmHWM:")[2].split()[0])


def _measured(task: str, path: Path, *, signed: bool) -> tuple[Clip | ClipRefusal | bool, float]:
    """Look at a file with the real ffmpeg; returns what was found and the MiB that we and our children used for it."""
    before = _peak()
    prober = Prober()
    found = asyncio.run(prober.decodes(path) if task == "decodes" else prober.probe(path, signed=signed))
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return found, (_peak() - before + children) / 1024


class MeasuredEars:
    """The real prober, in a process of its own, where nothing else adds to the figures."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool
        self.mib = 0.0

    async def _ask(self, task: str, path: Path, *, signed: bool = False) -> Any:
        job = partial(_measured, task, path, signed=signed)
        found, mib = await asyncio.get_running_loop().run_in_executor(self._pool, job)
        self.mib = max(self.mib, mib)
        return found

    async def probe(self, path: Path, *, signed: bool = False) -> Clip | ClipRefusal:
        """What it is."""
        found: Clip | ClipRefusal = await self._ask("probe", path, signed=signed)
        return found

    async def decodes(self, path: Path) -> bool:
        """Whether all of it can be read."""
        return bool(await self._ask("decodes", path))


@pytest.fixture
def ears() -> Iterator[MeasuredEars]:
    """Ears whose memory is measured."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield MeasuredEars(pool)


async def _takes(world: World, request_id: int) -> list[RecordingRow]:
    async with world.db.read() as uow:
        return list(await uow.recordings.of_request(request_id))


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_each_gets_a_kind_word_and_the_draft_is_kept(world: World, ears: MeasuredEars, tmp_path: Path) -> None:
    publisher, _, _ = await team(world)
    await world.message("heat", approved=("en-GB", "pa"))
    leader_id, phone = await agreed(world, publisher)
    request_id = await asked(world, publisher, leader_id)
    await phone.read()
    await phone.press(f"rq:{request_id}")
    await speak(world, phone, "good", data=voice(tmp_path / "good.ogg", seconds=3).read_bytes())
    await arrive(world, ears)
    await phone.read()
    submit = phone.screens[-1].buttons[0][0].data
    before = _peak()
    for why, (make_it, kind) in BAD.items():
        made = make_it(tmp_path)
        await speak(world, phone, why, kind=kind, data=made.read_bytes(), size=1_000, seconds=3)
        assert phone.kinds[-1] == "recording.taken", why
        await arrive(world, ears)
        [answer] = await phone.read()
        assert phone.kinds[-1] == "recording.refused", why
        params = {"request_id": request_id, "why": why}
        assert answer.html == world.renderer.render("recording.refused", params, "pa").html, why
        assert answer.html != world.renderer.render("recording.refused", params, "en-GB").html, "in their own language"
    grown = (_peak() - before) / 1024
    print(f"extra memory: {ears.mib:.0f} MiB to look at one, {grown:.0f} MiB to take all in (goal: {EXTRA_MIB})")
    assert ears.mib + grown < EXTRA_MIB
    assert [each.state for each in await _takes(world, request_id)].count("draft") == 1
    await phone.press(submit)
    assert phone.kinds[-1] == "recording.submitted", "the good one from before is still there"


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_clipped_one_is_taken_with_advice_and_a_very_large_one_by_its_handle(
    world: World, ears: MeasuredEars, tmp_path: Path
) -> None:
    publisher, _, _ = await team(world)
    await world.message("heat", approved=("en-GB", "pa"))
    leader_id, phone = await agreed(world, publisher)
    request_id = await asked(world, publisher, leader_id)
    await phone.read()
    await phone.press(f"rq:{request_id}")
    await speak(world, phone, "loud", kind=MediaKind.AUDIO, data=_clipped(tmp_path).read_bytes())
    await arrive(world, ears)
    await phone.read()
    assert phone.kinds[-1] == "recording.heard"
    await speak(world, phone, "huge", size=FETCH_LIMIT + 1)
    await arrive(world, ears)
    await phone.read()
    assert phone.kinds[-1] == "recording.heard"
    found = {each.state: each for each in await _takes(world, request_id)}
    assert found["replaced"].findings == ["clipped"]
    assert (found["draft"].findings, found["draft"].by_id) == (["by_id"], True)
