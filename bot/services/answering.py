"""The lane of answers: what people wait for goes first, one message at a time to one chat, in order."""

from collections.abc import Callable
from datetime import timedelta

import structlog

from bot.db import UnitOfWork
from bot.db.rows import OutboxRow
from bot.domain.broadcasts import DeliveryState
from bot.domain.messaging import Blocked, Moved, NotSent, RetryLater, Sent
from bot.services.addresses import Addresses
from bot.services.lanes import Job, end_state, keep_handle
from bot.services.ports import Clock, Renderer
from bot.services.vault import Vault

log = structlog.get_logger()

_LONGEST_WAIT = 60.0


class AnswerLane:
    """Sends the rows of the outbox."""

    name = "answer"
    asked_for = True

    def __init__(
        self, bot_id: int, vault: Vault, renderer: Renderer, addresses: Addresses, clock: Clock, *,
        chat_wait: Callable[[int], float],
    ) -> None:  # fmt: skip
        self._bot_id = bot_id
        self._vault = vault
        self._renderer = renderer
        self._addresses = addresses
        self._clock = clock
        self._chat_wait = chat_wait
        self._under_way: list[Job] = []

    async def waiting(self, uow: UnitOfWork) -> bool:
        """Whether an answer is due."""
        return bool(await uow.outbox.queued(self._bot_id, limit=1, now=self._clock.now()))

    async def hold(self, uow: UnitOfWork) -> None:
        """Nothing: nobody takes these back."""

    async def claim(self, uow: UnitOfWork, room: int, fence: int) -> list[Job]:
        """The oldest due answers, each to another chat than those under way."""
        now = self._clock.now()
        self._under_way = [job for job in self._under_way if job.outcome is None]
        busy = {job.chat_id for job in self._under_way}
        postponed: set[bytes | None] = set()
        jobs: list[Job] = []
        for row in await uow.outbox.queued(self._bot_id, limit=room * 4, now=now):
            if len(jobs) == room:
                break
            if row.person_tag is not None and row.person_tag in postponed:
                continue
            job = await self._job(uow, row, fence)
            # One message at a time to one chat: answers arrive in the order in which they were given.
            if job is None or job.chat_id in busy:
                continue
            wait = self._chat_wait(job.chat_id)
            if wait > 0:
                # All that waits for this person: many answers to one must not hide the others'.
                await uow.outbox.postpone(row, now + timedelta(seconds=wait))
                postponed.add(row.person_tag)
                continue
            busy.add(job.chat_id)
            jobs.append(job)
        if jobs:
            await uow.outbox.intend([job.row.id for job in jobs], fence=fence)
        self._under_way += jobs
        return jobs

    async def _job(self, uow: UnitOfWork, row: OutboxRow, fence: int) -> Job | None:
        try:
            chat_id = self._vault.open_chat(row.chat or b"")
            params = dict(row.params)
            if sealed := params.pop("sealed", ""):
                params["opened"] = self._vault.open_original(bytes.fromhex(sealed))
            message = self._renderer.render(row.kind, params, row.language)
        except Exception as error:  # noqa: BLE001 - one message that cannot be rendered must not stop the others
            log.error("outbox.unrenderable", kind=row.kind, error=type(error).__name__)
            await uow.outbox.intend([row.id], fence=fence)
            await uow.outbox.end(
                row.id, DeliveryState.FAILED, fence=fence, now=self._clock.now(), error="it could not be rendered"
            )
            return None
        return Job(chat_id, message, row)

    async def record(self, uow: UnitOfWork, jobs: list[Job], fence: int) -> None:
        """Ended rows lose their words and address; what was certainly not sent waits again."""
        for job in jobs:
            await self._record(uow, job, job.row, fence)

    async def _record(self, uow: UnitOfWork, job: Job, row: OutboxRow, fence: int) -> None:
        now = self._clock.now()
        match job.outcome:
            case RetryLater(after) | NotSent(_, after):
                later = now + timedelta(seconds=min(after, _LONGEST_WAIT))
                await uow.outbox.requeue(row.id, fence=fence, not_before=later)
            case Moved(new_chat_id):
                await self._addresses.moved(uow, job.chat_id, new_chat_id)
                await uow.outbox.requeue(row.id, fence=fence, not_before=now, chat=self._vault.seal_chat(new_chat_id))
            case outcome:
                state, error = end_state(outcome)
                await uow.outbox.end(row.id, state, fence=fence, now=now, error=error)
                if isinstance(outcome, Blocked):
                    await self._addresses.blocked(uow, job.chat_id)
                if isinstance(outcome, Sent):
                    await keep_handle(uow, job, outcome, self._bot_id)

    async def settle(self, uow: UnitOfWork, fence: int) -> int:
        """Intents of an earlier sender have no known outcome."""
        self._under_way.clear()
        return await uow.outbox.give_up_intents(self._bot_id, before_fence=fence, now=self._clock.now())
