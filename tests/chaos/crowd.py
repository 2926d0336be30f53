"""The residents of a rig, and its broadcasts: the stand-in's truth beside the database."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.domain.broadcasts import DeliveryState
from bot.services.vault import Vault
from tests.botapi import Arrival
from tests.chaos import town
from tests.chaos.figures import Figure, at_most, exactly
from tests.chaos.rig import KEY, Rig
from tests.chaos.sending import Account


@dataclass(slots=True)
class Crowd:
    """Who lives here: the language of each chat, and each language's approved text."""

    rig: Rig
    language: dict[int, str]
    texts: dict[str, str]

    def spoken(self, text: str) -> set[str]:
        """The languages whose first line stands in it (none: it is no broadcast)."""
        return {tag for tag, approved in self.texts.items() if approved.partition("\n")[0] in text}

    def broadcasts(self, arrivals: list[Arrival]) -> list[Arrival]:
        """Those that carry the broadcast's text."""
        known: dict[str, bool] = {}
        for each in arrivals:
            if each.text not in known:
                known[each.text] = bool(self.spoken(each.text))
        return [each for each in arrivals if known[each.text]]


async def populate(rig: Rig, count: int, *, seed: int = 1) -> Crowd:
    """Fill an empty installation with staff, the message, and residents whose numbers take more than four bytes."""
    chance = random.Random(seed)
    chats = [2**32 + number for number in chance.sample(range(10**9), count)]
    async with town.base_of(rig) as base, base.db.write() as uow:
        texts = await town.found(base, uow)
        language = await town.settle(base, uow, chats)
    return Crowd(rig, language, texts)


def state_of(rig: Rig, number: str) -> str:
    """The broadcast's state."""
    return str(rig.one("SELECT state FROM broadcasts WHERE id = ?", int(number)))


def counts_of(rig: Rig, number: str) -> Counter[DeliveryState]:
    """How many deliveries stand where."""
    found = rig.rows("SELECT state, count(*) FROM deliveries WHERE broadcast_id = ? GROUP BY state", int(number))
    return Counter({DeliveryState(state): int(n) for state, n in found})


async def until(met: Callable[[], Awaitable[bool]], seconds: float, what: str, *, every: float = 0.02) -> float:
    """Wait for something to come true; returns the seconds it took."""
    began = time.monotonic()
    while not await met():
        assert time.monotonic() < began + seconds, f"{what}: not within {seconds:g} s"
        await asyncio.sleep(every)
    return time.monotonic() - began


async def until_arrived(rig: Rig, number: int, seconds: float, *, every: float = 0.01) -> float:
    """Wait until `number` messages have arrived in all."""

    async def enough() -> bool:
        return await rig.api.arrived() >= number

    try:
        return await until(enough, seconds, f"{number} messages", every=every)
    except AssertionError as error:
        raise AssertionError(f"{error}; {await rig.api.arrived()} came\n{rig.state()}\n{rig.logs()}") from None


async def until_done(rig: Rig, number: str, seconds: float) -> float:
    """Wait for the end of a broadcast."""

    async def done() -> bool:
        return await asyncio.to_thread(state_of, rig, number) == "done"

    try:
        return await until(done, seconds, f"broadcast {number} done", every=0.25)
    except AssertionError as error:
        counted = {state.name: n for state, n in counts_of(rig, number).items()}
        raise AssertionError(f"{error}; {state_of(rig, number)}: {counted}\n{rig.logs()}") from None


async def account(crowd: Crowd, number: str, since: int = 0) -> Account:
    """Compare the truth after its first `since` entries with the deliveries in the database."""
    rig, vault = crowd.rig, Vault(KEY)
    arrivals = [each for each in crowd.broadcasts(await rig.api.sent(since)) if each.applied]
    wrong = sum(crowd.spoken(each.text) != {crowd.language.get(each.chat_id)} for each in arrivals)
    found = rig.rows(
        "SELECT r.chat, d.state FROM deliveries d JOIN residents r ON r.id = d.resident_id WHERE d.broadcast_id = ?",
        int(number),
    )
    states = {vault.open_chat(bytes(chat)): DeliveryState(state) for chat, state in found}
    return Account(Counter(each.chat_id for each in arrivals), states, wrong, sorted(each.at for each in arrivals))


def nobody_harmed(label: str, found: Account, size: int) -> list[Figure]:
    """What must hold after every disturbance."""
    ended = sum(found.count(each) for each in DeliveryState if each >= DeliveryState.SENT)
    return [
        exactly(f"{label}: lost in silence", found.silently_lost, 0, "people"),
        exactly(f"{label}: twice", found.twice, 0, "people"),
        exactly(f"{label}: arrived, yet called not sent", found.denied, 0, "people"),
        exactly(f"{label}: wrong language", found.wrong_language, 0, "messages"),
        exactly(f"{label}: end states", ended, size, "deliveries"),
    ]


def at_rate(label: str, found: Account, rate: float) -> Figure:
    """The fullest second beside Telegram's ceiling."""
    return at_most(f"{label}: fullest second", found.most_in_a_second, max(30, rate * 1.05), "messages")
