"""Processes hear of each other's commits, also after the database was away; SQLite's one process needs no telling."""

import asyncio
from datetime import UTC, datetime

import pytest

from bot.db import INBOX, SENDER, Database, Wakeups
from tests.integration.db.cluster import drop_connections

_NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


async def _heard(event: asyncio.Event) -> bool:
    try:
        await asyncio.wait_for(event.wait(), 5)
    except TimeoutError:
        return False
    event.clear()
    return True


async def _wake_and_fail(db: Database) -> None:
    async with db.write() as uow:
        uow.wake(7, SENDER)
        raise ZeroDivisionError


async def test_a_commit_wakes_those_who_listen_for_this_bot(db: Database) -> None:
    if db.is_sqlite:
        async with db.write() as uow:
            uow.wake(7, SENDER)
        pytest.skip("SQLite has no other process to tell")
    inbox, sender, other_bot = asyncio.Event(), asyncio.Event(), asyncio.Event()
    listeners = [
        Wakeups(db.url, 7, {INBOX: inbox.set, SENDER: sender.set}),
        Wakeups(db.url, 8, {SENDER: other_bot.set}),
    ]
    tasks = [asyncio.create_task(each.run()) for each in listeners]
    try:
        for listener in listeners:
            await asyncio.wait_for(listener.listening.wait(), 5)
        for event in (inbox, sender, other_bot):
            assert await _heard(event), "who begins to listen looks once"
        async with db.write() as uow:
            uow.wake(7, SENDER)
            assert not sender.is_set(), "nobody hears of what is not committed"
        assert await _heard(sender)
        with pytest.raises(ZeroDivisionError):
            await _wake_and_fail(db)
        await db.intake.store(7, [(1, 5, b"sealed")], now=_NOW)
        assert await _heard(inbox)
        assert not sender.is_set(), "what was undone is not told"
        assert not other_bot.is_set()
        await asyncio.to_thread(drop_connections, db.url)
        assert await _heard(inbox), "it comes back, and looks for what it has missed"
        await asyncio.wait_for(listeners[0].listening.wait(), 5)
        async with db.write() as uow:
            uow.wake(7, SENDER)
        assert await _heard(sender)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
