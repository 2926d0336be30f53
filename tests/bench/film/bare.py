"""`python -m tests.bench.film.bare CORPUS FOLDER`: ffmpeg alone doing the same decoding, scaling and encoding."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SCALE = (
    "fps=30,scale=1280:720:force_original_aspect_ratio=decrease,pad=1280:720:(ow-iw)/2:(oh-ih)/2,"
    "setsar=1,format=yuv420p"
)
ENCODE = [
    "-c:v", "libx264", "-preset", "veryfast", "-crf", "25", "-maxrate", "850k", "-bufsize", "850k", "-threads", "1",
    "-c:a", "aac", "-b:a", "64k", "-ac", "1", "-ar", "48000",
]  # fmt: skip


def main(corpus: str, folder: str) -> None:
    """Each clip by itself, no text, two at a time with one thread each."""
    clips = json.loads((Path(corpus) / "expected.json").read_text())
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda each: _one(Path(corpus) / each["file"], each["form"], Path(folder)), clips))


def _one(clip: Path, form: str, folder: Path) -> None:
    still = ["-f", "lavfi", "-i", "color=size=1280x720:rate=30"]
    inputs = (
        [*still, "-i", str(clip), "-shortest"] if form == "voice" else ["-threads", "1", "-i", str(clip), "-vf", SCALE]
    )
    out = str(folder / f"{clip.stem}.mp4")
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *inputs, *ENCODE, out], check=True, timeout=300)


if __name__ == "__main__":
    main(*sys.argv[1:])
