"""Workers side by side: all handle the inbox, one polls and sends; what it lets go of is taken over, not overlapped."""

import asyncio
import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.channels.telegram.updates import translate
from bot.db import Database, UnitOfWork
from bot.db.tables import leases
from bot.domain.events import Event
from bot.services.inbox import Inbox, InboxWorker
from bot.services.term import Term
from bot.services.vault import Sealer
from tests.factories import BOT, LEASE, World

CHATS = range(500, 530)


class Process:
    """One worker with connections of its own; it writes down what it handled and whether it polled."""

    def __init__(self, world: World, *, alone: bool = False) -> None:
        self.db = Database(world.db.url)
        self.handled: list[tuple[int, str]] = []
        self.polling = 0
        self.stopping = asyncio.Event()
        self.inbox = Inbox(self.db, BOT, Sealer(world.vault.public_key), world.clock)
        worker = InboxWorker(self.db, BOT, world.vault, translate, self._handle, world.messenger, batch=10)
        self.term = Term(
            self.db, BOT, self.inbox, worker, [world.sender()], world.clock, extra=[self._poll], alone=alone
        )
        self.task = asyncio.create_task(self.term.run(self.stopping))

    async def _handle(self, uow: UnitOfWork, event: Event) -> None:
        await asyncio.sleep(0.002)
        self.handled.append((event.chat_id, event.text))

    async def _poll(self) -> None:
        self.polling += 1
        await asyncio.Event().wait()

    async def stop(self) -> None:
        """As SIGTERM does."""
        self.stopping.set()
        await asyncio.wait_for(self.task, 15)
        await self.db.close()


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.02)


async def _ask(inbox: Inbox, first: int, count: int) -> None:
    updates = []
    for number in range(first, first + count):
        chat = {"id": CHATS[number % len(CHATS)], "type": "private"}
        raw = json.dumps({"update_id": number, "message": {"chat": chat, "text": str(number)}}).encode()
        updates.append((number, raw, CHATS[number % len(CHATS)]))
    await inbox.accept_all(updates)


async def _free_from(world: World) -> datetime:
    async with world.db.read() as uow:
        row = (await uow.connection.execute(select(leases).where(leases.c.name == LEASE))).one()
    assert row.holder == "", "nobody has it"
    until: datetime = row.until
    return until


async def test_all_handle_and_one_polls_and_the_next_begins_a_second_after_it_has_ended(world: World) -> None:
    first = Process(world)
    await _until(first.term.active.is_set)
    second = Process(world)
    await _ask(first.inbox, 1, 300)
    await _until(lambda: len(first.handled) + len(second.handled) >= 300)
    assert not second.term.active.is_set()
    assert (first.polling, second.polling) == (1, 0)
    both = first.handled + second.handled
    assert len(set(both)) == len(both) == 300, "each once"
    for handled in (first.handled, second.handled):
        for chat in CHATS:
            numbers = [int(text) for chat_id, text in handled if chat_id == chat]
            assert numbers == sorted(numbers)
    await first.stop()
    assert await _free_from(world) == world.clock.now() + timedelta(seconds=1)
    await asyncio.sleep(1.2)
    assert not second.term.active.is_set(), "one second must not hold the sends of two"
    world.clock.advance(seconds=1)
    await _until(second.term.active.is_set)
    await _ask(second.inbox, 1001, 50)
    await _until(lambda: len(first.handled) + len(second.handled) >= 350)
    await second.stop()


async def test_a_standby_handles_while_the_first_one_is_busy_elsewhere(world: World) -> None:
    if world.db.is_sqlite:
        pytest.skip("on SQLite one writes at a time, whoever it is")
    first, second = Process(world), Process(world)
    try:
        async with world.db.write() as uow:  # stands for a third one, which is stuck in the middle of a batch
            await _ask(first.inbox, 1, 4)
            stuck = await uow.inbox.take(BOT, limit=1)
            await _ask(first.inbox, 11, 120)
            await _until(lambda: len(first.handled) + len(second.handled) >= 100)
            assert first.handled
            assert second.handled
            texts = {text for _, text in first.handled + second.handled}
            assert not {str(each.update_id) for each in stuck} & texts
        await _until(lambda: len({*first.handled, *second.handled}) == 124)
    finally:
        await first.stop()
        await second.stop()


async def test_a_process_that_is_alone_takes_over_at_once(world: World) -> None:
    async with world.db.write() as uow:
        now = world.clock.now()
        await uow.meta.take_lease(LEASE, "killed", now=now, until=now + timedelta(seconds=10))
    process = Process(world, alone=True)
    await _until(process.term.active.is_set)
    await process.stop()


async def test_a_defect_ends_the_process_instead_of_half_of_it(world: World) -> None:
    process = Process(world)
    await _until(process.term.active.is_set)

    async def break_down() -> int:
        raise ZeroDivisionError

    process.term._worker.step = break_down  # type: ignore[method-assign]
    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(process.task, 15)
    assert not process.term.active.is_set()
    await process.db.close()
