"""The rule that Vouch exists for: what no second speaker has approved never leaves, on no path."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.domain.broadcasts import BroadcastState
from bot.domain.renditions import RenditionState
from bot.domain.staff import Role
from bot.errors import Conflict, NotVetted
from bot.library import MessageFile, Pack, RenditionFile, Source
from bot.services.audit import Actor
from bot.services.contents import Contents
from bot.services.rumours import Known, Submission
from tests.factories import World


async def _two(world: World) -> tuple[Actor, Actor]:
    return await world.staff("Ana Sample"), await world.staff("Bea Sample", languages=["ur", "en-GB"])


async def _cards(world: World, read: str, form: str = "text") -> list[dict[str, Any]]:
    async with world.db.read() as uow:
        return await world.residents.cards_in_force(uow, listen=read, read=read, form=form)


async def test_an_unvetted_message_cannot_be_broadcast(world: World) -> None:
    ana = await world.staff("Ana Sample")
    await world.message("heat", ["en-GB", "ur"], vetted=False)
    with pytest.raises(NotVetted, match="no second person has vetted"):
        await world.draft(ana, "heat")


async def test_a_message_without_any_approved_rendition_cannot_be_broadcast(world: World) -> None:
    ana = await world.staff("Ana Sample")
    await world.message("heat", [], ["en-GB", "ur"])
    with pytest.raises(NotVetted, match="no approved rendition"):
        await world.draft(ana, "heat")


async def test_a_language_whose_rendition_is_a_draft_is_refused_by_name(world: World) -> None:
    ana = await world.staff("Ana Sample")
    await world.message("heat", ["en-GB"], ["ur"])
    with pytest.raises(NotVetted, match="The ur rendition of heat is not approved by a second speaker"):
        await world.draft(ana, "heat", languages=("ur",))


async def test_where_english_may_stand_in_the_draft_still_does_not_leave(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB"], ["ur"])
    chat = await world.resident("ur")
    await world.broadcast(ana, bea, languages=("ur",), allow_fallback=True)
    await world.send_all()
    [card] = world.messenger.to(chat)
    assert "heat in en-GB" in card.html
    assert "heat in ur" not in card.html
    assert "This message is not yet in" not in card.html  # said in Urdu, the reader's language
    assert "اردو" in card.html


async def test_withdrawn_before_its_time_goes_back_to_its_author_and_sends_nothing(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB", "ur"])
    chat = await world.resident("ur")
    broadcast_id = await world.broadcast(ana, bea, at="2026-11-02T12:00")
    rendition = await world.rendition("heat", "ur")
    async with world.db.write() as uow:
        await world.desk.renditions.withdraw(uow, bea, rendition.id)
    world.clock.advance(hours=3)
    async with world.db.write() as uow:
        assert await world.desk.launch.start_due(uow) == 0
    row = await world.row(broadcast_id)
    assert (row.state, row.approved_by, row.approved_hash) == (BroadcastState.DRAFT, None, None)
    assert "changed after it was approved" in (row.reason or "")
    await world.send_all()
    assert world.messenger.to(chat) == []
    assert "needs you" in world.messenger.to(await world.chat_of(ana))[-1].html


async def test_another_text_under_an_approved_broadcast_voids_the_approval(world: World) -> None:
    ana, bea = await _two(world)
    cem = await world.staff("Cem Sample", Role.REVIEWER, languages=["ur"])
    message_id = await world.message("heat", ["en-GB", "ur"])
    chat = await world.resident("ur")
    broadcast_id = await world.broadcast(ana, bea, at="2026-11-02T12:00")
    rendition = await world.rendition("heat", "ur")
    async with world.db.write() as uow:
        await world.desk.renditions.withdraw(uow, bea, rendition.id)
        again = await world.desk.renditions.write(uow, bea, message_id, "ur", "Another sample text")
        assert again == rendition.id
    await world.approve(cem, again, "rendition")  # approved again, and yet not what was approved for sending
    world.clock.advance(hours=3)
    async with world.db.write() as uow:
        await world.desk.launch.start_due(uow)
    assert (await world.row(broadcast_id)).state == BroadcastState.DRAFT
    await world.send_all()
    assert world.messenger.to(chat) == []


async def test_a_rendition_approved_later_does_not_slip_into_an_approved_broadcast(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB"], ["ur"])
    chat = await world.resident("ur")
    broadcast_id = await world.broadcast(ana, bea, at="2026-11-02T12:00")
    await world.approve(bea, (await world.rendition("heat", "ur")).id, "rendition")
    world.clock.advance(hours=3)
    async with world.db.write() as uow:
        assert await world.desk.launch.start_due(uow) == 1
    await world.send_all()
    [card] = world.messenger.to(chat)
    assert "heat in en-GB" in card.html  # what the approver saw
    assert (await world.row(broadcast_id)).state == BroadcastState.DONE


async def test_withdrawn_while_it_is_being_sent_stops_at_once(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB", "ur"])
    chats = [await world.resident("ur") for _ in range(30)]
    broadcast_id = await world.broadcast(ana, bea)
    rendition = await world.rendition("heat", "ur")
    sender = world.sender(rate=25)  # at this rate one message is claimed at a time

    async def withdraw_after_three(chat_id: int) -> None:
        if len(world.messenger.calls) == 3:
            async with world.db.write() as uow:
                await world.desk.renditions.withdraw(uow, bea, rendition.id)

    world.messenger.meanwhile = withdraw_after_three
    await world.send_all(sender)
    shown = await world.shown(broadcast_id)
    assert shown["state"] == "stopped"
    assert "withdrawn" in shown["reason"]
    reached = [chat for chat in chats if world.messenger.to(chat)]
    assert 3 <= len(reached) <= 4  # the three, and at most the one that was on its way
    assert shown["counts"]["sent"] == len(reached)
    with pytest.raises(Conflict, match="changed since it was approved"):
        async with world.db.write() as uow:
            await world.desk.steering.resume(uow, ana, broadcast_id)


async def test_the_last_gate_does_not_trust_the_plan(world: World) -> None:
    """Even if a draft got into a plan by a defect elsewhere, the sender refuses it and staff are told."""
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB", "ur"])
    chat = await world.resident("ur")
    broadcast_id = await world.broadcast(ana, bea)
    rendition = await world.rendition("heat", "ur")
    async with world.db.write() as uow:
        await uow.messages.change_rendition(rendition.id, state=RenditionState.DRAFT)
        with pytest.raises(NotVetted):
            await Contents(world.desk.cards, world.desk.films, world.renderer, world.clock).of(uow, broadcast_id)
    await world.send_all()
    assert world.messenger.to(chat) == []
    assert (await world.row(broadcast_id)).state == BroadcastState.STOPPED
    assert "not approved" in world.messenger.to(await world.chat_of(ana))[-1].html


@pytest.mark.parametrize("form", ["text", "voice", "video"])
async def test_residents_who_read_what_is_in_force_never_see_a_draft(world: World, form: str) -> None:
    await world.message("heat", ["en-GB"], ["ur"], forms=("text", "voice"))
    await world.message("flood", [], ["en-GB", "ur"])
    await world.message("scam", ["en-GB", "ur"], vetted=False)
    [card] = await _cards(world, "ur", form)
    assert (card["key"], card["text_language"], card["draft"], card["missing"]) == ("heat", "en-GB", False, "ur")


async def test_who_checks_a_rumour_never_sees_a_draft(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB"], ["ur"])
    rumour_id = await world.ask("drink seawater")
    async with world.db.write() as uow:
        await world.desk.answers.use_message(uow, ana, rumour_id, "heat")
    known = await _look_up(world, "drink seawater")
    assert known.card is None  # an answer that waits for its second person is no answer
    await world.approve(bea, rumour_id, "answer")
    known = await _look_up(world, "drink seawater")
    assert known.card is not None
    assert (known.card["text_language"], known.card["draft"]) == ("en-GB", False)
    english = await world.rendition("heat", "en-GB")
    async with world.db.write() as uow:
        await world.desk.renditions.withdraw(uow, bea, english.id)
    assert (await _look_up(world, "drink seawater")).card is None


async def _look_up(world: World, text: str) -> Known:
    async with world.db.read() as uow:
        submission = Submission("text", text, None, forwarded=False)
        known = await world.desk.rumours.look_up(uow, submission, listen="ur", read="ur", form="text")
    assert known is not None
    return known


async def test_an_unvetted_message_cannot_answer_a_rumour(world: World) -> None:
    ana = await world.staff("Ana Sample")
    await world.message("heat", ["en-GB"], vetted=False)
    rumour_id = await world.ask("drink seawater")
    with pytest.raises(NotVetted, match="is a draft"):
        async with world.db.write() as uow:
            await world.desk.answers.use_message(uow, ana, rumour_id, "heat")


# Importing


def _pack(world: World, *texts: RenditionFile, vetted_by: str | None = "Sample Health Team", revision: int = 1) -> Pack:
    now = world.clock.now()
    message = MessageFile(
        key="flu",
        title="Sample flu",
        topic="health",
        revision=revision,
        valid_from=now,
        valid_until=now.replace(year=2027),
        sources=(Source("Sample page", "https://example.org"),),
        vetted_by=vetted_by,
        vetted_on=now.date() if vetted_by else None,
        emergency=False,
        renditions=texts,
        recordings=(),
    )
    return Pack(Path(), [message])


def _text(language: str, reviewer: str | None = None, text: str = "Sample") -> RenditionFile:
    return RenditionFile(
        language, text, "Sample Translator", reviewer, date(2026, 10, 1) if reviewer else None, Path(f"{language}.md")
    )


async def test_an_import_never_approves_what_nobody_reviewed(world: World) -> None:
    async with world.db.write() as uow:
        await world.desk.messages.import_pack(uow, _pack(world, _text("en-GB"), _text("ur"), _text("pl", "Reviewer")))
    states = {each: (await world.rendition("flu", each)).state for each in ("en-GB", "ur", "pl")}
    assert states == {"en-GB": "approved", "ur": "draft", "pl": "approved"}
    async with world.db.write() as uow:  # and an unvetted message's English is a draft too
        await world.desk.messages.import_pack(uow, _pack(world, _text("en-GB"), vetted_by=None, revision=2))
    assert (await world.rendition("flu", "en-GB")).state == "draft"


async def test_importing_again_does_not_bring_back_what_was_withdrawn(world: World) -> None:
    bea = await world.staff("Bea Sample", languages=["pl"])
    pack = _pack(world, _text("en-GB"), _text("pl", "Reviewer"))
    async with world.db.write() as uow:
        await world.desk.messages.import_pack(uow, pack)
    polish = await world.rendition("flu", "pl")
    async with world.db.write() as uow:
        await world.desk.renditions.withdraw(uow, bea, polish.id)
    async with world.db.write() as uow:
        await world.desk.messages.import_pack(uow, pack)
    assert (await world.rendition("flu", "pl")).state == "withdrawn"


async def test_importing_never_overwrites_a_revision(world: World) -> None:
    async with world.db.write() as uow:
        await world.desk.messages.import_pack(uow, _pack(world, _text("en-GB"), _text("ur")))
    with pytest.raises(Conflict, match="flu ur: another text is there"):
        async with world.db.write() as uow:
            await world.desk.messages.import_pack(uow, _pack(world, _text("en-GB"), _text("ur", "R", "Other words")))
    assert (await world.rendition("flu", "ur")).text == "Sample"
    assert (await world.rendition("flu", "ur")).state == "draft"
