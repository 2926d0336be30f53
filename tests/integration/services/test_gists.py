"""'Ask a speaker': a colleague who speaks the language gets the text and says in English what it means."""

import pytest

from bot.domain.staff import Role
from bot.errors import Conflict, NotFound
from tests.factories import World

TEXT = "یہ سچ ہے؟"


async def test_a_speaker_is_asked_and_answers_in_the_chat(world: World) -> None:
    ana = await world.staff("Ana Sample", Role.TRIAGER)
    await world.staff("Pol Sample", Role.REVIEWER, languages=["pl"])
    urd = await world.staff("Urd Sample", Role.REVIEWER, languages=["ur"])
    await world.ask(TEXT, "ur")
    async with world.db.write() as uow:
        [flag] = await uow.gists.wanting("en-GB")
        assert await world.desk.reach.gists.ask(uow, ana, flag.id) == "Urd Sample"
    phone = world.phone(await world.chat_of(urd))
    await phone.read()
    assert phone.kinds == ["staff.gist"]
    assert TEXT in phone.last
    await phone.press(f"gist:{flag.id}")
    await phone.say("They ask whether it is true.")
    assert phone.kinds[-1] == "staff.gist_thanks"
    async with world.db.write() as uow:
        row = await uow.gists.get(flag.id)
        assert row is not None
        assert (row.text, row.given_by) == ("They ask whether it is true.", urd.id)
        assert await uow.gists.wanting("en-GB") == []
        with pytest.raises(Conflict):
            await world.desk.reach.gists.ask(uow, ana, flag.id)
        kept = await uow.rumours.flag(flag.id)
        assert kept is not None
        assert kept.text == TEXT


async def test_asking_again_asks_somebody_else(world: World) -> None:
    ana = await world.staff("Ana Sample", Role.TRIAGER)
    first = await world.staff("One Sample", Role.REVIEWER, languages=["ur"])
    await world.staff("Two Sample", Role.REVIEWER, languages=["ur"])
    await world.ask(TEXT, "ur")
    async with world.db.write() as uow:
        gists = world.desk.reach.gists
        assert await gists.ask(uow, ana, 1) == "One Sample"
        assert await gists.ask(uow, ana, 1) == "Two Sample"
        with pytest.raises(NotFound):
            await gists.give(uow, first, 1, "Too late")


async def test_where_nobody_speaks_it(world: World) -> None:
    ana = await world.staff("Ana Sample", Role.TRIAGER)
    await world.staff("Urd Sample", Role.REVIEWER, languages=["ur"], phone=False)
    await world.ask(TEXT, "ur")
    async with world.db.write() as uow:
        with pytest.raises(NotFound):
            await world.desk.reach.gists.ask(uow, ana, 1)


async def test_it_goes_with_its_flag(world: World) -> None:
    ana = await world.staff("Ana Sample", Role.TRIAGER)
    await world.staff("Urd Sample", Role.REVIEWER, languages=["ur"])
    rumour_id = await world.ask(TEXT, "ur")
    async with world.db.write() as uow:
        await world.desk.reach.gists.ask(uow, ana, 1)
        await uow.rumours.change(rumour_id, closed_at=world.clock.now())
    world.clock.advance(days=91)
    async with world.db.write() as uow:
        await uow.rumours.forget_closed_before(world.clock.now())
        assert await uow.gists.get(1) is None


async def test_the_speaker_gets_no_personal_details(world: World) -> None:
    ana = await world.staff("Ana Sample", Role.TRIAGER)
    urd = await world.staff("Urd Sample", Role.REVIEWER, languages=["ur"])
    await world.ask(f"{TEXT} 07700 900123 sample@example.org", "ur")
    async with world.db.write() as uow:
        await world.desk.reach.gists.ask(uow, ana, 1)
    phone = world.phone(await world.chat_of(urd))
    await phone.read()
    assert TEXT in phone.last
    assert "900123" not in phone.last
    assert "sample@example.org" not in phone.last


async def test_words_aimed_at_people_are_covered(world: World) -> None:
    ana = await world.staff("Ana Sample", Role.TRIAGER)
    urd = await world.staff("Urd Sample", Role.REVIEWER, languages=["ur"])
    rumour_id = await world.ask(TEXT, "ur")
    async with world.db.write() as uow:
        await uow.rumours.change(rumour_id, target="Sample group")
        assert await uow.gists.aimed_at_people([rumour_id]) == {rumour_id}
        await world.desk.reach.gists.ask(uow, ana, 1)
    phone = world.phone(await world.chat_of(urd))
    await phone.read()
    assert f"<tg-spoiler>{TEXT}</tg-spoiler>" in phone.last


async def test_what_the_safeguarding_lead_has_is_not_passed_around(world: World) -> None:
    ana = await world.staff("Ana Sample", Role.TRIAGER)
    await world.staff("Urd Sample", Role.REVIEWER, languages=["ur"])
    rumour_id = await world.ask(TEXT, "ur")
    async with world.db.write() as uow:
        await uow.rumours.change(rumour_id, state="safeguarding")
        assert await uow.gists.wanting("en-GB") == []
        with pytest.raises(NotFound):
            await world.desk.reach.gists.ask(uow, ana, 1)
