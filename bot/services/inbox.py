"""The durable inbox: stored before it is acknowledged, handled once, in order within a chat."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence

import structlog

from bot.db import Database, SpoiledError, UnitOfWork
from bot.db.repositories.inbox import LANES, StoredUpdate
from bot.domain.events import Event, EventKind
from bot.errors import InvalidInput, Unavailable
from bot.metrics import UPDATES
from bot.services.ports import Clock, Messenger
from bot.services.vault import Sealer, Vault

log = structlog.get_logger()

Translate = Callable[[bytes], Event | None]
"""A channel's reading of a raw update; None for one that needs nothing. Raises InvalidInput for nonsense."""
Afterwards = Callable[[UnitOfWork, Event], Awaitable[Callable[[], Awaitable[None]] | None]]
"""What is left to do for an event once it is committed; best effort, never repeated."""
Converse = Callable[[UnitOfWork, Event], Awaitable[None]]
"""Handles one event on the given unit of work."""
_BATCH = 500
_MANY, _GATHER_SECONDS = 8, 0.004
"""After a commit of so many the next one waits a little: it costs as much as storing twenty. Few are stored at once."""
_TURN_SECONDS = 0.025
"""So long a batch is handled while other writers wait (SQLite has one at a time): new updates have to be stored."""
_STORED = UPDATES.labels("stored")
_ODD = 0x9E3779B97F4A7C15
"""2^64 by the golden ratio: multiplying by it spreads neighbouring numbers (Knuth, TAOCP 3, section 6.4)."""


def lane_of(chat_id: int) -> int:
    """The lane of a chat, the same in every process; 0 where there is no chat (its number is 0).

    Not keyed: who stores has no key. Six bits tell a chat from one in 64, while it waits; then they are removed.
    """
    return (chat_id * _ODD & 0xFFFFFFFFFFFFFFFF) * LANES >> 64


class Inbox:
    """Stores sealed updates. Callers wait until theirs are durable; many share one commit."""

    def __init__(self, db: Database, bot_id: int, sealer: Sealer, clock: Clock) -> None:
        self._db = db
        self._bot_id = bot_id
        self._sealer = sealer
        self._clock = clock
        self._queue: list[tuple[int, bytes, int, asyncio.Future[None]]] = []
        self._flushing: asyncio.Task[None] | None = None
        self.stored = asyncio.Event()
        """Set whenever something new was stored; whoever handles updates clears it."""

    async def accept(self, update_id: int, raw: bytes, chat_id: int = 0) -> None:
        """Return only when the update is durable. Raises Unavailable when it could not be stored.

        `chat_id`: whose order it has to keep; 0 where it is nobody's.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append((update_id, raw, chat_id, done))
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        await done

    async def accept_all(self, received: Sequence[tuple[int, bytes, int]]) -> None:
        """The same for a batch that arrived together."""
        await asyncio.gather(*(self.accept(number, raw, chat_id) for number, raw, chat_id in received))

    async def _flush(self) -> None:
        while self._queue:
            batch, self._queue = self._queue[:_BATCH], self._queue[_BATCH:]
            try:
                sealed = [(number, lane_of(chat_id), self._sealer.seal(raw)) for number, raw, chat_id, _ in batch]
                new = await self._db.intake.store(self._bot_id, sealed, now=self._clock.now())
            except Exception as error:  # noqa: BLE001 - every waiting caller must hear of it, whatever it was
                failure = error if isinstance(error, Unavailable) else Unavailable("The update was not stored.")
                for *_, done in batch:
                    if not done.done():
                        done.set_exception(failure)
                log.error("inbox.store_failed", error=type(error).__name__)
                continue
            for *_, done in batch:
                if not done.done():
                    done.set_result(None)
            self.stored.set()
            _STORED.inc(new)
            if len(batch) >= _MANY:
                await asyncio.sleep(_GATHER_SECONDS)


class InboxWorker:
    """Handles stored updates: in order within a chat, each in its own savepoint, many in one commit.

    Any number of processes may do so at once; each takes lanes that no other is at. What an update changes, the answers
    to it and the mark that it is handled commit together. One that cannot be handled is quarantined, so that it never
    blocks its chat.
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
        expect: Callable[[UnitOfWork, Sequence[Event]], Awaitable[None]] | None = None,
        afterwards: Afterwards | None = None,
        batch: int = 100,
    ) -> None:
        self._db = db
        self._bot_id = bot_id
        self._vault = vault
        self._translate = translate
        self._converse = converse
        self._messenger = messenger
        self._apologise = apologise
        self._expect = expect
        self._afterwards = afterwards
        self._left: list[Callable[[], Awaitable[None]]] = []
        self._batch = batch
        self._next = batch
        self._presses: set[asyncio.Task[None]] = set()

    async def step(self) -> int:
        """Handle one batch; returns how many updates it had.

        Raises Unavailable when the database is away, or when another process was in the way (a deadlock); nothing is
        done then, and the next batches are small.
        """
        async with self._db.read() as uow:
            if not await uow.inbox.waiting(self._bot_id, limit=1):
                return 0
        size, self._next = self._next, 1  # if it breaks off
        try:
            done, pressed = await self._run(size, hasty=True)
        except SpoiledError:
            done, pressed = await self._run(size, hasty=False)
        self._acknowledge(pressed)
        self._begin(self._left)
        return done

    async def _run(self, size: int, *, hasty: bool) -> tuple[int, list[str]]:
        """Handle a batch in one transaction; returns how many it had, and the presses to acknowledge.

        In haste, who they are from is read at once, and one that fails spoils all. With care each has a savepoint.
        What there is no time for waits on, as if it had not been looked at.
        """
        handled: list[int] = []
        pressed: list[str] = []
        self._left = []
        done = 0
        async with self._db.write(hasty=hasty) as uow:
            began = time.monotonic()
            taken = await uow.inbox.take(self._bot_id, limit=size)
            read = [(each, self._read(each)) for each in taken]
            events = [event for _, event in read if isinstance(event, Event)]
            if hasty and self._expect is not None and events:
                await self._expect(uow, events)
            for stored, event in read:
                if done and self._db.writers_wait and time.monotonic() - began > _TURN_SECONDS:
                    break
                done += 1
                if await self._settle(uow, stored, event):
                    handled.append(stored.update_id)
                if isinstance(event, Event) and event.kind is EventKind.BUTTON and event.press_id:
                    pressed.append(event.press_id)
            await uow.inbox.mark_handled(self._bot_id, handled)
        # A batch that was cut short says how many are worth reading next time.
        self._next = max(4, 2 * done) if done < len(taken) else min(self._batch, size * 4)
        UPDATES.labels("handled").inc(len(handled))
        UPDATES.labels("quarantined").inc(done - len(handled))
        return done, pressed

    def _read(self, stored: StoredUpdate) -> Event | Exception | None:
        """What an update says, or why it cannot be read."""
        try:
            return self._translate(self._vault.open_update(stored.body))
        except Exception as error:  # noqa: BLE001 - one of the three places that catch everything: poison is set aside
            return error

    async def _settle(self, uow: UnitOfWork, stored: StoredUpdate, event: Event | Exception | None) -> bool:
        """Handle it if it can be; whether it is done, and not set aside."""
        if isinstance(event, Exception):
            await self._quarantine(uow, stored, event)
            return False
        return event is None or await self._handle(uow, stored, event)

    async def _handle(self, uow: UnitOfWork, stored: StoredUpdate, event: Event) -> bool:
        try:
            async with uow.savepoint():
                await self._converse(uow, event)
                step = await self._afterwards(uow, event) if self._afterwards is not None else None
        except (Unavailable, SpoiledError):
            raise
        except Exception as error:  # noqa: BLE001 - the same for one that cannot be handled
            await self._quarantine(uow, stored, error)
            await self._say_sorry(uow, event)
            return False
        if step is not None:
            self._left.append(step)
        return True

    async def _quarantine(self, uow: UnitOfWork, stored: StoredUpdate, error: Exception) -> None:
        kind = "unreadable" if isinstance(error, InvalidInput) else type(error).__name__
        log.warning("update.quarantined", error=kind)
        await uow.inbox.quarantine(self._bot_id, stored.update_id, kind)

    def _acknowledge(self, pressed: list[str]) -> None:
        for press_id in pressed:
            task = asyncio.create_task(self._messenger.acknowledge(press_id))
            self._presses.add(task)
            task.add_done_callback(self._presses.discard)

    def _begin(self, steps: Sequence[Callable[[], Awaitable[None]]]) -> None:
        for step in steps:
            task = asyncio.create_task(_best_effort(step))
            self._presses.add(task)
            task.add_done_callback(self._presses.discard)

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


async def _best_effort(step: Callable[[], Awaitable[None]]) -> None:
    try:
        await step()
    except Exception as error:  # noqa: BLE001 - what it belongs to is committed; nobody waits for it
        log.warning("update.no_further_step", error=type(error).__name__)
