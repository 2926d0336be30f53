"""What a recording is: read in a guarded child, measured, and refused with a code when it cannot be used."""

import asyncio
import json
import math
import os
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from bot.domain.clips import AUDIBLE_LUFS, Clip, ClipLimits, ClipRefusal, ClipShape, Loudness, Side
from bot.media import guard
from bot.media.guard import Allowance, Ending, Ran

VIDEO_CODECS = frozenset({"h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "h263", "mjpeg"})
AUDIO_CODECS = frozenset({
    "aac", "opus", "vorbis", "mp3", "amr_nb", "amr_wb", "pcm_s16le", "pcm_u8", "pcm_s16be", "alac", "flac",
})  # fmt: skip
ONE_SIDED_LU = 10.0
"""Speech in one channel only: the other is this much quieter. Mixed to mono it would end 6 LU too quiet."""
CANCELLED_LU = 6.0
"""Channels of opposite phase cancel each other in the mix: it is this much quieter than either."""
_ALLOWED = Allowance(seconds=20, cpu_seconds=20, memory_mb=1_000, file_mb=1, output_mb=2)
_TOO_BIG = re.compile(r"Picture size \d{4,}x\d{3,} (is invalid|exceeds)")
"""What ffmpeg says of a picture that it will not open; its size is then left out of the headers."""
_REFUSED = {
    Ending.OUT_OF_TIME: ClipRefusal.TOO_MUCH_WORK,
    Ending.OUT_OF_LIMITS: ClipRefusal.TOO_MUCH_WORK,
    Ending.MISSING: ClipRefusal.CANNOT_BE_READ_HERE,
}


async def probe(path: Path, *, signed: bool = False, limits: ClipLimits | None = None) -> Clip | ClipRefusal:
    """The recording under our own name `path`, or why it cannot be used. Never raises for what is in the file.

    `signed`: a signed message, which needs a picture and no sound. Decodes the whole sound (0.02 CPU seconds a
    second), but only headers and first frames of the picture: `decodes` looks at the rest.
    """
    limits = limits or ClipLimits()
    size = await asyncio.to_thread(os.path.getsize, path)
    if size > limits.bytes_:
        return ClipRefusal.TOO_LARGE
    ran = await guard.run("ffprobe", _ask(path), allow=_ALLOWED)
    if not ran.ok:
        return _REFUSED.get(ran.ending, ClipRefusal.NOT_A_RECORDING)
    try:
        found = _read(json.loads(ran.output), size, limits)
        if found is ClipRefusal.DAMAGED and _TOO_BIG.search(ran.said):
            found = ClipRefusal.TOO_BIG_A_PICTURE  # sending it again would not help
    except (ValueError, KeyError, TypeError, ZeroDivisionError):
        return ClipRefusal.DAMAGED
    if isinstance(found, ClipRefusal):
        return found
    heard = await _listen(path, found, limits) if found.audio_codec else found
    return heard if isinstance(heard, ClipRefusal) else _check_use(heard, limits, signed=signed)


class Prober:
    """The port `ClipProber`, kept by ffprobe and ffmpeg."""

    def __init__(self, limits: ClipLimits | None = None) -> None:
        self._limits = limits

    async def probe(self, path: Path, *, signed: bool = False) -> Clip | ClipRefusal:
        """What the recording is, or why it cannot be used."""
        return await probe(path, signed=signed, limits=self._limits)

    async def decodes(self, path: Path) -> bool:
        """Whether every frame and sample of it can be read."""
        return await decodes(path, limits=self._limits)


async def decodes(path: Path, *, limits: ClipLimits | None = None) -> bool:
    """Whether every frame and sample can be read. Costs a whole decoding; at intake, so that damage is found while the
    speaker can still send it again."""
    limits = limits or ClipLimits()
    ran = await guard.run("ffmpeg", [
        "-nostdin", "-v", "error", "-xerror", "-err_detect", "explode", "-threads", "1", *guard.untrusted(path),
        "-t", str(limits.seconds + 5), "-map", "0:v:0?", "-map", "0:a:0?", "-f", "null", "-",
    ], allow=Allowance(seconds=120, cpu_seconds=60, file_mb=1))  # fmt: skip
    return ran.ok


def _ask(path: Path) -> list[str]:
    return [
        "-v", "error", "-threads", "1", "-print_format", "json", "-show_format", "-show_streams",
        *guard.untrusted(path),
    ]  # fmt: skip


# What the headers say


def _read(said: dict[str, Any], size: int, limits: ClipLimits) -> Clip | ClipRefusal:
    streams = said.get("streams") or []
    if len(streams) > limits.streams:
        return ClipRefusal.TOO_MANY_STREAMS
    pictures = [each for each in streams if each.get("codec_type") == "video" and not _is_cover(each)]
    sounds = [each for each in streams if each.get("codec_type") == "audio"]
    if not pictures and not sounds:
        return ClipRefusal.NOT_A_RECORDING
    if _unknown(pictures[:1], VIDEO_CODECS) or _unknown(sounds[:1], AUDIO_CODECS):
        return ClipRefusal.UNKNOWN_FORMAT
    seconds = max(_number(said["format"].get("duration")), *(_number(each.get("duration")) for each in streams))
    if seconds <= 0 and not sounds:
        return ClipRefusal.DAMAGED
    if seconds > limits.seconds:
        return ClipRefusal.TOO_LONG
    picture, sound = (pictures or [{}])[0], (sounds or [{}])[0]
    if pictures and _pixels(picture) > limits.pixels:
        return ClipRefusal.TOO_BIG_A_PICTURE
    if pictures and _pixels(picture) == 0:
        return ClipRefusal.DAMAGED
    return _clip(str(said["format"].get("format_name", "")).partition(",")[0], seconds, size, picture, sound)


def _clip(container: str, seconds: float, size: int, picture: dict[str, Any], sound: dict[str, Any]) -> Clip:
    turned = _rotation(picture)
    width, height = int(picture.get("width", 0)), int(picture.get("height", 0))
    if turned in {90, 270}:
        width, height = height, width
    shape = ClipShape.VOICE if not picture else ClipShape.ROUND if width == height else ClipShape.VIDEO
    late = _number(sound.get("start_time")) - _number(picture.get("start_time")) if picture and sound else 0.0
    nominal, average = _rate(picture.get("r_frame_rate")), _rate(picture.get("avg_frame_rate"))
    return Clip(
        shape=shape, container=container, seconds=seconds, size=size, width=width, height=height, rotation=turned,
        frame_rate=average or nominal, variable_rate=bool(average and abs(nominal - average) > 0.02 * average),
        video_codec=picture.get("codec_name", ""), audio_codec=sound.get("codec_name", ""),
        channels=int(sound.get("channels", 0)), sound_starts=late,
    )  # fmt: skip


def _is_cover(stream: dict[str, Any]) -> bool:
    return bool(stream.get("disposition", {}).get("attached_pic"))


def _unknown(streams: list[dict[str, Any]], known: frozenset[str]) -> bool:
    return any(each.get("codec_name") not in known for each in streams)


def _pixels(stream: dict[str, Any]) -> int:
    return int(stream.get("width", 0)) * int(stream.get("height", 0))


def _number(value: object) -> float:
    try:
        number = float(str(value))
    except ValueError:
        return 0.0
    return number if math.isfinite(number) else 0.0


def _rate(value: object) -> float:
    above, _, below = str(value or "0/1").partition("/")
    return float(above) / float(below) if float(below or 0) else 0.0


def _rotation(stream: dict[str, Any]) -> int:
    """ffprobe's display matrix counts against the clock, phones' `rotate` tag with it."""
    for side in stream.get("side_data_list", []):
        if "rotation" in side:
            return round(-_number(side["rotation"]) / 90) * 90 % 360
    return round(_number(stream.get("tags", {}).get("rotate")) / 90) * 90 % 360


# What is heard


async def _listen(path: Path, clip: Clip, limits: ClipLimits) -> Clip | ClipRefusal:
    """Measure each channel and their mix, and keep the one that a film will use."""
    ways = {Side.BOTH: "c0=c0"}
    if clip.channels > 1:
        ways = {Side.BOTH: "c0=.5*c0+.5*c1", Side.LEFT: "c0=c0", Side.RIGHT: "c0=c1"}
    ran = await guard.run("ffmpeg", _measure(path, list(ways.values()), limits), allow=_ALLOWED)
    if not ran.ok:
        return _REFUSED.get(ran.ending, ClipRefusal.DAMAGED)
    moments = _moments(ran, len(ways))
    try:
        heard = dict(zip(ways, _loudness(ran, moments), strict=True))
    except ValueError:
        return ClipRefusal.DAMAGED
    # Browsers record without writing down a length; the sound itself tells it.
    seconds = clip.seconds or max((float(at) for at in _TIME.findall(ran.said)), default=0.0)
    side = _side({way: each.integrated for way, each in heard.items()})
    speech, pauses = _speech(moments[list(ways).index(side)], heard[side].integrated, seconds)
    return replace(clip, seconds=seconds, side=side, loudness=heard[side], speech=speech, pauses=pauses)


def _measure(path: Path, ways: list[str], limits: ClipLimits) -> list[str]:
    layout = "mono" if len(ways) == 1 else "stereo"
    split = "".join(f"[i{at}]" for at in range(len(ways)))
    graph = f"[0:a:0]aformat=sample_rates=48000:channel_layouts={layout},asplit={len(ways)}{split};" + ";".join(
        f"[i{at}]pan=mono|{way},ebur128@{at}=peak=true[o{at}]" for at, way in enumerate(ways)
    )
    sinks = [part for at in range(len(ways)) for part in ("-map", f"[o{at}]", "-f", "null", "-")]
    return [
        "-nostdin", "-hide_banner", "-nostats", "-v", "info", "-threads", "1", *guard.untrusted(path),
        "-t", str(limits.seconds + 5), "-vn", "-filter_complex", graph, *sinks,
    ]  # fmt: skip


_MOMENT = re.compile(r"\[ebur128@(\d) @ [^\]]*\] t: .*?M:\s*(-?[\d.]+|-?inf|nan) ")
_TIME = re.compile(r"\[ebur128@0 @ [^\]]*\] t: *([\d.]+)")
SUMMARY = re.compile(
    r"\[ebur128@(\d) @ [^\]]*\] Summary:.*?I:\s*(-?[\d.]+) LUFS.*?Peak:\s*(-?[\d.]+|-inf) dBFS", re.DOTALL
)


def _moments(ran: Ran, ways: int) -> list[list[float]]:
    """The momentary loudness (400 ms) every 100 ms, for each way."""
    moments: list[list[float]] = [[] for _ in range(ways)]
    for at, momentary in _MOMENT.findall(ran.said):
        moments[int(at)].append(float(momentary))
    return moments


def _loudness(ran: Ran, moments: list[list[float]]) -> list[Loudness]:
    totals = {int(at): (float(loud), float(peak)) for at, loud, peak in SUMMARY.findall(ran.said)}
    if len(totals) != len(moments):
        raise ValueError("no measurement")
    return [Loudness(*totals[at], _silence(each, totals[at][0])) for at, each in enumerate(moments)]


def _speech(moments: list[float], integrated: float, seconds: float) -> tuple[tuple[float, float], tuple[float, ...]]:
    """When somebody is first and last heard, and the pauses between. A moment looks 400 ms back: its middle is 200 ms
    earlier than its time."""
    loud = [at for at, each in enumerate(moments) if each > integrated - 12]
    if not loud:
        return (0.0, seconds), ()
    pauses = [round((a + b) / 20 - 0.1, 2) for a, b in pairwise(loud) if b - a > 1]
    start, end = max(0.0, loud[0] / 10 - 0.2), min(seconds, loud[-1] / 10 + 0.2)
    return (round(start, 2), round(end, 2)), tuple(pauses)


def _silence(moments: list[float], integrated: float) -> float:
    if integrated <= AUDIBLE_LUFS or not moments:
        return 1.0
    return round(sum(1 for each in moments if not each > integrated - 20) / len(moments), 3)


def _side(loud: dict[Side, float]) -> Side:
    if Side.LEFT not in loud:
        return Side.BOTH
    left, right, mixed = loud[Side.LEFT], loud[Side.RIGHT], loud[Side.BOTH]
    louder = Side.LEFT if left >= right else Side.RIGHT
    if abs(left - right) >= ONE_SIDED_LU or mixed < max(left, right) - CANCELLED_LU:
        return louder
    return Side.BOTH


def _check_use(clip: Clip, limits: ClipLimits, *, signed: bool) -> Clip | ClipRefusal:
    if not limits.least_seconds <= clip.seconds <= limits.seconds:
        return ClipRefusal.TOO_LONG if clip.seconds > limits.seconds else ClipRefusal.TOO_SHORT
    if signed:
        return clip if clip.has_picture else ClipRefusal.NO_PICTURE
    if clip.loudness is None:
        return ClipRefusal.NO_SOUND
    return clip if clip.has_sound else ClipRefusal.SILENT
