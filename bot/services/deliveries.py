"""Deliveries: what goes to whom next, and when a broadcast is finished."""

from typing import Any

from bot.db import UnitOfWork
from bot.db.repositories.deliveries import Due
from bot.db.rows import GroupRow
from bot.domain.broadcasts import BroadcastState
from bot.domain.messaging import OutgoingMessage
from bot.domain.renditions import RenditionState
from bot.domain.residents import ResidentState
from bot.errors import NotFound, NotVetted
from bot.services.cards import Cards
from bot.services.ports import Clock, Renderer


class Deliveries:
    """Claims due deliveries and finds each group's finished message, rendered once a group."""

    def __init__(self, cards: Cards, renderer: Renderer, clock: Clock) -> None:
        self._cards = cards
        self._renderer = renderer
        self._clock = clock
        self._contents: dict[tuple[int, int], OutgoingMessage] = {}

    async def anything_to_do(self, uow: UnitOfWork, bot_id: int) -> bool:
        """Whether a broadcast is under way."""
        return bool(await uow.broadcasts.under_way(bot_id, self._clock.now()))

    async def claim(self, uow: UnitOfWork, bot_id: int, room: int) -> list[Due]:
        """Up to `room` deliveries to make now. Those whose person has left meanwhile end as skipped."""
        now = self._clock.now()
        wanted: list[Due] = []
        found: list[Due] = []
        for broadcast_id in await uow.broadcasts.under_way(bot_id, now):
            if len(found) < room:
                found += await uow.deliveries.due(broadcast_id, limit=room - len(found))
        for due in found:
            reason = _gone(due, now)
            if reason:
                await uow.deliveries.skip(due.broadcast_id, due.resident_id, reason, now=now)
            else:
                wanted.append(due)
        return wanted

    async def give_back(self, uow: UnitOfWork, due: Due, fence: int) -> None:
        """Certainly not sent: back into the queue, or skipped where its broadcast has ended meanwhile."""
        await uow.deliveries.requeue(due.broadcast_id, due.resident_id, fence=fence)
        row = await uow.broadcasts.get(due.broadcast_id)
        if row is not None and row.state in {BroadcastState.CANCELLED, BroadcastState.MISSED}:
            await uow.deliveries.skip(due.broadcast_id, due.resident_id, str(row.state), now=self._clock.now())

    async def content(self, uow: UnitOfWork, broadcast_id: int, group_no: int) -> OutgoingMessage:
        """The finished message of a group.

        Raises NotVetted when any rendition in it is not approved at this moment, whatever the plan said: this is the
        last gate before a message leaves.
        """
        key = (broadcast_id, group_no)
        if key not in self._contents:
            group = next((each for each in await uow.broadcasts.groups(broadcast_id) if each.no == group_no), None)
            if group is None or group.language is None:
                raise NotFound("The plan of this broadcast has no such group.")
            params = await self._params(uow, broadcast_id, group)
            self._contents[key] = self._renderer.render("message.card", params, group.read)
        return self._contents[key]

    async def _params(self, uow: UnitOfWork, broadcast_id: int, group: GroupRow) -> dict[str, Any]:
        broadcast = await uow.broadcasts.get(broadcast_id)
        if broadcast is None:
            raise NotFound("There is no such broadcast.")
        for rendition_id in (group.text_id, group.media_rendition_id):
            if rendition_id is not None:
                rendition = await uow.messages.rendition(rendition_id)
                if rendition is None or rendition.state != RenditionState.APPROVED:
                    raise NotVetted("A rendition of this broadcast is not approved (any more).")
        return await self._cards.params(
            uow, message_id=broadcast.message_id, text_id=group.text_id, media_rendition_id=group.media_rendition_id,
            missing=group.missing,
        )  # fmt: skip

    def forget_content(self) -> None:
        """Render again: a file handle became known, or a rendition changed."""
        self._contents.clear()

    async def finish_empty(self, uow: UnitOfWork, bot_id: int) -> None:
        """Broadcasts with nothing left to send are done."""
        now = self._clock.now()
        for broadcast_id in await uow.broadcasts.under_way(bot_id, now):
            if not await uow.deliveries.has_open(broadcast_id):
                await uow.broadcasts.move(broadcast_id, BroadcastState.SENDING, BroadcastState.DONE, finished_at=now)
                self.forget_content()


def _gone(due: Due, now: Any) -> str | None:
    if due.state == ResidentState.STOPPED:
        return "stopped meanwhile"
    if due.state == ResidentState.BLOCKED:
        return "blocked us meanwhile"
    if due.state == ResidentState.PAUSED and due.paused_until is not None and due.paused_until > now:
        return "paused meanwhile"
    return None
