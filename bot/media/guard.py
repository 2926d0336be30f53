"""Runs ffmpeg, ffprobe and tesseract as guarded children: what is wrong with a file stays in them.

A child gets limits of memory, CPU time, file size and open files; a session of its own, so that it is ended with all
that it started; no standard input, a bare environment without our settings and keys, and a wall time. It is given
files under our own names only.
"""

import asyncio
import contextlib
import os
import shutil
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,ogg,mp3,wav,aac,amr"
"""Demuxers for recordings. Playlists (HLS, concat) are not among them: those open other files of the machine."""
PICTURE_FORMATS = "image2,png_pipe,jpeg_pipe,webp_pipe"
"""Demuxers for photographs."""
MAX_PIXELS = 8_847_360
_PROGRAMS = frozenset({"ffmpeg", "ffprobe", "tesseract"})
_READ = 65_536


class Ending(StrEnum):
    """How a child ended: the closed set."""

    DONE = "done"
    FAILED = "failed"
    """It could not do it: the file is broken, or not what it should be."""
    OUT_OF_TIME = "out_of_time"
    OUT_OF_LIMITS = "out_of_limits"
    """It wanted more memory, file size, CPU time or output than it may have."""
    MISSING = "missing"
    """The program is not installed."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a child may use: wall and CPU seconds, MB of memory (address space), MB a file, MB of standard output."""

    seconds: float = 60.0
    cpu_seconds: int = 60
    memory_mb: int = 1_500
    file_mb: int = 200
    output_mb: int = 16
    nice: int = 0
    """How far it stands back for the rest of the machine (see nice(1)): films take minutes, answers must not."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of it. `said` is the end of standard error, for our logs and for parsing: it never holds names."""

    ending: Ending
    output: bytes = b""
    said: str = ""

    @property
    def ok(self) -> bool:
        """Whether it did its work."""
        return self.ending is Ending.DONE


def untrusted(path: Path, formats: str = FORMATS) -> list[str]:
    """The arguments by which ffmpeg and ffprobe open a file that somebody sent (in ffmpeg: one input).

    `path` is one of our own names. Without the two lists a playlist called .mp4 opens other files on the machine;
    without the pixel limit a small picture fills the memory.
    """
    return [
        "-protocol_whitelist", "file", "-format_whitelist", formats, "-max_pixels", str(MAX_PIXELS),
        "-probesize", "5M", "-analyzeduration", "5M", "-i", f"file:{path}",
    ]  # fmt: skip


def installed(program: str) -> bool:
    """Whether the program is on this machine."""
    return shutil.which(program) is not None


async def run(
    program: str, arguments: Sequence[str], *, allow: Allowance | None = None, cwd: Path | None = None
) -> Ran:
    """Run a program of the closed list to its end or to that of its allowance; never raises for what a file does.

    Cancelling ends the child too.
    """
    if program not in _PROGRAMS:
        raise ValueError(f"{program} is not one of {', '.join(sorted(_PROGRAMS))}")
    allow = allow or Allowance()
    found = shutil.which(program)
    if found is None:
        return Ran(Ending.MISSING)
    process = await asyncio.create_subprocess_exec(
        *_limited(allow), found, *arguments, cwd=cwd, env=_environment(), start_new_session=True,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(allow.seconds):
            return await _finish(process, allow)
    except TimeoutError:
        return Ran(Ending.OUT_OF_TIME)
    finally:
        await _end(process)


def _limited(allow: Allowance) -> list[str]:
    """A shell that sets the limits and becomes the program: a fork of our own process could not do it safely."""
    limits = {"v": allow.memory_mb * 1024, "t": allow.cpu_seconds, "f": allow.file_mb * 2048, "n": 64, "c": 0}
    script = "".join(f"ulimit -{name} {value} || exit 125; " for name, value in limits.items())
    give_way = f"nice -n {allow.nice} " if allow.nice else ""
    return ["/bin/sh", "-c", f'{script}exec {give_way}"$@"', "sh"]


def _environment() -> dict[str, str]:
    passed = {name: os.environ[name] for name in ("PATH", "TESSDATA_PREFIX", "TMPDIR") if name in os.environ}
    return {**passed, "LANG": "C.UTF-8", "HOME": "/nonexistent", "OMP_THREAD_LIMIT": "1"}


async def _finish(process: asyncio.subprocess.Process, allow: Allowance) -> Ran:
    assert process.stdout is not None
    assert process.stderr is not None
    said = asyncio.ensure_future(_tail(process.stderr))
    try:
        output = await _at_most(process.stdout, allow.output_mb * 1_000_000)
        if output is None:
            return Ran(Ending.OUT_OF_LIMITS)
        words = (await said).decode(errors="replace")
    finally:
        said.cancel()
    return Ran(_ending(await process.wait(), words), output, words)


async def _at_most(stream: asyncio.StreamReader, limit: int) -> bytes | None:
    parts: list[bytes] = []
    size = 0
    while part := await stream.read(_READ):
        size += len(part)
        if size > limit:
            return None
        parts.append(part)
    return b"".join(parts)


async def _tail(stream: asyncio.StreamReader, keep: int = 1_000_000) -> bytes:
    kept = b""
    while part := await stream.read(_READ):
        kept = (kept + part)[-keep:]
    return kept


def _ending(code: int, said: str) -> Ending:
    # ffmpeg sometimes ends with 0 although it got no memory.
    if "Cannot allocate memory" in said or code in {-signal.SIGXCPU, -signal.SIGXFSZ, -signal.SIGKILL}:
        return Ending.OUT_OF_LIMITS
    return Ending.DONE if code == 0 else Ending.FAILED


async def _end(process: asyncio.subprocess.Process) -> None:
    """End the child and all that it started, and take its leave."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        await asyncio.shield(process.wait())
