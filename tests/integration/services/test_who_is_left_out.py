"""Who gets a broadcast is not who gets every broadcast: enough for today, answered already, asleep."""

from datetime import timedelta

import pytest

from bot.domain.broadcasts import ResendKind
from bot.domain.contact import ContactCap
from bot.domain.messaging import InDoubt
from bot.domain.paid import PaidTerms
from bot.services.audit import Actor
from bot.services.sender import Sender
from tests.factories import World

DAY, WEEK = "has had enough messages today", "has had enough messages this week"


@pytest.fixture
async def borough(world: World) -> World:
    """Messages of two kinds, and the usual cap."""
    world.cap = ContactCap()
    await world.message("heat", ["en-GB"])
    await world.message("flood", ["en-GB"], emergency=True)
    return world


async def _two(world: World) -> tuple[Actor, Actor]:
    return await world.staff("Ana Sample"), await world.staff("Bea Sample", languages=["en-GB"])


async def _reasons(world: World, broadcast_id: int) -> dict[str, str | None]:
    """How each delivery ended, and why, by the state's word."""
    async with world.db.read() as uow:
        listed = [each async for each in world.desk.accounts.listing(uow, broadcast_id)]
    return {each["state"]: each["error"] for each in listed}


async def _sent(world: World, ana: Actor, bea: Actor, key: str = "heat") -> dict[str, str | None]:
    number = await world.broadcast(ana, bea, key)
    await world.send_all()
    shown = await world.shown(number)
    assert shown["state"] == "done"
    assert sum(shown["counts"].values()) == shown["audience"]["size"]
    return await _reasons(world, number)


async def test_one_a_day_and_three_a_week_and_an_emergency_beyond_it(borough: World) -> None:
    ana, bea = await _two(borough)
    await borough.resident("en-GB")
    assert await _sent(borough, ana, bea) == {"sent": None}
    assert await _sent(borough, ana, bea) == {"skipped": DAY}
    assert await _sent(borough, ana, bea, "flood") == {"sent": None}
    for _ in range(2):
        borough.clock.advance(hours=25)
        assert await _sent(borough, ana, bea) == {"sent": None}, "the emergency did not count"
    borough.clock.advance(hours=25)
    assert await _sent(borough, ana, bea) == {"skipped": WEEK}
    borough.clock.advance(days=5)
    assert await _sent(borough, ana, bea) == {"sent": None}


async def test_two_broadcasts_at_once_are_one_message_to_a_person(borough: World) -> None:
    ana, bea = await _two(borough)
    chats = [await borough.resident("en-GB") for _ in range(30)]
    first, second = [await borough.broadcast(ana, bea) for _ in range(2)]
    await borough.send_all()
    assert [len(borough.messenger.to(each)) for each in chats] == [1] * 30
    counts = [(await borough.shown(each))["counts"] for each in (first, second)]
    assert [each["sent"] + each["skipped"] for each in counts] == [30, 30]


async def test_what_may_have_arrived_counts_and_what_is_sent_again_on_purpose_does_not(borough: World) -> None:
    ana, bea = await _two(borough)
    chat = await borough.resident("en-GB")
    borough.messenger.will(chat, InDoubt("no answer in time"))
    number = await borough.broadcast(ana, bea)
    await borough.send_all()
    assert await _reasons(borough, number) == {"unconfirmed": "no answer in time"}
    assert await _sent(borough, ana, bea) == {"skipped": DAY}
    async with borough.db.write() as uow:
        again = await borough.desk.resend.make(uow, ana, number, ResendKind.UNCONFIRMED)
    await borough.approve(bea, again)
    await borough.send_all()
    assert await _reasons(borough, again) == {"sent": None}


async def test_who_has_had_the_answer_is_left_out_of_its_correction(borough: World) -> None:
    ana, bea = await _two(borough)
    asker, other = [await borough.resident("en-GB") for _ in range(2)]
    rumour_id = await borough.ask("drink seawater", "en-GB", chat_id=asker)
    async with borough.db.write() as uow:
        await borough.desk.answers.use_message(uow, ana, rumour_id, "heat")
    await borough.approve(bea, rumour_id, "answer")
    await borough.send_all()
    assert len(borough.messenger.to(asker)) == 1
    number = await borough.broadcast(ana, bea, rumour_id=rumour_id)
    await borough.send_all()
    assert (len(borough.messenger.to(asker)), len(borough.messenger.to(other))) == (1, 1)
    assert await _reasons(borough, number) == {"sent": None, "skipped": "has had the answer"}


async def _asleep(world: World, *, hours: float) -> int:
    """A resident whose quiet hours go on for so long; returns their chat."""
    chat = await world.resident("en-GB")
    row = await world.joined(chat)
    async with world.db.write() as uow:
        await uow.residents.change(row.id, quiet_from=0, quiet_to=1)
    end = world.clock.now() + timedelta(hours=hours)
    world.quiet_until = lambda now, *_: end if now < end else None
    return chat


async def test_a_message_waits_for_the_end_of_quiet_hours(borough: World) -> None:
    ana, bea = await _two(borough)
    awake, asleep = await borough.resident("en-GB"), await _asleep(borough, hours=6)
    number = await borough.broadcast(ana, bea)
    await borough.send_all()
    shown = await borough.shown(number)
    assert (shown["state"], shown["counts"]["sent"], shown["counts"]["queued"]) == ("sending", 1, 1)
    assert (len(borough.messenger.to(awake)), borough.messenger.to(asleep)) == (1, [])
    borough.clock.advance(hours=7)
    await borough.send_all()
    assert ((await borough.row(number)).state, len(borough.messenger.to(asleep))) == ("done", 1)


async def test_quiet_hours_that_end_too_late_skip_and_emergencies_do_not_wait(borough: World) -> None:
    ana, bea = await _two(borough)
    chat = await _asleep(borough, hours=30)
    assert await _sent(borough, ana, bea) == {"skipped": "quiet hours until it is too late"}
    assert await _sent(borough, ana, bea, "flood") == {"sent": None}
    assert len(borough.messenger.to(chat)) == 1
    async with borough.db.read() as uow:
        noted = [each for each in await uow.audit.page(limit=50) if each.action == "emergency_exempt"]
    assert [each.detail["quiet_hours"] for each in noted] == [1]


async def test_who_leaves_in_quiet_hours_is_not_written_to(borough: World) -> None:
    ana, bea = await _two(borough)
    chat = await _asleep(borough, hours=6)
    number = await borough.broadcast(ana, bea)
    await borough.send_all()
    async with borough.db.write() as uow:
        await borough.privacy.forget(uow, borough.person(chat))
    borough.clock.advance(hours=7)
    await borough.send_all()
    shown = await borough.shown(number)
    assert (shown["state"], shown["counts"]["skipped"], borough.messenger.to(chat)) == ("done", 1, [])


@pytest.mark.parametrize("allowed", [True, False])
async def test_what_is_paid_for_says_so_and_without_leave_goes_for_nothing(borough: World, *, allowed: bool) -> None:
    borough.paid = PaidTerms(rate=1000, stars_per_month=10)
    borough.wire()
    ana, bea = await _two(borough)
    chat = await borough.resident("en-GB")
    number = await borough.broadcast(ana, bea, paid=True)
    senders = borough.senders(paid_rate=1000 if allowed else None)
    await borough.send_all(senders[0])
    if allowed:
        assert borough.messenger.to(chat) == [], "the free sender leaves it to the other"
        await borough.send_all(senders[1])
    assert [each.paid for each in borough.messenger.to(chat)] == [allowed]
    assert (await borough.row(number)).state == "done"
    assert all(isinstance(each, Sender) for each in senders)
