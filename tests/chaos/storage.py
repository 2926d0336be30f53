"""D1 and D2: an SQLite file that somebody else holds, and a disk that is full."""

import asyncio
import contextlib
import random
import resource
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp

from bot.domain.broadcasts import DeliveryState
from tests.chaos.crowd import Crowd, account, nobody_harmed, populate, until, until_arrived, until_done
from tests.chaos.figures import Figure, at_least, at_most, exactly, shown
from tests.chaos.rig import Rig, rig
from tests.chaos.sending import begin
from tests.chaos.voices import Voices

WEBHOOK = {"VOUCH_TELEGRAM_UPDATES": "webhook"}
PATIENT_SECONDS = 5.0
"""So long a held file must not be noticed by anybody."""
RECOVERY_SECONDS = 30.0


async def locked(folder: Path, *, updates: int, holds: list[float], seed: int = 1) -> list[Figure]:
    """D1: another program holds the file for each of these numbers of seconds, while people write."""
    async with rig(folder, "sqlite", **WEBHOOK) as place, aiohttp.ClientSession() as session:
        crowd = await populate(place, max(20, updates // 20))
        place.start_all()
        await place.until_ready()
        voices, dice = Voices(place, session, list(crowd.language)), random.Random(seed)
        number = await begin(place)
        gap = 0.5
        asking = asyncio.create_task(voices.ask_evenly(updates // 2, updates / (sum(holds) + gap * len(holds))))
        refused_in_short = 0
        for seconds in dice.sample(holds, len(holds)):
            before = _refused(voices)
            await asyncio.to_thread(_hold, place, seconds)
            await asyncio.sleep(gap)
            refused_in_short += _refused(voices) - before if seconds <= PATIENT_SECONDS else 0
        await asking
        await voices.until_handled(300)
        await until_done(place, number, 300)
        label = f"D1 SQLite, {updates:,} updates, held {len(holds)} times for up to {max(holds):g} s"
        found = await account(crowd, number)
        return [
            *await voices.account(label),
            *nobody_harmed(label, found, len(crowd.language)),
            exactly(f"{label}: refused while it was held up to 5 s", refused_in_short, 0, "posts"),
            shown(f"{label}: refused while it was held longer", _refused(voices) - refused_in_short, "posts"),
            exactly(f"{label}: refusals other than 503", _refused(voices) - voices.statuses[503], 0, "posts"),
        ]


def _refused(voices: Voices) -> int:
    return voices.statuses.total() - voices.statuses[200]


def _hold(place: Rig, seconds: float) -> None:
    with contextlib.closing(sqlite3.connect(place.data_dir / "vouch.db", timeout=30, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        other.execute("ROLLBACK")


async def full(folder: Path, *, updates: int, seconds: float, disk: bool = False) -> list[Figure]:
    """D2: no room for a while, in the middle of everything.

    No file of the process may grow any more (RLIMIT_FSIZE); or, as root, on a `disk` of its own that is full.
    """
    async with contextlib.AsyncExitStack() as stack:
        place = await stack.enter_async_context(rig(folder, "sqlite", **WEBHOOK))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        if disk:
            stack.enter_context(_disk(place.data_dir))
        crowd = await populate(place, 200)
        place.start_all()
        await place.until_ready()
        voices = Voices(place, session, list(crowd.language))
        number = await begin(place)
        over = asyncio.Event()
        asking = asyncio.create_task(voices.ask_evenly(updates // 2, updates / (seconds + 5), enough=over))
        await until_arrived(place, 20, 60)
        with _filled(place) if disk else _no_room(place):
            await until(_refusing(voices), 60, "the webhook refuses")
            still = await place.api.arrived()
            await asyncio.sleep(seconds)
            moved = await place.api.arrived() - still
            # Small writes may still fit into what the log has; each message that left must have its intent on file.
            unmeant = (await account(crowd, number)).denied
        over.set()
        began = time.monotonic()
        await until_arrived(place, still + moved + 1, 60)
        back = time.monotonic() - began
        await asking
        await voices.until_handled(300)
        await until_done(place, number, 300)
        how = "a full disk" if disk else "no file may grow"
        return await _after_full(f"D2 SQLite, {how}", crowd, voices, number, unmeant, back)


def _refusing(voices: Voices):  # type: ignore[no-untyped-def]
    async def refuses() -> bool:
        return voices.statuses[503] > 0

    return refuses


@contextlib.contextmanager
def _no_room(place: Rig) -> Iterator[None]:
    """Whatever the process writes beyond the first 64 KiB of a file is refused, as on a full disk."""
    process = place.processes["all"]
    before = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (64 * 1024, before[1]))
    try:
        yield
    finally:
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, before)


@contextlib.contextmanager
def _disk(folder: Path) -> Iterator[None]:
    """A small disk in memory for the data folder."""
    folder.mkdir(mode=0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m,mode=0700", "none", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextlib.contextmanager
def _filled(place: Rig) -> Iterator[None]:
    """All but 256 KiB of the disk belongs to something else."""
    filler = place.data_dir / "filler"
    filler.write_bytes(bytes(shutil.disk_usage(place.data_dir).free - 256 * 1024))
    try:
        yield
    finally:
        filler.unlink()


async def _after_full(label: str, crowd: Crowd, voices: Voices, number: str, unmeant: int, back: float) -> list[Figure]:
    place = crowd.rig
    found = await account(crowd, number)
    return [
        *await voices.account(label),
        *nobody_harmed(label, found, len(crowd.language)),
        at_least(f"{label}: posts refused with 503", voices.statuses[503], 1, "posts"),
        exactly(f"{label}: refusals other than 503", _refused(voices) - voices.statuses[503], 0, "posts"),
        exactly(f"{label}: sent although the intent could not be stored", unmeant, 0, "messages"),
        exactly(f"{label}: unconfirmed", found.count(DeliveryState.UNCONFIRMED), 0, "deliveries"),
        exactly(f"{label}: integrity_check", place.one("PRAGMA integrity_check") == "ok", True, ""),
        at_most(f"{label}: goes on after there is room", back, RECOVERY_SECONDS, "s"),
        exactly(f"{label}: processes that ended", place.processes["all"].poll() is not None, False, ""),
    ]
