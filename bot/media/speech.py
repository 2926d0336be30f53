"""A computer voice (espeak-ng) for prompts that nobody has recorded: where the borough wants it, labelled."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from bot.errors import Unavailable

_SECONDS = 60
_WORDS_PER_MINUTE = "140"


def speak(words: str, voice: str, target: Path) -> None:
    """Write the words as an Ogg Opus file, as voice messages are.

    `voice` is espeak-ng's name of it (registry.toml). Raises Unavailable where espeak-ng or ffmpeg is missing, or
    has no such voice.
    """
    espeak, ffmpeg = shutil.which("espeak-ng"), shutil.which("ffmpeg")
    if espeak is None or ffmpeg is None:
        raise Unavailable("A computer voice needs espeak-ng and ffmpeg: apt-get install espeak-ng ffmpeg.")
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "words.wav"
        _run([espeak, "-v", voice, "-s", _WORDS_PER_MINUTE, "-w", str(wav), "--", words])
        target.parent.mkdir(mode=0o770, parents=True, exist_ok=True)
        _run([ffmpeg, "-v", "error", "-y", "-i", str(wav), "-ac", "1", "-c:a", "libopus", "-b:a", "24k", str(target)])


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS, stdin=subprocess.DEVNULL)  # noqa: S603 - our own words
    except (subprocess.SubprocessError, OSError) as error:
        raise Unavailable(f"{Path(command[0]).name} could not make this voice.") from error
