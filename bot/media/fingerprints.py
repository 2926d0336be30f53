"""Fingerprints of pictures, moving pictures and sounds, made on this machine, without any service or model.

Pictures: the signs of the 256 lowest frequencies of a 64 x 64 grey picture (a DCT-II, as perceptual hashes have
used since Zauner, *Implementation and Benchmarking of Perceptual Image Hash Functions*, 2010),
and for moving ones once a second.
Sound: Chromaprint, through the muxer that ffmpeg brings. How they compare: bot/matching/fingerprints.py.
"""

import asyncio
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from bot.errors import InvalidInput
from bot.matching.fingerprints import PICTURE_BITS, Prints
from bot.media import guard
from bot.media.guard import Allowance, Ran

_SIDE, _LOW = 64, 16
_FLAT = 4.0
"""Standard deviation of the grey values below which a frame shows nothing: black, or one colour."""
SECONDS = 180
"""So much of a clip is looked at, from its beginning."""
_PIXELS = 40_000_000
"""The largest picture that is decoded (a 40-megapixel camera)."""
_PICTURES = frozenset({"photo", "image"})
_SOUNDS = frozenset({"voice", "audio"})
_ALLOWED = Allowance(seconds=60, cpu_seconds=45, memory_mb=1_000, file_mb=1, output_mb=4)


class Printer:
    """Makes fingerprints of files under our own names; the port `Fingerprinter` of the services."""

    async def prints(self, path: Path, kind: str) -> Prints:
        """The fingerprints of a file; `kind` is a media kind (`photo`, `voice`, `video`, ...).

        What cannot be read has none: never raises for what is in the file. A minute of video costs about 3 CPU seconds.
        """
        if kind in _PICTURES:
            try:
                return Prints(await asyncio.to_thread(lambda: picture_hash(path.read_bytes())))
            except InvalidInput:
                return Prints()
        frames = b"" if kind in _SOUNDS else await asyncio.to_thread(frame_hashes, (await _frames(path)).output)
        return Prints(frames, (await _sound(path)).output)


async def _frames(path: Path) -> Ran:
    """One grey picture a second, small."""
    return await guard.run("ffmpeg", [
        "-nostdin", "-v", "error", "-threads", "1", *guard.untrusted(path), "-t", str(SECONDS), "-map", "0:v:0", "-an",
        "-vf", f"fps=1,scale={_SIDE}:{_SIDE}:flags=area,format=gray", "-f", "rawvideo", "-",
    ], allow=_ALLOWED)  # fmt: skip


async def _sound(path: Path) -> Ran:
    return await guard.run("ffmpeg", [
        "-nostdin", "-v", "error", "-threads", "1", *guard.untrusted(path), "-t", str(SECONDS), "-map", "0:a:0", "-vn",
        "-ac", "1", "-ar", "11025", "-f", "chromaprint", "-fp_format", "raw", "-",
    ], allow=_ALLOWED)  # fmt: skip


def picture_hash(data: bytes) -> bytes:
    """The 32-byte hash of a picture file. Raises InvalidInput for what is no picture, or larger than 40 megapixels."""
    import numpy  # noqa: PLC0415 - heavy
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - heavy

    try:
        with Image.open(BytesIO(data)) as image:
            if image.width * image.height > _PIXELS:
                raise InvalidInput("This picture is too large.")
            image.draft("L", (_SIDE * 4, _SIDE * 4))
            grey = image.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX)
            return _hash(numpy.asarray(grey, dtype="f4"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InvalidInput("This is not a picture that can be read.") from error


def frame_hashes(grey: bytes) -> bytes:
    """The hashes of raw 64 x 64 grey frames, one after the other; frames that show nothing are left out."""
    import numpy  # noqa: PLC0415

    count = len(grey) // (_SIDE * _SIDE)
    frames = numpy.frombuffer(grey[: count * _SIDE * _SIDE], dtype="u1").reshape(count, _SIDE, _SIDE).astype("f4")
    return b"".join(_hash(each) for each in frames if each.std() >= _FLAT)


def _hash(grey: Any) -> bytes:
    """The signs of the low frequencies against their median; the mean of the picture says nothing."""
    import numpy  # noqa: PLC0415

    base = _cosines()
    low = (base @ grey @ base.T).ravel()
    low[0] = 0.0
    bits = low > numpy.median(low[1:])
    packed: bytes = numpy.packbits(bits[:PICTURE_BITS]).tobytes()
    return packed


@cache
def _cosines() -> Any:
    """The 16 lowest rows of the DCT-II of 64 points."""
    import numpy  # noqa: PLC0415

    points = numpy.arange(_SIDE) + 0.5
    return numpy.cos(numpy.pi / _SIDE * numpy.arange(_LOW)[:, None] * points[None, :]).astype("f4")
