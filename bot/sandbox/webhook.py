"""Pushing updates to the bot's webhook as Telegram's server does.

One update of a chat at a time and in order, chats in parallel up to `max_connections`; anything but a 2xx answer, or
none, is tried again: first at once, then after 1, 2, 4 ... 60 seconds, or when `Retry-After` (up to an hour) says.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field

import aiohttp

from bot.sandbox.updates import Update, Updates

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 (the name of a header)
MAX_DELAY = 60.0
MAX_RETRY_AFTER = 3600.0
ANSWER_SECONDS = 60.0


@dataclass(slots=True)
class _Queue:
    """The updates of one chat that wait, and how often the first of them has failed."""

    updates: deque[Update] = field(default_factory=deque)
    busy: bool = False
    failures: int = 0


class Webhook:
    """A set webhook. `retry_seconds` is the unit of the growing delays (1 as at Telegram; less in tests)."""

    def __init__(
        self, url: str, secret: str, max_connections: int, updates: Updates, retry_seconds: float = 1.0
    ) -> None:
        self.url = url
        self.secret = secret
        self.max_connections = max_connections
        self.last_error: tuple[int, str] | None = None
        self._updates = updates
        self._unit = retry_seconds
        self._queues: dict[int, _Queue] = {}
        self._ready: deque[int] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._timers: set[asyncio.TimerHandle] = set()
        self._session: aiohttp.ClientSession | None = None
        for update in updates.pending.values():
            self.enqueue(update)

    def enqueue(self, update: Update) -> None:
        """Takes an update for delivery after the earlier ones of its chat."""
        queue = self._queues.setdefault(update.chat_id, _Queue())
        queue.updates.append(update)
        if not queue.busy:
            queue.busy = True
            self._ready.append(update.chat_id)
            self._pump()

    async def close(self) -> None:
        """Stops delivering; what is not confirmed stays with the queue."""
        for timer in self._timers:
            timer.cancel()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session:
            await self._session.close()

    def _pump(self) -> None:
        while self._ready and len(self._tasks) < self.max_connections:
            task = asyncio.get_running_loop().create_task(self._deliver(self._ready.popleft()))
            self._tasks.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            self._pump()

    async def _deliver(self, chat_id: int) -> None:
        """Tries the first update of a chat once, then puts the chat back in the row, now or later."""
        queue = self._queues[chat_id]
        update = queue.updates[0]
        delay = await self._post(update, queue.failures) if self._updates.alive(update) else None
        if delay is None:
            self._updates.confirm(update.id)
            queue.updates.popleft()
            queue.failures = 0
        else:
            queue.failures += 1
        if not queue.updates:
            del self._queues[chat_id]
        elif delay:
            self._later(delay, chat_id)
        else:
            self._ready.append(chat_id)

    def _later(self, delay: float, chat_id: int) -> None:
        def back() -> None:
            self._timers.discard(timer)
            self._ready.append(chat_id)
            self._pump()

        timer = asyncio.get_running_loop().call_later(delay, back)
        self._timers.add(timer)

    async def _post(self, update: Update, failures: int) -> float | None:
        """Posts an update; returns nothing if it was acknowledged, else the seconds until the next attempt."""
        self._session = self._session or aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS), connector=aiohttp.TCPConnector(limit=0)
        )
        headers = {SECRET_HEADER: self.secret} if self.secret else {}
        growing = 0.0 if failures == 0 else min(MAX_DELAY, 2.0 ** (failures - 1)) * self._unit
        try:
            async with self._session.post(self.url, json=update.body, headers=headers) as response:
                if 200 <= response.status < 300:
                    return None
                self._failed(f"Wrong response from the webhook: {response.status} {response.reason}")
                asked = response.headers.get("Retry-After", "")
                return min(float(asked), MAX_RETRY_AFTER) if asked.isdigit() else growing
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self._failed(f"Connection failed: {type(error).__name__}")
            return growing

    def _failed(self, reason: str) -> None:
        self.last_error = (int(self._updates.clock().timestamp()), reason)
