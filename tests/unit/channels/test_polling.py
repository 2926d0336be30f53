"""Long polling: nothing is confirmed before it was stored, and trouble passes."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.channels.telegram.api import BotApi
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.updates import ALLOWED_UPDATES, translate
from bot.errors import InvalidInput, Unavailable

from .conftest import Call, FakeBotApi


class Store:
    """An inbox that remembers, or fails a few times first."""

    def __init__(self) -> None:
        self.accepted: list[tuple[int, bytes, int]] = []
        self.failures = 0

    async def accept_all(self, received: Sequence[tuple[int, bytes, int]]) -> None:
        if self.failures:
            self.failures -= 1
            raise Unavailable("The database is away.")
        self.accepted += received


class Updates:
    """Telegram's side: keeps what was not confirmed by an offset."""

    def __init__(self, telegram: FakeBotApi, waiting: list[Any]) -> None:
        self.waiting = waiting
        telegram.usual["getUpdates"] = self.answer
        telegram.usual["deleteWebhook"] = lambda _: True

    def answer(self, call: Call) -> list[Any]:
        offset = call.params.get("offset", 0)
        self.waiting = [each for each in self.waiting if each.get("update_id", offset) >= offset]
        return self.waiting[:100]


@asynccontextmanager
async def polling(api: BotApi, store: Store) -> AsyncIterator[Poller]:
    poller = Poller(api, store, seconds=0, shortest=0.01, longest=0.05)
    task = asyncio.create_task(poller.run())
    try:
        yield poller
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(condition: Any) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.01)


async def test_updates_are_stored_and_then_confirmed(telegram: FakeBotApi, api: BotApi) -> None:
    server = Updates(telegram, [{"update_id": 5, "message": {}}, {"update_id": 9, "x": "\u0644"}])
    store = Store()
    async with polling(api, store) as poller:
        await asyncio.wait_for(poller.ready.wait(), 5)
        await until(lambda: not server.waiting)
    assert [number for number, *_ in store.accepted] == [5, 9]
    first = telegram.calls[0]
    assert first.method == "deleteWebhook"
    assert first.params == {"drop_pending_updates": False}
    asked = telegram.of("getUpdates")
    assert asked[0].params["allowed_updates"] == ALLOWED_UPDATES
    assert "offset" not in asked[0].params
    assert asked[1].params["offset"] == 10


async def test_what_was_not_stored_is_not_confirmed(telegram: FakeBotApi, api: BotApi) -> None:
    server = Updates(telegram, [{"update_id": 5}])
    store = Store()
    store.failures = 2
    async with polling(api, store):
        await until(lambda: not server.waiting)
    assert [number for number, *_ in store.accepted] == [5]
    assert all("offset" not in call.params for call in telegram.of("getUpdates")[:3])


async def test_a_broken_update_is_stored_as_it_is_and_one_without_a_number_is_passed_over(
    telegram: FakeBotApi, api: BotApi
) -> None:
    Updates(telegram, [{"update_id": 5, "message": "\ud800"}, {"no": "number"}, {"update_id": 6}])
    store = Store()
    async with polling(api, store):
        await until(lambda: len(store.accepted) >= 2)
    assert [number for number, *_ in store.accepted[:2]] == [5, 6]
    with pytest.raises(InvalidInput):
        translate(store.accepted[0][1])


async def test_trouble_passes(telegram: FakeBotApi, api: BotApi) -> None:
    telegram.will("deleteWebhook", 502, "oops")
    telegram.will("getUpdates", 500, {"ok": False})
    telegram.will("getUpdates", 200, "no JSON")
    telegram.refuse("getUpdates", 409, "Conflict: can't use getUpdates method while webhook is active")
    server = Updates(telegram, [{"update_id": 5}])
    store = Store()
    async with polling(api, store):
        await until(lambda: not server.waiting)
    assert len(telegram.of("deleteWebhook")) == 3, "after a conflict the webhook is removed again"
    assert [number for number, *_ in store.accepted] == [5]


@pytest.mark.parametrize("status", [401, 404])
async def test_a_token_that_is_not_accepted_ends_it(telegram: FakeBotApi, api: BotApi, status: int) -> None:
    telegram.refuse("deleteWebhook", status, "Unauthorized")
    poller = Poller(api, Store())
    with pytest.raises(Unavailable, match="VOUCH_TELEGRAM_TOKEN"):
        await asyncio.wait_for(poller.run(), 5)
    assert not poller.ready.is_set()
