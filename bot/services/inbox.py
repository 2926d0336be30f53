"""The durable inbox: stored before it is acknowledged, handled once, in order within a chat."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence

import structlog

from bot.db import Database, UnitOfWork
from bot.db.repositories.inbox import StoredUpdate
from bot.domain.events import Event
from bot.errors import InvalidInput, Unavailable
from bot.metrics import UPDATES
from bot.services.ports import Clock, Messenger
from bot.services.vault import Sealer, Vault

log = structlog.get_logger()

Translate = Callable[[bytes], Event | None]
"""A channel's reading of a raw update; None for one that needs nothing. Raises InvalidInput for nonsense."""
Converse = Callable[[UnitOfWork, Event], Awaitable[None]]
"""Handles one event on the given unit of work."""
_BATCH = 500


class Inbox:
    """Stores sealed updates. Callers wait until theirs are durable; many share one commit."""

    def __init__(self, db: Database, bot_id: int, sealer: Sealer, clock: Clock) -> None:
        self._db = db
        self._bot_id = bot_id
        self._sealer = sealer
        self._clock = clock
        self._queue: list[tuple[int, bytes, asyncio.Future[None]]] = []
        self._flushing: asyncio.Task[None] | None = None
        self.stored = asyncio.Event()
        """Set whenever something new was stored; whoever handles updates clears it."""

    async def accept(self, update_id: int, raw: bytes) -> None:
        """Return only when the update is durable. Raises Unavailable when it could not be stored."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append((update_id, raw, done))
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        await done

    async def accept_all(self, received: Sequence[tuple[int, bytes]]) -> None:
        """The same for a batch that arrived together."""
        await asyncio.gather(*(self.accept(number, raw) for number, raw in received))

    async def _flush(self) -> None:
        while self._queue:
            batch, self._queue = self._queue[:_BATCH], self._queue[_BATCH:]
            try:
                sealed = [(number, self._sealer.seal(raw)) for number, raw, _ in batch]
                async with self._db.write() as uow:
                    new = await uow.inbox.store(self._bot_id, sealed, now=self._clock.now())
            except Exception as error:  # noqa: BLE001 - every waiting caller must hear of it, whatever it was
                failure = error if isinstance(error, Unavailable) else Unavailable("The update was not stored.")
                for _, _, done in batch:
                    if not done.done():
                        done.set_exception(failure)
                log.error("inbox.store_failed", error=type(error).__name__)
                continue
            for _, _, done in batch:
                if not done.done():
                    done.set_result(None)
            self.stored.set()
            UPDATES.labels("stored").inc(new)


class InboxWorker:
    """Handles stored updates: oldest first, each in its own savepoint, many in one commit.

    What an update changes, the answers to it and the mark that it is handled commit together. An update that cannot
    be handled is quarantined, so that it never blocks its chat.
    """

    def __init__(
        self,
        db: Database,
        bot_id: int,
        vault: Vault,
        translate: Translate,
        converse: Converse,
        messenger: Messenger,
        *,
        apologise: Converse | None = None,
        batch: int = 100,
    ) -> None:
        self._db = db
        self._bot_id = bot_id
        self._vault = vault
        self._translate = translate
        self._converse = converse
        self._messenger = messenger
        self._apologise = apologise
        self._batch = batch
        self._presses: set[asyncio.Task[None]] = set()

    async def step(self) -> int:
        """Handle one batch; returns how many updates it had. Raises Unavailable when the database is away."""
        async with self._db.read() as uow:
            if not await uow.inbox.waiting(self._bot_id, limit=1):
                return 0
        pressed: list[str] = []
        async with self._db.write() as uow:
            waiting = await uow.inbox.waiting(self._bot_id, limit=self._batch)
            handled = [each.update_id for each in waiting if await self._handle(uow, each, pressed)]
            await uow.inbox.mark_handled(self._bot_id, handled)
        UPDATES.labels("handled").inc(len(handled))
        for press_id in pressed:
            task = asyncio.create_task(self._messenger.acknowledge(press_id))
            self._presses.add(task)
            task.add_done_callback(self._presses.discard)
        return len(waiting)

    async def _handle(self, uow: UnitOfWork, stored: StoredUpdate, pressed: list[str]) -> bool:
        event: Event | None = None
        try:
            event = self._translate(self._vault.open_update(stored.body))
            if event is None:
                return True
            if event.press_id:
                pressed.append(event.press_id)
            async with uow.savepoint():
                await self._converse(uow, event)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - one of the three places that catch everything: poison is set aside
            kind = "unreadable" if isinstance(error, InvalidInput) else type(error).__name__
            log.warning("update.quarantined", error=kind)
            UPDATES.labels("quarantined").inc()
            await uow.inbox.quarantine(self._bot_id, stored.update_id, kind)
            if event is not None:
                await self._say_sorry(uow, event)
            return False
        return True

    async def _say_sorry(self, uow: UnitOfWork, event: Event) -> None:
        """A kind word to the person whose update could not be handled; if that fails too, silence."""
        if self._apologise is None:
            return
        try:
            async with uow.savepoint():
                await self._apologise(uow, event)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - an apology must not do more harm
            log.warning("update.no_apology", error=type(error).__name__)

    async def drain_presses(self) -> None:
        """Wait for acknowledgements under way (at shutdown)."""
        with contextlib.suppress(asyncio.TimeoutError):
            async with asyncio.timeout(2):
                await asyncio.gather(*self._presses, return_exceptions=True)
