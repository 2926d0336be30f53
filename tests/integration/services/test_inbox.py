"""The durable inbox: what was acknowledged is never lost, nothing is handled twice, and poison blocks nobody."""

import asyncio
import json
import random
from collections import Counter

import pytest
from sqlalchemy import select

from bot.channels.telegram.updates import translate
from bot.db import UnitOfWork
from bot.db.database import Database
from bot.db.tables import updates
from bot.domain.events import Event
from bot.errors import InvalidInput, Unavailable
from bot.services.inbox import Inbox, InboxWorker, lane_of
from bot.services.vault import Sealer, Vault
from tests.factories import BOT, World


def _update(update_id: int, chat_id: int, text: str) -> bytes:
    message = {
        "message_id": update_id, "date": 1, "chat": {"id": chat_id, "type": "private"}, "text": text,
        "from": {"id": chat_id, "is_bot": False, "first_name": "Sample"},
    }  # fmt: skip
    return json.dumps({"update_id": update_id, "message": message}).encode()


def _inbox(world: World, db: Database | None = None) -> Inbox:
    return Inbox(db or world.db, BOT, Sealer(world.vault.public_key), world.clock)


class Effects:
    """Stands where the conversation does: writes down what it handled, in the same transaction."""

    def __init__(self) -> None:
        self.order: list[tuple[int, str]] = []

    async def handle(self, uow: UnitOfWork, event: Event) -> None:
        if not event.text.endswith(("2", "3", "4", "5", "6", "7", "8", "9")):  # a fifth is enough, and faster
            key = f"seen:{event.chat_id}:{event.text}"
            await uow.meta.set(key, str(int(await uow.meta.get(key) or 0) + 1))
        self.order.append((event.chat_id, event.text))


async def _drain(worker: InboxWorker) -> None:
    while await worker.step():
        pass


async def test_ten_thousand_deliveries_of_seven_thousand_updates_have_seven_thousand_effects(world: World) -> None:
    """U1: duplicated, replayed and out of order within reason, with a day between some of them."""
    chance = random.Random(1)
    unique = [(number, _update(number, chat := 700 + number % 97, f"text {number}"), chat) for number in range(1, 7001)]
    repeated = chance.sample(unique, 3000)
    deliveries = unique + repeated
    deliveries.sort(key=lambda each: each[0] + chance.uniform(0, 40))
    inbox, effects = _inbox(world), Effects()
    worker = InboxWorker(world.db, BOT, world.vault, translate, effects.handle, world.messenger, batch=500)
    for start in range(0, len(deliveries), 500):
        await inbox.accept_all(deliveries[start : start + 500])
        await worker.step()
    await _drain(worker)
    world.clock.advance(hours=24)
    await inbox.accept_all(chance.sample(unique, 500))  # replayed a day later
    await _drain(worker)
    assert len(effects.order) == 7000
    assert Counter(effects.order).most_common(1)[0][1] == 1
    async with world.db.read() as uow:
        assert await uow.meta.get("seen:701:text 1") == "1"
        assert await uow.inbox.counts() == {"waiting": 0, "quarantined": 0}
    print(f"{len(deliveries) + 500} deliveries, {len(effects.order)} effects, 0 repeated")


def _poison() -> list[bytes]:
    chance = random.Random(2)
    good = json.loads(_update(1, 5, "x"))
    odd: list[object] = [None, True, 0, -1, 1.5, "", "x", [], {}, [[]], {"id": "x"}, 2**70, {"type": 7}]
    made: list[bytes] = [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"update_id": "x"}',
        b'{"update_id": 1e999}',
        b"{" * 500,
    ]
    for name in ("message", "callback_query", "my_chat_member"):
        made += [json.dumps({"update_id": 1, name: each}).encode() for each in odd]
    for field in ("chat", "text", "voice", "photo", "migrate_to_chat_id", "caption", "document"):
        for each in odd:
            broken = json.loads(json.dumps(good))
            broken["message"][field] = each
            made.append(json.dumps(broken).encode())
    while len(made) < 200:
        raw = bytearray(_update(1, 5, "x"))
        for _ in range(3):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        made.append(bytes(raw))
    return made[:200]


async def test_two_hundred_kinds_of_poison_block_nobody(world: World) -> None:
    """U2: each is set aside, and the next update of that chat is handled."""
    inbox, effects = _inbox(world), Effects()

    async def handle(uow: UnitOfWork, event: Event) -> None:
        await effects.handle(uow, event)
        if event.text == "x":
            raise RuntimeError("a defect that this text wakes")

    worker = InboxWorker(world.db, BOT, world.vault, translate, handle, world.messenger)
    poison = _poison()
    assert len(set(poison)) >= 190
    for number, raw in enumerate(poison):
        await inbox.accept(2 * number + 1, raw, 5)
        await inbox.accept(2 * number + 2, _update(2 * number + 2, 5, f"next {number}"), 5)
    await _drain(worker)
    handled = {text for _, text in effects.order}
    assert {f"next {number}" for number in range(200)} <= handled
    async with world.db.read() as uow:
        counts = await uow.inbox.counts()
        assert await uow.meta.get("seen:5:x") is None, "what a poison update changed is undone"
    assert counts["waiting"] == 0
    assert counts["quarantined"] >= 100
    print(f"200 kinds of poison: {counts['quarantined']} quarantined, 200 of 200 next updates handled")


async def test_an_update_is_durable_before_accept_returns(world: World) -> None:
    inbox, other = _inbox(world), Database(world.db.url)
    try:
        for number in range(1, 20):
            await inbox.accept(number, _update(number, 5, "x"))
            async with other.read() as uow:  # another connection sees it: it is committed
                assert await uow.inbox.last_update_id(BOT) == number
    finally:
        await other.close()


async def test_many_callers_share_a_commit_and_each_hears_of_a_failure(world: World) -> None:
    inbox = _inbox(world)
    await asyncio.gather(*(inbox.accept(number, _update(number, 5, "x")) for number in range(1, 300)))
    async with world.db.read() as uow:
        assert (await uow.inbox.counts())["waiting"] == 299
    nowhere = Database("sqlite+aiosqlite:////nowhere/at/all.db")
    results = await asyncio.gather(
        *(_inbox(world, nowhere).accept(number, b"{}") for number in range(5)), return_exceptions=True
    )
    await nowhere.close()
    assert [type(each) for each in results] == [Unavailable] * 5


async def test_a_failing_update_undoes_only_itself(world: World) -> None:
    inbox, effects = _inbox(world), Effects()
    sorry: list[int] = []

    async def handle(uow: UnitOfWork, event: Event) -> None:
        await effects.handle(uow, event)
        if event.text == "breaks":
            raise ValueError("sample defect")

    async def apologise(uow: UnitOfWork, event: Event) -> None:
        sorry.append(event.chat_id)
        await uow.meta.set("half", "written")
        raise ValueError("even the apology breaks")

    worker = InboxWorker(world.db, BOT, world.vault, translate, handle, world.messenger, apologise=apologise)
    for number, text in enumerate(["before", "breaks", "after"], start=1):
        await inbox.accept(number, _update(number, 5, text), 5)
    assert await worker.step() == 3, "all three share one commit"
    async with world.db.read() as uow:
        seen = [await uow.meta.get(f"seen:5:{text}") for text in ("before", "breaks", "after")]
        assert seen == ["1", None, "1"]
        assert await uow.meta.get("half") is None
        assert await uow.inbox.counts() == {"waiting": 0, "quarantined": 1}
    assert sorry == [5]


async def test_within_a_chat_the_order_is_kept(world: World) -> None:
    inbox, effects = _inbox(world), Effects()
    worker = InboxWorker(world.db, BOT, world.vault, translate, effects.handle, world.messenger, batch=7)
    numbers = list(range(1, 101))
    random.Random(3).shuffle(numbers)
    await inbox.accept_all([(n, _update(n, chat := 5 + n % 3, str(n)), chat) for n in numbers])
    await _drain(worker)
    for chat in (5, 6, 7):
        texts = [int(text) for chat_id, text in effects.order if chat_id == chat]
        assert texts == sorted(texts)


async def test_several_workers_keep_the_order_of_a_chat_and_handle_nothing_twice(world: World) -> None:
    """Each with connections of its own, as processes have; slow enough to get in each other's way."""
    inbox, effects, chats = _inbox(world), Effects(), range(900, 940)
    databases = [Database(world.db.url) for _ in range(4)]
    shares: Counter[int] = Counter()

    async def work(number: int) -> None:
        async def handle(uow: UnitOfWork, event: Event) -> None:
            shares[number] += 1
            await asyncio.sleep(0.001)
            await effects.handle(uow, event)

        worker = InboxWorker(databases[number], BOT, world.vault, translate, handle, world.messenger, batch=20)
        while True:
            if not await worker.step():
                async with world.db.read() as uow:
                    if stored.done() and not (await uow.inbox.counts())["waiting"]:
                        return
                await asyncio.sleep(0.01)

    async def store() -> None:
        for first in range(1, 801, 80):
            await inbox.accept_all(
                [(n, _update(n, chat := chats[n % len(chats)], str(n)), chat) for n in range(first, first + 80)]
            )
            await asyncio.sleep(0.02)

    stored = asyncio.create_task(store())
    try:
        async with asyncio.timeout(60):
            await asyncio.gather(*(work(number) for number in range(4)))
    finally:
        for each in databases:
            await each.close()
    assert len(effects.order) == 800, "in each order there is everything, once"
    for chat in chats:
        texts = [int(text) for chat_id, text in effects.order if chat_id == chat]
        assert texts == sorted(texts), f"chat {chat}"
    async with world.db.read() as uow:
        assert await uow.inbox.counts() == {"waiting": 0, "quarantined": 0}
    if not world.db.is_sqlite:
        assert len(shares) > 1, "on PostgreSQL they share the work"


async def test_a_lane_that_is_being_worked_on_waits_and_the_others_do_not(world: World) -> None:
    if world.db.is_sqlite:
        pytest.skip("SQLite has one writing transaction at a time")
    inbox, one, other = _inbox(world), 900, next(each for each in range(901, 999) if lane_of(each) != lane_of(900))
    await inbox.accept_all([(1, _update(1, one, "a"), one)])
    async with world.db.write() as uow:
        assert [each.update_id for each in await uow.inbox.take(BOT, limit=10)] == [1]
        await inbox.accept_all([(2, _update(2, one, "b"), one), (3, _update(3, other, "c"), other)])
        async with world.db.write() as second:
            assert [each.update_id for each in await second.inbox.take(BOT, limit=10)] == [3]
        async with world.db.write() as another_bot:
            assert await another_bot.inbox.take(BOT + 1, limit=10) == []
        await uow.inbox.mark_handled(BOT, [1])
    async with world.db.write() as uow:
        assert [each.update_id for each in await uow.inbox.take(BOT, limit=10)] == [2, 3]
    async with world.db.read() as uow:
        lanes = dict((await uow.connection.execute(select(updates.c.update_id, updates.c.lane))).all())  # type: ignore[arg-type]
    assert lanes == {1: 0, 2: lane_of(one), 3: lane_of(other)}, "no trace of a chat once its update is handled"


def test_lanes_are_even_and_the_same_everywhere() -> None:
    counted = Counter(lane_of(chat_id) for chat_id in range(5_000_000_000, 5_000_064_000))
    assert set(counted) == set(range(64))
    assert max(counted.values()) < 1.1 * min(counted.values())
    assert lane_of(0) == 0
    assert 0 <= lane_of(-1_001_234_567_890) < 64


async def test_a_batch_that_another_process_broke_is_tried_again_in_small(world: World) -> None:
    inbox, effects = _inbox(world), Effects()
    sizes: list[int] = []

    async def handle(uow: UnitOfWork, event: Event) -> None:
        await effects.handle(uow, event)
        if len(effects.order) == 5:
            raise Unavailable("a deadlock, say")

    worker = InboxWorker(world.db, BOT, world.vault, translate, handle, world.messenger, batch=50)
    await inbox.accept_all([(number, _update(number, 5, f"{number}1"), 5) for number in range(1, 31)])
    with pytest.raises(Unavailable):
        await worker.step()
    del effects.order[:]
    effects.order += [(0, "")] * 5
    while handled := await worker.step():
        sizes.append(handled)
    assert sizes == [1, 4, 16, 9]
    assert [int(text) for _, text in effects.order[5:]] == [int(f"{number}1") for number in range(1, 31)]


async def test_stored_updates_are_unreadable_without_the_key_and_emptied_when_handled(world: World) -> None:
    inbox = _inbox(world)
    await inbox.accept(1, _update(1, 5_551_234, "my neighbour"))
    async with world.db.read() as uow:
        [stored] = await uow.inbox.waiting(BOT, limit=10)
    assert b"neighbour" not in stored.body
    assert b"5551234" not in stored.body
    assert b"neighbour" in world.vault.open_update(stored.body)
    worker = InboxWorker(world.db, BOT, world.vault, translate, Effects().handle, world.messenger)
    await _drain(worker)
    async with world.db.read() as uow:
        assert await uow.inbox.waiting(BOT, limit=10) == []
        [row] = (await uow.connection.execute(updates.select())).all()
    assert (row.update_id, row.state, row.body) == (1, 1, None)


async def test_a_pressed_button_is_acknowledged_only_after_its_commit(world: World) -> None:
    inbox = _inbox(world)
    body = {
        "update_id": 1,
        "callback_query": {
            "id": "press-1", "data": "menu", "from": {"id": 5},
            "message": {"message_id": 9, "chat": {"id": 5, "type": "private"}},
        },
    }  # fmt: skip

    async def handle(uow: UnitOfWork, event: Event) -> None:
        assert world.messenger.pressed == []

    await inbox.accept(1, json.dumps(body).encode())
    worker = InboxWorker(world.db, BOT, world.vault, translate, handle, world.messenger)
    await _drain(worker)
    await worker.drain_presses()
    assert world.messenger.pressed == ["press-1"]


async def test_an_update_sealed_for_another_key_is_set_aside(world: World) -> None:
    stranger = Inbox(world.db, BOT, Sealer(Vault("another key, of another installation").public_key), world.clock)
    await stranger.accept(1, _update(1, 5, "x"))
    effects = Effects()
    await _drain(InboxWorker(world.db, BOT, world.vault, translate, effects.handle, world.messenger))
    assert effects.order == []
    async with world.db.read() as uow:
        assert await uow.inbox.counts() == {"waiting": 0, "quarantined": 1}


async def test_the_translator_only_ever_refuses_in_one_way() -> None:
    for raw in _poison():
        try:
            translate(raw)
        except InvalidInput:
            continue
        except Exception as error:  # noqa: BLE001
            pytest.fail(f"{raw!r}: {error!r}")


async def test_a_batch_is_cut_short_for_new_updates_and_goes_on_where_it_was(world: World) -> None:
    if not world.db.is_sqlite:
        pytest.skip("PostgreSQL lets many write at once")
    order: list[str] = []

    async def slowly(_uow: UnitOfWork, event: Event) -> None:
        order.append(event.text)
        await asyncio.sleep(0.03)

    inbox = _inbox(world)
    worker = InboxWorker(world.db, BOT, world.vault, translate, slowly, world.messenger)
    await inbox.accept_all([(number, _update(number, 5, str(number)), 5) for number in range(20)])
    handling = asyncio.create_task(worker.step())
    while not order:
        await asyncio.sleep(0)
    await inbox.accept(20, _update(20, 5, "20"), 5)
    assert len(order) < 20, "what came in waited for the whole batch"
    assert await handling == len(order)
    await _drain(worker)
    assert order == [str(number) for number in range(21)]
