"""Putting a sender together: its lanes in their order, its pace, and a second sender where the pace may be paid for."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.db import Database, UnitOfWork
from bot.domain.contact import ContactCap
from bot.services.addresses import Addresses
from bot.services.answering import AnswerLane
from bot.services.cards import Cards
from bot.services.contents import Contents
from bot.services.delivering import DeliveryLane, QuietUntil
from bot.services.films import Films
from bot.services.lanes import Lane
from bot.services.pacer import FREE_CEILING, PAID_CEILING, Brake, Pacer, Window
from bot.services.ports import Clock, Messenger, Renderer
from bot.services.recalls import RecallLane
from bot.services.sender import Sender
from bot.services.vault import Vault


@dataclass(frozen=True, slots=True)
class Means:
    """What every lane works with."""

    db: Database
    bot_id: int
    vault: Vault
    messenger: Messenger
    renderer: Renderer
    cards: Cards
    films: Films
    clock: Clock
    on_stopped: Callable[[UnitOfWork, int, str], Awaitable[None]]
    quiet_until: QuietUntil
    cap: ContactCap


@dataclass(frozen=True, slots=True)
class Pace:
    """The free pace, and the paid one where paid broadcasts are allowed. Both obey one brake."""

    free: Pacer
    paid: Pacer | None = None


def make_pace(rate: float, *, paid_rate: float | None = None) -> Pace:
    """The pace for `rate` messages a second (0: no limit), and for paid broadcasts at `paid_rate`.

    What is not paid for keeps below Telegram's free ceiling in any second, and both together below the paid one.
    """
    brake = Brake()
    whole = Window(PAID_CEILING)
    free = Pacer(rate, windows=(Window(max(FREE_CEILING, int(rate))), whole), brake=brake)
    if paid_rate is None:
        return Pace(free)
    return Pace(free, Pacer(paid_rate, windows=(Window(max(1, int(paid_rate))), whole), brake=brake))


def make_senders(means: Means, pace: Pace) -> list[Sender]:
    """The sender of everything that is free, and one for paid broadcasts where those are allowed."""
    addresses = Addresses(means.vault, means.bot_id, means.clock)
    answers = AnswerLane(
        means.bot_id, means.vault, means.renderer, addresses, means.clock, chat_wait=pace.free.chat_wait
    )
    recalls = RecallLane(means.bot_id, means.vault, means.renderer, addresses)

    def sender(pacer: Pacer, *lanes: Lane) -> Sender:
        return Sender(means.db, means.messenger, lanes, pacer)

    if pace.paid is None:
        # One that was to be paid for and is under way when that is switched off goes on for nothing, at the free pace.
        return [sender(pace.free, answers, recalls, _deliveries(means, addresses, paid=None))]
    return [
        sender(pace.free, answers, recalls, _deliveries(means, addresses, paid=False)),
        sender(pace.paid, _deliveries(means, addresses, paid=True)),
    ]


def _deliveries(means: Means, addresses: Addresses, *, paid: bool | None) -> DeliveryLane:
    contents = Contents(means.cards, means.films, means.renderer, means.clock, charged=bool(paid))
    return DeliveryLane(
        means.bot_id, means.vault, contents, addresses, means.clock,
        on_stopped=means.on_stopped, quiet_until=means.quiet_until, cap=means.cap, paid=paid,
    )  # fmt: skip
