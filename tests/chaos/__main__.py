"""`python -m tests.chaos [NAME ...] [--engine sqlite|postgresql] [--small]`: campaigns; writes build/chaos.json."""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from bot import logs
from tests.chaos.campaigns import BOTH, CAMPAIGNS
from tests.chaos.figures import Figure, exactly, shown, table, write
from tests.integration.db.cluster import postgres_binaries
from tests.stage import ROOT

REPORT = ROOT / "build" / "chaos.json"


async def run(names: list[str], engines: list[str], *, small: bool) -> list[Figure]:
    """Run campaigns one after the other; what was measured so far is on disk after each."""
    figures: list[Figure] = []
    for name in names:
        for engine in engines:
            if engine in CAMPAIGNS[name].engines:
                figures += await _one(name, engine, small=small)
                write(REPORT, figures)
    return figures


async def _one(name: str, engine: str, *, small: bool) -> list[Figure]:
    """One campaign; one that breaks off is a figure that missed its goal."""
    campaign, began = CAMPAIGNS[name], time.monotonic()
    print(f"{name} ({engine}): {campaign.title}", flush=True)
    if engine == "postgresql" and postgres_binaries() is None:
        print("  left out: PostgreSQL's server is not installed\n", flush=True)
        return [shown(f"{name} ({engine}): left out, no server is installed", 1, "campaigns")]
    with tempfile.TemporaryDirectory(prefix=f"vouch-{name}-") as folder:
        try:
            found = await campaign.run(Path(folder), engine, small)
        except AssertionError as error:
            print(f"  broke off: {str(error)[:4000]}", flush=True)
            found = [exactly(f"{name} ({engine}): broke off", 1, 0, "campaigns")]
    print(table(found) + f"\n  {time.monotonic() - began:.0f} s\n", flush=True)
    return found


def main() -> int:
    """Exit code: 0 when every goal is met, 1 when one is not."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(CAMPAIGNS))
    parser.add_argument("--engine", choices=BOTH, help="only on this one")
    parser.add_argument("--small", action="store_true", help="at the size of `make test`")
    said = parser.parse_args()
    unknown = [each for each in said.names if each not in CAMPAIGNS]
    if unknown:
        parser.error(f"there is no campaign {unknown[0]}; there are: {', '.join(CAMPAIGNS)}")
    logs.set_up(as_json=False, level="CRITICAL")
    engines = [said.engine] if said.engine else list(BOTH)
    figures = asyncio.run(run(said.names or list(CAMPAIGNS), engines, small=said.small))
    missed = [each for each in figures if not each.met]
    print(f"{len(figures) - len(missed)} of {len(figures)} figures as they should be; written to {REPORT.name}.")
    if missed:
        print("Missed:\n" + table(missed))
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
