"""A leader is invited, consents, records, hears it back, submits; another speaker checks it; it goes out, and stops."""

import asyncio

import pytest

from bot.domain.broadcasts import BroadcastState
from bot.domain.messaging import NotSent
from bot.domain.residents import Form
from bot.domain.revisions import Meaning
from bot.errors import NotAllowed
from bot.jobs import end_consents
from bot.services.cards import named_leader
from bot.services.media import Media
from tests.factories import BOT, World
from tests.integration.services.leading import (
    GRANTHI,
    Ears,
    agreed,
    arrive,
    asked,
    checked,
    in_english,
    invited,
    speak,
    submitted,
    team,
)


async def test_the_story(world: World) -> None:
    publisher, second, reviewer = await team(world)
    await world.message("heat", approved=("en-GB", "pa"))
    listeners = [await world.resident("pa", form="voice") for _ in range(5)]
    leader_id, granthi = await invited(world, publisher)
    hard_truth = await in_english(world, granthi)
    assert granthi.last != hard_truth, "they read it in their own language"
    for words in ("cannot call back", "tell people your faith", "nobody is told"):
        assert words in hard_truth, words
    await granthi.press("ly")
    for shown in ("ਸੈਂਪਲ ਕੌਰ", "Sample Granthi Kaur", "granthi", "Sample Gurdwara", "ਪੰਜਾਬੀ"):
        assert shown in granthi.last
    await granthi.press("lc")
    await granthi.press("lk:f0p0n1m12")
    await granthi.press("lyes:f0p0n1m12")
    async with world.db.read() as uow:
        consent = await world.desk.consents.current(uow, leader_id)
    assert (consent.scope, consent.name_shown, consent.via) == (["bot"], True, "chat")

    request_id = await asked(world, publisher, leader_id)
    await granthi.read()
    await granthi.press(f"rq:{request_id}")
    assert len(granthi.screens) <= 7, "six screens at the most, one of them twice"
    assert "heat in pa" in granthi.last
    assert "heat in en-GB" in granthi.last
    await speak(world, granthi)
    assert granthi.kinds[-1] == "recording.taken"
    await arrive(world)
    heard = (await granthi.read())[-1]
    assert heard.media is not None, "they hear it back"
    assert "heat in pa" in heard.html
    assert "ਸੈਂਪਲ ਕੌਰ" in heard.html, "as residents will get it, with their name"
    await granthi.press(f"rq:{request_id}")
    await speak(world, granthi, "take-2")
    await arrive(world)
    await granthi.read()
    await granthi.press(granthi.screens[-1].buttons[0][0].data)
    assert granthi.kinds[-1] == "recording.submitted"

    rendition = await world.rendition("heat", "pa", "voice")
    assert rendition.state == "draft"
    ear = world.phone(await world.chat_of(reviewer))
    first = (await ear.read())[-1]
    assert first.media is not None
    assert "heat in" not in first.html, "heard alone first: neither text nor source"
    await checked(world, reviewer, rendition.id)
    assert (await world.rendition("heat", "pa", "voice")).state == "approved"
    assert "recording.approved" in [row.kind for row in await world.waiting(granthi.chat_id)]

    broadcast_id = await world.broadcast(publisher, second, "heat", languages=("pa",))
    world.messenger.calls.clear()
    await world.send_all()
    for chat in listeners:
        [card] = world.messenger.to(chat)
        assert card.media is not None
        assert "ਸੈਂਪਲ ਕੌਰ" in card.html
    assert (await world.row(broadcast_id)).state == BroadcastState.DONE


async def test_the_source_changes_and_the_recording_is_refused_until_it_is_renewed(world: World) -> None:
    publisher, second, reviewer = await team(world)
    await world.message("heat", approved=("en-GB", "pa"))
    _, _, rendition_id = await submitted(world, publisher)
    await checked(world, reviewer, rendition_id)
    listener = await world.resident("pa", form="voice")
    async with world.db.write() as uow:
        change = await world.desk.revisions.propose(
            uow, publisher, "heat", title="Sample heat", text="Drink water and close the curtains by day.", facts={},
            meaning=Meaning.CHANGED,
        )  # fmt: skip
    await world.approve(second, change, "revision")
    async with world.db.read() as uow:
        stale = await world.desk.renditions.get(uow, rendition_id)
        latest = await world.latest("heat")
        assert await uow.messages.find_rendition(latest.id, "pa", Form.VOICE) is None
    assert (stale.state, latest.revision) == ("stale", 2)
    await world.broadcast(publisher, second, "heat", languages=("pa",))
    await world.send_all()
    assert all(each.media is None for each in world.messenger.to(listener)), "the old words are not sent for the new"
    with pytest.raises(NotAllowed):
        await world.approve(reviewer, rendition_id, "rendition")

    async with world.db.write() as uow:
        renewed = await world.desk.revisions.renew(uow, publisher, rendition_id)
    with pytest.raises(NotAllowed, match="Hear it first"):
        await world.approve(reviewer, renewed, "rendition")
    await checked(world, reviewer, renewed)
    assert (await world.rendition("heat", "pa", "voice")).state == "approved"
    await world.broadcast(publisher, second, "heat", languages=("pa",))
    await world.send_all()
    assert any(each.media is not None for each in world.messenger.to(listener)), "renewed: it is heard again"


async def test_withdrawing_stops_what_is_queued_and_says_how_far_it_went(world: World) -> None:
    publisher, second, reviewer = await team(world)
    await world.message("heat", approved=("en-GB", "pa"))
    _, granthi, rendition_id = await submitted(world, publisher)
    await checked(world, reviewer, rendition_id)
    listeners = [await world.resident("pa", form="voice") for _ in range(30)]
    broadcast_id = await world.broadcast(publisher, second, "heat", languages=("pa",))
    world.messenger.calls.clear()
    sent_before: list[int] = []

    async def withdraw_after_three(chat_id: int) -> None:
        if chat_id in listeners:
            sent_before.append(chat_id)
        if len(sent_before) == 3:
            world.messenger.meanwhile = None
            await granthi.start()
            await granthi.press("lm")
            await granthi.press("lz")
            await granthi.press("lz:yes")

    world.messenger.meanwhile = withdraw_after_three
    await world.send_all(world.sender(rate=3))
    row = await world.row(broadcast_id)
    assert (row.state, row.reason) == (BroadcastState.STOPPED, "the speaker has withdrawn their consent")
    carried = [chat for chat in listeners if world.messenger.to(chat)]
    assert 3 <= len(carried) <= 9, "what was claimed before ends by itself, nothing is claimed afterwards"
    assert (await world.rendition("heat", "pa", "voice")).state == "withdrawn"
    shown = await world.shown(broadcast_id)
    assert shown["counts"]["sent"] == len(carried)


async def test_somebody_misuses_a_voice_everything_pauses_and_the_publishers_hear_of_it(world: World) -> None:
    publisher, second, reviewer = await team(world)
    await world.message("heat", approved=("en-GB", "pa"))
    _, granthi, rendition_id = await submitted(world, publisher)
    await checked(world, reviewer, rendition_id)
    await world.resident("pa", form="voice")
    world.messenger.next(*[NotSent("later", after=60.0)] * 50)
    broadcast_id = await world.broadcast(publisher, second, "heat", languages=("pa",))
    await granthi.start()
    await granthi.press("lpause")
    assert "999" in granthi.last
    await granthi.press("lpause:yes")
    assert (await world.rendition("heat", "pa", "voice")).state == "paused"
    assert (await world.row(broadcast_id)).state == BroadcastState.STOPPED
    for each in (publisher, second):
        assert "staff.voice_misused" in [row.kind for row in await world.waiting(await world.chat_of(each))]
    await granthi.press("lu")
    assert (await world.rendition("heat", "pa", "voice")).state == "approved", "its content has not changed"


async def test_of_several_workers_one_keeps_the_file_and_one_plays_it_back(world: World) -> None:
    publisher, _, _ = await team(world)
    await world.message("heat", approved=("en-GB", "pa"))
    leader_id, granthi = await agreed(world, publisher)
    request_id = await asked(world, publisher, leader_id, "heat")
    await granthi.read()
    await granthi.press(f"rq:{request_id}")
    await speak(world, granthi)
    fetching = [Media(world.db, world.store, world.clock, bot_id=BOT) for _ in range(3)]
    await asyncio.gather(*(each.fetch_wanted(world.messenger) for each in fetching))
    assert len([each for each in (world.folder / "media").rglob("*") if each.is_file()]) == 1, "no copy that none knows"
    await asyncio.gather(*(world.desk.recordings.look(world.db, Ears()) for _ in range(3)))
    await granthi.read()
    assert granthi.kinds.count("recording.heard") == 1


async def test_no_is_an_answer_and_nobody_is_told(world: World) -> None:
    publisher, _, _ = await team(world)
    leader_id, phone = await invited(world, publisher)
    await phone.press("lno")
    assert await world.waiting(await world.chat_of(publisher)) == []
    async with world.db.read() as uow:
        row = await uow.leaders.get(leader_id)
    assert row is not None
    assert (row.state, row.chat, row.person_tag) == ("invited", None, None)


async def test_a_consent_asks_before_it_ends_and_ends_by_itself(world: World) -> None:
    publisher, _, reviewer = await team(world)
    await world.message("heat", approved=("en-GB", "pa"), days=400)
    leader_id, granthi, rendition_id = await submitted(world, publisher)
    await checked(world, reviewer, rendition_id)

    async def tick() -> list[str]:
        await asyncio.gather(*(end_consents.run(world.desk) for _ in range(3)))  # several processes tick
        before = len(granthi.kinds)
        await granthi.read()
        return granthi.kinds[before:]

    await granthi.read()
    assert await tick() == []
    world.clock.advance(days=336)
    assert await tick() == ["consent.ends_soon"]
    assert await tick() == [], "asked once"
    world.clock.advance(days=23)
    assert await tick() == ["consent.ends_soon"]
    await granthi.press("lv")
    world.clock.advance(days=8)
    assert await tick() == [], "one tap, and it goes on"
    world.clock.advance(days=400)
    assert await tick() == ["consent.expired"]
    assert (await world.rendition("heat", "pa", "voice")).state == "paused"
    async with world.db.read() as uow:
        ends = [each.ended_as for each in await uow.leaders.consents(leader_id)]
    assert ends == ["expired", "renewed"]


async def test_less_can_be_allowed_and_never_more(world: World) -> None:
    publisher, _, reviewer = await team(world)
    await world.message("heat", approved=("en-GB", "pa"))
    leader_id, granthi, rendition_id = await submitted(world, publisher)
    await checked(world, reviewer, rendition_id)
    await granthi.start()
    await granthi.press("lm")
    await granthi.press("lless:film")
    await granthi.press("lless:name")
    row = await world.rendition("heat", "pa", "voice")
    assert row.consent == ["bot"], "the film maker reads it there"
    async with world.db.read() as uow:
        card = await world.desk.cards.params(
            uow, message_id=row.message_id, text_id=None, media_rendition_id=row.id, missing=None
        )
        assert [each.ended_as for each in await uow.leaders.consents(leader_id)] == [None, "narrowed", "narrowed"]
    assert card["leader"]["name"] == "", "residents get no name any more"
    assert GRANTHI.name not in world.renderer.render("message.card", card, "en-GB").html


async def test_a_pause_of_weeks_loses_nothing(world: World) -> None:
    publisher, _, _ = await team(world)
    await world.message("heat", approved=("en-GB", "pa"))
    leader_id, granthi = await agreed(world, publisher)
    request_id = await asked(world, publisher, leader_id)
    await granthi.read()
    await granthi.press(f"rq:{request_id}")
    async with world.db.write() as uow:
        await uow.inbox.drop_conversations_before(world.clock.now())
        await uow.inbox.drop_conversation(granthi.world.person(granthi.chat_id).bot_id,
                                          world.person(granthi.chat_id).tag)  # fmt: skip
    world.clock.advance(days=20)
    world.wire()
    await speak(world, granthi)
    assert granthi.kinds[-1] == "recording.taken", "taken for the one that was begun, although nothing else is known"
    await arrive(world)
    await granthi.read()
    assert granthi.kinds[-1] == "recording.heard"


async def test_a_leader_who_asked_not_to_be_named_is_named_nowhere_in_public(world: World) -> None:
    publisher, _, reviewer = await team(world)
    await world.message("heat", approved=("en-GB", "pa"))
    _, granthi, rendition_id = await submitted(world, publisher)
    await checked(world, reviewer, rendition_id)
    async with world.db.read() as uow:
        row = await uow.messages.rendition(rendition_id)
        assert row is not None
        named = await named_leader(uow, row)
        assert named is not None
        assert named.name == GRANTHI.name
    await granthi.start()
    await granthi.press_stale("lless:name")
    async with world.db.read() as uow:
        row = await uow.messages.rendition(rendition_id)
        assert row is not None
        assert await named_leader(uow, row) is None
