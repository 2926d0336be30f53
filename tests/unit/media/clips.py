"""Small recordings of every kind, made here: tones and test pictures, nobody's voice."""

import subprocess
from pathlib import Path

TONE = "sine=frequency=330:sample_rate=48000:duration={seconds}"
PICTURE = "testsrc2=size={size}:rate={rate}:duration={seconds}"


def make(path: Path, *arguments: str) -> Path:
    """A file by ffmpeg; raises CalledProcessError when it cannot be made."""
    line = ["ffmpeg", "-nostdin", "-v", "error", "-y", *arguments, str(path)]
    subprocess.run(line, check=True, capture_output=True, timeout=60)
    return path


def voice(path: Path, seconds: float = 2) -> Path:
    """A voice message as Telegram sends it: Opus in Ogg."""
    return make(path, "-f", "lavfi", "-i", TONE.format(seconds=seconds), "-c:a", "libopus", "-b:a", "24k")


def video(path: Path, *more: str, seconds: float = 2, size: str = "180x320", rate: int = 15) -> Path:
    """A small H.264 video with a tone; `more` are options of the output."""
    return make(
        path, "-f", "lavfi", "-i", PICTURE.format(size=size, rate=rate, seconds=seconds),
        "-f", "lavfi", "-i", TONE.format(seconds=seconds), "-c:v", "libx264", "-preset", "ultrafast",
        "-pix_fmt", "yuv420p", "-c:a", "aac", *more,
    )  # fmt: skip
