"""Updates on their way to the bot: numbered, kept for 24 hours, fetched by polling or pushed to a webhook.

The behaviour follows the Bot API server (tdlib/telegram-bot-api): polling confirms by offset, a second poller ends the
first, `allowed_updates` stays as last set, and a webhook and polling exclude each other.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.sandbox.refusals import Refusal, bad_request
from bot.sandbox.state import Clock, Json

KEEP = timedelta(hours=24)
MAX_TIMEOUT = 50
_DEFAULT = [
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "shipping_query",
    "pre_checkout_query",
    "purchased_paid_media",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
]
_ON_REQUEST = ("chat_member", "message_reaction", "message_reaction_count")


@dataclass(frozen=True, slots=True)
class Update:
    """One update: the JSON that the bot gets, and the chat in whose order it stands."""

    id: int
    chat_id: int
    at: datetime
    body: Json


class Delivery(Protocol):
    """Takes updates as they come: a webhook."""

    def enqueue(self, update: Update) -> None:
        """Accepts an update for delivery."""


def check_allowed(names: list[Any]) -> list[str]:
    """The kinds of updates that a bot asked for; an empty list is the default. Unknown names are refused."""
    for name in names:
        if name not in _DEFAULT and name not in _ON_REQUEST:
            raise bad_request(f'unknown update type "{name}" in allowed_updates')
    return names or list(_DEFAULT)


class Updates:
    """The queue of one bot."""

    def __init__(self, first_id: int, clock: Clock) -> None:
        self._next_id = first_id
        self.clock = clock
        self.pending: dict[int, Update] = {}
        self.allowed = list(_DEFAULT)
        self.delivery: Delivery | None = None
        self._poller: asyncio.Future[None] | None = None
        self._closing = False

    def push(self, kind: str, chat_id: int, payload: Json) -> int | None:
        """Adds an update; returns its number, or nothing if the bot has not asked for this kind."""
        if kind not in self.allowed:
            return None
        self._expire()
        update = Update(self._next_id, chat_id, self.clock(), {"update_id": self._next_id, kind: payload})
        self._next_id += 1
        self.pending[update.id] = update
        if self.delivery:
            self.delivery.enqueue(update)
        self._wake()
        return update.id

    def confirm(self, update_id: int) -> None:
        """Forgets one update that a webhook has acknowledged."""
        self.pending.pop(update_id, None)

    def alive(self, update: Update) -> bool:
        """False once an update is confirmed, dropped or 24 hours old."""
        return update.id in self.pending and self.clock() - update.at < KEEP

    async def poll(self, offset: int, limit: int, seconds: int) -> list[Json]:
        """getUpdates: confirms everything below `offset`, then waits up to `seconds` for something new."""
        if self.delivery:
            reason = (
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
            raise Refusal(409, f"Conflict: {reason}")
        self.interrupt("terminated by other getUpdates request; make sure that only one bot instance is running")
        self._confirm_below(offset)
        if not self.pending and seconds > 0 and not self._closing:
            await self._wait(min(seconds, MAX_TIMEOUT))
        self._expire()
        return [update.body for update in list(self.pending.values())[:limit]]

    def interrupt(self, reason: str) -> None:
        """Ends a waiting poll with 409 Conflict."""
        if self._poller and not self._poller.done():
            self._poller.set_exception(Refusal(409, f"Conflict: {reason}"))

    def release(self) -> None:
        """The stand-in is closing: a waiting poll ends with an empty answer, and one that comes now does not wait."""
        self._closing = True
        self._wake()

    def _wake(self) -> None:
        if self._poller:
            _finish(self._poller)

    async def _wait(self, seconds: float) -> None:
        self._poller = poller = asyncio.get_running_loop().create_future()
        handle = asyncio.get_running_loop().call_later(seconds, _finish, poller)
        try:
            await poller
        finally:
            handle.cancel()

    def _confirm_below(self, offset: int) -> None:
        if offset < 0:
            offset = list(self.pending)[offset] if len(self.pending) >= -offset else 0
        for update_id in list(self.pending):
            if update_id >= offset:
                break
            del self.pending[update_id]

    def _expire(self) -> None:
        while self.pending and not self.alive(oldest := next(iter(self.pending.values()))):
            del self.pending[oldest.id]


def _finish(poller: asyncio.Future[None]) -> None:
    if not poller.done():
        poller.set_result(None)
