"""Outside the private chat: inline answers to who types our name, and groups, where nobody is spoken to unasked."""

from typing import Any

from bot.db.tables import groups, metadata
from bot.domain.events import Event, EventKind, Replied
from bot.domain.inline import InlineAnswer
from bot.domain.messaging import OutgoingMessage
from tests.factories import BOT, World

GROUP = -4_123_456
CLAIM = "Drinking seawater cures everything"


async def _answered(world: World, text: str = CLAIM) -> None:
    ana, bea = await world.staff("Ana Sample"), await world.staff("Bea Sample")
    await world.message("sea", ["en-GB", "ur"], ["pl"])
    rumour_id = await world.ask(text)
    async with world.db.write() as uow:
        await world.desk.answers.use_message(uow, ana, rumour_id, "sea")
        await world.desk.approvals.approve_directly(uow, bea, "answer", rumour_id)


async def _typed(world: World, words: str, chat_id: int = 55, app: str = "en") -> InlineAnswer:
    event = Event(EventKind.INLINE, chat_id, text=words, app_language=app, press_id="q1")
    async with world.db.write() as uow:
        await world.conversation.handle(uow, event)
        step = await world.elsewhere.step(uow, event)
    assert step is not None
    await step()
    return world.messenger.offered[-1]


async def _in_group(world: World, kind: EventKind = EventKind.COMMAND, **values: Any) -> list[OutgoingMessage]:
    """Somebody writes in the group; what is said there in return."""
    event = Event(kind, GROUP, private=False, **{"sender_id": 55, "message_ref": 9, **values})
    before = len(await world.waiting(GROUP))
    async with world.db.write() as uow:
        await world.conversation.handle(uow, event)
        step = await world.elsewhere.step(uow, event)
    if step is not None:
        await step()
    rows = (await world.waiting(GROUP))[before:]
    return [world.renderer.render(row.kind, row.params, row.language) for row in rows]


async def test_inline_answers_are_in_the_writers_language(world: World) -> None:
    await world.message("heat", ["en-GB", "ur"])
    await world.message("flood", ["en-GB"])
    found = await _typed(world, "heat ur", app="ur")
    assert [each.title for each in found.results] == ["heat in ur, text, revision 1"]
    assert "https://vouch.example/m/heat/ur" in found.results[0].html
    resident = await world.resident("en-GB")
    assert "en-GB" in (await _typed(world, "heat", resident, app="ur")).results[0].html


async def test_inline_never_offers_what_is_not_approved_and_in_force(world: World) -> None:
    await world.message("heat", ["en-GB"], ["ur"])
    await world.message("old", ["en-GB"], days=-0.5)
    await world.message("draft", ["en-GB"], vetted=False)
    found = await _typed(world, "", app="ur")
    assert [each.title for each in found.results] == ["Sample heat"]
    assert "heat in ur" not in found.results[0].html


async def test_a_closed_pilot_offers_strangers_nothing(world: World) -> None:
    await world.message("heat", ["en-GB"])
    world.settle(pilot=True)
    found = await _typed(world, "heat")
    assert found.results == ()
    assert found.button


async def test_inline_keeps_nothing_of_who_types(world: World) -> None:
    await world.message("heat", ["en-GB"])
    before = await _rows(world)
    await _typed(world, "heat")
    assert await _rows(world) == before


async def _rows(world: World) -> dict[str, int]:
    async with world.db.read() as uow:
        return {
            table.name: len((await uow.connection.execute(table.select())).all()) for table in metadata.sorted_tables
        }


async def test_a_group_is_answered_in_reply_to_the_question(world: World) -> None:
    await _answered(world)
    [said] = await _in_group(world, command="check", replied=Replied(CLAIM), app_language="ur")
    assert "sea in ur" in said.html
    assert said.reply_ref == 9
    [said] = await _in_group(world, command="check", payload=CLAIM, addressee="samplecouncilbot")
    assert "sea in en-GB" in said.html


async def test_what_is_not_known_is_taken_to_our_own_chat(world: World) -> None:
    before = await _rows(world)
    [said] = await _in_group(world, command="check", replied=Replied("Something else entirely"))
    assert said.buttons[0][0].url == "https://t.me/SampleCouncilBot?start=group"
    after = await _rows(world)
    assert {name for name in after if after[name] != before[name]} == {"outbox"}, "nothing of the group is kept"


async def test_commands_for_other_bots_and_talk_are_left_alone(world: World) -> None:
    await _answered(world)
    assert not await _in_group(world, command="check", payload=CLAIM, addressee="AnotherBot")
    assert not await _in_group(world, command="start")
    assert not await _in_group(world, EventKind.TEXT, text=CLAIM)
    [usage] = await _in_group(world, command="check")
    assert "/check" in usage.html


async def test_only_administrators_let_us_answer_unasked(world: World) -> None:
    await _answered(world)
    [no] = await _in_group(world, command="auto", payload="on")
    assert not await _in_group(world, EventKind.TEXT, text=CLAIM)
    world.messenger.in_charge.add(55)
    [yes] = await _in_group(world, command="auto", payload="on")
    assert no.html != yes.html
    assert len(await _in_group(world, EventKind.TEXT, text=CLAIM)) == 1
    assert not await _in_group(world, EventKind.TEXT, text=CLAIM), "once a day is enough"
    assert not await _in_group(world, EventKind.TEXT, text="Seawater again?"), "only what is certain"
    world.clock.advance(days=1, seconds=1)
    assert len(await _in_group(world, EventKind.TEXT, text=CLAIM)) == 1
    await _in_group(world, command="auto", payload="off")
    assert await _groups(world) == []


async def test_an_anonymous_administrator_is_one(world: World) -> None:
    await _in_group(world, command="auto", payload="on", sender_id=0, anonymous=True)
    assert len(await _groups(world)) == 1


async def test_a_group_that_moves_or_is_left(world: World) -> None:
    world.messenger.in_charge.add(55)
    await _in_group(world, command="auto", payload="on")
    [row] = await _groups(world)
    assert row == (BOT, world.vault.tag(GROUP))
    await _in_group(world, EventKind.MIGRATED, new_chat_id=-100_777)
    assert await _groups(world) == [(BOT, world.vault.tag(-100_777))]
    async with world.db.write() as uow:
        await world.conversation.handle(uow, Event(EventKind.BLOCKED, -100_777, private=False))
    assert await _groups(world) == []


async def _groups(world: World) -> list[tuple[int, bytes]]:
    async with world.db.read() as uow:
        rows = await uow.connection.execute(groups.select())
        return [(int(row.bot_id), bytes(row.group_tag)) for row in rows]


async def test_a_closed_pilot_is_silent_among_strangers(world: World) -> None:
    await _answered(world)
    world.settle(pilot=True)
    assert not await _in_group(world, command="check", payload=CLAIM)


async def test_our_own_words_are_not_something_to_check(world: World) -> None:
    phone = world.phone()
    await phone.start("l_en-GB")
    said = len(phone.kinds)
    await phone.say("Sample heat", through="SampleCouncilBot")
    assert len(phone.kinds) == said
    await phone.say("Something else", through="AnotherBot")
    assert phone.kinds[-1] == "check.ask"
