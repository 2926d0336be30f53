"""The work of one worker process: it handles the inbox at all times; while it holds the lease it polls and sends.

One active sender a token (decision 0002): Telegram's ceiling takes a quarter of one core, so that more senders would
buy availability, not speed, and standbys give just that. Handling has no such ceiling, so everybody does it.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import structlog

from bot.db import Database
from bot.errors import Unavailable
from bot.services.inbox import Inbox, InboxWorker
from bot.services.ports import Clock
from bot.services.sender import LEASE_SECONDS, LeaseLost, Sender

log = structlog.get_logger()

_RENEW_SECONDS = 3.0
_IDLE_SECONDS = 0.25
_END_SECONDS = 5.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0
_GAP = timedelta(seconds=1)
"""Between our last send and a successor's first: one second must not hold the sends of two."""


class Term:
    """Handles the inbox; waits for the lease, polls and sends while it lasts, lets go of it at the end."""

    def __init__(
        self, db: Database, bot_id: int, inbox: Inbox, worker: InboxWorker, senders: Sequence[Sender], clock: Clock, *,
        extra: Sequence[Callable[[], Awaitable[None]]] = (), alone: bool = False,
    ) -> None:  # fmt: skip
        self._db = db
        self._name = f"worker:{bot_id}"
        self._holder = secrets.token_hex(8)
        self._inbox = inbox
        self._worker = worker
        self._senders = tuple(senders)
        self._clock = clock
        self._extra = extra
        self._alone = alone
        self._ending = False
        self.active = asyncio.Event()
        """Set while this process is the one that polls and sends."""

    def wake_senders(self) -> None:
        """There may be something to send."""
        for sender in self._senders:
            sender.wake.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until `stopping` is set."""
        loops = [asyncio.ensure_future(each) for each in (self._handle(stopping), self._serve_terms(stopping))]
        try:
            await asyncio.wait(loops, return_when=asyncio.FIRST_COMPLETED)
            if stopping.is_set():
                # The others end by themselves, between two steps; a defect of one cuts off the other.
                self._inbox.stored.set()
                await asyncio.wait(loops, timeout=30)
        finally:
            for task in loops:
                task.cancel()
            found = await asyncio.gather(*loops, return_exceptions=True)
            await self._worker.drain_presses()
        for each in found:
            if isinstance(each, Exception):
                raise each

    # Handling

    async def _handle(self, stopping: asyncio.Event) -> None:
        pause = _FIRST_PAUSE
        while not stopping.is_set():
            self._inbox.stored.clear()
            try:
                handled = await self._worker.step()
            except Unavailable as error:
                # Another worker in our way is gone in a moment; a database that is away may take longer.
                log.warning("worker.handles_later", error=str(error))
                await _wait(stopping, pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
                continue
            pause = _FIRST_PAUSE
            if handled:
                self.wake_senders()
            else:
                await _wait(self._inbox.stored, _IDLE_SECONDS)

    # Polling and sending

    async def _serve_terms(self, stopping: asyncio.Event) -> None:
        if self._alone:
            # On one machine the file lock says that no other worker runs: an old lease is a dead one's.
            async with self._db.write() as uow:
                await uow.meta.drop_lease(self._name)
        while not stopping.is_set():
            try:
                fence = await self._take()
                if fence is None:
                    await _wait(stopping, 1.0)
                    continue
                await self._serve(fence, stopping)
            except LeaseLost:
                log.warning("worker.lease_lost")
            except Unavailable as error:
                log.error("worker.unavailable", error=str(error))
                await _wait(stopping, 1.0)
            finally:
                self.active.clear()

    async def _take(self) -> int | None:
        now = self._clock.now()
        async with self._db.write() as uow:
            return await uow.meta.take_lease(
                self._name, self._holder, now=now, until=now + timedelta(seconds=LEASE_SECONDS)
            )

    async def _serve(self, fence: int, stopping: asyncio.Event) -> None:
        for sender in self._senders:
            await sender.settle_intents(fence)
        self.active.set()
        log.info("worker.active")
        self._ending = False
        sending = [asyncio.ensure_future(self._send(sender, fence)) for sender in self._senders]
        others = [asyncio.ensure_future(each) for each in (self._renew(), *(each() for each in self._extra))]
        stop = asyncio.create_task(stopping.wait())
        try:
            done, _ = await asyncio.wait([*sending, *others, stop], return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stop}:
                task.result()
        except LeaseLost:
            for sender in self._senders:
                sender.abandon()
            raise
        finally:
            await self._end(sending, [*others, stop])
        for sender in self._senders:
            await sender.drain(fence)
        async with self._db.write() as uow:
            await uow.meta.drop_lease(self._name, holder=self._holder, until=self._clock.now() + _GAP)

    async def _end(self, sending: Sequence[asyncio.Future[None]], others: Sequence[asyncio.Future[Any]]) -> None:
        """Sending ends between two steps, so that no intent is written without its call; the rest is cut off."""
        self._ending = True
        self.wake_senders()
        for task in others:
            task.cancel()
        await asyncio.wait(sending, timeout=_END_SECONDS)
        for task in sending:
            task.cancel()
        await asyncio.gather(*sending, *others, return_exceptions=True)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(_RENEW_SECONDS)
            if await self._take() is None:
                raise LeaseLost

    async def _send(self, sender: Sender, fence: int) -> None:
        while not self._ending:
            sender.wake.clear()
            try:
                await sender.probe_if_doubtful()
                busy = await sender.step(fence, self._name, self._holder)
            except Unavailable as error:
                # Nothing is sent meanwhile.
                log.error("worker.waits_for_database", error=str(error))
                await asyncio.sleep(_LONGEST_PAUSE)
                continue
            if not busy:
                await _wait(sender.wake, _IDLE_SECONDS)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
