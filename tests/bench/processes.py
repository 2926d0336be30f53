"""Processes of a bench: started, watched, ended by their id."""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp

from tests.stage import ROOT

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """CPU time that a process has used so far (proc(5): utime and stime)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


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


async def output_of(*module: str) -> str:
    """Run `python -m MODULE ...` to its end."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", *module, cwd=ROOT, stdout=subprocess.PIPE)
    printed, _ = await process.communicate()
    assert process.returncode == 0
    return printed.decode()
