"""A second person's yes or no from their own phone, at 22:00 and without the console."""

import pytest

from bot.domain.broadcasts import BroadcastState
from bot.domain.events import EventKind
from bot.domain.staff import Role
from bot.errors import InvalidInput
from bot.services.audit import Actor
from tests.factories import Phone, World


async def _team(world: World) -> tuple[Actor, Actor, Actor]:
    return tuple([await world.staff(f"{name} Sample", languages=["ur", "en-GB"]) for name in ("Ana", "Bea", "Cem")])  # type: ignore[return-value]


async def _phone(world: World, actor: Actor) -> Phone:
    return world.phone(await world.chat_of(actor))


async def _requested(world: World, ana: Actor, ask: str = "Bea Sample") -> int:
    await world.message("heat", ["en-GB", "ur"], ["pl"])
    for read in ("ur", "so", "en-GB"):
        await world.resident(read)
    broadcast_id = await world.draft(ana, at="2026-11-02T22:00", areas=())
    async with world.db.write() as uow:
        await world.desk.approvals.request(uow, ana, "broadcast", broadcast_id, ask=ask)
    return broadcast_id


async def test_the_request_shows_everything_that_is_needed_to_decide(world: World) -> None:
    ana, bea, _ = await _team(world)
    await _requested(world, ana)
    phone = await _phone(world, bea)
    [request] = await phone.read()
    for part in (
        "Ana Sample asks for your approval", "heat in ur, text", "heat in en-GB, text", "To 3 people",
        "0 of them get nothing", "22:00", "so: 1 get en-GB (text) as fallback", "Never later than",
    ):  # fmt: skip
        assert part in request.html
    assert "heat in pl" not in request.html
    assert request.document is None, "every word stands in the message itself"
    assert [button.label for row in request.buttons for button in row] == ["Approve", "Refuse"]


async def test_approving_by_button_schedules_it_and_tells_the_author(world: World) -> None:
    ana, bea, _ = await _team(world)
    broadcast_id = await _requested(world, ana)
    phone, author = await _phone(world, bea), await _phone(world, ana)
    await phone.read()
    await phone.press("ok:1")
    assert "Approved: Broadcast" in phone.last
    row = await world.row(broadcast_id)
    assert (row.state, row.approved_by) == (BroadcastState.SCHEDULED, bea.id)
    [told] = await author.read()
    assert "was approved by Bea Sample" in told.html
    await phone.press_stale("ok:1")
    assert "settled already" in phone.last
    await phone.press_stale("no:1")
    await phone.say("too late")
    assert (await world.row(broadcast_id)).state == BroadcastState.SCHEDULED


async def test_refusing_asks_for_the_reason_and_passes_it_on(world: World) -> None:
    ana, bea, _ = await _team(world)
    broadcast_id = await _requested(world, ana)
    phone, author = await _phone(world, bea), await _phone(world, ana)
    await phone.read()
    await phone.press("no:1")
    assert "write the reason" in phone.last
    world.wire()  # a restart between the button and the words
    await phone.say("The <b>date</b> is wrong")
    assert "Its author has your reason" in phone.last
    row = await world.row(broadcast_id)
    assert row.state == BroadcastState.DRAFT
    assert row.reason == "Refused by Bea Sample: The <b>date</b> is wrong"
    [told] = await author.read()
    assert "The &lt;b&gt;date&lt;/b&gt; is wrong" in told.html
    await phone.say("is this true?")
    assert phone.kinds[-1] == "language.first", "the next words are a question again, like anybody's"


async def test_a_refusal_without_words_is_none(world: World) -> None:
    ana, bea, _ = await _team(world)
    broadcast_id = await _requested(world, ana)
    phone = await _phone(world, bea)
    await phone.read()
    await phone.press("no:1")
    await phone.event(EventKind.TEXT, text="   ")
    async with world.db.read() as uow:
        assert [each.state for each in await uow.approvals.of("broadcast", broadcast_id)] == ["pending"]
    async with world.db.write() as uow:
        with pytest.raises(InvalidInput):
            await world.desk.approvals.refuse(uow, bea, 1, " ")


async def test_the_author_cannot_tap_for_themselves_nor_can_a_resident(world: World) -> None:
    ana, bea, _ = await _team(world)
    broadcast_id = await _requested(world, ana)
    author, stranger = await _phone(world, ana), world.phone()
    await stranger.start("l_en-GB")
    for phone in (author, stranger):
        await phone.press_stale("ok:1")
        await phone.press_stale("no:1")
        await phone.say("refused, I say")
    assert "made themselves" in author.texts()
    async with world.db.read() as uow:
        assert [each.state for each in await uow.approvals.of("broadcast", broadcast_id)] == ["pending"]
    assert (await world.row(broadcast_id)).state == BroadcastState.DRAFT
    assert bea.id


async def test_without_an_answer_it_goes_on_to_the_deputy_and_the_author_hears_who_has_it(world: World) -> None:
    ana, bea, cem = await _team(world)
    async with world.db.write() as uow:
        await world.desk.staff.set_deputy(uow, bea, bea.id, "Cem Sample")
    broadcast_id = await _requested(world, ana)
    phone, author = await _phone(world, cem), await _phone(world, ana)
    world.clock.advance(minutes=14)
    async with world.db.write() as uow:
        assert await world.desk.approvals.pass_on(uow) == 0
    world.clock.advance(minutes=2)
    async with world.db.write() as uow:
        assert await world.desk.approvals.pass_on(uow) == 1
    async with world.db.write() as uow:
        assert await world.desk.approvals.pass_on(uow) == 0, "once"
    [told] = await author.read()
    assert "now with Cem Sample" in told.html
    await phone.read()
    await phone.press("ok:1")
    assert (await world.row(broadcast_id)).approved_by == cem.id


@pytest.mark.parametrize("deputy", ["Ana Sample", "Rev Sample", "Non Sample"])
async def test_it_never_goes_on_to_somebody_who_could_not_approve_it(world: World, deputy: str) -> None:
    """The author, a person without the role, and one who does not speak the language."""
    ana, bea, _ = await _team(world)
    await world.staff("Rev Sample", Role.TRIAGER, languages=["ur"])
    await world.staff("Non Sample", Role.REVIEWER, languages=["pl"])
    message_id = await world.message("heat", ["en-GB"])
    async with world.db.write() as uow:
        await world.desk.staff.set_deputy(uow, bea, bea.id, deputy)
        rendition_id = await world.desk.renditions.write(uow, ana, message_id, "ur", "Sample text")
        await world.desk.approvals.request(uow, ana, "rendition", rendition_id, ask="Bea Sample")
    world.clock.advance(hours=1)
    async with world.db.write() as uow:
        assert await world.desk.approvals.pass_on(uow) == 0


async def test_deputies_in_a_circle_are_asked_once_each(world: World) -> None:
    ana, bea, cem = await _team(world)
    async with world.db.write() as uow:
        await world.desk.staff.set_deputy(uow, bea, bea.id, "Cem Sample")
        await world.desk.staff.set_deputy(uow, cem, cem.id, "Bea Sample")
    await _requested(world, ana)
    passed = 0
    for _ in range(5):
        world.clock.advance(hours=1)
        async with world.db.write() as uow:
            passed += await world.desk.approvals.pass_on(uow)
    assert passed == 1


@pytest.mark.parametrize("kind", ["rendition", "answer"])
async def test_renditions_and_answers_are_approved_in_the_chat_too(world: World, kind: str) -> None:
    ana, bea, _ = await _team(world)
    message_id = await world.message("heat", ["en-GB"])
    asker = world.phone()
    await asker.start("l_en-GB")
    await asker.say("is it hot?")
    await asker.press("c:1")
    async with world.db.write() as uow:
        if kind == "rendition":
            subject = await world.desk.renditions.write(uow, ana, message_id, "ur", "Sample <i>Urdu</i> text")
        else:
            subject = 1
            await world.desk.answers.write(uow, ana, 1, title="Yes & no", text="It is hot.")
        await world.desk.approvals.request(uow, ana, kind, subject, ask="Bea Sample")
    phone = await _phone(world, bea)
    await phone.read()
    assert ("&lt;i&gt;Urdu" in phone.last) if kind == "rendition" else ("is it hot?" in phone.last)
    await phone.press("ok:1")
    assert "Approved" in phone.last
    if kind == "answer":
        await asker.read()
        assert "It is hot." in asker.last


async def test_a_request_by_name_goes_to_that_person_only(world: World) -> None:
    ana, bea, cem = await _team(world)
    await _requested(world, ana, ask="Cem Sample")
    assert await world.waiting(await world.chat_of(bea)) == []
    assert len(await world.waiting(await world.chat_of(cem))) == 1
