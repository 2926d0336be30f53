"""`python -m tests.bench [--engine E] [NAME ...]`: ratios to the practical limit; writes build/bench.json."""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import uvloop

from bot import logs
from tests.bench import million, pace, receiving, sending
from tests.bench.engines import engines
from tests.chaos.figures import Figure, table, write
from tests.stage import ROOT

REPORT = ROOT / "build" / "bench.json"
BENCHES: Mapping[str, Callable[[Path, list[str]], Awaitable[list[Figure]]]] = {
    "sending": sending.durable, "thousand": pace.thousand, "pace": pace.pace, "million": million.million,
    "receiving": receiving.receiving, "handling": receiving.handling,
}  # fmt: skip


async def run(names: list[str], on: list[str]) -> list[Figure]:
    """One bench after the other: two at once would measure each other."""
    figures: list[Figure] = []
    for name in names:
        print(f"{name}: {(BENCHES[name].__doc__ or '').strip()}", flush=True)
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix=f"vouch-bench-{name}-") as folder:
            found = await _measured(name, Path(folder), on)
        print(f"{table(found)}\n  ({time.monotonic() - began:.0f} s; load {os.getloadavg()[0]:.1f})", flush=True)
        figures += found
    return figures


async def _measured(name: str, folder: Path, on: list[str]) -> list[Figure]:
    """One that breaks off is a missed goal of its own; the others still run."""
    try:
        return await BENCHES[name](folder, on)
    except (AssertionError, subprocess.SubprocessError) as error:
        traceback.print_exc()
        return [Figure(f"{name} broke off: {error}", None, "", met=False)]


def main() -> int:
    """Exit code 0 when done, 2 for wrong use. A missed goal is printed; speed breaks no build."""
    there = engines()
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument("--engine", action="append", choices=there, help="measure on this one only")
    said = parser.parse_args()
    if unknown := [each for each in said.names if each not in BENCHES]:
        parser.error(f"there is no bench {unknown[0]}; there are: {', '.join(BENCHES)}")
    if len(there) == 1:
        print("PostgreSQL's server is not installed: measuring on SQLite only", file=sys.stderr)
    logs.set_up(as_json=False, level="ERROR")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        figures = runner.run(run(said.names or list(BENCHES), said.engine or there))
    write(REPORT, figures)
    print(f"written to {REPORT.name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
