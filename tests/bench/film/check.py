"""Looks at a finished film with ffmpeg, ffprobe and tesseract only; knows what went in, not how it was made."""

import json
import re
import subprocess
import tempfile
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

RATE, SAMPLES = 30, 48_000
SMALL = (160, 90)


@dataclass(slots=True)
class Checked:
    """What was seen. Offsets in milliseconds (sound after picture: positive), loudness in LUFS, peaks in dBTP."""

    seconds: float
    size: int
    order: list[str]
    names_right: int
    damaged: bool
    faststart: bool
    loudness: float
    peak: float
    clip_loudness: list[float]
    clip_peak: list[float]
    offsets: list[float]
    drift: float
    cues: int
    cues_outside: int
    streams: list[str] = field(default_factory=list)


def check(film: Path, expected: list[dict[str, Any]], *, beeps: tuple[float, ...]) -> Checked:
    """Measure the film. `expected`: the clips in their order, as the corpus describes them."""
    said = json.loads(_out(["ffprobe", "-v", "error", "-print_format", "json", "-show_format", "-show_streams",
                            "-show_chapters", str(film)]))  # fmt: skip
    places = [(float(each["start_time"]), float(each["end_time"])) for each in said["chapters"]][1:-1]
    read = [_names(film, start, end, expected) for start, end in places]
    loud = [_loudness(film, start, end - start) for start, end in places]
    marks = _marks(film, places, expected, beeps)
    overall = _loudness(film)
    cues, outside = _cues(film, places, expected)
    return Checked(
        float(said["format"]["duration"]), film.stat().st_size, read,
        sum(name == each["name"] for name, each in zip(read, expected, strict=True)), _damaged(film), _faststart(film),
        *overall, [each[0] for each in loud], [each[1] for each in loud],
        [offset for clip in marks for offset in clip],
        max((abs(b - a) for clip in marks for a, b in pairwise(clip)), default=0.0),
        cues, outside, [each["codec_name"] for each in said["streams"]],
    )  # fmt: skip


def _out(line: list[str], **more: Any) -> bytes:
    return subprocess.run(line, capture_output=True, check=True, timeout=300, **more).stdout


def _damaged(film: Path) -> bool:
    line = [
        "ffmpeg",
        "-nostdin",
        "-v",
        "error",
        "-xerror",
        "-err_detect",
        "explode",
        "-i",
        str(film),
        "-f",
        "null",
        "-",
    ]
    done = subprocess.run(line, capture_output=True, timeout=300, check=False)
    return done.returncode != 0 or bool(done.stderr.strip())


def _faststart(film: Path) -> bool:
    """The index stands before the pictures."""
    at, order = 0, []
    data = film.read_bytes()
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        order.append(kind)
        at += int.from_bytes(data[at + 8 : at + 16]) if size == 1 else size or len(data)
    return order.index(b"moov") < order.index(b"mdat")


def _loudness(film: Path, start: float = 0, length: float = 9_999) -> tuple[float, float]:
    done = subprocess.run(
        ["ffmpeg", "-nostdin", "-hide_banner", "-nostats", "-ss", str(start), "-t", str(length), "-i", str(film), "-vn",
         "-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-"],
        capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    loud = re.findall(r"I:\s+(-?[\d.]+) LUFS", done.stderr)[-1]
    peak = re.findall(r"Peak:\s+(-?[\d.]+|-inf) dBFS", done.stderr)[-1]
    return float(loud), float(peak)


def _names(film: Path, start: float, end: float, expected: list[dict[str, Any]]) -> str:
    """Which speaker's name stands in the picture in the middle of a clip."""
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "frame.png"
        _out(["ffmpeg", "-nostdin", "-v", "error", "-ss", str((start + end) / 2), "-i", str(film), "-frames:v", "1",
              "-vf", "crop=iw:ih*0.24:0:ih*0.76,negate,scale=2*iw:-1", str(picture)])  # fmt: skip
        words = _out(["tesseract", str(picture), "-", "-l", "eng", "--psm", "11"]).decode()
    found = [each["name"] for each in expected if each["name"].split()[-1].lower() in words.lower()]
    return found[0] if len(found) == 1 else f"unclear: {found}"


def _marks(
    film: Path, places: list[tuple[float, float]], expected: list[dict[str, Any]], beeps: tuple[float, ...]
) -> list[list[float]]:
    """For every clip that flashes: by how much each beep comes after its flash."""
    width, height = SMALL
    frames = np.frombuffer(_out(["ffmpeg", "-nostdin", "-v", "error", "-i", str(film), "-vf", f"scale={width}:{height}",
                                 "-pix_fmt", "gray", "-f", "rawvideo", "-"]), np.uint8)  # fmt: skip
    frames = frames.reshape(-1, height, width)
    sound = np.frombuffer(_out(["ffmpeg", "-nostdin", "-v", "error", "-i", str(film), "-vn", "-ac", "1", "-ar",
                                str(SAMPLES), "-f", "f32le", "-"]), np.float32)  # fmt: skip
    found = []
    for (start, _), clip in zip(places, expected, strict=True):
        if clip["flashes"]:
            found.append([_beep(sound, start + at) - _flash(frames, start + at) for at in beeps])
    return [[1000 * each for each in clip] for clip in found]


def _flash(frames: Any, near: float) -> float:
    first = max(1, round((near - 0.4) * RATE))
    part = frames[first - 1 : first + round(0.8 * RATE)].astype(np.int16)
    jumps = (np.diff(part, axis=0) > 50).mean(axis=(1, 2))
    return (first + int(jumps.argmax())) / RATE


def _beep(sound: Any, near: float) -> float:
    first = round((near - 0.4) * SAMPLES)
    part = sound[first : first + round(0.8 * SAMPLES)]
    turning = np.exp(-2j * np.pi * 3000 * np.arange(len(part)) / SAMPLES) * part
    window = 480
    level = np.abs(np.convolve(turning, np.ones(window) / window, "same"))
    return (first + int(np.argmax(level > 0.5 * level.max()))) / SAMPLES


def _cues(film: Path, places: list[tuple[float, float]], expected: list[dict[str, Any]]) -> tuple[int, int]:
    """How many subtitles there are, and how many are not inside the clip of their language."""
    count = outside = 0
    for (start, end), clip in zip(places, expected, strict=True):
        text = film.with_name(f"{film.stem}.{clip['tag']}.vtt").read_text("utf-8")
        for a, b in re.findall(r"([\d:.]+) --> ([\d:.]+)", text):
            count += 1
            outside += not (start - 0.001 <= _seconds(a) < _seconds(b) <= end + 0.001)
    return count, outside


def _seconds(clock: str) -> float:
    hours, minutes, rest = clock.split(":")
    return 3600 * int(hours) + 60 * int(minutes) + float(rest)
