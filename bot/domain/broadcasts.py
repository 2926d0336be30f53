"""Broadcasts and deliveries: states, what may follow what, and how long sending takes."""

from enum import IntEnum, StrEnum

from bot.errors import Conflict


class BroadcastState(StrEnum):
    """The life of a broadcast; PAUSED and STOPPED carry a reason."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"
    CANCELLED = "cancelled"
    MISSED = "missed"


_S = BroadcastState
ENDED = frozenset({_S.DONE, _S.CANCELLED, _S.MISSED})
"""States that nothing follows."""
_NEXT: dict[BroadcastState, frozenset[BroadcastState]] = {
    _S.DRAFT: frozenset({_S.SCHEDULED, _S.SENDING, _S.CANCELLED}),
    # Paused before it began: it came due too long ago to start without a person.
    _S.SCHEDULED: frozenset({_S.SENDING, _S.PAUSED, _S.CANCELLED, _S.MISSED, _S.DRAFT}),
    _S.SENDING: frozenset({_S.PAUSED, _S.STOPPED, _S.DONE, _S.CANCELLED, _S.MISSED}),
    _S.PAUSED: frozenset({_S.SENDING, _S.SCHEDULED, _S.CANCELLED, _S.MISSED, _S.DONE}),
    _S.STOPPED: frozenset({_S.SENDING, _S.CANCELLED, _S.MISSED}),
    _S.DONE: frozenset(),
    _S.CANCELLED: frozenset(),
    _S.MISSED: frozenset(),
}
ENDED = frozenset(state for state, then in _NEXT.items() if not then)
"""Nothing follows these."""
_PAST = {
    _S.SCHEDULED: "scheduled",
    _S.SENDING: "sent",
    _S.PAUSED: "paused",
    _S.STOPPED: "stopped",
    _S.CANCELLED: "cancelled",
    _S.MISSED: "marked as missed",
    _S.DONE: "finished",
    _S.DRAFT: "put back to draft",
}


def check_step(now: BroadcastState, then: BroadcastState) -> None:
    """Raise Conflict unless a broadcast in state `now` may go to `then`."""
    if then not in _NEXT[now]:
        raise Conflict(f"A broadcast that is {now} cannot be {_PAST[then]}.")


class DeliveryState(IntEnum):
    """One broadcast to one resident. Stored as a small number: there are very many of these rows.

    RESTING is queued, but not before the person's quiet hours end; whoever counts calls it queued.
    """

    RESTING = -1
    QUEUED = 0
    SENDING = 1
    SENT = 2
    FAILED = 3
    BLOCKED = 4
    SKIPPED = 5
    UNCONFIRMED = 6

    @property
    def word(self) -> str:
        """What people are shown."""
        return "queued" if self is DeliveryState.RESTING else self.name.lower()


END_STATES = frozenset(
    {
        DeliveryState.SENT,
        DeliveryState.FAILED,
        DeliveryState.BLOCKED,
        DeliveryState.SKIPPED,
        DeliveryState.UNCONFIRMED,
    }
)


ON_THE_WIRE = END_STATES - {DeliveryState.SKIPPED}
"""End states that come from the channel: what they come at is the speed of sending."""


class RecallState(IntEnum):
    """Taking one delivered message back; its delivery stays sent, in all sums."""

    QUEUED = 0
    WORKING = 1
    EDITED = 2
    DELETED = 3
    FOLLOWED_UP = 4
    FAILED = 5


class ResendKind(StrEnum):
    """Whom sending again is for: those of whom it is not known, or those whom it did not reach."""

    UNCONFIRMED = "unconfirmed"
    REST = "rest"


CUT_OFF = ("cancelled", "missed", "too late", "quiet hours until it is too late", "stopped")
"""Reasons of skipped deliveries that are the broadcast's, not the person's: these count to the rest."""
CUT_OFF_BY: dict[BroadcastState, str] = {BroadcastState.CANCELLED: "cancelled", BroadcastState.MISSED: "too late"}
"""The reason that what was still queued gets when its broadcast ends so."""


def seconds_to_send(people: int, rate: float) -> float:
    """How long `people` messages take at `rate` a second (0 means as fast as the line goes)."""
    return people / rate if rate else 0.0
