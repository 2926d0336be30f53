"""A leader's voice: whether it may be heard at this moment, and writing to whose it is."""

from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import ConsentRow, LeaderRow, RenditionRow
from bot.domain.broadcasts import BroadcastState
from bot.domain.leaders import may_be_heard
from bot.domain.renditions import SOURCE_LANGUAGE, RenditionState
from bot.domain.residents import Form
from bot.domain.staff import Role
from bot.errors import NotFound
from bot.i18n import Registry
from bot.services.outbox import Address, Outbox
from bot.services.ports import Clock


class Voices:
    """What consents, leaders and renditions need of each other."""

    def __init__(self, registry: Registry, outbox: Outbox, clock: Clock, *, bot_id: int) -> None:
        self._registry = registry
        self._outbox = outbox
        self._clock = clock
        self._bot_id = bot_id

    async def leader(self, uow: UnitOfWork, leader_id: int) -> LeaderRow:
        """One leader. Raises NotFound."""
        row = await uow.leaders.get(leader_id)
        if row is None:
            raise NotFound("There is no such leader.")
        return row

    def reads(self, leader: LeaderRow) -> str:
        """The language in which a leader is written to: the first of theirs, or what its people read."""
        return self._registry.reading(leader.languages[0]).tag if leader.languages else SOURCE_LANGUAGE

    async def tell(self, uow: UnitOfWork, leader: LeaderRow, kind: str, /, **params: Any) -> None:
        """Write to a leader's phone, if they have one with us."""
        if leader.chat is not None:
            await self._outbox.put(uow, Address(self._bot_id, leader.chat), kind, self.reads(leader), **params)

    async def tell_staff(self, uow: UnitOfWork, kind: str, /, *roles: Role, **params: Any) -> None:
        """Write to everybody on the team who holds one of these roles."""
        for row in await uow.staff.all():
            if row.chat is not None and any(each in row.roles for each in roles):
                await self._outbox.put(uow, Address(self._bot_id, row.chat), kind, SOURCE_LANGUAGE, **params)

    async def tell_one(self, uow: UnitOfWork, staff_id: int | None, kind: str, /, **params: Any) -> None:
        """Write to one staff member."""
        row = await uow.staff.get(staff_id) if staff_id is not None else None
        if row is not None and row.active and row.chat is not None:
            await self._outbox.put(uow, Address(self._bot_id, row.chat), kind, SOURCE_LANGUAGE, **params)

    async def settle(self, uow: UnitOfWork, leader_id: int) -> int:
        """Let exactly that be sent which may be heard now; returns how many recordings were paused.

        What was approved and is paused comes back as it was: its content has not changed. Broadcasts that would still
        send what is paused stop at once.
        """
        leader = await self.leader(uow, leader_id)
        consent = await uow.leaders.consent(leader_id)
        paused = 0
        for row in await uow.messages.renditions_by_leader(leader_id):
            if row.form == Form.TEXT:
                continue
            heard = self._may_be_heard(leader, consent, row)
            if row.state == RenditionState.APPROVED and not heard:
                await uow.messages.change_rendition(row.id, state=RenditionState.PAUSED)
                await self.stop(uow, row.id, "the speaker's voice is paused")
                paused += 1
            elif row.state == RenditionState.PAUSED and heard:
                await uow.messages.change_rendition(row.id, state=RenditionState.APPROVED)
        return paused

    def _may_be_heard(self, leader: LeaderRow, consent: ConsentRow | None, row: RenditionRow) -> bool:
        until, scope = row.consent_until, row.consent
        if row.consent_id is not None:
            until, scope = (consent.until, consent.scope) if consent else (None, [])
        return may_be_heard(now=self._clock.now(), until=until, scope=scope, paused=leader.paused_at is not None)

    async def stop(self, uow: UnitOfWork, rendition_id: int, reason: str) -> None:
        """Stop every broadcast that would still send it."""
        for broadcast_id in await uow.broadcasts.uses_rendition(rendition_id):
            await uow.broadcasts.move(broadcast_id, BroadcastState.SENDING, BroadcastState.STOPPED, reason=reason)

    async def shown(self, uow: UnitOfWork, leader: LeaderRow) -> dict[str, str]:
        """A leader as residents are told of them: without a name where they asked for that."""
        consent = await uow.leaders.consent(leader.id)
        hidden = consent is not None and not consent.name_shown
        return {
            "name": "" if hidden else leader.name_own or leader.name, "role": "" if hidden else leader.role,
            "community": "" if hidden else leader.community, "sample": "yes" if leader.sample else "",
        }  # fmt: skip
