"""A change is one person's word and another's yes: only a changed meaning takes renditions out of use, and at once."""

from datetime import timedelta

import pytest

from bot.domain.revisions import Meaning
from bot.domain.staff import Role
from bot.errors import Conflict, InvalidInput, NotAllowed, NotFound, NotVetted
from bot.services.audit import Actor
from tests.factories import LEASE, World


@pytest.fixture
async def ana(world: World) -> Actor:
    return await world.staff("Ana Sample")


@pytest.fixture
async def bea(world: World) -> Actor:
    return await world.staff("Bea Sample")


async def change(world: World, author: Actor, meaning: Meaning, text: str = "Other words.", **facts: str) -> int:
    async with world.db.write() as uow:
        return await world.desk.revisions.propose(
            uow, author, "heat", title="Sample heat", text=text, facts=facts, meaning=meaning
        )


async def state_of(world: World, message_id: int, language: str, form: str = "voice") -> str:
    async with world.db.read() as uow:
        row = await uow.messages.find_rendition(message_id, language, form)
    assert row is not None
    return row.state


async def test_a_changed_meaning_makes_recordings_stale_and_stops_what_is_under_way(
    world: World, ana: Actor, bea: Actor
) -> None:
    old = await world.message("heat", ("en-GB", "ur"), forms=("text", "voice"))
    for _ in range(6):
        await world.resident("ur", form="voice")
    broadcast_id = await world.broadcast(ana, bea)
    sender, fence = world.sender(rate=25), await world.take("holder")
    while len(world.messenger.calls) < 2:
        await sender.step(fence, LEASE, "holder")
    await sender.drain(fence)
    await world.approve(bea, await change(world, ana, Meaning.CHANGED), "revision")
    before = len(world.messenger.calls)
    await world.send_all(sender)
    assert len(world.messenger.calls) == before, "not one more leaves"
    row = await world.row(broadcast_id)
    assert (row.state, row.reason) == ("stopped", "the message changed")
    assert await state_of(world, old, "ur") == "stale"
    async with world.db.read() as uow:
        recording = await uow.messages.find_rendition(old, "ur", "voice")
        assert recording is not None
        assert await uow.tallies.reach(recording.id) == {broadcast_id: before}, "whom it reached is known"
    async with world.db.write() as uow:
        with pytest.raises(Conflict):
            await world.desk.steering.resume(uow, ana, broadcast_id)
    latest = await world.latest("heat")
    assert latest.revision == 2
    with pytest.raises(NotFound):
        await world.rendition("heat", "ur", "voice")


async def test_what_a_message_answers_is_agreed_by_two_and_leaves_renditions_and_revision_alone(
    world: World, ana: Actor, bea: Actor
) -> None:
    message_id = await world.message("heat", ("en-GB", "ur"), forms=("text", "voice"))
    async with world.db.read() as uow:
        before = await world.latest("heat")
        source = await world.rendition("heat", "en-GB")

    async def propose(answers: list[str]) -> int:
        async with world.db.write() as uow:
            return await world.desk.revisions.propose(
                uow, ana, "heat", title=before.title, text=source.text, facts=before.facts, meaning=Meaning.CHANGED,
                answers=answers,
            )  # fmt: skip

    proposed = await propose(["  Fans spread   germs. ", "Fans spread germs.", ""])
    assert (await world.latest("heat")).answers == []
    await world.approve(bea, proposed, "revision")
    after = await world.latest("heat")
    assert (after.id, after.answers, after.content_hash) == (message_id, ["Fans spread germs."], before.content_hash)
    assert await state_of(world, message_id, "ur") == "approved"
    async with world.db.read() as uow:
        entries = [each for each in await uow.audit.page(limit=20) if "answers" in each.detail]
    assert [each.detail["answers"] for each in entries] == [["Fans spread germs."]] * 2
    with pytest.raises(InvalidInput):
        await propose(["Fans spread germs."])
    for wrong in (["x" * 201], [f"Claim {each}." for each in range(13)]):
        with pytest.raises(InvalidInput):
            await propose(wrong)
    await world.approve(bea, await change(world, ana, Meaning.UNCHANGED), "revision")
    assert (await world.latest("heat")).answers == ["Fans spread germs."], "kept where other words change"


async def test_a_stale_recording_is_renewed_only_by_a_second_speaker(world: World, ana: Actor, bea: Actor) -> None:
    old = await world.message("heat", ("en-GB", "ur"), forms=("text", "voice"))
    await world.approve(bea, await change(world, ana, Meaning.CHANGED), "revision")
    async with world.db.write() as uow:
        stale = await uow.messages.find_rendition(old, "ur", "text")
        assert stale is not None
        renewed = await world.desk.revisions.renew(uow, ana, stale.id)
        with pytest.raises(Conflict):
            await world.desk.revisions.renew(uow, ana, stale.id)
    assert (await world.rendition("heat", "ur")).state == "draft"
    speaker = await world.staff("Sample Speaker", Role.REVIEWER, languages=("ur",))
    await world.approve(speaker, renewed, "rendition")
    row = await world.rendition("heat", "ur")
    assert (row.state, row.carried_from) == ("approved", stale.id)


async def test_an_unchanged_meaning_carries_every_rendition_over(world: World, ana: Actor, bea: Actor) -> None:
    await world.message("heat", ("en-GB", "ur"), drafts=("pl",), forms=("text", "voice"))
    await world.approve(bea, await change(world, ana, Meaning.UNCHANGED, phone="01922 000 000"), "revision")
    latest = await world.latest("heat")
    assert (latest.revision, latest.facts) == (2, {"phone": "01922 000 000"})
    assert await state_of(world, latest.id, "ur") == "approved"
    assert await state_of(world, latest.id, "pl") == "draft", "a draft stays one"
    phone = await world.resident("ur", form="voice")
    await world.broadcast(ana, bea)
    await world.send_all()
    card = world.messenger.to(phone)[-1]
    assert "01922 000 000" in card.html
    async with world.db.read() as uow:
        actions = [each.action for each in await uow.audit.page()]
    assert "renditions_carried" in actions


async def test_nobody_confirms_their_own_change_and_a_later_one_replaces_it(
    world: World, ana: Actor, bea: Actor
) -> None:
    await world.message("heat", ("en-GB",))
    first = await change(world, ana, Meaning.UNCHANGED)
    with pytest.raises(NotAllowed):
        await world.approve(ana, first, "revision")
    second = await change(world, bea, Meaning.CHANGED, "Yet other words.")
    with pytest.raises(Conflict):
        await world.approve(bea, first, "revision")
    await world.approve(ana, second, "revision")
    with pytest.raises(InvalidInput):
        await change(world, ana, Meaning.CHANGED, "Yet other words.")


async def test_staff_see_whom_it_would_cost_their_language_before_they_save(world: World) -> None:
    await world.message("heat", ("en-GB", "ur", "pl"))
    for language in ("ur", "ur", "pl", "en-GB"):
        await world.resident(language)
    async with world.db.read() as uow:
        impact = await world.desk.revisions.impact(uow, await world.latest("heat"))
    assert (dict(impact.fall_back), impact.nothing) == ({"ur": 2, "pl": 1}, 0)


async def test_a_consent_that_ends_in_the_middle_of_a_broadcast_stops_it(world: World, ana: Actor, bea: Actor) -> None:
    message_id = await world.message("heat", ("en-GB", "ur"), forms=("text", "voice"))
    async with world.db.write() as uow:
        row = await uow.messages.find_rendition(message_id, "ur", "voice")
        assert row is not None
        await uow.messages.change_rendition(row.id, consent_until=world.clock.now() + timedelta(hours=1))
    people = [await world.resident("ur", form="voice") for _ in range(6)]
    broadcast_id = await world.broadcast(ana, bea)
    sender, fence = world.sender(rate=25), await world.take("holder")
    while len(world.messenger.calls) < 2:
        await sender.step(fence, LEASE, "holder")
    await sender.drain(fence)
    world.clock.advance(hours=2)
    sent = len(world.messenger.calls)
    await world.send_all(sender)
    assert sum(len(world.messenger.to(each)) for each in people) == sent, "not one more leaves"
    assert (await world.row(broadcast_id)).state == "stopped"


# The ready shelf


async def ready(world: World, *, asks: tuple[str, ...] = ("place", "phone")) -> None:
    message_id = await world.message("shelf-flood", ("en-GB", "ur"), drafts=("pl",), emergency=True)
    async with world.db.write() as uow:
        await uow.messages.change(message_id, shelf="flood", asks=list(asks))


async def test_from_the_shelf_to_people_in_two_steps(world: World, ana: Actor, bea: Actor) -> None:
    await ready(world)
    urdu, polish = await world.resident("ur"), await world.resident("pl")
    async with world.db.write() as uow:
        taken = await world.desk.shelf.take(
            uow, ana, "shelf-flood", facts={"place": "Sample School", "phone": "01922 000 000"}
        )
    with pytest.raises(NotAllowed):
        await world.approve(ana, taken, "shelf")
    await world.send_all()
    assert world.messenger.calls == []
    await world.approve(bea, taken, "shelf")
    await world.send_all()
    for chat in (urdu, polish):
        html = world.messenger.to(chat)[-1].html
        assert "Sample School" in html
        assert "01922 000 000" in html
    assert "shelf-flood in ur" in world.messenger.to(urdu)[-1].html
    assert "shelf-flood in en-GB" in world.messenger.to(polish)[-1].html, "a draft never leaves"


async def test_what_stands_on_the_shelf_does_not_leave_it_by_another_way(world: World, ana: Actor) -> None:
    await ready(world)
    with pytest.raises(Conflict):
        await world.draft(ana, "shelf-flood")
    async with world.db.read() as uow:
        assert await uow.messages.in_force(world.clock.now()) == []
    async with world.db.write() as uow:
        with pytest.raises(InvalidInput):
            await world.desk.shelf.take(uow, ana, "shelf-flood", facts={"place": "Sample School"})
        with pytest.raises(InvalidInput):
            await world.desk.shelf.take(uow, ana, "shelf-flood", facts={"place": "x", "phone": "y", "colour": "z"})
    await world.message("shelf-heat", (), drafts=("en-GB",), vetted=False)
    async with world.db.write() as uow:
        message = await uow.messages.latest("shelf-heat")
        assert message is not None
        await uow.messages.change(message.id, shelf="heat")
        with pytest.raises(NotVetted):
            await world.desk.shelf.take(uow, ana, "shelf-heat", facts={})


async def test_a_yes_covers_what_was_seen(world: World, ana: Actor, bea: Actor) -> None:
    await ready(world, asks=())
    async with world.db.write() as uow:
        taken = await world.desk.shelf.take(uow, ana, "shelf-flood", facts={})
        await world.desk.approvals.request(uow, ana, "shelf", taken, ask=bea.name)
        urdu = await world.desk.renditions.find(uow, "shelf-flood", "ur")
        await world.desk.renditions.withdraw(uow, ana, urdu.id)
    with pytest.raises(Conflict):
        await world.approve(bea, taken, "shelf")


# The board


async def test_the_board_says_what_is_missing_and_for_how_many(world: World) -> None:
    await world.message("heat", ("en-GB", "ur"), drafts=("pl",))
    for language in ("pl", "pl", "ur"):
        await world.resident(language)
    await world.resident("ur", form="voice")
    async with world.db.write() as uow:
        row = await uow.messages.latest("heat")
        assert row is not None
        for each in await uow.messages.renditions(row.id):
            if each.state == "approved":
                await world.desk.provenance.issue(uow, each.id)
                world.clock.advance(hours=5)
    async with world.db.read() as uow:
        board = await world.desk.coverage.board(uow)
    assert board.languages == ("pl", "ur", "en-GB")
    cells = board.lines[0].cells
    assert (cells["en-GB"].waited, cells["ur"].waited, cells["ur"].waiting) == (None, 5.0, False)
    assert (cells["pl"].waited, cells["pl"].waiting, cells["pl"].approved) == (10.0, True, False)
    assert [(each.language, each.form, each.people) for each in board.wanted] == [("pl", "text", 2), ("ur", "voice", 1)]
