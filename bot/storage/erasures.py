"""Who was erased and when, as keyed marks in files that no backup holds: what a restored backup must forget again."""

import asyncio
import contextlib
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

KEPT = timedelta(days=92)
"""A month's file goes this long after its month: far longer than any backup is kept (30 days, deploy/README.md)."""
_NEVER = datetime.min.replace(tzinfo=UTC)


class ErasureFiles:
    """One file a month under `folder`, one line an erasure: `2026-11-02T09:00:00+00:00 MARK`.

    Lines are only ever appended, whole and at once, so that several processes can write.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def note(self, marks: Sequence[str], at: datetime) -> None:
        """Write down these marks, on disk before this returns. Raises OSError."""
        await asyncio.to_thread(self._append, marks, at.astimezone(UTC))

    def _append(self, marks: Sequence[str], at: datetime) -> None:
        self._folder.mkdir(mode=0o770, parents=True, exist_ok=True)
        # A line that a power cut left unfinished must not swallow the next one: each begins on a line of its own.
        lines = "".join(f"\n{at.isoformat()} {mark}" for mark in marks) + "\n"
        descriptor = os.open(self._folder / f"{at:%Y-%m}.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o660)
        try:
            os.write(descriptor, lines.encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        for path in self._folder.glob("*.log"):
            if path.stem < f"{at - KEPT:%Y-%m}":
                path.unlink(missing_ok=True)

    def read(self) -> dict[str, datetime]:
        """Every mark with its latest erasure; unfinished lines do not count. Raises OSError."""
        found: dict[str, datetime] = {}
        for path in sorted(self._folder.glob("*.log")):
            for line in path.read_text("ascii", errors="replace").splitlines():
                at, _, mark = line.partition(" ")
                with contextlib.suppress(ValueError):
                    if len(mark) == 32:
                        found[mark] = max(datetime.fromisoformat(at), found.get(mark, _NEVER))
        return found
