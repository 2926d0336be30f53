"""`python -m tests.bench [NAME ...]`: ratios to the practical limit, side by side; writes build/bench.json."""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import uvloop

from bot import logs
from tests.bench import queueing, receiving, sending
from tests.chaos.figures import Figure, table, write
from tests.stage import ROOT

REPORT = ROOT / "build" / "bench.json"
BENCHES: Mapping[str, Callable[[Path], Awaitable[list[Figure]]]] = {
    "sending": sending.durable_beside_bare, "receiving": receiving.durable_beside_bare, "pace": sending.pace,
    "queueing": queueing.queueing,
}  # fmt: skip


async def run(names: list[str]) -> list[Figure]:
    """One bench after the other: two at once would measure each other."""
    figures: list[Figure] = []
    for name in names:
        print(f"{name}: {(BENCHES[name].__doc__ or '').strip()}", flush=True)
        with tempfile.TemporaryDirectory(prefix=f"vouch-bench-{name}-") as folder:
            found = await BENCHES[name](Path(folder))
        print(table(found), flush=True)
        figures += found
    return figures


def main(arguments: list[str]) -> int:
    """Exit code: 0 when done, 2 for a name that is none. A missed goal is printed; speed breaks no build."""
    unknown = [each for each in arguments if each not in BENCHES]
    if unknown:
        print(f"There is no bench {unknown[0]}; there are: {', '.join(BENCHES)}.", file=sys.stderr)
        return 2
    logs.set_up(as_json=False, level="ERROR")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        figures = runner.run(run(arguments or list(BENCHES)))
    write(REPORT, figures)
    print(f"written to {REPORT.name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
