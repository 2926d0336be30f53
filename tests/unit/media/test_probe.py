"""What comes from phones is read for what it is, and what could do harm is refused with its reason."""

import shutil
import struct
import zlib
from pathlib import Path

import pytest

from bot.domain.clips import Clip, ClipLimits, ClipRefusal, ClipShape, Side
from bot.media.probe import decodes, probe
from tests.unit.media.clips import TONE, make, video, voice

pytestmark = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")


async def _clip(path: Path, *, signed: bool = False) -> Clip:
    found = await probe(path, signed=signed)
    assert isinstance(found, Clip), found
    return found


async def test_a_voice_message(tmp_path: Path) -> None:
    clip = await _clip(voice(tmp_path / "a.ogg"))
    assert (clip.shape, clip.container, clip.audio_codec, clip.channels) == (ClipShape.VOICE, "ogg", "opus", 1)
    assert clip.seconds == pytest.approx(2, abs=0.1)
    assert clip.loudness is not None
    # A full-scale sine is -3.01 LUFS; lavfi's has an eighth of that amplitude (-18 dB).
    assert clip.loudness.integrated == pytest.approx(-21, abs=1.5)
    assert clip.loudness.silence < 0.2


async def test_a_turned_portrait_is_as_high_as_it_is_seen(tmp_path: Path) -> None:
    plain = video(tmp_path / "plain.mp4", size="320x180")
    turned = make(tmp_path / "turned.mp4", "-i", str(plain), "-c", "copy", "-metadata:s:v:0", "rotate=90")
    clip = await _clip(turned)
    assert (clip.width, clip.height) == (180, 320)
    assert clip.rotation in {90, 270}
    assert clip.shape is ClipShape.VIDEO


async def test_speech_in_one_channel_is_measured_in_that_channel(tmp_path: Path) -> None:
    left = make(tmp_path / "l.ogg", "-f", "lavfi", "-i", TONE.format(seconds=2), "-af", "pan=stereo|c0=c0|c1=0*c0",
                "-c:a", "libopus")  # fmt: skip
    flipped = make(tmp_path / "f.wav", "-f", "lavfi", "-i", TONE.format(seconds=2), "-af", "pan=stereo|c0=c0|c1=-1*c0")
    one, other = await _clip(left), await _clip(flipped)
    assert one.side is Side.LEFT
    assert other.side is not Side.BOTH
    for clip in (one, other):
        assert clip.loudness is not None
        assert clip.loudness.integrated == pytest.approx(-21, abs=1.5)


async def test_a_round_video_and_one_without_a_written_length(tmp_path: Path) -> None:
    assert (await _clip(video(tmp_path / "r.mp4", size="240x240"))).shape is ClipShape.ROUND
    live = make(tmp_path / "live.webm", "-f", "lavfi", "-i", TONE.format(seconds=2), "-c:a", "libopus", "-live", "1")
    assert (await _clip(live)).seconds == pytest.approx(2, abs=0.2)


async def test_silence_is_refused_but_not_of_who_signs(tmp_path: Path) -> None:
    silent = video(tmp_path / "silent.mp4", "-af", "volume=0")
    assert await probe(silent) is ClipRefusal.SILENT
    assert (await _clip(silent, signed=True)).has_sound is False
    assert await probe(video(tmp_path / "mute.mp4", "-an")) is ClipRefusal.NO_SOUND
    assert await probe(voice(tmp_path / "v.ogg"), signed=True) is ClipRefusal.NO_PICTURE


async def test_what_is_too_much_is_refused_by_its_headers(tmp_path: Path) -> None:
    clip = voice(tmp_path / "a.ogg", seconds=3)
    assert await probe(clip, limits=ClipLimits(seconds=2)) is ClipRefusal.TOO_LONG
    assert await probe(clip, limits=ClipLimits(least_seconds=4)) is ClipRefusal.TOO_SHORT
    assert await probe(clip, limits=ClipLimits(bytes_=100)) is ClipRefusal.TOO_LARGE
    many = make(tmp_path / "many.mkv", "-i", str(clip), *["-map", "0:a"] * 5, "-c", "copy")
    assert await probe(many) is ClipRefusal.TOO_MANY_STREAMS
    big = video(tmp_path / "big.mp4", size="640x640")
    assert await probe(big, limits=ClipLimits(pixels=100_000)) is ClipRefusal.TOO_BIG_A_PICTURE
    odd = make(tmp_path / "odd.mkv", "-f", "lavfi", "-i", "testsrc2=duration=2:size=64x64", "-c:v", "ffv1")
    assert await probe(odd, signed=True) is ClipRefusal.UNKNOWN_FORMAT


async def test_a_playlist_with_the_name_of_a_video_opens_nothing_else(tmp_path: Path) -> None:
    secret = voice(tmp_path / "secret.ogg")
    lists = {
        "hls": f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile://{secret}\n#EXT-X-ENDLIST\n",
        "concat": f"ffconcat version 1.0\nfile {secret}\n",
    }
    for name, words in lists.items():
        path = tmp_path / f"{name}.mp4"
        path.write_text(words)
        assert await probe(path) is ClipRefusal.NOT_A_RECORDING, name


async def test_a_small_picture_that_fills_the_memory_is_refused(tmp_path: Path) -> None:
    side = 16_000
    rows = zlib.compress(bytes(1_000_000))
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    (tmp_path / "bomb.png").write_bytes(png)
    wrapped = make(tmp_path / "bomb.mkv", "-f", "png_pipe", "-i", str(tmp_path / "bomb.png"), "-c", "copy")
    for path in (tmp_path / "bomb.png", wrapped):
        assert isinstance(await probe(path, signed=True), ClipRefusal)


async def test_what_is_cut_off_or_damaged_is_found(tmp_path: Path) -> None:
    whole = video(tmp_path / "whole.mp4", "-movflags", "+faststart", "-bf", "0")
    data = whole.read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(data[: len(data) * 6 // 10])
    rotten = bytearray(data)
    for at in range(len(data) // 2, len(data), 997):
        rotten[at] ^= 0x5A
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(rotten)
    assert await decodes(whole)
    assert not await decodes(cut)
    assert not await decodes(bad)
    headless = tmp_path / "headless.mp4"
    headless.write_bytes(video(tmp_path / "plain.mp4").read_bytes()[:3_000])
    for path in (headless, *_noise(tmp_path)):
        assert isinstance(await probe(path), ClipRefusal)


def _noise(folder: Path) -> list[Path]:
    made = []
    for name, data in {
        "empty": b"",
        "text": b"hello " * 99,
        "ogg": b"OggS" + bytes(500),
        "ftyp": b"\0\0\0\x18ftypmp42",
    }.items():
        made.append(folder / name)
        made[-1].write_bytes(data)
    return made
