"""The pace, as the receiver sees it: exact, never above a ceiling, also while people are answered or senders change."""

import asyncio
import itertools
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.bench.place import UNCAPPED, Place, place
from tests.chaos.figures import Figure, at_most, exactly, near, of_limit, shown
from tests.stage import ROOT

FAST = 10_000
"""Messages at 1,000 a second."""
SLOW = 450
"""Messages at 25 and at 30 a second."""
CEILING = 30
DELAY_MS = 50.0
_strangers = itertools.count(9_000_000_000)
"""Addresses of people who are no residents: whatever goes to them is an answer."""


async def thousand(folder: Path, engines: list[str]) -> list[Figure]:
    """A thousand a second, with 50 ms from call to answer: what is held, and what it costs with its database."""
    figures: list[Figure] = []
    for engine in engines:
        settings = {"VOUCH_RATE_PER_SECOND": "1000", **UNCAPPED}
        async with place(folder, engine, FAST, delay_ms=DELAY_MS, **settings) as here:
            await here.stage.start()
            before = here.cpu()
            times = await _broadcast(here, FAST)
            used = sum(here.cpu()) - sum(before)
        label, seconds = f"1,000 a second, {engine}", times[-1] - times[0]
        figures += [
            of_limit(f"{label}: held", (FAST - 1) / seconds, 1000, 0.93, "messages/s"),
            at_most(f"{label}: fullest second", fullest_second(times), 1000, "messages"),
            at_most(f"{label}: CPU, its database included", 100 * used / seconds, 30, "% of a core"),
        ]
    return figures


async def pace(folder: Path, engines: list[str]) -> list[Figure]:
    """The default pace; 30 a second below a ceiling of 30; while people are answered; while a standby takes over."""
    figures: list[Figure] = []
    for engine in engines:
        async with place(folder, engine, SLOW, delay_ms=DELAY_MS, **UNCAPPED) as here:
            figures += await _default(here, engine)
            await here.standin.set(ceiling=CEILING)
            figures += await _at_the_ceiling(here, engine)
            figures += await _while_answering(here, engine)
            if engine == "postgresql":
                figures += await _taking_over(here)
    return figures


async def _default(here: Place, engine: str) -> list[Figure]:
    del here.stage.env["VOUCH_RATE_PER_SECOND"]
    await here.stage.start()
    times = await _broadcast(here, SLOW)
    await here.stage.stop()
    label = f"the default pace of 25 a second, {engine}"
    return [
        near(f"{label}: first to last", times[-1] - times[0], (SLOW - 1) / 25, 0.01, "s"),
        at_most(f"{label}: fullest second", fullest_second(times), 30, "messages"),
    ]


async def _at_the_ceiling(here: Place, engine: str) -> list[Figure]:
    here.stage.env["VOUCH_RATE_PER_SECOND"] = str(CEILING)
    await here.stage.start()
    since = (await here.standin.counts())["sent"]
    await _broadcast(here, SLOW)
    return _kept(f"30 a second below a ceiling of 30, {engine}", await here.standin.sent(since))


def _kept(label: str, arrived: list[dict[str, Any]]) -> list[Figure]:
    """Nothing refused, and at least 92 % of the pace."""
    times = [each["at"] for each in arrived if each["applied"]]
    rate = (len(times) - 1) / (times[-1] - times[0])
    return [
        exactly(f"{label}: refused", len(arrived) - len(times), 0, "messages"),
        of_limit(f"{label}: held", rate, CEILING, 0.92, "messages/s"),
        shown(f"{label}: fullest second", fullest_second(times), "messages"),
    ]


async def _while_answering(here: Place, engine: str) -> list[Figure]:
    """Strangers say /start, one after the other, throughout a broadcast; the answer takes its turn in the same pace."""
    since = (await here.standin.counts())["sent"]
    asked: dict[int, float] = {}
    asking = asyncio.create_task(_ask(here, asked))
    try:
        await here.until_done(await here.begin(), SLOW / CEILING * 2 + 30)
    finally:
        asking.cancel()
    await asyncio.sleep(1)
    arrived = await here.standin.sent(since)
    await here.stage.stop()
    answered: dict[int, float] = {}
    for each in (each for each in arrived if each["applied"]):
        answered.setdefault(each["chat_id"], each["at"])
    # The pace is that of the broadcast's own time: the last answer may come when nothing else is left to send.
    own = [n for n, each in enumerate(arrived) if each["chat_id"] not in asked]
    waits = [1000 * (answered[who] - at) for who, at in asked.items() if who in answered]
    label = f"the same while people are answered, {engine}"
    return [
        *_kept(label, arrived[own[0] : own[-1] + 1]),
        exactly(f"{label}: answered", len(waits), len(asked), "people"),
        at_most(f"{label}: from the question to the answer, median", statistics.median(waits), 100, "ms"),
        shown(f"{label}: the slowest answer", max(waits), "ms"),
    ]


async def _ask(here: Place, asked: dict[int, float]) -> None:
    """Keep asking until cancelled; `asked` tells who asked when."""
    await asyncio.sleep(1)
    while True:
        who = next(_strangers)
        asked[who] = time.monotonic()
        await here.standin.push([said(who, "/start")])
        await asyncio.sleep(0.37)


async def _taking_over(here: Place) -> list[Figure]:
    """The sender is killed in the middle (SIGKILL); a second process, which waited, goes on."""
    since = (await here.standin.counts())["sent"]
    await here.stage.start("--role", "worker", wait=False)
    number = await here.begin()
    await here.until_sent(since + 30, 60)
    command = [sys.executable, "-m", "bot", "run", "--role", "worker"]
    with here.stage.log_path.open("ab") as log:
        second = subprocess.Popen(command, cwd=ROOT, env=here.stage.env, stdout=log, stderr=log)
    try:
        await here.until_sent(since + SLOW // 2, 60)
        await here.stage.kill()
        await here.until_done(number, 120)
    finally:
        second.terminate()
        await asyncio.to_thread(second.wait, 30)
    arrived = await here.standin.sent(since)
    times = [each["at"] for each in arrived]
    gap, at = max((later - earlier, n) for n, (earlier, later) in enumerate(itertools.pairwise(times), 1))
    got = Counter(each["chat_id"] for each in arrived if each["applied"])
    label = "the same while a standby takes over, postgresql"
    return [
        *_kept(f"{label}, the standby", arrived[at:]),
        at_most(f"{label}: fullest second", fullest_second(times), CEILING, "messages"),
        exactly(f"{label}: twice", sum(each > 1 for each in got.values()), 0, "people"),
        shown(f"{label}: silence", gap, "s"),
    ]


async def _broadcast(here: Place, size: int) -> list[float]:
    """One broadcast to everybody; when each message arrived, in seconds of the monotonic clock."""
    since = (await here.standin.counts())["sent"]
    await here.until_done(await here.begin(), 120)
    times = [each["at"] for each in await here.standin.sent(since) if each["applied"]]
    assert len(times) == size, f"{len(times)} messages of {size}"
    return times


def said(chat_id: int, text: str) -> dict[str, Any]:
    """An update: a private message of somebody."""
    who = {"id": chat_id, "is_bot": False, "first_name": "Sample", "language_code": "en"}
    chat = {"id": chat_id, "type": "private", "first_name": "Sample"}
    message: dict[str, Any] = {"message_id": 1, "from": who, "chat": chat, "date": int(time.time()), "text": text}
    if text.startswith("/"):
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
    return {"message": message}


def fullest_second(times: Sequence[float]) -> int:
    """The most arrivals in any second."""
    most = left = 0
    for right, at in enumerate(times):
        while at - times[left] >= 1.0:
            left += 1
        most = max(most, right - left + 1)
    return most
