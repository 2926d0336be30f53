"""`python -m tests.chaos [NAME ...]`: campaigns at full size, one after the other; writes build/chaos.json."""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from bot import logs
from tests.chaos import fuzz, inbox, privacy, sending, town
from tests.chaos.figures import Figure, exactly, table, write
from tests.stage import ROOT, stage

REPORT = ROOT / "build" / "chaos.json"
RESIDENTS = 6_000
"""About as many as saw the film that a borough's faith and community leaders made in March 2020."""


async def residents(folder: Path) -> list[Figure]:
    """6,000 residents at 25 a second, undisturbed and then with kill -9 in the middle; then the search for them."""
    async with stage(folder, VOUCH_RATE_PER_SECOND="25", VOUCH_LOG_LEVEL="DEBUG") as vouch:
        place = await town.build(vouch, RESIDENTS)
        await vouch.start()
        figures = await sending.steady(place, share=0.02)
        figures += await sending.killed(place, 3, seed=3)
        people = list(place.people.values())
        figures += await privacy.sweep(vouch, people, label=f"after {RESIDENTS:,} residents twice")
    return figures


async def kills(folder: Path) -> list[Figure]:
    """20 kills in one broadcast to 1,000."""
    async with stage(folder, VOUCH_RATE_PER_SECOND="25") as vouch:
        place = await town.build(vouch, 1_000, seed=2)
        await vouch.start()
        return await sending.killed(place, 20, seed=2)


async def webhook(folder: Path) -> list[Figure]:
    """2,000 updates by webhook with five kills."""
    async with stage(folder, VOUCH_TELEGRAM_UPDATES="webhook") as vouch:
        vouch.env["VOUCH_PUBLIC_URL"] = vouch.url
        return await inbox.flood(await town.build(vouch, 100, seed=4), updates=2_000, kills=5, per_second=300)


async def polling(folder: Path) -> list[Figure]:
    """2,000 updates by polling with five kills."""
    async with stage(folder) as vouch:
        return await inbox.flood(await town.build(vouch, 100, seed=5), updates=2_000, kills=5, per_second=300, seed=5)


async def updates(folder: Path) -> list[Figure]:
    """10,000 generated updates of every kind."""
    return await fuzz.run(folder, 10_000, seed=6)


async def flows(folder: Path) -> list[Figure]:
    """200 people through every flow; half of them are forgotten."""
    return await privacy.flows(folder, 200)


CAMPAIGNS: Mapping[str, Callable[[Path], Awaitable[list[Figure]]]] = {
    "residents": residents, "kills": kills, "webhook": webhook, "polling": polling, "updates": updates, "flows": flows,
}  # fmt: skip


async def run(names: list[str]) -> list[Figure]:
    """Run campaigns; one that breaks off is a figure that missed its goal."""
    figures: list[Figure] = []
    for name in names:
        began = time.monotonic()
        print(f"{name}: {(CAMPAIGNS[name].__doc__ or '').strip()}", flush=True)
        with tempfile.TemporaryDirectory(prefix=f"vouch-{name}-") as folder:
            try:
                found = await CAMPAIGNS[name](Path(folder))
            except AssertionError as error:
                print(f"  broke off: {str(error)[:2000]}", flush=True)
                found = [exactly(f"{name}: broke off", 1, 0, "campaigns")]
        print(table(found) + f"\n  {time.monotonic() - began:.0f} s\n", flush=True)
        figures += found
    return figures


def main(arguments: list[str]) -> int:
    """Exit code: 0 when every goal is met, 1 when one is not, 2 for a name that is none."""
    unknown = [each for each in arguments if each not in CAMPAIGNS]
    if unknown:
        print(f"There is no campaign {unknown[0]}; there are: {', '.join(CAMPAIGNS)}.", file=sys.stderr)
        return 2
    logs.set_up(as_json=False, level="CRITICAL")
    figures = asyncio.run(run(arguments or list(CAMPAIGNS)))
    write(REPORT, figures)
    missed = [each for each in figures if not each.met]
    print(f"{len(figures) - len(missed)} of {len(figures)} figures as they should be; written to {REPORT.name}.")
    if missed:
        print("Missed:\n" + table(missed))
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
