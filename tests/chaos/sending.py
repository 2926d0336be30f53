"""Campaigns of sending: the stand-in's journal is the truth, the database must agree with it."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import aiohttp

from bot.domain.broadcasts import DeliveryState
from bot.services.audit import actor_of
from tests.chaos.figures import Figure, at_most, exactly, near, shown
from tests.chaos.town import AUTHOR, MESSAGE, SECOND, Installation, Town, base_of, rows, vault_of
from tests.stage import Stage

RATE = 25.0
IN_DOUBT_PER_KILL = 8
"""Calls that may be under way at once at 25 a second; a kill can leave no more than these in doubt."""


@dataclass(slots=True)
class Account:
    """One broadcast, as the journal and the database have it."""

    arrived: Counter[int]
    states: dict[int, DeliveryState]
    wrong_language: int
    times: list[float]

    @property
    def twice(self) -> int:
        """People who got it more than once."""
        return sum(1 for n in self.arrived.values() if n > 1)

    @property
    def silently_lost(self) -> int:
        """People who got nothing although the database says sent, or still waits without end."""
        quiet = {DeliveryState.SENT, DeliveryState.QUEUED, DeliveryState.SENDING}
        return sum(1 for chat_id, state in self.states.items() if state in quiet and not self.arrived[chat_id])

    @property
    def denied(self) -> int:
        """People who got it although the database says they certainly did not."""
        certain = {DeliveryState.FAILED, DeliveryState.BLOCKED, DeliveryState.SKIPPED, DeliveryState.QUEUED}
        return sum(1 for chat_id in self.arrived if self.states.get(chat_id) in certain)

    def count(self, state: DeliveryState) -> int:
        """Deliveries in a state."""
        return sum(1 for each in self.states.values() if each is state)

    @property
    def seconds(self) -> float:
        """From the first arrival to the last."""
        return self.times[-1] - self.times[0] if self.times else 0.0

    @property
    def most_in_a_second(self) -> int:
        """Arrivals in the fullest second."""
        most = left = 0
        for right, at in enumerate(self.times):
            while at - self.times[left] >= 1.0:
                left += 1
            most = max(most, right - left + 1)
        return most


def truth(stage: Stage) -> int:
    """How many messages have arrived at all, so far."""
    return stage.sandbox.core.journal.per_chat.total()


async def begin(place: Installation) -> str:
    """Create and approve a broadcast to everybody, beside the process; it starts at once. Returns its number."""
    async with base_of(place) as base, base.db.write() as uow:
        author, second = [actor_of(await base.desk.staff.by_name(uow, each), "test") for each in (AUTHOR, SECOND)]
        number = await base.desk.broadcasts.create(uow, author, key=MESSAGE)
        await base.desk.approvals.approve_directly(uow, second, "broadcast", number)
    return str(number)


def state_of(stage: Stage, number: str) -> str:
    """The broadcast's state, read from the file (a `vouch` command would take a core for a second)."""
    return str(rows(stage, "SELECT state FROM broadcasts WHERE id = ?", int(number))[0][0])


async def until(met: Callable[[], bool], seconds: float, what: str, *, every: float = 0.02) -> None:
    """Wait for something to come true."""
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, f"{what}: not within {seconds:g} s"
        await asyncio.sleep(every)


async def until_done(stage: Stage, number: str, seconds: float) -> None:
    """Wait for the end of a broadcast."""
    await until(lambda: state_of(stage, number) == "done", seconds, f"broadcast {number} done", every=0.2)


def account(town: Town, number: str, since: int = 0) -> Account:
    """Compare the journal's entries after the first `since` with the deliveries in the database."""
    stage, vault = town.stage, vault_of(town.stage)
    arrived: Counter[int] = Counter()
    times, wrong = [], 0
    for entry in stage.sandbox.core.journal.read_sent(since):
        spoken = town.languages_in(entry["text"])
        if not spoken:
            continue
        chat_id = entry["chat_id"]
        arrived[chat_id] += 1
        wrong += spoken != {town.language.get(chat_id)}
        times.append(_seconds(entry["at"]))
    found = rows(
        stage,
        "SELECT r.chat, d.state FROM deliveries d JOIN residents r ON r.id = d.resident_id WHERE d.broadcast_id = ?",
        int(number),
    )
    states = {vault.open_chat(chat): DeliveryState(state) for chat, state in found}
    return Account(arrived, states, wrong, sorted(times))


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


async def slow_answers(stage: Stage, milliseconds: float) -> None:
    """Make every call of the Bot API take this long, as across a network."""
    async with aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{stage.api_port}/sandbox/api/latency"
        async with session.post(url, json={"ms": milliseconds}) as answer:
            assert answer.status == 200


async def steady(town: Town, *, share: float) -> list[Figure]:
    """One broadcast at 25 a second to the whole town, undisturbed."""
    stage, size, since = town.stage, len(town.people), truth(town.stage)
    ideal = (size - 1) / RATE
    number = await begin(stage)
    await until_done(stage, number, ideal * 1.5 + 30)
    found = account(town, number, since)
    label = f"{size:,} residents at {RATE:g} a second"
    return [
        exactly(f"{label}: sent", found.count(DeliveryState.SENT), size, "deliveries"),
        exactly(f"{label}: arrived", len(found.arrived), size, "people"),
        exactly(f"{label}: twice", found.twice, 0, "people"),
        exactly(f"{label}: wrong language", found.wrong_language, 0, "messages"),
        near(f"{label}: first to last", found.seconds, ideal, share, "s"),
        at_most(f"{label}: fullest second", found.most_in_a_second, 30, "messages"),
    ]


async def killed(town: Town, kills: int, *, seed: int = 1, latency: float = 30.0) -> list[Figure]:
    """`kill -9` at random points of a broadcast at 25 a second, each time followed by a new start."""
    stage, size, since = town.stage, len(town.people), truth(town.stage)
    await slow_answers(stage, latency)
    number = await begin(stage)
    resumed = []
    for mark in _marks(size, kills, seed):
        await until(lambda mark=mark: truth(stage) - since >= mark, size / RATE * 2 + 30, f"{mark} messages")  # type: ignore[misc]
        await asyncio.sleep(random.Random(seed + mark).random() / RATE)
        await stage.kill()
        before, started = truth(stage), time.monotonic()
        await stage.start(wait=False)
        if mark < size - 1:
            await until(lambda before=before: truth(stage) > before, 15, "sending goes on", every=0.005)  # type: ignore[misc]
            resumed.append(time.monotonic() - started)
    await until_done(stage, number, size / RATE * 2 + 30)
    await slow_answers(stage, 0)
    found = account(town, number, since)
    label = f"{size:,} residents, {kills} kill{'s' if kills > 1 else ''}"
    unconfirmed = found.count(DeliveryState.UNCONFIRMED)
    # At 25 a second and 30 ms about one call is under way at any moment; a mean needs some kills to be one.
    mean = 1.0 if kills >= 10 else 1.5
    return [
        exactly(f"{label}: lost in silence", found.silently_lost, 0, "people"),
        exactly(f"{label}: twice", found.twice, 0, "people"),
        exactly(f"{label}: arrived, yet called not sent", found.denied, 0, "people"),
        exactly(f"{label}: wrong language", found.wrong_language, 0, "messages"),
        exactly(f"{label}: sent or unconfirmed", found.count(DeliveryState.SENT) + unconfirmed, size, "deliveries"),
        at_most(f"{label}: unconfirmed a kill, mean", unconfirmed / kills, mean, "deliveries"),
        at_most(f"{label}: unconfirmed in all", unconfirmed, IN_DOUBT_PER_KILL * kills, "deliveries"),
        shown(f"{label}: unconfirmed that had arrived", _arrived_unconfirmed(found), "deliveries"),
        at_most(f"{label}: slowest resumption", max(resumed), 5.0, "s"),
        at_most(f"{label}: fullest second", found.most_in_a_second, 30, "messages"),
    ]


def _marks(size: int, kills: int, seed: int) -> list[int]:
    return sorted(random.Random(seed).sample(range(max(2, size // 20), size - size // 20), kills))


def _arrived_unconfirmed(found: Account) -> int:
    return sum(
        1 for chat_id, state in found.states.items() if state is DeliveryState.UNCONFIRMED and found.arrived[chat_id]
    )
