"""C3: `kill -9` right before and right after each commit and each message, at named points."""

import asyncio
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import aiohttp

from bot.domain.broadcasts import DeliveryState
from bot.services.vault import Vault
from tests.chaos.crowd import Crowd, populate, until
from tests.chaos.figures import Figure, at_least, exactly, shown
from tests.chaos.rig import KEY, Rig, rig
from tests.chaos.sending import begin
from tests.chaos.voices import Voices
from tests.stage import ROOT

RESIDENTS = 8
QUESTIONS = 3
_IDLE_SECONDS = 3.0
"""Who has had nothing to do for so long will not come to the point (an hourly job's, say)."""

_LEFT = """SELECT (SELECT count(*) FROM updates WHERE state = 0) + (SELECT count(*) FROM outbox WHERE state < 2)
    + (SELECT count(*) FROM broadcasts WHERE state = 'sending')"""


async def run(folder: Path, engine: str, *, times: int, most: int) -> list[Figure]:
    """Each point `times` times, at most `most` kills in all; at rate 0, as it is the order that is tested."""
    async with rig(folder, engine, VOUCH_RATE_PER_SECOND="0") as place, aiohttp.ClientSession() as session:
        crowd = await populate(place, RESIDENTS)
        campaign = _Campaign(crowd, Voices(place, session, list(crowd.language), polled=True))
        await campaign.work()
        hits = await campaign.burn(times, most)
        await campaign.work()
        return await campaign.figures(hits, times)


class _Campaign:
    def __init__(self, crowd: Crowd, voices: Voices) -> None:
        self._crowd = crowd
        self._rig: Rig = crowd.rig
        self._voices = voices
        self._met = self._rig.folder / "points"
        self._rarely: set[str] = set()

    def _start(self, *fuse: str) -> subprocess.Popen[bytes]:
        with self._rig.log_of("dying").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.dying", str(self._met), *fuse],
                cwd=ROOT, env=self._rig.env, stdout=log, stderr=log,
            )  # fmt: skip
        self._rig.processes["dying"] = process
        return process

    async def _something_to_do(self) -> None:
        await begin(self._rig)
        for person in range(QUESTIONS):
            await self._voices.ask(person)

    async def work(self) -> None:
        """Work without an accident until nothing is left to do."""
        await self._something_to_do()
        process = self._start()
        await until(self._idle, 180, "everything done", every=0.2)
        process.terminate()
        await asyncio.to_thread(process.wait, 30)

    async def _idle(self) -> bool:
        left = await asyncio.to_thread(self._rig.one, _LEFT)
        return not left and not (await self._rig.api.counts())["waiting"]

    async def burn(self, times: int, most: int) -> Counter[str]:
        """Die at every point in turn until each was met so often."""
        hits: Counter[str] = Counter()
        dice = random.Random(1)
        for _ in range(most):
            open_ = [each for each in self.points() if hits[each] < times and each not in self._rarely]
            if not open_:
                break
            point = min(open_, key=lambda each: (hits[each], _rank(each)))
            if await self._die(point, dice.randint(1, 2) if hits[point] else 1):
                hits[point] += 1
            else:
                self._rarely.add(point)
        return hits

    def points(self) -> list[str]:
        """Every point that was ever met."""
        return list(dict.fromkeys(self._met.read_text().splitlines()))

    async def _die(self, point: str, number: int) -> bool:
        """Whether the process came to the point and died there."""
        await self._something_to_do()
        process = self._start(str(number), point)
        idle = 0.0
        while process.poll() is None:
            await asyncio.sleep(0.1)
            idle = idle + 0.1 if await self._idle() else 0.0
            if idle > _IDLE_SECONDS:
                process.kill()
                await asyncio.to_thread(process.wait)
                return False
        assert process.returncode == -9, self._rig.logs()
        return True

    async def figures(self, hits: Counter[str], times: int) -> list[Figure]:
        """All broadcasts together: how often each person was owed the message, and how often it came."""
        label, place = f"C3 {self._rig.engine}, {hits.total()} kills at {len(hits)} points", self._rig
        for point, n in sorted(hits.items()):
            print(f"    {n:>3} x {point}")
        vault = Vault(KEY)
        owed: dict[DeliveryState, Counter[int]] = {state: Counter() for state in DeliveryState}
        for chat, state, n in place.rows(
            "SELECT r.chat, d.state, count(*) FROM deliveries d JOIN residents r ON r.id = d.resident_id GROUP BY 1, 2"
        ):
            owed[DeliveryState(state)][vault.open_chat(bytes(chat))] += n
        came = Counter(each.chat_id for each in self._crowd.broadcasts(await place.api.sent()) if each.applied)
        sent, doubtful = owed[DeliveryState.SENT], owed[DeliveryState.UNCONFIRMED]
        broadcasts = place.one("SELECT count(*) FROM broadcasts")
        ended = sum(found.total() for state, found in owed.items() if state >= DeliveryState.SENT)
        return [
            at_least(f"{label}: times at each point", min(hits.values(), default=0), times, "kills"),
            exactly(f"{label}: lost in silence", sum((sent - came).values()), 0, "messages"),
            exactly(f"{label}: twice", sum((came - sent - doubtful).values()), 0, "messages"),
            exactly(f"{label}: end states", ended, broadcasts * RESIDENTS, "deliveries"),
            shown(f"{label}: unconfirmed a kill", doubtful.total() / max(1, hits.total()), "deliveries"),
            shown(f"{label}: points that come too rarely", len(self._rarely), "points"),
            *await self._voices.account(label),
        ]


def _rank(point: str) -> int:
    """The smaller the nearer to a message: these come first where there is no time for all."""
    names = ("message", "deliveries", "outbox", "updates", "conversations", "flags")
    return next((rank for rank, name in enumerate(names) if name in point), len(names))
