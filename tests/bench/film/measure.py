"""Runs a process and says what it and all that it started took: CPU seconds, largest process, all together."""

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Took:
    """CPU seconds, wall seconds, MB of the largest process, MB of all together (shared pages counted once)."""

    cpu: float
    wall: float
    largest: float
    together: float
    code: int
    said: str


def took(line: list[str], *, kill_when: object = None) -> Took:
    """Run it to its end; `kill_when` (called without arguments) true: kill it, by its id, with what it started."""
    began = time.monotonic()
    process = subprocess.Popen(
        line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    most = [0.0]
    done = threading.Event()
    watch = threading.Thread(target=_watch, args=(process.pid, most, done, kill_when))
    watch.start()
    said = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    done.set()
    watch.join()
    return Took(
        usage.ru_utime + usage.ru_stime, time.monotonic() - began, usage.ru_maxrss / 1024, most[0],
        process.returncode, said,
    )  # fmt: skip


def _watch(pid: int, most: list[float], done: threading.Event, kill_when: object) -> None:
    while not done.wait(0.25):
        family = _family(pid)
        most[0] = max(most[0], sum(_pss(each) for each in family))
        if callable(kill_when) and kill_when():
            for each in family:
                _kill(each)
            return


def _kill(pid: int) -> None:
    try:
        os.kill(pid, 9)
    except ProcessLookupError:
        return


def _family(pid: int) -> list[int]:
    """The process and everything that it started."""
    parents: dict[int, list[int]] = {}
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            try:
                stat = (each / "stat").read_text()
            except OSError:
                continue
            parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(each.name))
    found, open_ = [], [pid]
    while open_:
        found.append(open_.pop())
        open_ += parents.get(found[-1], [])
    return found


def _pss(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("Pss:")), 0.0)


if __name__ == "__main__":
    print(took(sys.argv[1:]))
