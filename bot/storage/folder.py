"""Media files in one folder, named by chance."""

import asyncio
import secrets
from pathlib import Path

from bot.errors import NotFound


class FolderStore:
    """Keeps files under `root`, which it creates readable by owner and group: DATA_DIR (0700) and the service's umask
    guard it; split roles under different users share it by their group."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def save(self, data: bytes, suffix: str) -> str:
        """Write the bytes to a new file and return its name."""
        name = secrets.token_hex(16) + suffix
        await asyncio.to_thread(self._write, name, data)
        return name

    def _write(self, name: str, data: bytes) -> None:
        self._root.mkdir(mode=0o770, parents=True, exist_ok=True)
        path = self._root / name
        path.touch(mode=0o660)
        path.write_bytes(data)

    def path(self, name: str) -> Path:
        """The file's place. Raises NotFound for a name that is not plain or not there."""
        path = self._root / name
        if path.parent != self._root or not path.is_file():
            raise NotFound("This file is not here (any more).")
        return path

    async def remove(self, name: str) -> None:
        """Delete the file if it is there."""
        path = self._root / name
        if path.parent == self._root:
            await asyncio.to_thread(path.unlink, missing_ok=True)
