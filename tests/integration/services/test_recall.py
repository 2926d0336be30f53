"""A message that was sent is taken back: in place, by removal, or by a word after it; each person once."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.db.tables import deliveries
from bot.domain.broadcasts import DeliveryState
from bot.domain.messaging import Blocked, InDoubt, OutgoingMessage, Rejected, RetryLater
from bot.domain.staff import Role
from bot.errors import Conflict, NotAllowed
from bot.services.audit import Actor
from bot.services.recalls import Reach
from tests.factories import World


async def _two(world: World) -> tuple[Actor, Actor]:
    return await world.staff("Ana Sample"), await world.staff("Bea Sample", languages=["en-GB"])


async def _recall(world: World, actor: Actor, broadcast_id: int, reason: str = "") -> Reach:
    async with world.db.write() as uow:
        return await world.desk.recalls.recall(uow, actor, broadcast_id, reason)


def _notices(world: World, chat_id: int) -> list[OutgoingMessage]:
    return [each for each in world.messenger.to(chat_id) if each.edit_ref or each.delete_ref]


async def test_everybody_who_got_it_reads_that_it_was_taken_back(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB", "ur"])
    chats = {tag: [await world.resident(tag) for _ in range(3)] for tag in ("en-GB", "ur")}
    broadcast_id = await world.broadcast(ana, bea)
    await world.send_all()
    before = await world.shown(broadcast_id)
    world.clock.advance(hours=1)
    assert await _recall(world, bea, broadcast_id, "the figure was wrong") == Reach(6, 0, 0)
    assert (await world.shown(broadcast_id))["recall"]["queued"] == 6
    await world.send_all()
    shown = await world.shown(broadcast_id)
    assert shown["recall"] == {"queued": 0, "edited": 6, "deleted": 0, "followed_up": 0, "failed": 0}
    assert shown["recalled_at"] == "2026-11-02T10:00:00Z"
    assert shown["counts"] == before["counts"], "a recalled delivery was sent, and stays so in all sums"
    for tag, people in chats.items():
        for chat_id in people:
            (notice,) = _notices(world, chat_id)
            assert ("taken it back" in notice.html) is (tag == "en-GB")
            assert "2/11/2026" in notice.html
    async with world.db.read() as uow:
        entry = next(each for each in await uow.audit.page(limit=50) if each.action == "recall_broadcast")
    assert entry.actor == "Bea Sample"
    assert entry.detail == {"messages": 6, "reason": "the figure was wrong"}
    assert "Bea Sample takes it back" in world.messenger.to(await world.chat_of(ana))[-1].html, "the others are told"


async def test_recordings_are_removed_and_what_is_too_old_is_followed_up(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB"], forms=["text", "voice"])
    listener, reader = await world.resident("en-GB", form="voice"), await world.resident("en-GB")
    for too_old, expected in ((False, {"edited": 1, "deleted": 1}), (True, {"followed_up": 2})):
        broadcast_id = await world.broadcast(ana, bea)
        await world.send_all()
        world.messenger.calls.clear()
        world.messenger.too_old = too_old
        await _recall(world, bea, broadcast_id)
        await world.send_all()
        recall = (await world.shown(broadcast_id))["recall"]
        assert {name: n for name, n in recall.items() if n} == expected
        assert [each.delete_ref is not None for each in _notices(world, listener)] == [True]
        assert [each.edit_ref is not None for each in _notices(world, reader)] == [True]


async def test_while_it_is_being_sent_the_rest_never_leaves(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB"])
    chats = [await world.resident("en-GB") for _ in range(12)]
    broadcast_id = await world.broadcast(ana, bea)
    recalled: list[Reach] = []

    async def stop(chat_id: int) -> None:
        if chat_id == chats[3] and not recalled:  # this one is on its way when it is recalled
            recalled.append(await _recall(world, bea, broadcast_id))

    world.messenger.meanwhile = stop
    await world.send_all(world.sender(rate=25))
    shown = await world.shown(broadcast_id)
    sent = shown["counts"]["sent"]
    assert shown["state"] == "cancelled"
    assert 4 <= sent <= 6
    assert shown["counts"]["skipped"] == 12 - sent
    assert sum(shown["recall"].values()) == sent, "also what was on its way is taken back"
    assert shown["recall"]["queued"] == 0
    assert all(len(_notices(world, each)) == (1 if world.messenger.to(each) else 0) for each in chats)


async def test_what_became_of_each_is_written_down(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB"])
    lost, blocker, refused, slow, stopper, eraser = [await world.resident("en-GB") for _ in range(6)]
    world.messenger.will(lost, InDoubt("no answer"))
    broadcast_id = await world.broadcast(ana, bea)
    await world.send_all()
    async with world.db.write() as uow:
        await world.residents.stop(uow, await world.joined(stopper))
        await world.privacy.forget(uow, world.person(eraser))
    assert await _recall(world, bea, broadcast_id) == Reach(4, unconfirmed=1, erased=1)
    world.messenger.will(blocker, Blocked("bot was blocked by the user"))
    world.messenger.will(refused, Rejected("no rights"))
    world.messenger.will(slow, RetryLater(0.001))
    await world.send_all()
    assert (await world.shown(broadcast_id))["recall"] == {
        "queued": 0, "edited": 2, "deleted": 0, "followed_up": 0, "failed": 2,
    }  # fmt: skip
    assert _notices(world, lost) == [], "nobody knows where it is"
    assert (await world.joined(blocker)).state == "blocked"
    assert len(_notices(world, slow)) == 2, "tried again after the pause"
    assert [each.follow_up for each in _notices(world, stopper)] == [False], "no new message to who has stopped"
    assert await _recall(world, bea, broadcast_id) == Reach(2, 1, 1), "asked again, those that failed are tried again"


async def test_what_a_killed_sender_left_in_the_middle_is_done_again(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB"])
    chats = [await world.resident("en-GB") for _ in range(3)]
    broadcast_id = await world.broadcast(ana, bea)
    await world.send_all()
    await _recall(world, bea, broadcast_id)
    killed = await world.take("killed")
    async with world.db.write() as uow:
        await uow.connection.execute(update(deliveries).values(recall=1, fence=killed))
    sender, fence = world.sender(), await world.take("next")
    assert await sender.settle_intents(fence) == 0, "an edit that may have happened is not in doubt: it is repeated"
    await world.send_all(sender)
    assert [len(_notices(world, each)) for each in chats] == [1, 1, 1]
    async with world.db.read() as uow:
        rows = await uow.connection.execute(select(deliveries.c.state, deliveries.c.recall))
        assert {tuple(each) for each in rows} == {(int(DeliveryState.SENT), 2)}


async def test_who_may_and_when(world: World) -> None:
    ana, bea = await _two(world)
    tess = await world.staff("Tess Sample", Role.TRIAGER)
    await world.message("heat", ["en-GB"])
    await world.resident("en-GB")
    draft = await world.draft(ana)
    with pytest.raises(Conflict, match="cancel it instead"):
        await _recall(world, ana, draft)
    await world.approve(bea, draft)
    with pytest.raises(NotAllowed):
        await _recall(world, tess, draft)
    await _recall(world, ana, draft)
    assert (await world.shown(draft))["counts"]["skipped"] == 1
    world.clock.advance(days=1)
    await _recall(world, ana, draft)
    row = await world.row(draft)
    assert row.recalled_at is not None
    assert row.recalled_at <= world.clock.now() - timedelta(days=1), "the first time counts"
