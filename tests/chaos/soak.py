"""K1: hours of ordinary life in minutes: people ask, broadcasts go out, and nothing grows."""

import asyncio
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from tests.chaos.crowd import populate, state_of
from tests.chaos.figures import Figure, at_most, shown
from tests.chaos.rig import Rig, rig
from tests.chaos.sending import begin
from tests.chaos.voices import Voices

WEBHOOK = {"VOUCH_TELEGRAM_UPDATES": "webhook", "VOUCH_RATE_PER_SECOND": "30"}


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the processes: seconds since the start, resident MiB, open files and threads of all together."""

    at: float
    memory: float
    files: int
    threads: int


def memory_mib(pid: int) -> float:
    """Resident memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def _look(place: Rig, began: float) -> Look:
    pids = [process.pid for process in place.processes.values()]
    files = sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in pids)
    threads = sum(len(list(Path(f"/proc/{pid}/task").iterdir())) for pid in pids)
    return Look(time.monotonic() - began, sum(memory_mib(pid) for pid in pids), files, threads)


async def run(folder: Path, engine: str, *, seconds: float, warm: float) -> list[Figure]:
    """Mixed traffic and one broadcast after the other for so long, looked at after the first `warm` seconds."""
    async with rig(folder, engine, **WEBHOOK) as place, aiohttp.ClientSession() as session:
        crowd = await populate(place, 300)
        await place.api.set(delay_ms=30)
        place.start_all()
        await place.until_ready()
        await place.until_active()
        voices, began, looks, largest = Voices(place, session, list(crowd.language)), time.monotonic(), [], 0
        asking = asyncio.create_task(voices.ask_evenly(int(seconds * 5), 10))
        number = await begin(place)
        while time.monotonic() - began < seconds:
            await asyncio.sleep(1)
            if state_of(place, number) == "done":
                number = await begin(place)
            looks.append(_look(place, began))
            largest = max(largest, _log_size(place))
        await asking
        await voices.until_handled(120)
        label = f"K1 {place.engine}, {seconds:g} s"
        return [*_flat(label, looks, voices, warm, seconds, largest), *await voices.account(label)]


def _log_size(place: Rig) -> int:
    """Bytes of the write-ahead log (SQLite)."""
    path = place.data_dir / "vouch.db-wal"
    return path.stat().st_size if path.exists() else 0


def _flat(label: str, looks: list[Look], voices: Voices, warm: float, seconds: float, largest: int) -> list[Figure]:
    """What may not grow, after the warm-up."""
    calm = [each for each in looks if each.at >= warm]
    slope = statistics.linear_regression([each.at for each in calm], [each.memory for each in calm]).slope
    files, threads = [each.files for each in calm], [each.threads for each in calm]
    half = len(voices.seconds) // 2
    early, late = (_p99(each) for each in (voices.seconds[:half], voices.seconds[half:]))
    return [
        at_most(f"{label}: memory, growth", slope * 3600, 1.0, "MiB an hour"),
        shown(f"{label}: memory of all processes", calm[-1].memory, "MiB resident"),
        at_most(f"{label}: open files, most over the median", max(files) - statistics.median(files), 5, "files"),
        at_most(f"{label}: threads, most over the median", max(threads) - statistics.median(threads), 5, "threads"),
        at_most(f"{label}: write-ahead log", largest / 2**20, 64, "MiB"),
        at_most(f"{label}: webhook p99, second half beside the first", late / early, 1.10, "times"),
    ]


def _p99(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=100)[98]
