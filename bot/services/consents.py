"""Consents: given, narrowed, renewed, withdrawn, and ended by themselves."""

from datetime import timedelta

from bot.db import UnitOfWork
from bot.db.rows import ConsentRow, LeaderRow
from bot.domain.leaders import (
    ASK_DAYS,
    WAITING,
    WORDING,
    ConsentEnd,
    LeaderState,
    RequestState,
    check_narrower,
    clean_scope,
    consent_until,
)
from bot.domain.renditions import RenditionState
from bot.domain.residents import Form
from bot.domain.staff import Act, Role
from bot.errors import Conflict, InvalidInput
from bot.services.audit import Actor, Audit
from bot.services.erasing import consent_mark, remember
from bot.services.ports import Clock, Erasures
from bot.services.voices import Voices


class Consents:
    """One row a consent: it says which words were agreed to, for what, and until when. Rows are only ever ended.

    The audit log names leaders by their number: who is erased is gone from it, too.
    """

    def __init__(self, voices: Voices, erasures: Erasures, audit: Audit, clock: Clock) -> None:
        self._voices = voices
        self._erasures = erasures
        self._audit = audit
        self._clock = clock

    async def current(self, uow: UnitOfWork, leader_id: int) -> ConsentRow:
        """The consent in force. Raises Conflict where there is none."""
        row = await uow.leaders.consent(leader_id)
        if row is None or row.until <= self._clock.now():
            raise Conflict("This leader has no consent in force.")
        return row

    async def give(
        self, uow: UnitOfWork, leader: LeaderRow, scope: list[str], *, name_shown: bool, months: int
    ) -> int:  # fmt: skip
        """A leader says yes on their own phone, to the words of domain/leaders.WORDING. Raises InvalidInput."""
        await uow.decide_alone()
        return await self._begin(uow, leader, clean_scope(scope), name_shown=name_shown, months=months, via="chat")

    async def record(
        self, uow: UnitOfWork, actor: Actor, leader: LeaderRow, scope: list[str], *, name_shown: bool, months: int,
        witness: str, evidence_id: int,
    ) -> int:  # fmt: skip
        """A leader without the app said yes to a staff member: spoken or photographed, with a named witness.

        Raises InvalidInput without a witness, or where the witness is the leader or the staff member themselves.
        """
        actor.check(Act.HELP_LEADER)
        await uow.decide_alone()
        witness = witness.strip()
        if not witness or witness.casefold() in {leader.name.casefold(), actor.name.casefold()}:
            raise InvalidInput("Name a witness: somebody other than the leader and you.")
        consent_id = await self._begin(
            uow, leader, clean_scope(scope), name_shown=name_shown, months=months, via="console",
            recorded_by=actor.id, witness=witness, evidence_id=evidence_id,
        )  # fmt: skip
        await self._audit.note(uow, actor, Act.HELP_LEADER, f"leader {leader.id}", consent=consent_id)
        return consent_id

    async def _begin(
        self, uow: UnitOfWork, leader: LeaderRow, scope: list[str], *, name_shown: bool, months: int, via: str,
        ended_as: ConsentEnd = ConsentEnd.RENEWED, **evidence: object,
    ) -> int:  # fmt: skip
        now = self._clock.now()
        await self._end(uow, leader.id, ended_as)
        consent_id = await uow.leaders.add_consent(
            leader_id=leader.id, wording=WORDING, scope=scope, name_shown=name_shown,
            until=consent_until(now, months), given_at=now, via=via, **evidence,
        )  # fmt: skip
        joined = leader.joined_at or now
        await uow.leaders.change(leader.id, state=LeaderState.ACTIVE, joined_at=joined, invite_hash=None)
        await self._audit.note_system(uow, "give_consent", f"leader {leader.id}", scope=scope, wording=WORDING)
        await self._carry(uow, leader.id)
        return consent_id

    async def _end(self, uow: UnitOfWork, leader_id: int, how: ConsentEnd) -> ConsentRow | None:
        row = await uow.leaders.consent(leader_id)
        if row is not None:
            await uow.leaders.change_consent(row.id, ended_at=self._clock.now(), ended_as=how)
        return row

    async def _carry(self, uow: UnitOfWork, leader_id: int) -> None:
        """Recordings made here stand under the consent that holds now, and are never heard more widely than they were
        given for."""
        consent = await uow.leaders.consent(leader_id)
        for row in await uow.messages.renditions_by_leader(leader_id):
            if consent is None or row.consent_id is None or row.state == RenditionState.WITHDRAWN:
                continue
            await uow.messages.change_rendition(
                row.id, consent_id=consent.id, consent=[each for each in row.consent if each in consent.scope],
                consented_at=consent.given_at, consent_until=consent.until,
            )  # fmt: skip
        await self._voices.settle(uow, leader_id)

    async def narrow(self, uow: UnitOfWork, leader: LeaderRow, scope: list[str], *, name_shown: bool) -> None:
        """Allow less than before, from now on; the end stays. Raises Conflict, NotAllowed for more than before."""
        await uow.decide_alone()
        old = await self.current(uow, leader.id)
        wanted = clean_scope(scope)
        check_narrower(old.scope, wanted)
        check_narrower(["name"] if old.name_shown else [], ["name"] if name_shown else [])
        await self._end(uow, leader.id, ConsentEnd.NARROWED)
        await uow.leaders.add_consent(
            leader_id=leader.id, wording=old.wording, scope=wanted, name_shown=name_shown, until=old.until,
            given_at=self._clock.now(), via="chat", asked_30_at=old.asked_30_at, asked_7_at=old.asked_7_at,
        )  # fmt: skip
        await self._audit.note_system(uow, "narrow_consent", f"leader {leader.id}", scope=wanted)
        await self._carry(uow, leader.id)

    async def renew(self, uow: UnitOfWork, leader: LeaderRow) -> ConsentRow:
        """One tap: as it was, for as long again as the shortest time that is offered. Also after it has run out."""
        await uow.decide_alone()
        past = await uow.leaders.consents(leader.id)
        if not past or past[0].ended_as == ConsentEnd.WITHDRAWN:
            raise Conflict("There is no consent to renew: it is given anew, with an invitation.")
        months = 12 if past[0].until - past[0].given_at > timedelta(days=300) else 3
        await self._begin(
            uow, leader, past[0].scope, name_shown=past[0].name_shown, months=months, via="chat",
        )  # fmt: skip
        return await self.current(uow, leader.id)

    async def withdraw(self, uow: UnitOfWork, leader: LeaderRow, *, actor: Actor | None = None) -> int:
        """Everything is taken back at once, without a reason; returns how many deliveries had been made.

        By the leader on their phone, or by a staff member or the command line whom the leader asked (`actor`).
        """
        if actor is not None:
            actor.check(Act.WITHDRAW_RENDITION)
        await uow.decide_alone()
        if leader.state == LeaderState.WITHDRAWN:
            raise Conflict("This consent is withdrawn already.")
        ended = await self._end(uow, leader.id, ConsentEnd.WITHDRAWN)
        if ended is not None:
            await remember(self._erasures, consent_mark(ended), self._clock.now())
        for row in await uow.messages.renditions_by_leader(leader.id):
            if row.state == RenditionState.WITHDRAWN or row.form == Form.TEXT:
                continue
            await uow.messages.change_rendition(row.id, state=RenditionState.WITHDRAWN)
            await uow.approvals.void("rendition", row.id)
            await self._voices.stop(uow, row.id, "the speaker has withdrawn their consent")
        for request in await uow.leaders.requests(leader_id=leader.id, states=[*WAITING, RequestState.SUBMITTED]):
            await uow.leaders.change_request(request.id, state=RequestState.CANCELLED, changed_at=self._clock.now())
        await uow.leaders.change(leader.id, state=LeaderState.WITHDRAWN)
        if actor is None:
            await self._audit.note_system(uow, "withdraw_consent", f"leader {leader.id}")
        else:
            await self._audit.note(uow, actor, "withdraw_consent", f"leader {leader.id}")
        await self._voices.tell_staff(uow, "staff.consent_ended", Role.PUBLISHER, leader_id=leader.id, how="withdrawn")
        return await uow.leaders.reach(leader.id)

    def is_due(self, row: ConsentRow) -> bool:
        """Whether a consent is over, or its leader has still to be asked about it."""
        now = self._clock.now()
        last = row.until <= now + timedelta(days=ASK_DAYS[1])
        return row.until <= now or (row.asked_7_at if last else row.asked_30_at) is None

    async def run(self, uow: UnitOfWork) -> int:
        """One tick: ask before the end, end what is over; returns how many leaders it dealt with."""
        await uow.decide_alone()
        now = self._clock.now()
        dealt = 0
        for row in await uow.leaders.consents_until(now + timedelta(days=ASK_DAYS[0])):
            if not self.is_due(row):
                continue
            if row.until <= now:
                await self._expire(uow, row)
            else:
                await self._ask(uow, row)
            dealt += 1
        return dealt

    async def _expire(self, uow: UnitOfWork, row: ConsentRow) -> None:
        await uow.leaders.change_consent(row.id, ended_at=self._clock.now(), ended_as=ConsentEnd.EXPIRED)
        await self._voices.settle(uow, row.leader_id)
        leader = await self._voices.leader(uow, row.leader_id)
        await self._voices.tell(uow, leader, "consent.expired")
        await self._voices.tell_staff(uow, "staff.consent_ended", Role.PUBLISHER, leader_id=leader.id, how="expired")
        await self._audit.note_system(uow, "expire_consent", f"leader {leader.id}")

    async def _ask(self, uow: UnitOfWork, row: ConsentRow) -> None:
        """Ask 30 days before, and once more 7 days before."""
        now = self._clock.now()
        last = row.until <= now + timedelta(days=ASK_DAYS[1])
        await uow.leaders.change_consent(row.id, **{"asked_7_at" if last else "asked_30_at": now})
        leader = await self._voices.leader(uow, row.leader_id)
        await self._voices.tell(uow, leader, "consent.ends_soon", until=row.until.isoformat())
        await self._voices.tell_staff(
            uow, "staff.consent_ends_soon", Role.PUBLISHER, leader_id=leader.id, until=row.until.isoformat()
        )
