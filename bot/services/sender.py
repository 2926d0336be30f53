"""The one sender of a bot: lanes in their order, an even pace, at most once.

Every message goes the same way: its intent is committed, it is sent with nothing locked, its outcome is committed.
A send whose answer is lost is unconfirmed: shown, never repeated by itself (decision 0002).
"""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from functools import cache

import structlog

from bot.db import Database, UnitOfWork
from bot.domain.messaging import Blocked, InDoubt, NotSent, Rejected, RetryLater, Sent
from bot.metrics import IN_FLIGHT, PAUSES, SENDS
from bot.services.lanes import Job, Lane
from bot.services.pacer import Pacer, Slot
from bot.services.ports import Messenger

log = structlog.get_logger()

LEASE_SECONDS = 10
_IN_DOUBT_LIMIT = 5
"""After this many results in doubt in a row only answers go on, and the channel is probed: an outage costs few."""
_ONE_BY_ONE = 50.0
"""Up to this many a second each message has commits of its own; above, they share them."""
_BATCH_SECONDS = 0.1
"""Above that, as many are claimed ahead as leave in this time: half of it is left when the next ones are claimed, so
that a slow commit holds nothing up. A kill leaves them in doubt."""
_UNLIMITED_BATCH, _UNLIMITED_CAP = 500, 100
_MOST_AT_ONCE = 400
_FLUSH_SECONDS = 0.1
"""The longest that an outcome waits for others to share its commit."""
_FIRST_ROUND_TRIP = 0.05
_LOOK_SECONDS = 0.2
"""So long it is taken for granted that there is more of what filled the last batch; a claim looks for itself."""
_count = cache(SENDS.labels)
"""The counter of a lane and an outcome: to look it up costs more than to count."""


class LeaseLost(Exception):
    """Another process has the lease now: stop at once, write nothing more."""


class Sender:
    """Sends everything of one bot while it holds the lease; a standby waits for it."""

    def __init__(self, db: Database, messenger: Messenger, lanes: Sequence[Lane], pacer: Pacer) -> None:
        self._db = db
        self._messenger = messenger
        self._lanes = tuple(lanes)
        self._pacer = pacer
        self._ready: deque[Job] = deque()
        self._flight: dict[asyncio.Task[None], Job] = {}
        self._ended: deque[Job] = deque()
        self._ended_since = 0.0
        self._progress = asyncio.Event()
        self._room = asyncio.Event()
        self._looked_until = 0.0
        self._filled = False
        self._releasing: asyncio.Task[None] | None = None
        self._round_trip = _FIRST_ROUND_TRIP
        self._doubts = 0
        self._probe_at = 0.0
        self.wake = asyncio.Event()
        """Set it when there may be something to send."""
        rate = pacer.rate
        self._batch = _UNLIMITED_BATCH if not rate else 1 if rate <= _ONE_BY_ONE else int(rate * _BATCH_SECONDS)

    @property
    def _cap(self) -> int:
        """Calls at once: twice what the pace needs at the measured round trip, 8 at least."""
        if not self._pacer.rate:
            return _UNLIMITED_CAP
        return min(_MOST_AT_ONCE, max(8, int(2 * self._pacer.rate * self._round_trip)))

    async def settle_intents(self, fence: int) -> int:
        """At the start of a term: what an earlier sender left in the middle is unconfirmed."""
        self.abandon()
        async with self._db.write() as uow:
            left = sum([await lane.settle(uow, fence) for lane in self._lanes])
        if left:
            log.warning("sender.unconfirmed", count=left)
        return left

    def abandon(self) -> None:
        """Another process is the sender now: nothing more of what was claimed is begun; that one has settled it."""
        self._ready.clear()
        if self._releasing is not None:
            self._releasing.cancel()

    async def step(self, fence: int, lease: str, holder: str) -> bool:
        """Record what ended, claim what is next, launch it. Returns whether there was anything to do.

        Raises LeaseLost when another process has become the sender.
        """
        if self._batch == 1:
            return await self._step_one(fence, lease, holder)
        return await self._step_many(fence, lease, holder)

    async def _step_one(self, fence: int, lease: str, holder: str) -> bool:
        """The slot first, then the intent, then the call: a kill leaves as little in doubt as can be."""
        waiting = len(self._flight) < self._cap and await self._anything_waiting()
        if not waiting:
            if self._ended:
                await self._turn(fence, lease, holder, 0)
                return True
            if self._flight:
                await self._until_progress(0.05)
            return bool(self._flight or self._ended)
        slot = await self._slot(fence, lease, holder)
        jobs = []
        try:
            jobs = await self._turn(fence, lease, holder, 1)
        finally:
            if not jobs:
                self._pacer.ended(slot)
        for job in jobs:
            self._start(job, slot)
        if not jobs and self._flight:
            await self._until_progress(0.05)
        return True

    async def _slot(self, fence: int, lease: str, holder: str) -> Slot:
        """Wait for the next slot; results that come in meanwhile are recorded at once, not when it has come."""
        slot = asyncio.create_task(self._pacer.slot())
        try:
            while not slot.done():
                self._progress.clear()
                if self._ended:
                    await self._turn(fence, lease, holder, 0)
                    continue
                progress = asyncio.create_task(self._progress.wait())
                await asyncio.wait([slot, progress], return_when=asyncio.FIRST_COMPLETED)
                progress.cancel()
            return slot.result()
        except BaseException:
            if slot.done() and not slot.cancelled():
                self._pacer.ended(slot.result())
            slot.cancel()
            raise

    async def _step_many(self, fence: int, lease: str, holder: str) -> bool:
        """Claim ahead of the pace and record behind it, a batch in one commit."""
        room = self._batch - len(self._ready)
        claim = room >= self._batch / 2 and (self._is_filled() or await self._anything_waiting())
        if not claim and not self._flush_due():
            if not (self._ready or self._flight or self._ended):
                return False
            await self._until_progress(_FLUSH_SECONDS)
            return True
        jobs = await self._turn(fence, lease, holder, room if claim else 0)
        if claim:
            self._filled = len(jobs) == room and all(job.lane is self._lanes[-1] for job in jobs)
        self._ready.extend(jobs)
        self._release()
        if claim and not jobs and (self._flight or self._ready):
            await self._until_progress(_FLUSH_SECONDS)
        return True

    def _flush_due(self) -> bool:
        if not self._ended:
            return False
        enough = len(self._ended) >= self._batch or not (self._flight or self._ready)
        return enough or time.monotonic() - self._ended_since >= _FLUSH_SECONDS

    def _release(self) -> None:
        """Start what is ready, as the pace and the room allow; the rest follows by itself."""
        if self._pacer.rate:
            if self._ready and (self._releasing is None or self._releasing.done()):
                self._releasing = asyncio.create_task(self._release_evenly())
            return
        while self._ready and len(self._flight) < self._cap and not self._pacer.held_for:
            self._start_next(None)

    async def _release_evenly(self) -> None:
        while self._ready:
            slot = await self._pacer.slot()
            try:
                while len(self._flight) >= self._cap:
                    self._room.clear()
                    await self._room.wait()
            except BaseException:
                self._pacer.ended(slot)  # cut off at the end of a term: the next one must not wait for it for ever
                raise
            if self._ready:
                self._start_next(slot)
            else:
                self._pacer.ended(slot)

    def _start_next(self, slot: Slot | None) -> None:
        self._start(self._ready.popleft(), slot)
        if len(self._ready) == self._batch // 2:
            self._progress.set()  # time to claim the next ones

    async def _turn(self, fence: int, lease: str, holder: str, room: int) -> list[Job]:
        """One transaction: record what ended, then claim up to `room`. Only a commit makes either true."""
        ended = list(self._ended)
        jobs: list[Job] = []
        try:
            async with self._db.write() as uow:
                # Outcomes are kept apart by their fence; for claims nobody else may have become the sender.
                if room:
                    await _check_lease(uow, lease, holder, fence)
                    for lane in self._open_lanes():
                        await lane.hold(uow)  # before rows are changed: who stops a broadcast takes it first as well
                for lane in self._lanes:
                    mine = [job for job in ended if job.lane is lane]
                    if mine:
                        await lane.record(uow, mine, fence)
                for lane in self._open_lanes() if room else ():
                    if len(jobs) < room:
                        jobs += [self._of(lane, job) for job in await lane.claim(uow, room - len(jobs), fence)]
        except BaseException:
            for job in jobs:
                job.outcome = NotSent("the intent was not committed")
            raise
        self._forget_ended(ended)
        IN_FLIGHT.set(len(self._flight) + len(jobs))
        return jobs

    @staticmethod
    def _of(lane: Lane, job: Job) -> Job:
        job.lane = lane
        return job

    def _forget_ended(self, recorded: list[Job]) -> None:
        """What is stored is done with; results that came in since stand behind it."""
        for _ in recorded:
            self._ended.popleft()
        self._ended_since = time.monotonic()

    async def drain(self, fence: int) -> None:
        """Wait for calls under way and record them (at shutdown); what was claimed and not begun goes back."""
        if self._releasing is not None:
            self._releasing.cancel()
            await asyncio.gather(self._releasing, return_exceptions=True)
        self._give_back(asked_for=True)
        if self._flight:
            await asyncio.wait(list(self._flight), timeout=20)
        await self._turn(fence, "", "", 0)

    def _give_back(self, *, asked_for: bool) -> None:
        """What was claimed and not begun waits again; with `asked_for` also what people wait for."""
        ready, self._ready = self._ready, deque()
        for job in ready:
            if job.lane is not None and job.lane.asked_for and not asked_for:
                self._ready.append(job)
            else:
                job.outcome = NotSent("it was not begun", 0.0)
                self._ended.append(job)

    async def _until_progress(self, seconds: float) -> None:
        self._progress.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._progress.wait()
        except TimeoutError:
            pass

    async def _anything_waiting(self) -> bool:
        if self._pacer.held_for > 0:
            return False
        self._looked_until = time.monotonic() + _LOOK_SECONDS
        async with self._db.read() as uow:
            # Every lane is asked: what it reads here is what it claims by.
            return any([await lane.waiting(uow) for lane in self._open_lanes()])

    def _is_filled(self) -> bool:
        """Whether the last batch was full, and of the last lane alone, a moment ago."""
        return self._filled and time.monotonic() < self._looked_until and not self._pacer.held_for

    def _open_lanes(self) -> list[Lane]:
        if self._pacer.held_for > 0:
            return []
        return [lane for lane in self._lanes if lane.asked_for or self._doubts < _IN_DOUBT_LIMIT]

    # Sending

    def _start(self, job: Job, slot: Slot | None) -> None:
        task = asyncio.create_task(self._send(job, slot))
        self._flight[task] = job
        task.add_done_callback(self._landed)

    async def _send(self, job: Job, slot: Slot | None) -> None:
        began = time.monotonic()
        try:
            job.outcome = await self._messenger.send(job.chat_id, job.message)
        finally:
            if slot is not None:
                self._pacer.ended(slot)
            if not isinstance(job.outcome, InDoubt | NotSent | None):
                # Only of calls that were answered: an outage must not make room for more to be in doubt.
                self._round_trip += 0.1 * (time.monotonic() - began - self._round_trip)

    def _landed(self, task: asyncio.Task[None]) -> None:
        job = self._flight.pop(task)
        if task.cancelled() or task.exception() is not None:
            job.outcome = InDoubt("the call broke off")
        self._note_outcome(job)
        if not self._ended:
            self._ended_since = time.monotonic()
        self._ended.append(job)
        self._room.set()
        if self._batch > 1:
            self._release()
        if len(self._ended) >= self._batch or not self._flight:
            self._progress.set()
            self.wake.set()

    def _note_outcome(self, job: Job) -> None:
        outcome = job.outcome
        _count(job.lane.name if job.lane else "", type(outcome).__name__).inc()
        match outcome:
            case Sent():
                self._doubts = 0
            case RetryLater(after):
                PAUSES.inc()
                self._pacer.hold(after)
            case NotSent(_, after):
                self._pacer.hold(min(after, 5.0))
            case InDoubt():
                self._doubts += 1
                if self._doubts == _IN_DOUBT_LIMIT:
                    log.warning("sender.breaker_open")
                    self._give_back(asked_for=False)
            case Blocked() | Rejected():
                self._doubts = 0

    async def probe_if_doubtful(self) -> None:
        """While the breaker is open, ask the channel every two seconds whether it answers clearly again."""
        if self._doubts < _IN_DOUBT_LIMIT:
            return
        now = asyncio.get_running_loop().time()
        if now < self._probe_at:
            return
        self._probe_at = now + 2.0
        if await self._messenger.probe():
            log.info("sender.breaker_closed")
            self._doubts = 0
            self.wake.set()


async def _check_lease(uow: UnitOfWork, lease: str, holder: str, fence: int) -> None:
    if not await uow.meta.holds(lease, holder, fence):
        raise LeaseLost
