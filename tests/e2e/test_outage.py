"""The database goes away for a moment while results come in: what is known of a send must not be lost."""

import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

from bot.chat.renderer import ChatRenderer
from bot.db import Database, UnitOfWork
from bot.domain.broadcasts import DeliveryState
from bot.domain.contact import ContactCap
from bot.domain.messaging import OutgoingMessage, SendOutcome, Sent
from bot.errors import Unavailable
from bot.services.ports import FetchedFile
from bot.services.sending import Means, make_pace, make_senders
from tests.chaos import sending, town
from tests.stage import Stage

LEASE, HOLDER = "worker", "test"


class Flaky(Database):
    """Undoes every writing transaction while `away`, as a full disk or a lost connection does."""

    away = False

    @contextlib.asynccontextmanager
    async def write(self, *, hasty: bool = False) -> AsyncIterator[UnitOfWork]:
        async with super().write(hasty=hasty) as uow:
            yield uow
            if self.away:
                raise Unavailable("away")


class Channel:
    """A channel that takes everything at once, and counts."""

    def __init__(self) -> None:
        self.arrived: Counter[int] = Counter()

    async def send(self, chat_id: int, message: OutgoingMessage) -> SendOutcome:
        self.arrived[chat_id] += 1
        return Sent(self.arrived.total())

    async def acknowledge(self, press_id: str) -> None: ...

    async def fetch(self, file_id: str, *, limit: int) -> FetchedFile:
        raise Unavailable("nothing here")

    async def probe(self) -> bool:
        return True


async def _stopped(uow: UnitOfWork, broadcast_id: int, reason: str) -> None:
    raise AssertionError(reason)


async def test_results_that_could_not_be_stored_are_stored_later(tmp_path: Path) -> None:
    vouch = Stage(tmp_path)
    place = await town.build(vouch, 30)
    number = await sending.begin(vouch)
    async with town.base_of(vouch) as base:
        assert base.vault is not None
        db, channel = Flaky(base.db.url), Channel()
        renderer = ChatRenderer(base.catalogs, base.controller)
        means = Means(
            db, base.bot_id, base.vault, channel, renderer, base.desk.cards,
                base.desk.films, base.clock, on_stopped=_stopped,
            quiet_until=lambda *_: None, cap=ContactCap(),
        )  # fmt: skip
        (sender,) = make_senders(means, make_pace(200))
        async with db.write() as uow:
            now = base.clock.now()
            fence = await uow.meta.take_lease(LEASE, HOLDER, now=now, until=now.replace(year=now.year + 1))
        assert fence is not None
        refused = 0
        for turn in range(400):
            db.away = 10 <= turn < 20
            try:
                await sender.step(fence, LEASE, HOLDER)
            except Unavailable:
                refused += 1
        await db.close()
    found = sending.account(place, number)
    print(f"refused commits: {refused}; arrived: {channel.arrived.total()}; states: {Counter(found.states.values())}")
    assert refused >= 5
    assert set(channel.arrived.values()) == {1}
    assert found.count(DeliveryState.SENT) == 30
    assert sending.state_of(vouch, number) == "done"
