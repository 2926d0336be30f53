"""Putting messages to people into the outbox, in the transaction of what they answer."""

from dataclasses import dataclass
from typing import Any

from bot.db import SENDER, UnitOfWork
from bot.services.ports import Clock


@dataclass(frozen=True, slots=True)
class Address:
    """A sealed way to one person: enough to write to them, not enough to know them."""

    bot_id: int
    chat: bytes
    tag: bytes | None = None


class Outbox:
    """Queues (kind, parameters, language); the renderer finds the words when it is sent."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def put(self, uow: UnitOfWork, to: Address, kind: str, language: str, /, **params: Any) -> None:
        """Queue one message."""
        await uow.outbox.put(
            bot_id=to.bot_id, tag=to.tag, chat=to.chat, kind=kind, params=params, language=language,
            now=self._clock.now(),
        )  # fmt: skip
        uow.wake(to.bot_id, SENDER)
