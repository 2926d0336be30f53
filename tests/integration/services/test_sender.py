"""The one sender: at most once, one pause for all, a breaker for outages, and a fence against a second sender."""

import asyncio

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.db.tables import outbox
from bot.domain.events import EventKind
from bot.domain.messaging import Blocked, InDoubt, Moved, NotSent, Rejected, RetryLater, Sent
from bot.errors import Unavailable
from bot.services.audit import Actor
from bot.services.outbox import Address
from bot.services.sender import LeaseLost, Sender
from tests.factories import BOT, LEASE, World


async def _broadcast(world: World, people: int) -> tuple[int, list[int], Actor]:
    ana, bea = await world.staff("Ana Sample"), await world.staff("Bea Sample")
    await world.message("heat", ["en-GB"])
    chats = [await world.resident("en-GB") for _ in range(people)]
    return await world.broadcast(ana, bea), chats, ana


async def test_a_pause_that_the_channel_asks_for_is_obeyed_once_by_all(world: World) -> None:
    broadcast_id, chats, _ = await _broadcast(world, 12)
    world.messenger.will(chats[3], RetryLater(0.4))
    await world.send_all(world.sender(rate=25))
    [first, again] = [call for call in world.messenger.calls if call.chat_id == chats[3]]
    assert again.at - first.at >= 0.4
    between = [call for call in world.messenger.calls if first.at < call.at < first.at + 0.35]
    assert len(between) <= 1, "nothing but what was on its way leaves during the pause"
    counts = (await world.shown(broadcast_id))["counts"]
    assert (counts["sent"], counts["unconfirmed"]) == (12, 0)
    assert len(world.messenger.calls) == 13


async def test_what_was_certainly_not_sent_is_tried_again(world: World) -> None:
    broadcast_id, chats, _ = await _broadcast(world, 4)
    world.messenger.will(chats[0], NotSent("connection refused", after=0.01), NotSent("no name", after=0.01))
    await world.send_all()
    assert len(world.messenger.to(chats[0])) == 3
    assert (await world.shown(broadcast_id))["counts"]["sent"] == 4


async def test_what_is_in_doubt_is_never_repeated(world: World) -> None:
    broadcast_id, chats, _ = await _broadcast(world, 4)
    world.messenger.will(chats[0], InDoubt("the answer was lost"))
    await world.send_all()
    await world.send_all()
    assert len(world.messenger.to(chats[0])) == 1
    counts = (await world.shown(broadcast_id))["counts"]
    assert (counts["sent"], counts["unconfirmed"]) == (3, 1)


async def test_a_moved_chat_is_followed_once_and_kept(world: World) -> None:
    broadcast_id, chats, _ = await _broadcast(world, 2)
    world.messenger.will(chats[0], Moved(990_001))
    await world.send_all()
    assert len(world.messenger.to(chats[0])) == 1
    assert len(world.messenger.to(990_001)) == 1
    assert (await world.shown(broadcast_id))["counts"]["sent"] == 2
    async with world.db.read() as uow:
        assert await world.residents.find(uow, world.person(chats[0])) is None
        assert await world.residents.find(uow, world.person(990_001)) is not None


async def test_a_chat_that_moved_to_where_somebody_already_is_harms_nobody(world: World) -> None:
    broadcast_id, chats, _ = await _broadcast(world, 3)
    world.messenger.will(chats[0], Moved(chats[1]))
    await world.send_all()
    assert len(world.messenger.to(chats[1])) == 1, "one message a person"
    shown = await world.shown(broadcast_id)
    assert shown["state"] == "done"
    assert sum(shown["counts"].values()) == 3


async def test_who_blocked_us_is_not_written_to_again(world: World) -> None:
    broadcast_id, chats, ana = await _broadcast(world, 2)
    world.messenger.always(chats[0], Blocked("bot was blocked by the user"))
    await world.send_all()
    assert (await world.shown(broadcast_id))["counts"]["blocked"] == 1
    bea = await world.staff("Cem Sample")
    second = await world.broadcast(ana, bea)
    await world.send_all()
    assert len(world.messenger.to(chats[0])) == 1
    assert (await world.shown(second))["audience"]["size"] == 1


async def test_five_in_doubt_in_a_row_open_the_breaker_and_a_probe_closes_it(world: World) -> None:
    broadcast_id, _, _ = await _broadcast(world, 30)
    world.messenger.next(*[InDoubt("no answer")] * 30)
    world.messenger.answers_clearly = False
    sender = world.sender(rate=25)
    await world.send_all(sender)
    lost = (await world.shown(broadcast_id))["counts"]["unconfirmed"]
    assert 5 <= lost <= 6, "an outage costs few: five, and what was on its way"
    await sender.probe_if_doubtful()
    await world.send_all(sender)
    assert (await world.shown(broadcast_id))["counts"]["unconfirmed"] == lost, "it waits while the channel is unclear"
    asked = world.messenger.probes
    await sender.probe_if_doubtful()
    assert world.messenger.probes == asked == 1, "it asks every two seconds, not all the time"
    world.messenger.answers_clearly = True
    world.messenger._for_anyone.clear()
    sender._probe_at = 0
    await sender.probe_if_doubtful()
    await world.send_all(sender)
    counts = (await world.shown(broadcast_id))["counts"]
    assert (counts["sent"], counts["unconfirmed"], counts["queued"]) == (30 - lost, lost, 0)


async def test_answers_still_leave_while_the_breaker_is_open(world: World) -> None:
    await _broadcast(world, 30)
    world.messenger.next(*[InDoubt("no answer")] * 6)
    sender = world.sender(rate=25)
    await world.send_all(sender)
    phone = world.phone()
    await phone.start("l_ur")
    await world.send_all(sender)
    assert len(world.messenger.to(phone.chat_id)) == 1


async def test_a_file_is_uploaded_once(world: World) -> None:
    ana, bea = await world.staff("Ana Sample"), await world.staff("Bea Sample")
    await world.message("heat", ["en-GB"], forms=("text", "voice"))
    async with world.db.write() as uow:
        media_id = await uow.media.create(
            kind="voice", mime="audio/ogg", size=1, seconds=3, path="a.ogg", state="stored", tries=0,
            created_at=world.clock.now(),
        )  # fmt: skip
        await uow.messages.change_rendition((await world.rendition("heat", "en-GB", "voice")).id, media_id=media_id)
    chats = [await world.resident("en-GB", form="voice") for _ in range(15)]
    await world.broadcast(ana, bea)
    world.messenger.will(chats[0], Sent(1, file_id="handle"))
    await world.send_all(world.sender(rate=25))
    handles = [call.message.media.file_id for call in world.messenger.calls if call.message.media]
    assert handles[0] is None
    assert handles.count("handle") >= 13


# Answers


async def test_answers_to_one_person_arrive_in_their_order_one_at_a_time(world: World) -> None:
    phone = world.phone()
    for word in ("one", "two", "three", "four", "five", "six"):
        async with world.db.write() as uow:
            address = Address(BOT, world.vault.seal_chat(phone.chat_id), b"tag")
            await world.desk.outbox.put(uow, address, "staff.error", "en-GB", text=word)
    under_way = 0

    async def watch(chat_id: int) -> None:
        nonlocal under_way
        under_way += 1
        assert under_way == 1
        await asyncio.sleep(0)
        under_way -= 1

    world.messenger.meanwhile = watch
    await world.send_all()
    assert [each.html for each in world.messenger.to(phone.chat_id)] == ["one", "two", "three", "four", "five", "six"]


async def test_an_answer_that_ended_keeps_no_address_and_no_words(world: World) -> None:
    phone = world.phone()
    await phone.start("l_ur")
    for outcome in (Rejected("chat not found"), Blocked("blocked"), InDoubt("lost")):
        world.messenger.will(phone.chat_id, outcome)
        await phone.command("about")
    await world.send_all()
    async with world.db.read() as uow:
        rows = (await uow.connection.execute(select(outbox))).all()
    assert len(rows) == 4
    assert {(row.person_tag, row.chat, str(row.params)) for row in rows} == {(None, None, "{}")}


async def test_an_answer_that_cannot_be_rendered_does_not_stop_the_others(world: World) -> None:
    phone = world.phone()
    async with world.db.write() as uow:
        for kind in ("no.such.screen", "staff.error"):
            address = Address(BOT, world.vault.seal_chat(phone.chat_id), b"tag")
            await world.desk.outbox.put(uow, address, kind, "en-GB", text="hello")
        await world.desk.outbox.put(uow, Address(BOT, b"not sealed by us", b"tag"), "staff.error", "en-GB", text="x")
    await world.send_all()
    assert [each.html for each in world.messenger.to(phone.chat_id)] == ["hello"]
    async with world.db.read() as uow:
        assert await uow.outbox.counts() == {"sent": 1, "failed": 2}


async def test_an_answer_is_retried_where_it_moved_and_when_it_was_not_sent(world: World) -> None:
    phone = world.phone()
    world.messenger.will(phone.chat_id, NotSent("refused", after=0.01), RetryLater(0.01), Moved(990_002))
    await phone.start("l_ur")
    await world.send_all()
    assert len(world.messenger.to(phone.chat_id)) == 3
    assert len(world.messenger.to(990_002)) == 1


# Fencing


async def _first_claim(world: World, sender: Sender, fence: int) -> None:
    """Let a sender claim and call, and hold its calls back."""
    await sender.step(fence, LEASE, "old")
    await asyncio.sleep(0)


async def test_an_old_sender_that_wakes_up_writes_nothing(world: World) -> None:
    broadcast_id, chats, _ = await _broadcast(world, 6)
    held = asyncio.Event()
    old = world.sender()

    async def freeze(chat_id: int) -> None:
        await held.wait()

    world.messenger.meanwhile = freeze
    old_fence = await world.take("old")
    await _first_claim(world, old, old_fence)
    assert (await world.shown(broadcast_id))["counts"]["sending"] == 6
    world.messenger.meanwhile = None
    new, new_fence = world.sender(), await world.take("new")
    assert new_fence > old_fence
    assert await new.settle_intents(new_fence) == 6
    counts = (await world.shown(broadcast_id))["counts"]
    assert counts["unconfirmed"] == 6, "left in the middle: shown, never repeated"
    held.set()  # the old one's calls come back as sent
    await asyncio.sleep(0.05)
    with pytest.raises(LeaseLost):
        await old.step(old_fence, LEASE, "old")
    await old.drain(old_fence)
    assert (await world.shown(broadcast_id))["counts"] == counts
    while await new.step(new_fence, LEASE, "new"):
        await asyncio.sleep(0)
    assert [len(world.messenger.to(each)) for each in chats] == [1] * 6
    assert (await world.shown(broadcast_id))["state"] == "done"


async def test_an_answer_under_way_at_the_end_of_a_sender_is_unconfirmed_and_emptied(world: World) -> None:
    phone = world.phone()
    await phone.start("l_ur")
    never = asyncio.Event()

    async def freeze(chat_id: int) -> None:
        await never.wait()

    world.messenger.meanwhile = freeze
    old = world.sender()
    await _first_claim(world, old, await world.take("old"))
    new = world.sender()
    assert await new.settle_intents(await world.take("new")) == 1
    async with world.db.read() as uow:
        assert await uow.outbox.counts() == {"unconfirmed": 1}
    for task in list(old._flight):
        task.cancel()


async def test_only_one_holds_the_lease_and_its_number_grows_with_every_holder(world: World) -> None:
    now, later = world.clock.now(), world.clock.now().replace(hour=23)
    async with world.db.write() as uow:
        first = await uow.meta.take_lease(LEASE, "a", now=now, until=later)
        assert await uow.meta.take_lease(LEASE, "b", now=now, until=later) is None
        assert await uow.meta.take_lease(LEASE, "a", now=now, until=later) == first
        second = await uow.meta.take_lease(LEASE, "b", now=later, until=later.replace(minute=30))
        assert second == (first or 0) + 1
        assert not await uow.meta.holds(LEASE, "a", first or 0)
        await uow.meta.drop_lease(LEASE, holder="a")
        assert await uow.meta.holds(LEASE, "b", second or 0), "nobody lets go of another's lease"


async def test_a_race_for_the_lease_has_one_winner(world: World) -> None:
    async def take(holder: str) -> int | None:
        async with world.db.write() as uow:
            return await uow.meta.take_lease(
                LEASE, holder, now=world.clock.now(), until=world.clock.now().replace(hour=23)
            )

    fences = await asyncio.gather(*(take(f"holder {number}") for number in range(8)))
    assert len([each for each in fences if each is not None]) == 1


async def test_the_claim_of_a_sender_holds_its_lease_until_it_is_stored(world: World) -> None:
    """No second sender may begin between the look at the lease and the commit of what was claimed under it."""
    fence = await world.take("old")
    order = []

    async def takeover() -> None:
        await world.take("new")
        order.append("taken over")

    async with world.db.write() as uow:
        assert await uow.meta.holds(LEASE, "old", fence)
        task = asyncio.create_task(takeover())
        await asyncio.sleep(0.2)
        order.append("stored")
    await task
    assert order == ["stored", "taken over"]


async def test_results_survive_a_database_that_is_away_for_a_moment(world: World) -> None:
    broadcast_id, chats, _ = await _broadcast(world, 5)
    sender, fence = world.sender(), await world.take("holder")
    await sender.step(fence, LEASE, "holder")
    await asyncio.sleep(0.05)  # all five have been sent; nothing is stored yet
    assert len(world.messenger.calls) == 5
    engine, world.db.engine = world.db.engine, _broken()
    with pytest.raises(Unavailable):
        await sender.step(fence, LEASE, "holder")
    world.db.engine = engine
    while await sender.step(fence, LEASE, "holder"):
        await asyncio.sleep(0)
    shown = await world.shown(broadcast_id)
    assert (shown["state"], shown["counts"]["sent"]) == ("done", 5)
    assert [len(world.messenger.to(each)) for each in chats] == [1] * 5


def _broken() -> AsyncEngine:
    return create_async_engine("sqlite+aiosqlite:////nowhere/at/all.db")


async def test_blocking_counts_as_stop_and_coming_back_joins_nobody(world: World) -> None:
    chat = await world.resident("ur")
    phone = world.phone(chat)
    await phone.event(EventKind.BLOCKED)
    assert (await world.joined(chat)).state == "blocked"
    await phone.event(EventKind.UNBLOCKED)
    assert (await world.joined(chat)).state == "stopped"


async def test_a_term_that_is_cut_off_leaves_the_pace_free_for_the_next(world: World) -> None:
    """The lease is lost while calls hang and one more waits for room: its place in the rhythm must not stay taken."""
    _, chats, _ = await _broadcast(world, 90)
    sender, fence = world.sender(rate=60), await world.take("holder")
    gate = asyncio.Event()

    async def hang(_chat: int) -> None:
        await gate.wait()

    world.messenger.meanwhile = hang
    async with asyncio.timeout(20):
        while len(world.messenger.calls) < 8:  # as many as may be under way
            await sender.step(fence, LEASE, "holder")
    await asyncio.sleep(0.1)
    sender.abandon()
    world.messenger.meanwhile = None
    gate.set()
    fence = await world.take("holder")
    await sender.settle_intents(fence)
    async with asyncio.timeout(20):
        while await sender.step(fence, LEASE, "holder"):
            pass
    reached = {call.chat_id for call in world.messenger.calls}
    assert len(reached) > 70, "all but those whose intent was written when it was cut off"
    assert len(world.messenger.calls) == len(reached) <= len(chats)
