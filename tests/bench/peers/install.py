"""Makes a peer's environment from its hash-pinned requirements; says so where that cannot be done."""

import asyncio
import hashlib
import sys
from pathlib import Path

from tests.stage import ROOT

HERE = Path(__file__).parent
_MINUTES = 3


async def environment(name: str) -> Path | None:
    """The Python of the peer `name`, made at first use; None where its packages cannot be had (a word is printed)."""
    pinned = HERE / f"{name}.txt"
    folder = ROOT / "build" / "peers" / name
    python, stamp = folder / "bin" / "python", folder / "installed"
    wanted = hashlib.sha256(pinned.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return python
    uv = Path(sys.executable).with_name("uv")
    steps: list[list[str | Path]] = [
        [uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder],
        [uv, "pip", "install", "--quiet", "--python", python, "--require-hashes", "--only-binary", ":all:", "-r",
         pinned],
    ]  # fmt: skip
    for step in steps:
        if not await _done(step):
            print(f"  {name} cannot be installed here: it is not measured", flush=True)
            return None
    stamp.write_text(wanted)
    return python


async def _done(command: list[str | Path]) -> bool:
    try:
        process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    except OSError:
        return False
    try:
        async with asyncio.timeout(_MINUTES * 60):
            return await process.wait() == 0
    except TimeoutError:
        process.kill()
        await process.wait()
        return False
