"""Somebody asks and asks: the first twenty an hour are kept, it is said once, and danger is always heard."""

from datetime import timedelta

from bot.domain.rumours import RumourState
from tests.factories import Phone, World


async def _pass_on(phone: Phone, text: str) -> None:
    await phone.say(text)
    await phone.press(next(each for each in reversed(phone.buttons) if each.startswith("c:")))


async def _kept(world: World) -> int:
    async with world.db.read() as uow:
        return sum((await uow.rumours.counts()).values())


async def test_twenty_questions_an_hour_and_one_kind_word(world: World) -> None:
    phone, other = world.phone(), world.phone()
    await phone.join("en-GB")
    await other.join("en-GB")
    for number in range(25):
        await _pass_on(phone, f"sample claim number {number} of many, each about something else {number * 7}")
    assert await _kept(world) == 20
    assert phone.kinds.count("check.enough") == 1
    await _pass_on(other, "another person's own question about the library")
    assert await _kept(world) == 21, "nobody else is kept waiting"
    said = next(each for each in phone.screens if "again after" in each.html).html
    assert "10:00" in said, "at the next hour, by the borough's clock"


async def test_the_same_question_goes_through_an_hour_later_and_danger_at_once(world: World) -> None:
    phone = world.phone()
    await phone.join("en-GB")
    for number in range(21):
        await _pass_on(phone, f"sample claim number {number} of many, each about something else {number * 7}")
    await phone.say("somebody threatens my neighbour")
    await phone.press(next(each for each in reversed(phone.buttons) if each.startswith("cd:")))
    await phone.press(next(each for each in reversed(phone.buttons) if each.startswith("cu:")))
    assert await _kept(world) == 21, "twenty, and the danger"
    world.clock.advance(seconds=timedelta(hours=1, minutes=1).total_seconds())
    await _pass_on(phone, "sample claim number 20 of many, each about something else 140")
    assert await _kept(world) == 22


async def test_closing_what_somebody_asked_makes_no_room_for_more(world: World) -> None:
    ana = await world.staff("Ana Sample")
    phone = world.phone()
    await phone.join("en-GB")
    for number in range(20):
        await _pass_on(phone, f"sample claim number {number} of many, each about something else {number * 7}")
    async with world.db.write() as uow:
        for rumour_id in range(1, 11):
            await world.desk.rumours.close(uow, ana, rumour_id, RumourState.SPAM, "all from one person")
    await _pass_on(phone, "one more, about something else again")
    assert await _kept(world) == 20
