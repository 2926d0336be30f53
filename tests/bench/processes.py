"""Processes of a bench: started, watched, ended by their id."""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import aiohttp

from tests.stage import ROOT

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """CPU time that a process has used so far (proc(5): utime and stime)."""
    return sum(_times(pid)[:2])


def cpu_seconds_with_children(pid: int) -> float:
    """The same with its children, those that run and those that have ended and were waited for (cutime, cstime)."""
    return sum(_times(pid)) + sum(sum(_times(each)) for each in _children(pid))


def resident_mb(pid: int, *, peak: bool = False) -> float:
    """Memory of a process in MB (10^6 bytes): now, or the most since it began (proc(5): VmRSS, VmHWM)."""
    name = "VmHWM" if peak else "VmRSS"
    line = next(each for each in Path(f"/proc/{pid}/status").read_text().splitlines() if each.startswith(name))
    return int(line.split()[1]) * 1024 / 1e6


def _times(pid: int) -> list[float]:
    return [int(each) / _TICKS for each in _stat(pid)[11:15]]


def _stat(pid: int) -> list[str]:
    """The fields after the name, which may hold anything."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return ["0"] * 16


def _children(pid: int) -> list[int]:
    numbers = [int(each.name) for each in Path("/proc").iterdir() if each.name.isdecimal()]
    return [each for each in numbers if _stat(each)[1] == str(pid)]


@contextlib.asynccontextmanager
async def running(url: str, *module: str) -> AsyncIterator[int]:
    """`python -m MODULE ...` for as long as the block lasts; ready once `url` answers."""
    process = subprocess.Popen([sys.executable, "-m", *module], cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        await _until_up(url, process)
        yield process.pid
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, 20)


async def _until_up(url: str, process: "subprocess.Popen[bytes]") -> None:
    async with aiohttp.ClientSession() as session:
        for _ in range(600):
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(url) as answer:
                    if answer.status == 200:
                        return
            assert process.poll() is None, f"{process.args!r} ended by itself"
            await asyncio.sleep(0.05)
    raise AssertionError(f"{url} does not answer")


async def output_of(*command: str, env: Mapping[str, str] | None = None) -> str:
    """Run a program to its end, from the root of the project; returns what it printed."""
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=env, stdout=subprocess.PIPE)
    printed, _ = await process.communicate()
    assert process.returncode == 0, f"{command[:3]} ended with {process.returncode}"
    return printed.decode()
