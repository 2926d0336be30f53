"""Telling staff that something needs a person."""

from typing import Any

from bot.db import UnitOfWork
from bot.domain.staff import Act, Role, may
from bot.services.outbox import Address, Outbox


class Alerts:
    """Writes to the chats of those who can act."""

    def __init__(self, outbox: Outbox, *, bot_id: int) -> None:
        self._outbox = outbox
        self._bot_id = bot_id

    async def broadcast(self, uow: UnitOfWork, broadcast_id: int, reason: str) -> None:
        """Tell every publisher in their chat that a broadcast needs them."""
        for row in await uow.staff.all():
            if row.chat is not None and may([Role(each) for each in row.roles], Act.STEER_BROADCAST):
                await self._outbox.put(
                    uow, Address(self._bot_id, row.chat), "staff.broadcast_alert", "en-GB",
                    broadcast_id=broadcast_id, reason=reason,
                )  # fmt: skip

    async def film(self, uow: UnitOfWork, **about: Any) -> None:
        """Tell every publisher in their chat that a film was taken off the screen, and why."""
        for row in await uow.staff.all():
            if row.chat is not None and may([Role(each) for each in row.roles], Act.APPROVE_FILM):
                await self._outbox.put(uow, Address(self._bot_id, row.chat), "staff.film_alert", "en-GB", **about)
