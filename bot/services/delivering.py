"""The lane of broadcasts: who is next, who is left out and why, and when a broadcast is finished."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from bot.db import UnitOfWork
from bot.db.repositories.broadcasts import UnderWay
from bot.db.repositories.deliveries import Due, Ended
from bot.domain.broadcasts import BroadcastState
from bot.domain.contact import ContactCap
from bot.domain.messaging import Blocked, Moved, NotSent, OutgoingMessage, Rejected, RetryLater, Sent
from bot.domain.residents import ResidentState
from bot.errors import InvalidInput, NotFound, NotVetted
from bot.services.addresses import Addresses
from bot.services.contents import Contents
from bot.services.lanes import Job, end_state, keep_handle
from bot.services.ports import Clock
from bot.services.vault import Vault

log = structlog.get_logger()

QuietUntil = Callable[[datetime, int | None, int | None], datetime | None]
"""When a person's quiet hours end, from now and their two times of day; None when it is not quiet."""
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_ENDED = frozenset({BroadcastState.CANCELLED, BroadcastState.MISSED})


class DeliveryLane:
    """Sends what is queued of the broadcasts under way: emergencies first, then in their order.

    `paid`: only those that are paid for, only the others, or (None) all.
    """

    name = "broadcast"
    asked_for = False

    def __init__(
        self, bot_id: int, vault: Vault, contents: Contents, addresses: Addresses, clock: Clock, *,
        on_stopped: Callable[[UnitOfWork, int, str], Awaitable[None]], quiet_until: QuietUntil,
        cap: ContactCap, paid: bool | None = None,
    ) -> None:  # fmt: skip
        self._bot_id = bot_id
        self._vault = vault
        self._contents = contents
        self._addresses = addresses
        self._clock = clock
        self._on_stopped = on_stopped
        self._quiet_until = quiet_until
        self._cap = cap
        self._paid = paid
        self._under_way: list[UnderWay] = []
        self._counted: list[int] = []
        self._answered: dict[int, frozenset[bytes]] = {}

    async def waiting(self, uow: UnitOfWork) -> bool:
        """Looks which broadcasts are under way and renders them, so that `claim` is short."""
        now = self._clock.now()
        self._under_way = await uow.broadcasts.under_way(self._bot_id, now, paid=self._paid)
        self._contents.keep_only({each.id for each in self._under_way})
        if not self._under_way:
            return False
        if self._cap.holds:
            self._counted = await uow.broadcasts.counted_since(self._bot_id, now - _WEEK)
        for each in self._under_way:
            await self._prepare(uow, each)
        return any([await uow.deliveries.anything_to_do(each.id, now) for each in self._under_way])

    async def _prepare(self, uow: UnitOfWork, broadcast: UnderWay) -> None:
        if broadcast.rumour_id is not None and broadcast.id not in self._answered:
            self._answered[broadcast.id] = frozenset(await uow.rumours.answered_tags(broadcast.rumour_id))
        try:
            await self._contents.of(uow, broadcast.id)
        except (NotVetted, NotFound):
            return  # `claim` meets it again, and there it can be written down

    # Claiming

    async def hold(self, uow: UnitOfWork) -> None:
        """A broadcast that is stopped, cancelled or withdrawn meanwhile waits for the claim, or the claim for it."""
        await uow.broadcasts.hold_sending(self._bot_id)

    async def claim(self, uow: UnitOfWork, room: int, fence: int) -> list[Job]:
        """Up to `room` deliveries. Those whose person has left meanwhile, or has had enough, end as skipped."""
        jobs: list[Job] = []
        for broadcast in self._under_way:
            if len(jobs) < room:
                jobs += await self._claim_of(uow, broadcast, room - len(jobs), fence)
        return jobs

    async def _claim_of(self, uow: UnitOfWork, broadcast: UnderWay, room: int, fence: int) -> list[Job]:
        due = await uow.deliveries.due(broadcast.id, limit=room)
        if not due:
            await self._nothing_due(uow, broadcast)
            return []
        try:
            contents = await self._contents.of(uow, broadcast.id)
        except (NotVetted, NotFound) as error:
            await self._stop(uow, broadcast.id, str(error))
            return []
        capped = await self._over_cap(uow, broadcast, due)
        jobs = [
            job
            for each in due
            if (job := await self._job(uow, broadcast, each, contents, capped.get(each.resident_id))) is not None
        ]
        if jobs:
            claimed = await uow.deliveries.intend(broadcast.id, [job.row.resident_id for job in jobs], fence=fence)
            jobs = [job for job in jobs if job.row.resident_id in claimed]
        return jobs

    async def _job(
        self, uow: UnitOfWork, broadcast: UnderWay, due: Due, contents: dict[int, OutgoingMessage], capped: str | None
    ) -> Job | None:
        now = self._clock.now()
        reason = _gone(due, now) or capped
        if reason is None:
            try:
                chat_id = self._vault.open_chat(due.chat)
            except InvalidInput:
                reason = "the address could not be opened"
            else:
                reason = self._answered_reason(broadcast, chat_id)
        if reason is not None:
            await uow.deliveries.skip(broadcast.id, due.resident_id, reason, now=now)
            return None
        if not broadcast.emergency and due.quiet_from is not None:
            until = self._quiet_until(now, due.quiet_from, due.quiet_to)
            if until is not None:
                await self._rest(uow, broadcast, due, until)
                return None
        return Job(chat_id, contents[due.group_no], due)

    def _answered_reason(self, broadcast: UnderWay, chat_id: int) -> str | None:
        """Whoever asked and has had the answer needs no correction."""
        answered = self._answered.get(broadcast.id)
        return "has had the answer" if answered and self._vault.asking_tag(chat_id) in answered else None

    async def _rest(self, uow: UnitOfWork, broadcast: UnderWay, due: Due, until: datetime) -> None:
        if broadcast.until is not None and until >= broadcast.until:
            reason = "quiet hours until it is too late"
            await uow.deliveries.skip(broadcast.id, due.resident_id, reason, now=self._clock.now())
        else:
            await uow.deliveries.rest(broadcast.id, due.resident_id, until)

    async def _over_cap(self, uow: UnitOfWork, broadcast: UnderWay, due: list[Due]) -> dict[int, str]:
        """Who has had enough, and why. A broadcast that is sent again does not count against itself."""
        if broadcast.emergency or not self._cap.holds:
            return {}
        counted = [each for each in self._counted if each not in {broadcast.id, broadcast.resend_of}]
        if not counted:
            return {}
        now = self._clock.now()
        had = await uow.deliveries.had(counted, [each.resident_id for each in due], day=now - _DAY, week=now - _WEEK)
        reasons = {each: self._cap.reason(*counts) for each, counts in had.items()}
        return {each: reason for each, reason in reasons.items() if reason is not None}

    async def _nothing_due(self, uow: UnitOfWork, broadcast: UnderWay) -> None:
        """Wake who has rested long enough; with nothing left at all the broadcast is done."""
        now = self._clock.now()
        if await uow.deliveries.wake(broadcast.id, now) or await uow.deliveries.has_open(broadcast.id):
            return
        await uow.broadcasts.move(broadcast.id, BroadcastState.SENDING, BroadcastState.DONE, finished_at=now)
        self._answered.pop(broadcast.id, None)

    # Recording

    async def record(self, uow: UnitOfWork, jobs: list[Job], fence: int) -> None:
        """Each ends in one state, or is certainly not sent and waits again."""
        sent: dict[int, list[tuple[int, int]]] = {}
        for job in jobs:
            due: Due = job.row
            match job.outcome:
                case Sent(message_ref, None):
                    sent.setdefault(due.broadcast_id, []).append((due.resident_id, message_ref))
                case RetryLater() | NotSent():
                    await self._give_back(uow, due, fence)
                case Moved(new_chat_id):
                    await self._addresses.moved(uow, job.chat_id, new_chat_id)
                    await self._give_back(uow, due, fence)
                case _:
                    await self._end(uow, job, due, fence)
        for broadcast_id, rows in sent.items():
            await uow.deliveries.end_sent(broadcast_id, rows, fence=fence, now=self._clock.now())

    async def _end(self, uow: UnitOfWork, job: Job, due: Due, fence: int) -> None:
        state, error = end_state(job.outcome)
        reference = job.outcome.message_ref if isinstance(job.outcome, Sent) else None
        ended = Ended(due.broadcast_id, due.resident_id, state, reference, error)
        await uow.deliveries.end(ended, fence=fence, now=self._clock.now())
        match job.outcome:
            case Sent(_, file_id) if file_id and job.message.media:
                await keep_handle(uow, job, job.outcome, self._bot_id)
                self._contents.forget()
            case Blocked():
                await self._addresses.blocked(uow, job.chat_id)
            case Rejected(reason, content=True):
                await self._stop(uow, due.broadcast_id, f"The channel refused the content: {reason}")

    async def _give_back(self, uow: UnitOfWork, due: Due, fence: int) -> None:
        """Certainly not sent: back into the queue, or skipped where its broadcast has ended meanwhile."""
        await uow.deliveries.requeue(due.broadcast_id, due.resident_id, fence=fence)
        row = await uow.broadcasts.get(due.broadcast_id)
        if row is not None and row.state in _ENDED:
            await uow.deliveries.skip(due.broadcast_id, due.resident_id, str(row.state), now=self._clock.now())

    async def settle(self, uow: UnitOfWork, fence: int) -> int:
        """Intents of an earlier sender have no known outcome: unconfirmed, never repeated by themselves."""
        self._contents.forget()
        return await uow.deliveries.give_up_intents(self._bot_id, before_fence=fence, now=self._clock.now())

    async def _stop(self, uow: UnitOfWork, broadcast_id: int, reason: str) -> None:
        if await uow.broadcasts.move(broadcast_id, BroadcastState.SENDING, BroadcastState.STOPPED, reason=reason):
            log.error("broadcast.stopped", broadcast=broadcast_id)
            await self._on_stopped(uow, broadcast_id, reason)


def _gone(due: Due, now: datetime) -> str | None:
    if due.state == ResidentState.STOPPED:
        return "stopped meanwhile"
    if due.state == ResidentState.BLOCKED:
        return "blocked us meanwhile"
    if due.state == ResidentState.PAUSED and due.paused_until is not None and due.paused_until > now:
        return "paused meanwhile"
    return None
