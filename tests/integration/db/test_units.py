"""Units of work: what is put is written together, undone together, and in haste nothing half done is ever kept."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from bot.db import Database, SpoiledError, UnitOfWork
from bot.errors import Conflict, Unavailable

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
BOT = 7


async def _put(uow: UnitOfWork, kind: str, tag: bytes = b"tag") -> None:
    await uow.outbox.put(bot_id=BOT, tag=tag, chat=b"chat", kind=kind, params={}, language="en-GB", now=NOW)


async def _kinds(db: Database) -> list[str]:
    async with db.read() as uow:
        return [each.kind for each in await uow.outbox.queued(BOT, limit=100, now=NOW)]


async def test_what_is_put_is_seen_in_its_own_transaction_and_stored_in_its_order(db: Database) -> None:
    async with db.write() as uow:
        for number in range(5):
            await _put(uow, str(number), b"other" if number == 2 else b"tag")
        assert len(await uow.outbox.queued(BOT, limit=10, now=NOW)) == 5
        await _put(uow, "5")
        await uow.outbox.drop_of(BOT, [b"other"])
        await uow.inbox.keep_conversation(BOT, b"tag", b"one", now=NOW)
        await uow.inbox.keep_conversation(BOT, b"tag", b"two", now=NOW)
        assert await uow.inbox.conversation(BOT, b"tag") == b"two"
    assert await _kinds(db) == ["0", "1", "3", "4", "5"]
    async with db.write() as uow:
        await uow.inbox.expect(BOT, [b"tag", b"nobody"])
        assert await uow.inbox.conversation(BOT, b"tag") == b"two"
        assert await uow.inbox.conversation(BOT, b"nobody") is None
        await uow.inbox.keep_conversation(BOT, b"tag", b"three", now=NOW)
        assert await uow.inbox.conversation(BOT, b"tag") == b"three"
        await uow.inbox.drop_conversation(BOT, b"tag")
        assert await uow.inbox.conversation(BOT, b"tag") is None
    async with db.read() as uow:
        assert await uow.inbox.conversation(BOT, b"tag") is None


async def _fail(uow: UnitOfWork, error: Exception, *, deep: bool = False) -> None:
    async with uow.savepoint():
        await _put(uow, "inside")
        await uow.inbox.keep_conversation(BOT, b"tag", b"inside", now=NOW)
        if deep:
            await _fail(uow, error)
        raise error


async def _hasty(db: Database, error: Exception) -> None:
    async with db.write(hasty=True) as uow:
        await _put(uow, "before")
        await uow.meta.set("written", "before")
        await _fail(uow, error, deep=True)


async def test_a_savepoint_takes_back_what_was_put_inside_it_alone(db: Database) -> None:
    async with db.write() as uow:
        await _put(uow, "before")
        await uow.inbox.keep_conversation(BOT, b"tag", b"before", now=NOW)
        with pytest.raises(Conflict):
            await _fail(uow, Conflict("undone"))
        assert await uow.inbox.conversation(BOT, b"tag") == b"before"
        await _put(uow, "after")
    assert await _kinds(db) == ["before", "after"]


@pytest.mark.parametrize("raised", [Conflict("no"), ZeroDivisionError()])
async def test_in_haste_a_failure_inside_a_savepoint_undoes_everything(db: Database, raised: Exception) -> None:
    with pytest.raises(SpoiledError):
        await _hasty(db, raised)
    assert await _kinds(db) == []
    async with db.read() as uow:
        assert await uow.meta.get("written") is None


async def test_in_haste_an_outage_is_an_outage(db: Database) -> None:
    with pytest.raises(Unavailable):
        await _hasty(db, Unavailable("away"))


async def test_what_cannot_be_written_spoils_a_hasty_unit_and_fails_in_the_savepoint_of_a_careful_one(
    db: Database,
) -> None:
    beyond: Any = (
        "a language tag of more than the 16 characters that there is room for" if not db.is_sqlite else object()
    )

    async def put(uow: UnitOfWork) -> None:
        async with uow.savepoint():
            await uow.outbox.put(bot_id=BOT, tag=None, chat=b"chat", kind="bad", params={}, language=beyond, now=NOW)

    async def hastily() -> None:
        async with db.write(hasty=True) as uow:
            await put(uow)

    with pytest.raises(SpoiledError):
        await hastily()
    async with db.write() as uow:
        await _put(uow, "good")
        with pytest.raises(Exception, match=r"type|too long"):
            await put(uow)
    assert await _kinds(db) == ["good"]


async def test_results_of_any_length_arrive_whole(db: Database) -> None:
    """Also those that the SQLite driver fetches in pieces."""
    numbers = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1203)"
    counted = text(f"{numbers} SELECT n FROM numbers")
    async with db.read() as uow:
        assert [row[0] for row in await uow.connection.execute(counted)] == list(range(1, 1204))
        async with uow.connection.stream(counted) as stream:
            assert [row[0] async for row in stream] == list(range(1, 1204))
        assert (await uow.connection.execute(counted)).first() == (1,)
        async with uow.connection.stream(counted) as stream:
            assert (await stream.first()) == (1,), "a result may be left before its end"
    async with db.write() as uow:
        await uow.meta.set("still", "works")
