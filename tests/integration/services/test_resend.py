"""Sending again is a deliberate act of two people, to exactly those whom the first broadcast left out."""

import pytest

from bot.domain.broadcasts import BroadcastState, ResendKind
from bot.domain.messaging import InDoubt, Rejected
from bot.errors import Conflict, NotAllowed
from bot.services.audit import Actor
from tests.factories import World

UNCONFIRMED, REST = ResendKind.UNCONFIRMED, ResendKind.REST


async def _two(world: World) -> tuple[Actor, Actor]:
    return await world.staff("Ana Sample"), await world.staff("Bea Sample", languages=["en-GB"])


async def _again(world: World, actor: Actor, broadcast_id: int, kind: ResendKind) -> int:
    async with world.db.write() as uow:
        return await world.desk.resend.make(uow, actor, broadcast_id, kind)


def _got(world: World, chats: list[int]) -> list[int]:
    return [len(world.messenger.to(each)) for each in chats]


async def test_each_kind_reaches_exactly_those_who_were_left_out(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB", "ur"])
    chats = [await world.resident("en-GB" if at % 2 else "ur", area="palfrey") for at in range(8)]
    lost, failed, left = chats[:2], chats[2:4], chats[4:5]
    for chat_id in lost:
        world.messenger.will(chat_id, InDoubt("no answer"))
    for chat_id in failed:
        world.messenger.will(chat_id, Rejected("no rights to write"))
    broadcast_id = await world.broadcast(ana, bea, areas=("palfrey",))
    async with world.db.write() as uow:
        await world.residents.stop(uow, await world.joined(left[0]))
    await world.send_all()
    newcomer = await world.resident("en-GB", area="palfrey")

    second = await _again(world, ana, broadcast_id, UNCONFIRMED)
    async with world.db.read() as uow:
        seen = await world.desk.broadcasts.describe(uow, second)
    assert (seen["again"], seen["size"]) == ({"of": broadcast_id, "kind": "unconfirmed"}, 2)
    with pytest.raises(NotAllowed):
        await world.approve(ana, second)
    await world.approve(bea, second)
    await world.send_all()
    assert _got(world, chats) == [2, 2, 1, 1, 0, 1, 1, 1]
    assert (await world.shown(second))["counts"]["sent"] == 2
    assert (await world.shown(broadcast_id))["counts"]["unconfirmed"] == 2, "the first account stands"
    with pytest.raises(Conflict, match="nobody"):
        await _again(world, ana, broadcast_id, UNCONFIRMED)

    third = await _again(world, ana, broadcast_id, REST)
    await world.approve(bea, third)
    await world.send_all()
    assert _got(world, chats) == [2, 2, 2, 2, 0, 1, 1, 1], "who has left is not written to again"
    assert _got(world, [newcomer]) == [0]
    assert (await world.shown(third))["resend"] == {"of": broadcast_id, "kind": "rest"}


async def test_the_rest_of_what_was_cut_off(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB"])
    chats = [await world.resident("en-GB") for _ in range(10)]
    cancelled = await world.broadcast(ana, bea)

    async def cancel(chat_id: int) -> None:
        if chat_id == chats[2]:
            world.messenger.meanwhile = None
            async with world.db.write() as uow:
                await world.desk.steering.cancel(uow, ana, cancelled)

    world.messenger.meanwhile = cancel
    with pytest.raises(Conflict, match="ended or was stopped"):
        await _again(world, ana, cancelled, REST)
    await world.send_all(world.sender(rate=25))
    again = await _again(world, ana, cancelled, REST)
    async with world.db.write() as uow:
        await world.privacy.forget(uow, world.person(chats[-1]))
    await world.approve(bea, again)
    await world.send_all()
    assert _got(world, chats) == [1] * 9 + [0]


async def test_the_rest_of_a_stopped_one_ends_it(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB"])
    chats = [await world.resident("en-GB") for _ in range(4)]
    stopped = await world.broadcast(ana, bea)
    async with world.db.write() as uow:
        await uow.broadcasts.move(stopped, BroadcastState.SENDING, BroadcastState.STOPPED, reason="A sample.")
        row = await world.desk.planner.get(uow, stopped)
        assert await world.desk.resend.sizes(uow, row) == {UNCONFIRMED: 0, REST: 4}
    again = await _again(world, ana, stopped, REST)
    assert (await world.shown(stopped))["state"] == "cancelled"
    with pytest.raises(Conflict):
        async with world.db.write() as uow:
            await world.desk.steering.resume(uow, ana, stopped)
    await world.approve(bea, again)
    await world.send_all()
    assert _got(world, chats) == [1, 1, 1, 1], "from one of the two, not from both"


async def test_it_is_the_same_revision_or_nothing(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB"], days=2)
    chat_id = await world.resident("en-GB")
    world.messenger.will(chat_id, InDoubt("no answer"), InDoubt("no answer"))
    broadcast_id = await world.broadcast(ana, bea)
    await world.send_all()
    await world.message("heat", ["en-GB"], revision=2)
    again = await _again(world, ana, broadcast_id, UNCONFIRMED)
    async with world.db.read() as uow:
        assert (await world.desk.broadcasts.describe(uow, again))["newer_revision"] == 2
    await world.approve(bea, again)
    await world.send_all()
    assert "revision 1" in world.messenger.to(chat_id)[-1].html
    later = await _again(world, ana, again, UNCONFIRMED)
    world.clock.advance(days=3)
    with pytest.raises(Conflict, match="valid until"):
        await world.approve(bea, later)
    with pytest.raises(Conflict, match="out of date"):
        await _again(world, ana, again, UNCONFIRMED)


async def test_what_was_taken_back_is_not_sent_again(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB"])
    world.messenger.will(await world.resident("en-GB"), InDoubt("no answer"))
    broadcast_id = await world.broadcast(ana, bea)
    await world.send_all()
    async with world.db.write() as uow:
        await world.desk.recalls.recall(uow, ana, broadcast_id)
    with pytest.raises(Conflict, match="taken back"):
        await _again(world, ana, broadcast_id, UNCONFIRMED)
