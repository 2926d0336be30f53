"""How fast `vouch residents import` is, and its memory: `python -m tests.tools.import_a_million [ROWS]`."""

import random
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.stage import ROOT, Stage

LANGUAGES = ("ur", "pa", "pl", "bn", "en", "ro", "ar", "so")
AREAS = ("palfrey", "pleck", "birchills", "")
FORMS = ("voice", "text", "video")


@dataclass(frozen=True, slots=True)
class Taken:
    """What one import took: its printed words, seconds, and peak memory in MB."""

    said: str
    seconds: float
    peak: float


def write_list(path: Path, rows: int, *, seed: int = 7) -> None:
    """A list of people who do not exist, each chat once, in no order."""
    chance = random.Random(seed)
    with path.open("w", encoding="utf-8") as file:
        file.write("chat_id,listen,read,area,form,consented_at\n")
        for number in range(rows):
            chat = 10_000_000 + number * 7 + chance.randrange(7)
            language, area, form = chance.choice(LANGUAGES), chance.choice(AREAS), chance.choice(FORMS)
            file.write(f"{chat},{language},,{area},{form},2025-0{number % 9 + 1}-15T10:00:00Z\n")


def run_import(stage: Stage, path: Path) -> Taken:
    """Run the command as a process of its own, to its end."""
    begun, peak = time.monotonic(), 0.0
    command = [sys.executable, "-m", "bot", "residents", "import", str(path), "--token-moves"]
    process = subprocess.Popen(command, cwd=ROOT, env=stage.env, stdout=subprocess.PIPE, text=True)
    while process.poll() is None:
        peak = _peak(process.pid) or peak
        time.sleep(0.02)
    said, _ = process.communicate()
    assert process.returncode == 0, said
    return Taken(said, time.monotonic() - begun, peak)


def _peak(pid: int) -> float:
    """Peak memory of a running process in MB, from the kernel. (What wait4 tells begins at its parent's size.)"""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def main() -> None:
    """Print the figures of a first import and of its repeat."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder))
        path = Path(folder) / "list.csv"
        write_list(path, rows)
        for label in ("first", "again"):
            taken = run_import(stage, path)
            print(f"{label}: {taken.said.splitlines()[0]}")
            print(f"{label}: {taken.seconds:.1f} s, {rows / taken.seconds:,.0f} rows/s, peak {taken.peak:.0f} MB")
        print(f"database: {(stage.data_dir / 'vouch.db').stat().st_size / 1e6:,.0f} MB")


if __name__ == "__main__":
    main()
