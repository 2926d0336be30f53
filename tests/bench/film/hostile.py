"""Sixty files that are broken or mean harm, each with the name of a clip."""

import os
import random
import struct
import subprocess
import zlib
from pathlib import Path


def make(folder: Path, good: Path, voice: Path) -> list[Path]:
    """Sixty files, from nothing and from a good video and a good voice note."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {**_nothings(), **_lists(voice), **_cut(good.read_bytes(), voice.read_bytes()), **_rotten(good.read_bytes())}
    for at, (name, data) in enumerate(made.items()):
        (folder / f"{at:02}-{name}").write_bytes(data)
    _by_ffmpeg(folder, good, voice)
    found = sorted(folder.iterdir())
    assert len(found) == 60, len(found)
    return found


def _nothings() -> dict[str, bytes]:
    noise = random.Random(7)
    found = {
        "empty.mp4": b"", "one.ogg": b"O", "zeros.mp4": bytes(50_000), "text.mp4": b"hello " * 999,
        "zip.mp4": b"PK\3\4" + noise.randbytes(9_000), "pdf.ogg": b"%PDF-1.7\n" + noise.randbytes(5_000),
        "elf.mp4": b"\x7fELF" + noise.randbytes(9_000), "html.mp4": b"<html><script>alert(1)</script></html>" * 40,
        "svg.mp4": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
        "ogg-head.ogg": b"OggS" + bytes(900), "ftyp.mp4": struct.pack(">I", 24) + b"ftypmp42" + noise.randbytes(4_000),
        "huge-atom.mp4": struct.pack(">I", 24) + b"ftypmp42" + b"\xff\xff\xff\xf0moov" + noise.randbytes(999),
        "webm-head.webm": b"\x1aE\xdf\xa3" + noise.randbytes(9_000),
        "riff.wav": b"RIFF\xff\xff\xff\xffWAVEfmt " + bytes(99),
        "id3.mp3": b"ID3\4\0\0\x7f\x7f\x7f\x7f" + noise.randbytes(4_000), "png.mp4": _png(16_000),
    }  # fmt: skip
    for at in range(8):
        found[f"noise{at}.mp4"] = noise.randbytes(20_000 + at)
    return found


def _png(side: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(side * (side // 8 + 1)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _lists(voice: Path) -> dict[str, bytes]:
    path = str(voice.resolve()).encode()
    return {
        "hls.mp4": b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile://" + path + b"\n#EXT-X-ENDLIST\n",
        "hls-http.mp4": b"#EXTM3U\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n",
        "concat.mp4": b"ffconcat version 1.0\nfile " + path + b"\n",
        "concat-etc.mp4": b"ffconcat version 1.0\nfile /etc/passwd\n",
        "sdp.mp4": b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 96\n",
        "dash.mp4": b'<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>file://' + path + b"</BaseURL></MPD>",
    }  # fmt: skip


def _cut(video: bytes, voice: bytes) -> dict[str, bytes]:
    found = {f"cut{share}.mp4": video[: len(video) * share // 100] for share in (1, 5, 20, 40, 60, 80, 90)}
    found |= {f"cut{share}.ogg": voice[: len(voice) * share // 1000] for share in (5, 10)}
    found["tail.mp4"] = video[len(video) // 2 :]
    return found


def _rotten(video: bytes) -> dict[str, bytes]:
    found = {}
    for seed in range(8):
        noise, data = random.Random(seed), bytearray(video)
        for _ in range(400):
            data[noise.randrange(len(data) // 3, len(data))] ^= 1 << noise.randrange(8)
        found[f"rot{seed}.mp4"] = bytes(data)
    return found


def _by_ffmpeg(folder: Path, good: Path, voice: Path) -> None:
    def run(name: str, *line: str) -> None:
        subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *line, str(folder / name)], check=True, timeout=120)

    at = len(list(folder.iterdir()))
    quiet = ("-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono")
    run(f"{at}-hours.mp4", "-f", "lavfi", "-i", "color=size=64x64:rate=0.1:duration=36000", "-c:v", "libx264")
    run(f"{at + 1}-streams.mkv", "-i", str(voice), *["-map", "0:a"] * 61, "-c", "copy")
    run(f"{at + 2}-silent.ogg", *quiet, "-t", "6", "-c:a", "libopus")
    run(f"{at + 3}-mute.mp4", "-i", str(good), "-an", "-c", "copy")
    run(f"{at + 4}-short.ogg", "-i", str(voice), "-t", "0.3", "-c:a", "libopus")
    run(f"{at + 5}-bomb.mkv", "-f", "png_pipe", "-i", str(next(folder.glob("*-png.mp4"))), "-c", "copy")
    run(f"{at + 6}-huge.mp4", "-f", "lavfi", "-i", "color=size=5120x4096:rate=1:duration=3", *quiet, "-t", "3",
        "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac")  # fmt: skip
    run(f"{at + 7}-ffv1.mkv", "-f", "lavfi", "-i", "testsrc2=duration=3:size=64x64", *quiet, "-t", "3", "-c:v", "ffv1",
        "-c:a", "pcm_s16le")  # fmt: skip
    run(f"{at + 8}-late.mp4", "-i", str(good), "-t", "0.2", "-c", "copy")
    for extra in range(at + 9, 60):
        (folder / f"{extra}-noise.ogg").write_bytes(b"OggS\0\2" + os.urandom(3_000 + extra))
