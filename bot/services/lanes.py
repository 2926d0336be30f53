"""What the sender sends, and from where: a lane claims jobs from the database and records what became of them."""

from dataclasses import dataclass
from typing import Any, Protocol

from bot.db import UnitOfWork
from bot.domain.broadcasts import DeliveryState
from bot.domain.messaging import Blocked, InDoubt, OutgoingMessage, Rejected, SendOutcome, Sent


@dataclass(slots=True, eq=False)
class Job:
    """One message under way. `row` is the lane's own note of what it belongs to."""

    chat_id: int
    message: OutgoingMessage
    row: Any = None
    lane: "Lane | None" = None
    outcome: SendOutcome | None = None


class Lane(Protocol):
    """One kind of messages. Lanes are asked in their order: an earlier one goes first.

    Everything happens on the sender's unit of work, while it holds the lease; `fence` is the number of its term.
    """

    name: str
    """For the metrics: one lower-case word."""
    asked_for: bool
    """Whether people wait for it: such a lane goes on while the channel answers unclearly."""

    async def waiting(self, uow: UnitOfWork) -> bool:
        """Whether something may go out now. Reads only, and may prepare what `claim` will need."""
        ...

    async def hold(self, uow: UnitOfWork) -> None:
        """Before anything else of a turn that claims: what is claimed by must stay true until it commits."""
        ...

    async def claim(self, uow: UnitOfWork, room: int, fence: int) -> list[Job]:
        """Up to `room` jobs whose intent is written: whoever dies after the commit leaves them in doubt."""
        ...

    async def record(self, uow: UnitOfWork, jobs: list[Job], fence: int) -> None:
        """Write down the outcomes of jobs of this lane, in one go."""
        ...

    async def settle(self, uow: UnitOfWork, fence: int) -> int:
        """At the start of a term: end what earlier terms left in the middle; returns how many are in doubt."""
        ...


def end_state(outcome: SendOutcome | None) -> tuple[DeliveryState, str | None]:
    """The end state of a delivery or an answer, and its reason in the channel's words (120 characters at most)."""
    match outcome:
        case Sent():
            return DeliveryState.SENT, None
        case Blocked(reason):
            return DeliveryState.BLOCKED, reason[:120]
        case Rejected(reason):
            return DeliveryState.FAILED, reason[:120]
        case InDoubt(reason):
            return DeliveryState.UNCONFIRMED, reason[:120]
        case _:
            return DeliveryState.UNCONFIRMED, "no outcome is known"


async def keep_handle(uow: UnitOfWork, job: Job, sent: Sent, bot_id: int) -> None:
    """A file was uploaded: the next is sent by its handle, and forwards of it are known again."""
    if job.message.media is None or sent.file_id is None:
        return
    known = {"unique_id": sent.unique_id} if sent.unique_id else {}
    await uow.media.change(job.message.media.media_id, file_id=sent.file_id, bot_id=bot_id, **known)
