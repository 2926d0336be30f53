"""One term of the active worker of a bot: it holds the lease, handles the inbox and sends; standbys wait.

One active sender a token (decision 0002): Telegram's ceiling takes a quarter of one core, so that more senders would
buy availability, not speed, and standbys give just that.
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


class Term:
    """Waits for the lease, works while it lasts, lets go of it at the end."""

    def __init__(
        self, db: Database, bot_id: int, inbox: Inbox, worker: InboxWorker, sender: Sender, clock: Clock, *,
        extra: Sequence[Callable[[], Awaitable[None]]] = (), alone: bool = False,
    ) -> None:  # fmt: skip
        self._db = db
        self._name = f"worker:{bot_id}"
        self._holder = secrets.token_hex(8)
        self._inbox = inbox
        self._worker = worker
        self._sender = sender
        self._clock = clock
        self._extra = extra
        self._alone = alone
        self._ending = False
        self.active = asyncio.Event()
        """Set while this process is the active one."""

    async def run(self, stopping: asyncio.Event) -> None:
        """Serve terms until `stopping` is set."""
        if self._alone:
            # On one machine the file lock says that no other process runs: an old lease is a dead one's.
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
        await self._sender.settle_intents(fence)
        self.active.set()
        log.info("worker.active")
        self._ending = False
        loops = [asyncio.ensure_future(each) for each in (self._handle(), self._send(fence))]
        others = [asyncio.ensure_future(each) for each in (self._renew(), *(each() for each in self._extra))]
        stop = asyncio.create_task(stopping.wait())
        try:
            done, _ = await asyncio.wait([*loops, *others, stop], return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stop}:
                task.result()
        finally:
            await self._end(loops, [*others, stop])
        await self._sender.drain(fence)
        async with self._db.write() as uow:
            await uow.meta.drop_lease(self._name, holder=self._holder)

    async def _end(self, loops: Sequence[asyncio.Future[None]], others: Sequence[asyncio.Future[Any]]) -> None:
        """The loops end between two steps, so that no intent is written without its call; the rest is cut off."""
        self._ending = True
        self._inbox.stored.set()
        self._sender.wake.set()
        for task in others:
            task.cancel()
        await asyncio.wait(loops, timeout=_END_SECONDS)
        for task in loops:
            task.cancel()
        await asyncio.gather(*loops, *others, return_exceptions=True)
        await self._worker.drain_presses()

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(_RENEW_SECONDS)
            if await self._take() is None:
                raise LeaseLost

    async def _handle(self) -> None:
        while not self._ending:
            self._inbox.stored.clear()
            if await self._retry(self._worker.step):
                self._sender.wake.set()
                continue
            await _wait(self._inbox.stored, _IDLE_SECONDS)

    async def _send(self, fence: int) -> None:
        while not self._ending:
            self._sender.wake.clear()
            await self._sender.probe_if_doubtful()
            if not await self._retry(lambda: self._sender.step(fence, self._name, self._holder)):
                await _wait(self._sender.wake, _IDLE_SECONDS)

    async def _retry(self, step: Callable[[], Awaitable[int | bool]]) -> int | bool:
        """A database that is away for a moment is waited for; nothing is acknowledged or sent meanwhile."""
        try:
            return await step()
        except Unavailable as error:
            log.error("worker.waits_for_database", error=str(error))
            await asyncio.sleep(1.0)
            return False


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
