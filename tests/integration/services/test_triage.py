"""The desk's order of things: urgency, merge and split with undo, promises, danger out of sight, sealed originals."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.db.repositories.triage import Filter
from bot.domain.answers import AnswerParts
from bot.domain.rumours import Harm, ReplyState, RumourState
from bot.domain.staff import Role
from bot.errors import Conflict, InvalidInput, NotFound
from bot.jobs import keep_promises
from bot.services.audit import Actor
from bot.services.rumours import Submission
from tests.factories import World

OPEN = Filter(("new", "answering"))
PARTS = AnswerParts(
    title="The library stays open", truth="The library stays open all winter.", claim="A message says it closes.",
    why="It mixes up two towns.", sources="Sample Council | https://council.example/library",
)  # fmt: skip


async def _desk(world: World) -> tuple[Actor, Actor]:
    return (
        await world.staff("Ana Sample", Role.TRIAGER),
        await world.staff("Bea Sample", Role.PUBLISHER),
    )


async def _queue(world: World, **chosen: Any) -> list[int]:
    async with world.db.read() as uow:
        lines = await world.desk.triage.queue(uow, Filter(OPEN.states, **chosen))
    return [each.rumour.id for each in lines]


async def _state(world: World, rumour_id: int) -> Any:
    async with world.db.read() as uow:
        return await uow.rumours.get(rumour_id)


async def _answer(world: World, ana: Actor, bea: Actor, rumour_id: int, parts: AnswerParts = PARTS) -> None:
    async with world.db.write() as uow:
        await world.desk.answers.compose(uow, ana, rumour_id, parts)
        await world.desk.approvals.approve_directly(uow, bea, "answer", rumour_id)


async def _kinds(world: World, chat_id: int) -> list[str]:
    return [each.kind for each in await world.waiting(chat_id)]


async def test_what_grows_what_is_grave_and_what_waits_come_first(world: World) -> None:
    ana, _ = await _desk(world)
    quiet = await world.ask("An old question of one person")
    world.clock.advance(hours=1)
    grave = await world.ask("Something that could hurt people")
    growing = await world.ask("Something that everybody sends")
    for _ in range(5):
        await world.ask("Something that everybody sends", read="pl")
    async with world.db.write() as uow:
        await world.desk.triage.judge(uow, ana, grave, Harm.GRAVE)
    assert await _queue(world) == [grave, growing, quiet]
    urgent = await world.ask("Somebody is in danger", urgent=True)
    assert await _queue(world) == [urgent, grave, growing, quiet]
    assert await _queue(world, language="pl") == [growing]
    assert await _queue(world, harm=int(Harm.GRAVE)) == [grave]
    async with world.db.write() as uow:
        await world.desk.triage.assign(uow, ana, quiet, ana.name)
    assert await _queue(world, assignee=ana.id) == [quiet]
    # Nobody is forgotten: long past its time, the question of one person comes before the one of six.
    world.clock.advance(days=3)
    async with world.db.write() as uow:
        await world.desk.triage.set_due(uow, ana, growing, world.clock.now() + timedelta(days=5))
    assert (await _queue(world)).index(quiet) < (await _queue(world)).index(growing)


async def test_merging_brings_everybody_and_is_undone_exactly(world: World) -> None:
    ana, _ = await _desk(world)
    one, two = await world.ask("The library closes"), await world.ask("The swimming pool is full of snakes")
    both = world.new_chat()
    for text in ("The library closes", "The swimming pool is full of snakes"):
        await world.ask(text, chat_id=both)
    async with world.db.write() as uow:
        move = await world.desk.triage.merge(uow, ana, two, one)
    assert await _queue(world) == [one]
    assert (await _state(world, one)).flag_count == 4
    assert (await _state(world, two)).state == RumourState.MERGED
    assert await world.ask("The swimming pool is full of snakes") == one, (
        "whoever asks in the other words joins as well"
    )
    async with world.db.write() as uow:
        with pytest.raises(Conflict):
            await world.desk.rumours.reopen(uow, ana, two)
        await world.desk.triage.undo(uow, ana, move)
    assert sorted(await _queue(world)) == [one, two]
    assert (await _state(world, one)).flag_count == 3, "who came after the merge stays where they came"
    assert (await _state(world, two)).flag_count == 2
    assert await world.ask("The swimming pool is full of snakes") == two
    async with world.db.write() as uow:
        with pytest.raises(Conflict, match="undone already"):
            await world.desk.triage.undo(uow, ana, move)


async def test_merged_into_an_answer_they_are_told_it_once(world: World) -> None:
    ana, bea = await _desk(world)
    first = await world.ask("The library closes")
    await _answer(world, ana, bea, first)
    late, both = world.new_chat(), world.new_chat()
    second = await world.ask("They shut the library", chat_id=late)
    await world.ask("They shut the library", chat_id=both)
    async with world.db.write() as uow:
        await world.desk.triage.merge(uow, ana, second, first)
    assert await _kinds(world, late) == ["answer.told"]
    assert await _kinds(world, both) == ["answer.told"]


async def test_what_is_something_else_is_split_off_and_comes_back(world: World) -> None:
    ana, _ = await _desk(world)
    rumour_id = await world.ask("The library closes")
    for _ in range(2):
        await world.ask("The library closes")
    async with world.db.write() as uow:
        flags = [each.id for each in await uow.rumours.flags(rumour_id)]
        with pytest.raises(InvalidInput, match="at least one"):
            await world.desk.triage.split(uow, ana, rumour_id, flags)
        other = await world.desk.triage.split(uow, ana, rumour_id, flags[1:])
    assert ((await _state(world, rumour_id)).flag_count, (await _state(world, other)).flag_count) == (1, 2)
    async with world.db.write() as uow:
        [move] = await uow.triage.moves(other)
        await world.desk.triage.undo(uow, ana, move.id)
    assert (await _state(world, rumour_id)).flag_count == 3
    assert await _queue(world) == [rumour_id]


async def test_several_are_closed_at_once_and_each_asker_hears(world: World) -> None:
    ana, _ = await _desk(world)
    chats = [world.new_chat() for _ in range(3)]
    ids = [await world.ask(f"Buy number {n}", chat_id=chat) for n, chat in enumerate(chats)]
    async with world.db.write() as uow:
        await world.desk.rumours.close(uow, ana, ids[0], RumourState.SPAM, "seen already")
        assert await world.desk.triage.close_many(uow, ana, ids, RumourState.SPAM, "all the same") == 2
    assert [await _kinds(world, each) for each in chats] == [["rumour.closed"]] * 3


async def _on_every_scheduler(world: World) -> None:
    """Several processes tick at the same moment."""
    await asyncio.gather(*(keep_promises.run(world.desk) for _ in range(3)))


async def test_whoever_was_told_a_time_hears_once_more_when_it_passes(world: World) -> None:
    ana, bea = await _desk(world)
    waits, answered = world.phone(), world.new_chat()
    await waits.join("en-GB")
    await waits.say("The library closes")
    await waits.press("c:1")
    assert "2/11/2026, 17:00" in waits.last, "Monday 09:00 and eight office hours"
    other = await world.ask("Something else", chat_id=answered)
    await _answer(world, ana, bea, other)
    world.clock.advance(hours=8, minutes=1)
    await _on_every_scheduler(world)
    await waits.read()
    assert waits.kinds.count("check.still") == 1
    assert "check.still" not in await _kinds(world, answered)
    world.clock.advance(days=2)
    await _on_every_scheduler(world)
    await waits.read()
    assert waits.kinds.count("check.still") == 1, "once"


async def test_the_team_is_reminded_before_and_after_the_time(world: World) -> None:
    ana, bea = await _desk(world)
    rumour_id = await world.ask("The library closes")
    await world.send_all()
    for hours, expected in ((6.5, 0), (1, 1), (0.1, 1), (1, 2), (30, 2)):
        world.clock.advance(hours=hours)
        await _on_every_scheduler(world)
        kinds = await _kinds(world, await world.chat_of(ana))
        assert kinds.count("staff.due") == expected, hours
    async with world.db.write() as uow:
        await world.desk.triage.assign(uow, bea, rumour_id, bea.name)
        await world.desk.triage.set_due(uow, bea, rumour_id, world.clock.now() + timedelta(minutes=30))
    await _on_every_scheduler(world)
    assert (await _kinds(world, await world.chat_of(ana))).count("staff.due") == 2, "whoever has it is reminded, alone"
    assert (await _kinds(world, await world.chat_of(bea))).count("staff.due") == 3


async def test_danger_goes_to_whoever_is_on_call_and_to_nobody_else(world: World) -> None:
    ana, _ = await _desk(world)
    lead = await world.staff("Lea Sample", Role.SAFEGUARDING)
    shared = await world.ask("The library closes")
    asker = world.new_chat()
    matter = await world.ask("The library closes", chat_id=asker, urgent=True)
    assert matter != shared, "one person's danger does not take everybody's question away"
    assert await _queue(world) == [shared]
    assert (await _kinds(world, await world.chat_of(lead))).count("staff.safeguarding") == 1
    async with world.db.write() as uow:
        for look in (world.desk.rumours.visible, world.desk.rumours.show):
            with pytest.raises(NotFound):
                await look(uow, matter)
        leads = await world.desk.safeguarding.take_out(uow, ana, shared)
        assert leads == ["Lea Sample"]
    assert await _queue(world) == []
    async with world.db.write() as uow:
        await world.desk.safeguarding.give_back(uow, lead, shared)
        with pytest.raises(InvalidInput):
            await world.desk.safeguarding.end(uow, lead, matter, " ")
        assert await world.desk.safeguarding.end(uow, lead, matter, "Called the family and the police.") == 1
    assert await _queue(world) == [shared]
    assert await _kinds(world, asker) == ["rumour.closed"]


async def test_without_anybody_on_call_nothing_disappears(world: World) -> None:
    ana, _ = await _desk(world)
    rumour_id = await world.ask("Somebody is in danger", urgent=True)
    assert await _queue(world) == [rumour_id]
    async with world.db.write() as uow:
        with pytest.raises(Conflict, match="Nobody is on call"):
            await world.desk.safeguarding.take_out(uow, ana, rumour_id)


async def test_personal_details_reach_one_chat_with_a_reason_and_go(world: World) -> None:
    ana, _ = await _desk(world)
    phone = world.phone()
    await phone.join("ur")
    await phone.say(
        "Call Sample Sender on 07700 900123: the library closes", forwarded=True, senders=("Sample Sender",)
    )
    await phone.press("c:1")
    async with world.db.read() as uow:
        [line] = await world.desk.triage.queue(uow, OPEN)
        [flag] = await uow.rumours.flags(line.rumour.id)
        everything = [
            str(row) for table in ("rumours", "flags", "rumour_keys")
            for row in await uow.connection.exec_driver_sql(f"SELECT * FROM {table}")
        ]  # fmt: skip
    assert line.rumour.text == "Call [name removed] on [phone number removed]: the library closes"
    assert not any("07700" in each or "Sample Sender" in each for each in everything)
    async with world.db.write() as uow:
        with pytest.raises(InvalidInput, match="Say why"):
            await world.desk.veil.lift(uow, ana, flag.id, "")
        await world.desk.veil.lift(uow, ana, flag.id, "The number is a known fraud: report it.")
        row = (await uow.audit.page(limit=1))[0]
        assert (row.action, row.detail["reason"]) == ("lift_veil", "The number is a known fraud: report it.")
        waiting = await uow.outbox.queued(1234567, limit=100, now=world.clock.now())
        assert not any("900123" in str(each.params) for each in waiting), "sealed until the sender writes it"
    await world.send_all()
    assert "07700 900123" in world.messenger.to(await world.chat_of(ana))[-1].html
    async with world.db.write() as uow:
        data = await world.privacy.everything_about(uow, world.person(phone.chat_id))
    assert "07700 900123" in data["questions"][0]["original"]
    await phone.command("forget")
    await phone.press("forget:yes")
    async with world.db.read() as uow:
        assert await uow.rumours.original(flag.id) is None


async def test_an_answer_waits_for_a_trusted_person_of_the_group(world: World) -> None:
    ana, bea = await _desk(world)
    asker = world.new_chat()
    rumour_id = await world.ask("Something hateful", chat_id=asker)
    async with world.db.write() as uow:
        await world.desk.triage.mark_target(uow, ana, rumour_id, "Sample community")
        await world.desk.answers.compose(uow, ana, rumour_id, PARTS)
        with pytest.raises(Conflict, match="somebody of that group"):
            await world.desk.approvals.request(uow, ana, "answer", rumour_id)
    async with world.db.write() as uow:
        await world.desk.triage.note_consulted(uow, ana, rumour_id, "Sample imam: do not repeat the word.")
        await world.desk.approvals.approve_directly(uow, bea, "answer", rumour_id)
    assert await _kinds(world, asker) == ["answer.told", "answer.hate"]


async def test_a_changed_answer_reaches_only_those_who_agreed(world: World) -> None:
    ana, bea = await _desk(world)
    keen, other = world.phone(), world.phone()
    for phone in (keen, other):
        await phone.join("en-GB")
        await phone.say("The library closes")
        await phone.press("c:1")
    [rumour_id] = await _queue(world)
    await _answer(world, ana, bea, rumour_id)
    for phone in (keen, other):
        await phone.read()
        assert phone.kinds.count("answer.told") == 1
    await keen.press(next(each for each in keen.buttons if each.startswith("ha:")))
    await keen.press(f"h:y:{rumour_id}")
    await keen.press(f"h:n:{rumour_id}")
    await other.press_stale(next(each for each in keen.buttons if each.startswith("ha:")))
    assert other.kinds[-1] == "answer.agreed"
    assert "no longer know" in other.last, "another person's button opens nothing"
    row = await _state(world, rumour_id)
    assert (row.helped, row.not_helped) == (1, 0), "each person counts once"
    async with world.db.write() as uow:
        await world.desk.rumours.reopen(uow, ana, rumour_id)
    world.clock.advance(days=20)
    fresh = AnswerParts(**{**PARTS.stored(), "truth": "It stays open, on Sundays too."})
    await _answer(world, ana, bea, rumour_id, fresh)
    await keen.read()
    await other.read()
    assert keen.kinds.count("answer.changed") == 1
    assert "answer.changed" not in other.kinds


async def test_not_amplified_comes_back_at_its_reach_and_nobody_is_left_in_silence(world: World) -> None:
    ana, _ = await _desk(world)
    rumour_id = await world.ask("A rare claim")
    async with world.db.write() as uow:
        with pytest.raises(InvalidInput, match="above that"):
            await world.desk.rumours.close(uow, ana, rumour_id, RumourState.NOT_AMPLIFIED, "rare", reach_limit=1)
        await world.desk.rumours.close(uow, ana, rumour_id, RumourState.NOT_AMPLIFIED, "rare", reach_limit=4)
    phones = [world.phone() for _ in range(3)]
    for number, phone in enumerate(phones):
        await phone.join("pl")
        for _ in range(2):
            await phone.say("A rare claim")
        kinds = phone.kinds[-2:]
        assert kinds == (["check.settled"] * 2 if number < 2 else ["check.settled", "check.open"]), number
    assert (await _state(world, rumour_id)).state == RumourState.NEW, "four people have sent it"
    async with world.db.read() as uow:
        paths = await uow.rumours.reply_paths(rumour_id, [ReplyState.WAITING], now=world.clock.now())
    assert paths == [], "sending is not asking: who did not ask is not written to"


async def test_two_who_look_at_once_see_each_other_and_no_draft_is_lost(world: World) -> None:
    ana, bea = await _desk(world)
    rumour_id = await world.ask("The library closes")
    async with world.db.write() as uow:
        assert await world.desk.triage.look(uow, ana, rumour_id) == []
        assert await world.desk.triage.look(uow, bea, rumour_id) == ["Ana Sample"]
        await world.desk.answers.compose(uow, ana, rumour_id, PARTS, seen=0)
        with pytest.raises(Conflict, match="A colleague has drafted"):
            await world.desk.answers.compose(uow, bea, rumour_id, PARTS, seen=0)
    world.clock.advance(minutes=1)
    async with world.db.read() as uow:
        assert await world.desk.triage.others_here(uow, bea, rumour_id) == []


async def test_the_falsehood_is_named_once(world: World) -> None:
    ana, _ = await _desk(world)
    rumour_id = await world.ask("The library closes")
    wrong = [
        {"title": ""}, {"truth": ""}, {"why": ""}, {"claim": ""}, {"claim": "x" * 201},
        {"again": "Again: a message says it closes!"}, {"sources": "the council told us"},
    ]  # fmt: skip
    async with world.db.write() as uow:
        for each in wrong:
            with pytest.raises(InvalidInput):
                await world.desk.answers.compose(uow, ana, rumour_id, AnswerParts(**{**PARTS.stored(), **each}))
        message_id = await world.desk.answers.compose(uow, ana, rumour_id, PARTS)
        rendition = await uow.messages.find_rendition(message_id, "en-GB", "text")
        message = await uow.messages.get(message_id)
    assert rendition is not None
    assert message is not None
    assert rendition.text.split("\n\n") == [PARTS.truth, PARTS.claim, PARTS.why, PARTS.title]
    assert message.sources == [{"title": "Sample Council", "url": "https://council.example/library"}]


async def test_quick_things_by_buttons_in_the_chat(world: World) -> None:
    ana, _ = await _desk(world)
    asker = world.new_chat()
    rumour_id = await world.ask("Buy followers, call 07700 900123", chat_id=asker)
    phone = world.phone(await world.chat_of(ana))
    await phone.read()
    assert "followers" not in phone.last
    await phone.press(f"d:read:{rumour_id}")
    assert "Buy followers, call [phone number removed]" in phone.last
    await phone.press(f"d:take:{rumour_id}")
    assert (await _state(world, rumour_id)).assignee_id == ana.id
    await phone.press(f"d:spam:{rumour_id}")
    assert (await _state(world, rumour_id)).state == RumourState.NEW, "it asks first"
    await phone.press(f"d:spam!:{rumour_id}")
    assert (await _state(world, rumour_id)).state == RumourState.SPAM
    assert await _kinds(world, asker) == ["rumour.closed"]
    stranger = world.phone()
    other = await world.ask("Something else")
    await stranger.press_stale(f"d:spam!:{other}")
    assert (await _state(world, other)).state == RumourState.NEW
    await phone.press_stale(f"d:safe:{other}")
    assert "Nobody is on call" in phone.last


async def test_five_hundred_who_ask_the_same_are_one_entry_and_each_told_once(world: World) -> None:
    """The small form of a campaign with 5,000 (make chaos)."""
    ana, bea = await _desk(world)
    languages = ("ur", "pl", "en-GB", "ro", "ar", "bn")
    async with world.db.write() as uow:
        for number in range(500):
            asker = world.residents.asking_address(world.person(world.new_chat()))
            read = languages[number % len(languages)]
            await world.desk.rumours.report(
                uow, Submission("text", "The library closes", None, True), asker=asker, language=read, read=read,
                area=None, urgent=False,
            )  # fmt: skip
    [rumour_id] = await _queue(world)
    assert (await _state(world, rumour_id)).flag_count == 500
    assert (await _kinds(world, await world.chat_of(ana))).count("staff.new_rumour") == 1
    await _answer(world, ana, bea, rumour_id)
    async with world.db.read() as uow:
        told = [each for each in await uow.outbox.queued(1234567, limit=2000, now=world.clock.now())
                if each.kind == "answer.told"]  # fmt: skip
    assert len({each.person_tag for each in told}) == len(told) == 500
