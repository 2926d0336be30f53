"""What a leader may ask of us: to see what is held about them, to end one thing or everything, and to stay erased."""

import json

from bot.domain.leaders import LeaderState
from bot.services.erasing import leader_mark
from bot.services.films import Films
from bot.services.restoring import Restoring
from tests.factories import REGISTRY, Phone, World
from tests.integration.services.leading import GRANTHI, agreed, arrive, asked, checked, speak, submitted, team

MEANING = "Drink water, stay in the shade, and look after your neighbours."


async def _voice(world: World) -> tuple[int, Phone]:
    """A leader whose recording was checked, who has written to the circle, and who gets messages, too."""
    publisher, _, reviewer = await team(world)
    await world.message("heat", approved=("en-GB", "pa"))
    leader_id, phone, rendition_id = await submitted(world, publisher)
    await checked(world, reviewer, rendition_id)
    await phone.press_stale("cw:heat")
    await phone.say("I spoke of it after prayers.")
    await phone.press_stale("menu")
    await world.resident("pa", chat_id=phone.chat_id, form="voice")
    return leader_id, phone


async def test_what_is_held_about_a_leader_is_in_their_file(world: World) -> None:
    _, phone = await _voice(world)
    await phone.command("mydata")
    document = phone.screens[-1].document
    assert document is not None
    held = json.loads(document.content)["leader"]
    assert (held["name"], held["community"], held["state"]) == (GRANTHI.name, GRANTHI.community, "active")
    assert (held["consents"][0]["scope"], held["consents"][0]["ended_at"]) == (["bot", "film"], None)
    assert (held["asked_of_you"][0]["message"], held["asked_of_you"][0]["state"]) == ("Sample heat", "done")
    assert held["your_recordings"][0]["state"] == "submitted"
    [review] = held["what_became_of_them"][0]["what_the_second_speaker_said"]
    assert (review["meaning"], review["decision"]) == (MEANING, "approved")
    assert held["your_notes_to_other_leaders"][0]["text"] == "I spoke of it after prayers."


async def test_a_leader_may_end_only_what_they_get_and_stays_a_leader(world: World) -> None:
    leader_id, phone = await _voice(world)
    await phone.command("forget")
    assert {"forget:yes", "lz", "forget:all", "keep"} <= set(phone.buttons), "each way out, and none"
    await phone.press("forget:yes")
    assert "lead" in phone.buttons
    async with world.db.read() as uow:
        leader = await uow.leaders.get(leader_id)
        assert await world.residents.find(uow, world.person(phone.chat_id)) is None
    assert leader is not None
    assert leader.state == LeaderState.ACTIVE
    assert (await world.rendition("heat", "pa", "voice")).state == "approved"


async def test_a_leader_erases_everything_by_themselves_and_is_not_brought_back_by_a_backup(world: World) -> None:
    leader_id, phone = await _voice(world)
    async with world.db.read() as uow:
        leader = await uow.leaders.get(leader_id)
    assert leader is not None
    await phone.command("forget")
    await phone.press("forget:all")
    await world.send_all()
    async with world.db.read() as uow:
        assert await uow.leaders.all() == []
        assert await uow.circle.of_leader(leader_id) == []
    assert (await world.rendition("heat", "pa", "voice")).state == "withdrawn"
    assert [each.kind for each in await world.waiting(phone.chat_id)] == []
    assert leader_mark(leader) in world.erasures.read()

    async with world.db.write() as uow:  # the backup believes that they are still there, and knows somebody else
        for number, made_at in ((leader_id, leader.created_at), (leader_id + 1, world.clock.now())):
            await uow.leaders.create(
                id=number, name=f"{GRANTHI.name} {number}", role="x", role_english="x", community="x", languages=["pa"],
                tasks=["record"], state="active", sample=True, created_at=made_at,
            )  # fmt: skip
        media_id = await uow.media.create(
            kind="voice", mime="audio/ogg", size=5, seconds=5, state="stored", tries=0,
            path=await world.store.save(b"voice", ".ogg"), created_at=world.clock.now(),
        )  # fmt: skip
        await uow.messages.add_rendition(
            message_id=1, language="pa", form="video", text=GRANTHI.name, media_id=media_id, leader_id=leader_id,
            consent=["bot"], state="approved", content_hash="x", created_at=world.clock.now(),
        )  # fmt: skip
    async with world.db.write() as uow:
        settled = await Restoring(world.vault, world.desk.erasing, world.clock).settle(
            uow, world.erasures.read(), via="test"
        )
    assert settled.leaders == 1
    assert await world.desk.erasing.remove_files(world.db) == 2, "of the first erasure and of the second"
    assert await world.desk.erasing.remove_files(world.db) == 0, "safe to repeat"
    assert [each.read_bytes() for each in (world.folder / "media").iterdir()] == []
    async with world.db.read() as uow:
        assert [each.id for each in await uow.leaders.all()] == [leader_id + 1], "who was not erased stays"
    assert (await world.rendition("heat", "pa", "video")).state == "withdrawn"


async def test_a_renewed_consent_lets_what_was_recorded_before_go_on_also_into_films(world: World) -> None:
    leader_id, phone = await _voice(world)
    films = Films(REGISTRY, world.store, world.clock)
    world.clock.advance(days=360)
    await phone.press_stale("lv")
    world.clock.advance(days=30)
    async with world.db.read() as uow:
        consent = await world.desk.consents.current(uow, leader_id)
        shown = await films.showable(uow)
    row = await world.rendition("heat", "pa", "voice")
    assert row.consent_until == consent.until, "the end of the one before does not stay behind"
    assert row.state == "approved"
    assert len(shown) == 1


async def test_a_wider_consent_does_not_widen_what_was_recorded_before_it(world: World) -> None:
    publisher, _, reviewer = await team(world)
    await world.message("heat", approved=("en-GB", "pa"))
    leader_id, phone = await agreed(world, publisher)
    await phone.press_stale("lless:film")
    request_id = await asked(world, publisher, leader_id)
    await phone.press_stale(f"rq:{request_id}")
    await speak(world, phone)
    await arrive(world)
    await phone.read()
    await phone.press(next(each for each in reversed(phone.buttons) if each.startswith("su:")))
    await checked(world, reviewer, (await world.rendition("heat", "pa", "voice")).id)
    async with world.db.write() as uow:
        leader = await uow.leaders.get(leader_id)
        assert leader is not None
        await world.desk.consents.give(uow, leader, ["bot", "film", "partners"], name_shown=True, months=12)
        assert await Films(REGISTRY, world.store, world.clock).showable(uow) == set()
    assert (await world.rendition("heat", "pa", "voice")).consent == ["bot"]


async def test_a_restored_backup_does_not_give_back_a_consent_that_was_withdrawn(world: World) -> None:
    leader_id, phone = await _voice(world)
    async with world.db.read() as uow:
        consent = await world.desk.consents.current(uow, leader_id)
    await phone.press_stale("lz:yes")
    async with world.db.write() as uow:  # as the backup has it
        await uow.leaders.change_consent(consent.id, ended_at=None, ended_as=None)
        await uow.leaders.change(leader_id, state=LeaderState.ACTIVE)
        row = await uow.messages.find_rendition(1, "pa", "voice")
        assert row is not None
        await uow.messages.change_rendition(row.id, state="approved")
    async with world.db.write() as uow:
        settled = await Restoring(world.vault, world.desk.erasing, world.clock).settle(
            uow, world.erasures.read(), via="test"
        )
        leader = await uow.leaders.get(leader_id)
    assert (settled.leaders, settled.withdrawn) == (0, 1)
    assert leader is not None
    assert leader.state == LeaderState.WITHDRAWN
    assert (await world.rendition("heat", "pa", "voice")).state == "withdrawn"
