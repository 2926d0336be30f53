"""Taking a message back: what was delivered is edited, removed, or followed up; what is queued never leaves."""

from dataclasses import dataclass, replace
from typing import Any

from bot.db import UnitOfWork
from bot.db.repositories.recalls import Recalled, ToRecall
from bot.domain.broadcasts import CUT_OFF_BY, ENDED, BroadcastState, DeliveryState, RecallState
from bot.domain.messaging import Blocked, Moved, NotSent, OutgoingMessage, RetryLater, SendOutcome, Sent
from bot.domain.residents import ResidentState
from bot.domain.staff import Act
from bot.errors import Conflict, InvalidInput
from bot.services.addresses import Addresses
from bot.services.alerts import Alerts
from bot.services.audit import Actor, Audit
from bot.services.lanes import Job
from bot.services.planner import Planner
from bot.services.ports import Clock, Renderer
from bot.services.vault import Vault

_BEFORE = frozenset({BroadcastState.DRAFT, BroadcastState.SCHEDULED})


@dataclass(frozen=True, slots=True)
class Reach:
    """What a recall reaches: delivered messages that are taken back, those whose number at the channel is not known,
    and those whose person was erased since."""

    queued: int
    unconfirmed: int
    erased: int


class Recalls:
    """One publisher suffices: taking back what was approved by two is the safe direction, and it is urgent."""

    def __init__(self, planner: Planner, alerts: Alerts, audit: Audit, clock: Clock) -> None:
        self._planner = planner
        self._alerts = alerts
        self._audit = audit
        self._clock = clock

    async def recall(self, uow: UnitOfWork, actor: Actor, broadcast_id: int, reason: str = "") -> Reach:
        """Stop what is queued and take back what was delivered; asked again, it tries those that failed once more.

        Raises Conflict where nothing of it has been sent yet.
        """
        actor.check(Act.RECALL_BROADCAST)
        await uow.decide_alone()
        row = await self._planner.get(uow, broadcast_id)
        if row.started_at is None:
            said = "cancel it instead" if row.state in _BEFORE else f"it is {row.state}"
            raise Conflict(f"Nothing of this broadcast has been sent: {said}.")
        now = self._clock.now()
        if row.state not in ENDED and not await uow.broadcasts.move(
            broadcast_id, BroadcastState(row.state), BroadcastState.CANCELLED, finished_at=now,
            reason=f"taken back by {actor.name}",
        ):  # fmt: skip
            raise Conflict("Somebody else changed this broadcast a moment ago.")
        await uow.deliveries.skip_queued(broadcast_id, CUT_OFF_BY[BroadcastState.CANCELLED], now=now)
        await uow.broadcasts.change(broadcast_id, recalled_at=row.recalled_at or now)
        await uow.recalls.mark_under_way(broadcast_id)
        if row.recalled_at is not None:
            await uow.recalls.mark_failed(broadcast_id)
        reach = await self._reach(uow, broadcast_id)
        await self._audit.note(
            uow, actor, Act.RECALL_BROADCAST, f"broadcast {broadcast_id}", messages=reach.queued, reason=reason.strip()
        )
        await self._alerts.broadcast(uow, broadcast_id, f"{actor.name} takes it back. {reason.strip()}".strip())
        return reach

    async def _reach(self, uow: UnitOfWork, broadcast_id: int) -> Reach:
        tally = await uow.tallies.tally(broadcast_id, since=self._clock.now())
        unconfirmed = sum(n for (_, state), n in tally.counts.items() if state is DeliveryState.UNCONFIRMED)
        queued = (await uow.recalls.counts(broadcast_id)).get(RecallState.QUEUED, 0)
        return Reach(queued, unconfirmed, await uow.recalls.erased(broadcast_id))


@dataclass(frozen=True, slots=True)
class _Group:
    language: str
    has_media: bool


class RecallLane:
    """The sender's lane for it: before broadcasts, after answers.

    A text is edited in place. A recording is removed and the notice sent as a new message. Where Telegram allows
    neither, the notice follows the message. Who has stopped gets no new message. After a crash what was under way is
    done again: an edit changes nothing twice, and a notice that comes twice is better than a false message that stays.
    """

    name = "recall"
    asked_for = False

    def __init__(self, bot_id: int, vault: Vault, renderer: Renderer, addresses: Addresses) -> None:
        self._bot_id = bot_id
        self._vault = vault
        self._renderer = renderer
        self._addresses = addresses
        self._groups: dict[int, dict[int, _Group]] = {}
        self._notices: dict[tuple[str, str], OutgoingMessage] = {}
        self._done_to: dict[int, int | None] = {}
        """By recalled broadcast: up to which resident nothing is left unmarked; None: nothing at all."""

    async def waiting(self, uow: UnitOfWork) -> bool:
        """Whether a message is to be taken back now. What it finds committed is where `claim` goes on."""
        found = await uow.recalls.marked(self._bot_id) is not None
        for broadcast_id in await uow.recalls.recalled(self._bot_id):
            done_to = self._done_to.setdefault(broadcast_id, 0)
            if done_to is None:
                continue
            first = await uow.recalls.first_unmarked(broadcast_id, after=done_to)
            self._done_to[broadcast_id] = None if first is None else first - 1
            found = found or first is not None
        return found

    async def hold(self, uow: UnitOfWork) -> None:
        """Nothing: nobody takes these back."""

    async def claim(self, uow: UnitOfWork, room: int, fence: int) -> list[Job]:
        """Up to `room` messages, of the earliest recall first."""
        due = await self._marked(uow, room)
        for broadcast_id, done_to in self._done_to.items():
            if done_to is not None and len(due) < room:
                due += await uow.recalls.due_unmarked(broadcast_id, after=done_to, limit=room - len(due))
        if not due:
            return []
        await uow.recalls.intend(due, fence=fence)
        return await self._jobs(uow, due, fence)

    async def _marked(self, uow: UnitOfWork, room: int) -> list[ToRecall]:
        broadcast_id = await uow.recalls.marked(self._bot_id)
        if broadcast_id is None:
            return []
        await uow.recalls.drop_unsent(broadcast_id)
        return await uow.recalls.due_marked(broadcast_id, limit=room)

    async def _jobs(self, uow: UnitOfWork, due: list[ToRecall], fence: int) -> list[Job]:
        jobs: list[Job] = []
        lost: list[Recalled] = []
        for each in due:
            if each.broadcast_id not in self._groups:
                self._groups[each.broadcast_id] = await _groups(uow, each.broadcast_id)
            try:
                jobs.append(Job(self._vault.open_chat(each.chat), self._notice(each), row=each))
            except InvalidInput:
                lost.append(Recalled(each.broadcast_id, each.resident_id, RecallState.FAILED))
        if lost:
            await uow.recalls.end(lost, fence=fence)
        return jobs

    def _notice(self, due: ToRecall) -> OutgoingMessage:
        group = self._groups[due.broadcast_id][due.group_no]
        key = (group.language, due.sent_at.isoformat(timespec="hours"))
        if key not in self._notices:
            params = {"sent_at": due.sent_at.isoformat()}
            self._notices[key] = self._renderer.render("message.recalled", params, group.language)
        where: dict[str, Any] = {"delete_ref" if group.has_media else "edit_ref": due.message_ref}
        return replace(self._notices[key], follow_up=due.state != ResidentState.STOPPED, **where)

    async def record(self, uow: UnitOfWork, jobs: list[Job], fence: int) -> None:
        """What is certain to have failed for now waits again; what is in doubt is told, and left to a person."""
        ended: list[Recalled] = []
        for job in jobs:
            if isinstance(job.outcome, Blocked):
                await self._addresses.blocked(uow, job.chat_id)
            if isinstance(job.outcome, Moved):
                await self._addresses.moved(uow, job.chat_id, job.outcome.new_chat_id)
            ended.append(Recalled(job.row.broadcast_id, job.row.resident_id, _state(job.outcome, job.message)))
        await uow.recalls.end(ended, fence=fence)

    async def settle(self, uow: UnitOfWork, fence: int) -> int:
        """What an earlier term left in the middle is done again, so that nothing of it is in doubt."""
        self._groups.clear()
        self._notices.clear()
        self._done_to.clear()
        await uow.recalls.give_back(self._bot_id, before_fence=fence)
        return 0


def _state(outcome: SendOutcome | None, message: OutgoingMessage) -> RecallState:
    match outcome:
        case RetryLater() | NotSent() | Moved():
            return RecallState.QUEUED
        case Sent(removed=True):
            return RecallState.DELETED
        case Sent(message_ref) if message_ref == message.edit_ref:
            return RecallState.EDITED
        case Sent():
            return RecallState.FOLLOWED_UP
        case _:
            return RecallState.FAILED


async def _groups(uow: UnitOfWork, broadcast_id: int) -> dict[int, _Group]:
    return {
        each.no: _Group(each.read, each.media_rendition_id is not None)
        for each in await uow.broadcasts.groups(broadcast_id)
    }
