"""The one sender of a bot: answers before broadcasts, an even pace, at most once.

Every message goes the same way: its intent is committed, it is sent with nothing locked, its outcome is committed.
A send whose answer is lost is unconfirmed: shown, never repeated by itself (decision 0002).
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.db import Database, UnitOfWork
from bot.db.repositories.deliveries import Due, Ended
from bot.db.rows import OutboxRow
from bot.domain.broadcasts import BroadcastState, DeliveryState
from bot.domain.messaging import (
    Blocked,
    InDoubt,
    Moved,
    NotSent,
    OutgoingMessage,
    Rejected,
    RetryLater,
    SendOutcome,
    Sent,
)
from bot.domain.residents import ResidentState
from bot.errors import InvalidInput, NotFound, NotVetted
from bot.metrics import IN_FLIGHT, PAUSES, SENDS
from bot.services.deliveries import Deliveries
from bot.services.pacer import Pacer
from bot.services.ports import Clock, Messenger, Renderer
from bot.services.vault import Vault

log = structlog.get_logger()

LEASE_SECONDS = 10


class LeaseLost(Exception):
    """Another process has the lease now: stop at once, write nothing more."""


_IN_DOUBT_LIMIT = 5
"""After this many results in doubt in a row the broadcast lane waits and probes (design: an outage costs few)."""


@dataclass(slots=True)
class _Job:
    """One message under way: `row` of the outbox, or `due` of a broadcast."""

    chat_id: int
    message: OutgoingMessage
    row: OutboxRow | None = None
    due: Due | None = None
    outcome: SendOutcome | None = None


class Sender:
    """Sends everything of one bot while it holds the lease; a standby waits for it."""

    def __init__(
        self,
        db: Database,
        bot_id: int,
        vault: Vault,
        messenger: Messenger,
        renderer: Renderer,
        deliveries: Deliveries,
        pacer: Pacer,
        clock: Clock,
        *,
        on_stopped: Callable[[UnitOfWork, int, str], Awaitable[None]],
    ) -> None:
        self._db = db
        self._bot_id = bot_id
        self._vault = vault
        self._messenger = messenger
        self._renderer = renderer
        self._deliveries = deliveries
        self._pacer = pacer
        self._clock = clock
        self._on_stopped = on_stopped
        self._flight: dict[asyncio.Task[None], _Job] = {}
        self._ended: deque[_Job] = deque()
        self._progress = asyncio.Event()
        self._unslotted = 0
        self._doubts = 0
        self._probe_at = 0.0
        self.wake = asyncio.Event()
        """Set it when there may be something to send."""
        rate = pacer.rate
        self._cap = 100 if not rate else max(8, int(rate * 0.4))
        self._batch = 200 if not rate else max(1, int(rate / 50))

    async def settle_intents(self, fence: int) -> int:
        """At the start of a term: what an earlier sender left in the middle is unconfirmed."""
        async with self._db.write() as uow:
            now = self._clock.now()
            left = await uow.deliveries.give_up_intents(self._bot_id, before_fence=fence, now=now)
            left += await uow.outbox.give_up_intents(self._bot_id, before_fence=fence, now=now)
        if left:
            log.warning("sender.unconfirmed", count=left)
        return left

    async def step(self, fence: int, lease: str, holder: str) -> bool:
        """Record what ended, claim what is next, launch it. Returns whether there was anything to do.

        Raises LeaseLost when another process has become the sender.
        """
        room = min(self._batch - self._unslotted, self._cap - len(self._flight))
        if room <= 0:
            await self._until_progress(1.0)
            return True
        waiting = await self._anything_waiting()
        if not waiting and not self._ended:
            if self._flight:
                await self._until_progress(0.05)
            return bool(self._flight or self._ended)
        if waiting and self._batch == 1:
            # The slot first, then the intent, then the call: a kill leaves as little in doubt as can be.
            await self._slot(fence, lease, holder)
        jobs = await self._turn(fence, lease, holder, room if waiting else 0)
        self._launch(jobs)
        if not jobs and self._flight:
            await self._until_progress(0.05)
        return True

    async def _slot(self, fence: int, lease: str, holder: str) -> None:
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
        finally:
            slot.cancel()

    async def _turn(self, fence: int, lease: str, holder: str, room: int) -> list[_Job]:
        """One transaction: record what ended, then claim up to `room`. Only a commit makes either true."""
        ended = list(self._ended)
        async with self._db.write() as uow:
            if not await uow.meta.holds(lease, holder, fence):
                raise LeaseLost
            await self._record(uow, ended, fence)
            jobs = await self._claim(uow, room, fence) if room else []
        self._forget_ended(ended)
        return jobs

    def _forget_ended(self, recorded: list[_Job]) -> None:
        """What is stored is done with; results that came in since stand behind it."""
        for _ in recorded:
            self._ended.popleft()

    def _launch(self, jobs: list[_Job]) -> None:
        if self._batch > 1:
            self._unslotted += len(jobs)
        for job in jobs:
            task = asyncio.create_task(self._send(job))
            self._flight[task] = job
            task.add_done_callback(self._landed)
        IN_FLIGHT.set(len(self._flight))

    async def drain(self, fence: int) -> None:
        """Wait for calls under way and record them (at shutdown)."""
        if self._flight:
            await asyncio.wait(list(self._flight), timeout=20)
        ended = list(self._ended)
        async with self._db.write() as uow:
            await self._record(uow, ended, fence)
        self._forget_ended(ended)

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
        busy = self._rows_in_flight()
        async with self._db.read() as uow:
            if await uow.outbox.queued(self._bot_id, limit=1, now=self._clock.now(), skip=busy):
                return True
            return bool(self._broadcasts_may_go() and await self._deliveries.anything_to_do(uow, self._bot_id))

    def _broadcasts_may_go(self) -> bool:
        return self._doubts < _IN_DOUBT_LIMIT

    def _rows_in_flight(self) -> list[int]:
        return [job.row.id for job in self._flight.values() if job.row is not None]

    # Claiming

    async def _claim(self, uow: UnitOfWork, room: int, fence: int) -> list[_Job]:
        if self._pacer.held_for > 0:
            return []
        jobs = await self._claim_answers(uow, room, fence)
        if len(jobs) < room and self._broadcasts_may_go():
            jobs += await self._claim_deliveries(uow, room - len(jobs), fence)
        return jobs

    async def _claim_answers(self, uow: UnitOfWork, room: int, fence: int) -> list[_Job]:
        now = self._clock.now()
        rows = await uow.outbox.queued(self._bot_id, limit=room * 4, now=now, skip=self._rows_in_flight())
        talking = {job.chat_id for job in self._flight.values()}
        jobs: list[_Job] = []
        for row in rows:
            if len(jobs) == room:
                break
            job = await self._answer_job(uow, row, fence)
            # One message at a time to one chat: answers arrive in the order in which they were given.
            if job is None or job.chat_id in talking:
                continue
            wait = self._pacer.chat_wait(job.chat_id)
            if wait > 0:
                await uow.outbox.postpone(row.id, now + timedelta(seconds=wait))
                continue
            talking.add(job.chat_id)
            jobs.append(job)
        await uow.outbox.intend([job.row.id for job in jobs if job.row], fence=fence)
        return jobs

    async def _answer_job(self, uow: UnitOfWork, row: OutboxRow, fence: int) -> _Job | None:
        try:
            chat_id = self._vault.open_chat(row.chat or b"")
            message = self._renderer.render(row.kind, row.params, row.language)
        except Exception as error:  # noqa: BLE001 - one message that cannot be rendered must not stop the others
            log.error("outbox.unrenderable", kind=row.kind, error=type(error).__name__)
            await uow.outbox.intend([row.id], fence=fence)
            await uow.outbox.end(
                row.id, DeliveryState.FAILED, fence=fence, now=self._clock.now(), error="it could not be rendered"
            )
            return None
        return _Job(chat_id, message, row=row)

    async def _claim_deliveries(self, uow: UnitOfWork, room: int, fence: int) -> list[_Job]:
        jobs: list[_Job] = []
        for due in await self._deliveries.claim(uow, self._bot_id, room):
            try:
                message = await self._deliveries.content(uow, due.broadcast_id, due.group_no)
                jobs.append(_Job(self._vault.open_chat(due.chat), message, due=due))
            except (NotVetted, NotFound) as error:
                await self._stop(uow, due.broadcast_id, str(error))
                break
            except InvalidInput:
                await uow.deliveries.skip(
                    due.broadcast_id, due.resident_id, "the address could not be opened", now=self._clock.now()
                )
        claimed = [job.due for job in jobs if job.due]
        if claimed:
            await uow.deliveries.intend(claimed, fence=fence)
        else:
            await self._deliveries.finish_empty(uow, self._bot_id)
        return jobs

    # Sending

    async def _send(self, job: _Job) -> None:
        if self._batch > 1:
            await self._pacer.slot()
            self._unslotted -= 1
            self._progress.set()
        job.outcome = await self._messenger.send(job.chat_id, job.message)

    def _landed(self, task: asyncio.Task[None]) -> None:
        job = self._flight.pop(task)
        if task.cancelled() or task.exception() is not None:
            job.outcome = InDoubt("the call broke off")
        self._note_outcome(job)
        self._ended.append(job)
        self._progress.set()
        self.wake.set()

    def _note_outcome(self, job: _Job) -> None:
        outcome = job.outcome
        SENDS.labels("answer" if job.row else "broadcast", type(outcome).__name__).inc()
        if isinstance(outcome, RetryLater):
            PAUSES.inc()
            self._pacer.hold(outcome.after)
        if isinstance(outcome, NotSent):
            self._pacer.hold(min(outcome.after, 5.0))
        if isinstance(outcome, InDoubt):
            self._doubts += 1
            if self._doubts == _IN_DOUBT_LIMIT:
                log.warning("sender.breaker_open")
        elif isinstance(outcome, Sent | Blocked | Rejected):
            self._doubts = 0

    async def probe_if_doubtful(self) -> None:
        """While the breaker is open, ask the channel every two seconds whether it answers clearly again."""
        if self._broadcasts_may_go():
            return
        now = asyncio.get_running_loop().time()
        if now < self._probe_at:
            return
        self._probe_at = now + 2.0
        if await self._messenger.probe():
            log.info("sender.breaker_closed")
            self._doubts = 0
            self.wake.set()

    # Recording

    async def _record(self, uow: UnitOfWork, jobs: list[_Job], fence: int) -> None:
        ended: list[Ended] = []
        for job in jobs:
            if job.row is not None:
                await self._record_answer(uow, job, job.row, fence)
            elif job.due is not None:
                await self._record_delivery(uow, job, job.due, fence, ended)
        await uow.deliveries.end(ended, fence=fence, now=self._clock.now())

    async def _record_answer(self, uow: UnitOfWork, job: _Job, row: OutboxRow, fence: int) -> None:
        now = self._clock.now()
        match job.outcome:
            case RetryLater(after) | NotSent(_, after):
                await uow.outbox.requeue(row.id, fence=fence, not_before=now + timedelta(seconds=min(after, 60)))
            case Moved(new_chat_id):
                await self._move(uow, job.chat_id, new_chat_id)
                await uow.outbox.requeue(row.id, fence=fence, not_before=now, chat=self._vault.seal_chat(new_chat_id))
            case outcome:
                state, error = _end_state(outcome)
                await uow.outbox.end(row.id, state, fence=fence, now=now, error=error)
                await self._learn(uow, job)

    async def _record_delivery(self, uow: UnitOfWork, job: _Job, due: Due, fence: int, ended: list[Ended]) -> None:
        match job.outcome:
            case RetryLater() | NotSent():
                await self._deliveries.give_back(uow, due, fence)
            case Moved(new_chat_id):
                await self._move(uow, job.chat_id, new_chat_id)
                await self._deliveries.give_back(uow, due, fence)
            case outcome:
                state, error = _end_state(outcome)
                reference = outcome.message_ref if isinstance(outcome, Sent) else None
                ended.append(Ended(due.broadcast_id, due.resident_id, state, reference, error))
                await self._learn(uow, job)
                if isinstance(outcome, Rejected) and outcome.content:
                    await self._stop(uow, due.broadcast_id, f"The channel refused the content: {outcome.reason}")

    async def _learn(self, uow: UnitOfWork, job: _Job) -> None:
        """Keep the file handle of a first upload; note who blocked us."""
        if isinstance(job.outcome, Sent) and job.outcome.file_id and job.message.media:
            await uow.media.change(job.message.media.media_id, file_id=job.outcome.file_id, bot_id=self._bot_id)
            self._deliveries.forget_content()
        if isinstance(job.outcome, Blocked):
            resident = await uow.residents.get(self._bot_id, self._vault.tag(job.chat_id))
            if resident is not None and resident.state != ResidentState.STOPPED:
                await uow.residents.change(resident.id, state=ResidentState.BLOCKED, changed_at=self._clock.now())

    async def _move(self, uow: UnitOfWork, old_chat_id: int, new_chat_id: int) -> None:
        resident = await uow.residents.get(self._bot_id, self._vault.tag(old_chat_id))
        if resident is not None:
            await uow.residents.move(
                resident.id, self._bot_id, tag=self._vault.tag(new_chat_id), chat=self._vault.seal_chat(new_chat_id)
            )

    async def _stop(self, uow: UnitOfWork, broadcast_id: int, reason: str) -> None:
        if await uow.broadcasts.move(broadcast_id, BroadcastState.SENDING, BroadcastState.STOPPED, reason=reason):
            log.error("broadcast.stopped", broadcast=broadcast_id)
            await self._on_stopped(uow, broadcast_id, reason)


def _end_state(outcome: SendOutcome | None) -> tuple[DeliveryState, str | None]:
    match outcome:
        case Sent():
            return DeliveryState.SENT, None
        case Blocked(reason):
            return DeliveryState.BLOCKED, reason[:120]
        case Rejected(reason):
            return DeliveryState.FAILED, reason[:120]
        case InDoubt(reason):
            return DeliveryState.UNCONFIRMED, reason[:120]
        case _:
            return DeliveryState.UNCONFIRMED, "no outcome is known"
