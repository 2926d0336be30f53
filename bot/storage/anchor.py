"""The newest sealed entry of the chain, remembered outside the database: who cuts off its end is found out."""

import asyncio
import contextlib
import json
import os
from pathlib import Path
from typing import Any


class AnchorFile:
    """One small JSON file, in no backup, replaced whole."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def read(self) -> dict[str, Any] | None:
        """What was kept last; None where there is nothing, or nothing that can be read."""
        with contextlib.suppress(OSError, ValueError):
            found = json.loads(await asyncio.to_thread(self._path.read_text, "ascii"))
            if isinstance(found, dict) and isinstance(found.get("seq"), int) and isinstance(found.get("hash"), str):
                return found
        return None

    async def keep(self, anchor: dict[str, Any]) -> None:
        """Remember this one, on disk before this returns. Raises OSError."""
        await asyncio.to_thread(self._write, json.dumps(anchor))

    def _write(self, content: str) -> None:
        fresh = self._path.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o660)
        with os.fdopen(descriptor, "w") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
