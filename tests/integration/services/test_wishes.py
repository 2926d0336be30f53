"""Wishes: taken without a name, answered once with reviewed words, and gone when their author says so."""

import json

import pytest

from bot.db.rows import WishRow
from bot.domain.staff import Role
from bot.domain.wishes import MOST_AN_HOUR
from bot.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tests.factories import Phone, World

WISH = "Bus times in Urdu, please"


async def _waiting(world: World) -> list[WishRow]:
    async with world.db.read() as uow:
        return await uow.wishes.listed(new=True)


async def _wished(world: World, text: str = WISH, button: str = "wk", language: str = "ur") -> Phone:
    phone = world.phone()
    await phone.start(f"l_{language}")
    await phone.press_stale(button)
    await phone.say(text)
    return phone


async def test_two_buttons_and_what_is_written_next(world: World) -> None:
    phone = await _wished(world)
    await phone.press_stale("wb")
    await phone.say("Shorter voice messages")
    first, second = await _waiting(world)
    assert (first.kind, first.text, first.language) == ("know", WISH, "ur")
    assert (second.kind, second.text) == ("better", "Shorter voice messages")
    assert second.code in phone.last
    await phone.say("And is this true?")
    assert phone.kinds[-1] == "check.ask", "afterwards words are something to check again"


async def test_not_now_keeps_nothing(world: World) -> None:
    phone = world.phone()
    await phone.start("l_en-GB")
    await phone.press_stale("wk")
    await phone.press("wx")
    await phone.say("Is this true?")
    assert await _waiting(world) == []


async def test_it_is_answered_once_and_nobody_stays_reachable(world: World) -> None:
    phone = await _wished(world)
    ana = await world.staff("Ana Sample", Role.TRIAGER)
    [wish] = await _waiting(world)
    async with world.db.write() as uow:
        assert await world.desk.reach.wishes.answer(uow, ana, wish.id, "planned")
    await phone.read()
    assert phone.kinds[-1] == "wish.answered"
    assert WISH in phone.last
    async with world.db.write() as uow:
        assert await uow.wishes.path(wish.id) is None
        with pytest.raises(Conflict):
            await world.desk.reach.wishes.answer(uow, ana, wish.id, "done")


async def test_only_reviewed_words_leave(world: World) -> None:
    phone = await _wished(world)
    ana, rex = await world.staff("Ana Sample", Role.TRIAGER), await world.staff("Rex Sample", Role.REVIEWER)
    await world.message("draft", ["en-GB"], vetted=False)
    await world.message("bus", ["en-GB"], ["ur"])
    [wish] = await _waiting(world)
    async with world.db.write() as uow:
        wishes = world.desk.reach.wishes
        with pytest.raises(InvalidInput):
            await wishes.answer(uow, ana, wish.id, "Whatever I like")
        with pytest.raises(NotFound):
            await wishes.answer(uow, ana, wish.id, "message", key="draft")
        with pytest.raises(NotAllowed):
            await wishes.answer(uow, rex, wish.id, "noted")
        assert await wishes.answer(uow, ana, wish.id, "message", key="bus")
    await phone.read()
    assert "bus in en-GB" in phone.last
    assert "bus in ur" not in phone.last


async def test_a_flood_of_wishes_is_not_taken(world: World) -> None:
    phone = await _wished(world)
    for number in range(MOST_AN_HOUR + 2):
        await phone.press_stale("wk")
        await phone.say(f"More {number}")
    assert phone.kinds[-1] == "wish.enough"
    assert len(await _waiting(world)) == MOST_AN_HOUR


async def test_they_are_among_ones_data_and_forgotten(world: World) -> None:
    phone = await _wished(world)
    [wish] = await _waiting(world)
    async with world.db.read() as uow:
        held = await world.privacy.everything_about(uow, world.person(phone.chat_id))
    assert [each["text"] for each in held["wishes"]] == [WISH]
    json.dumps(held)
    await phone.command("forget")
    await phone.press("forget:yes")
    async with world.db.read() as uow:
        assert await uow.wishes.path(wish.id) is None
    ana = await world.staff("Ana Sample")
    async with world.db.write() as uow:
        assert not await world.desk.reach.wishes.answer(uow, ana, wish.id, "noted")
