"""Leaders are thanked with counts, have something to pass on, and find somebody at once when they need help."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.jobs import pass_on_approvals, thank_leaders
from bot.matching.fingerprints import Prints
from bot.services.media import Media
from bot.services.sealing import Sealing
from bot.storage.anchor import AnchorFile
from tests.factories import BOT, World
from tests.integration.services.leading import (
    GRANTHI,
    Ears,
    agreed,
    asked,
    checked,
    in_english,
    speak,
    submitted,
    team,
)


async def _kinds(world: World, chat: int, kind: str) -> list[dict[str, object]]:
    return [each.params for each in await world.waiting(chat) if each.kind == kind]


async def test_thanks_come_once_a_broadcast_with_a_count_and_a_card_to_pass_on(world: World) -> None:
    publisher, second, reviewer = await team(world)
    await world.message("heat", approved=("en-GB", "pa"))
    _, granthi, rendition_id = await submitted(world, publisher)
    await checked(world, reviewer, rendition_id)
    for _ in range(7):
        await world.resident("pa", form="voice")
    await world.resident("pl", form="voice")
    await world.broadcast(publisher, second, "heat", languages=("pa",))
    await world.send_all()
    for _ in range(2):
        await asyncio.gather(*(thank_leaders.run(world.desk) for _ in range(3)))
    [params] = await _kinds(world, granthi.chat_id, "leader.thanks")
    assert params["people"] == 7
    assert "7 people" in await in_english(world, granthi)
    await granthi.read()
    await granthi.press(f"lf:{rendition_id}")
    card = granthi.screens[-1]
    assert card.media is not None
    assert card.buttons == (), "it travels by itself"
    assert "https://vouch.example/m/heat/pa" in card.html
    await world.resident("pa", form="voice")
    await granthi.press_stale("lr")
    assert f"lf:{rendition_id}" in granthi.buttons
    await granthi.press_stale("lf:1")
    assert granthi.kinds[-1] == "sorry", "nobody passes on in their name what is not theirs"


async def test_a_small_number_is_not_told(world: World) -> None:
    publisher, second, reviewer = await team(world)
    await world.message("heat", approved=("en-GB", "pa"))
    _, granthi, rendition_id = await submitted(world, publisher)
    await checked(world, reviewer, rendition_id)
    await world.resident("pa", form="voice")
    await world.broadcast(publisher, second, "heat", languages=("pa",))
    await world.send_all()
    await thank_leaders.run(world.desk)
    assert "a few people" in await in_english(world, granthi)


async def test_a_call_for_help_goes_to_who_is_on_call_then_to_their_deputy_then_to_everybody(world: World) -> None:
    publisher, second, _ = await team(world)
    third = await world.staff("Sample Third Publisher")
    chats = {each.name: await world.chat_of(each) for each in (publisher, second, third)}
    async with world.db.write() as uow:
        await world.desk.duty.take(uow, publisher)
        await world.desk.staff.set_deputy(uow, publisher, publisher.id, second.name)
    _, granthi = await agreed(world, publisher)
    await granthi.press_stale("lpause:yes")

    async def told() -> list[str]:
        return [name for name, chat in chats.items() if await _kinds(world, chat, "staff.voice_misused")]

    assert await told() == [publisher.name]
    await pass_on_approvals.run(world.desk)
    assert await told() == [publisher.name], "they have a quarter of an hour"
    world.clock.advance(minutes=16)
    await asyncio.gather(*(pass_on_approvals.run(world.desk) for _ in range(3)))
    assert await told() == [publisher.name, second.name]
    assert len(await _kinds(world, chats[second.name], "staff.voice_misused")) == 1, "by whichever scheduler, once"
    world.clock.advance(minutes=16)
    await pass_on_approvals.run(world.desk)
    assert await told() == list(chats)
    phone = world.phone(chats[third.name])
    for first in (True, False):
        await phone.read()
        await phone.press_stale("vm:1")
        assert ("yours now" in phone.last) is first
    world.clock.advance(minutes=60)
    await pass_on_approvals.run(world.desk)
    assert len(await _kinds(world, chats[publisher.name], "staff.voice_misused")) == 2, "and then it is quiet"


async def test_whoever_takes_a_call_keeps_it(world: World) -> None:
    publisher, second, _ = await team(world)
    async with world.db.write() as uow:
        await world.desk.duty.take(uow, publisher)
    _, granthi = await agreed(world, publisher)
    await granthi.press_stale("lpause:yes")
    phone = world.phone(await world.chat_of(publisher))
    await phone.read()
    await phone.press("vm:1")
    world.clock.advance(minutes=60)
    await pass_on_approvals.run(world.desk)
    assert await _kinds(world, await world.chat_of(second), "staff.voice_misused") == []


async def test_hard_words_of_the_message_are_explained_with_the_script(world: World) -> None:
    publisher, _, _ = await team(world)
    message_id = await world.message("mmr", approved=("en-GB",))
    async with world.db.write() as uow:
        row = await uow.messages.find_rendition(message_id, "en-GB", "text")
        assert row is not None
        await uow.messages.change_rendition(row.id, text="Ask your GP about the MMR vaccine.")
    leader_id, granthi = await agreed(world, publisher)
    request_id = await asked(world, publisher, leader_id, "mmr")
    await granthi.press_stale(f"rq:{request_id}")
    said = await in_english(world, granthi)
    for term, meaning in (("GP", "family doctor"), ("MMR", "measles, mumps"), ("vaccine", "before")):
        assert f"<b>{term}</b>" in said
        assert meaning in said
    assert "polling station" not in said


class SamePrints:
    """Finds in every file what one clip was like."""

    async def prints(self, path: Path, kind: str) -> Prints:
        """The same, always."""
        return Prints(b"", b"\x5a\x33\x0f\x11" * 60)


async def _second_leader_says_the_same(world: World, printer: SamePrints | None, data: bytes) -> str:
    """Another leader sends a clip; what becomes of it."""
    publisher, _, reviewer = await team(world)
    await world.message("heat", approved=("en-GB", "pa"))
    leader_id, _, rendition_id = await submitted(world, publisher)
    await checked(world, reviewer, rendition_id)
    sealing = Sealing(
        world.db, world.vault, world.desk.provenance, AnchorFile(world.folder / "chain.anchor"), world.clock
    )
    while await sealing.run():
        pass
    async with world.db.write() as uow:
        media_id = (await world.rendition("heat", "pa", "voice")).media_id
        assert media_id is not None
        prints = await SamePrints().prints(world.folder, "voice")
        await uow.manifests.keep_prints(media_id, prints.frames, prints.sound, world.clock.now())
    await world.message("flood", approved=("en-GB", "pa"))
    second_id, phone = await agreed(world, publisher, replace(GRANTHI, name="Sample Second Granthi", name_own=""))
    assert second_id != leader_id
    request_id = await asked(world, publisher, second_id, "flood")
    await phone.press_stale(f"rq:{request_id}")
    await speak(world, phone, "copied", data=data)
    await Media(world.db, world.store, world.clock, bot_id=BOT).fetch_wanted(world.messenger)
    while await world.desk.recordings.look(world.db, Ears(), printer):
        pass
    return (await phone.read())[-1].html


@pytest.mark.parametrize("near", [True, False])
async def test_what_is_another_leaders_voice_is_refused_also_when_it_is_only_like_it(world: World, near: bool) -> None:
    said = await _second_leader_says_the_same(
        world, SamePrints() if near else None, b"other bytes" if near else b"OggS sample"
    )
    async with world.db.read() as uow:
        [take] = await uow.recordings.of_leader(2)
    assert (take.state, take.findings) == ("refused", ["somebody_else"])
    assert said
