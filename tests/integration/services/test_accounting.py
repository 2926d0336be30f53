"""Every resident of an audience ends in exactly one state, whatever the channel says and people do meanwhile."""

import random
from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from bot.db.repositories import deliveries as deliveries_repository
from bot.domain.broadcasts import BroadcastState, DeliveryState
from bot.domain.messaging import Blocked, InDoubt, Moved, NotSent, Rejected, RetryLater, SendOutcome, Sent
from bot.errors import Conflict
from bot.jobs import end_queued
from bot.services.accounts import Wanted
from bot.services.audit import Actor
from tests.factories import LEASE, World

OUTCOMES: list[SendOutcome] = [
    Sent(1),
    Sent(2),
    Sent(3),
    Blocked("bot was blocked by the user"),
    Rejected("chat not found"),
    InDoubt("the answer was lost"),
    NotSent("connection refused", after=0.001),
    RetryLater(0.001),
]
ENDS = ("sent", "failed", "blocked", "skipped", "unconfirmed")


async def _two(world: World) -> tuple[Actor, Actor]:
    return await world.staff("Ana Sample"), await world.staff("Bea Sample", languages=["en-GB"])


def _balance(shown: dict[str, Any]) -> None:
    counts = shown["counts"]
    assert counts["queued"] == counts["sending"] == 0, counts
    assert sum(counts[each] for each in ENDS) == shown["audience"]["size"], counts
    by_language: Counter[str] = Counter()
    for line in shown["by_language"].values():
        by_language.update(line)
    assert {name: by_language[name] for name in counts} == counts


@pytest.mark.parametrize("seed", range(4))
async def test_any_mixture_of_outcomes_adds_up(world: World, seed: int) -> None:
    chance = random.Random(seed)
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB", "ur"])
    chats = [await world.resident(chance.choice(["en-GB", "ur", "so"])) for _ in range(60)]
    expected: Counter[str] = Counter()
    for chat in chats:
        first = chance.choice(OUTCOMES)
        world.messenger.will(chat, first)
        again = isinstance(first, NotSent | RetryLater)
        expected[_end(Sent(1) if again else first)] += 1
    broadcast_id = await world.broadcast(ana, bea)
    await world.send_all()
    world.messenger.answers_clearly = True
    shown = await world.shown(broadcast_id)
    while shown["state"] != "done":  # five in doubt in a row open the breaker; a probe closes it
        sender = world.sender()
        await world.send_all(sender)
        shown = await world.shown(broadcast_id)
    _balance(shown)
    assert {each: shown["counts"][each] for each in ENDS} == {each: expected[each] for each in ENDS}
    assert shown["audience"]["size"] == 60


def _end(outcome: SendOutcome) -> str:
    names = {Sent: "sent", Blocked: "blocked", Rejected: "failed", InDoubt: "unconfirmed"}
    return names[type(outcome)]


async def test_stop_pause_block_and_erasure_while_it_is_being_sent(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB"])
    chats = [await world.resident("en-GB") for _ in range(12)]
    broadcast_id = await world.broadcast(ana, bea)

    async def leave(chat_id: int) -> None:
        if chat_id != chats[0]:
            return
        stopper, pauser, blocker = [await world.joined(each) for each in chats[-3:]]
        async with world.db.write() as uow:
            await world.residents.stop(uow, stopper)
            await world.residents.pause(uow, pauser, 7)
            await world.residents.stop(uow, blocker, blocked=True)
            await world.privacy.forget(uow, world.person(chats[-4]))  # still queued
            await world.privacy.forget(uow, world.person(chats[0]))  # on its way at this moment

    world.messenger.meanwhile = leave
    await world.send_all(world.sender(rate=25))
    shown = await world.shown(broadcast_id)
    _balance(shown)
    assert shown["state"] == "done"
    assert {each: shown["counts"][each] for each in ENDS} == {
        "sent": 7, "failed": 0, "blocked": 0, "skipped": 4, "unconfirmed": 1,
    }  # fmt: skip
    for gone in chats[-4:]:
        assert world.messenger.to(gone) == []
    async with world.db.read() as uow:
        listed = [each async for each in world.desk.accounts.listing(uow, broadcast_id)]
    assert len(listed) == 10  # two erased people have no row; the totals still have them
    reasons = {each["error"] for each in listed if each["state"] == "skipped"}
    assert reasons == {"stopped meanwhile", "paused meanwhile", "blocked us meanwhile"}


async def test_erased_residents_stay_in_the_totals(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB"])
    chats = [await world.resident("en-GB") for _ in range(3)]
    broadcast_id = await world.broadcast(ana, bea)
    await world.send_all()
    before = await world.shown(broadcast_id)
    for chat in chats:
        async with world.db.write() as uow:
            await world.privacy.forget(uow, world.person(chat))
    after = await world.shown(broadcast_id)
    assert after["counts"] == before["counts"]
    assert after["audience"]["size"] == 3
    assert after["by_language"] == before["by_language"]


async def test_cancelling_skips_what_is_queued(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB"])
    chats = [await world.resident("en-GB") for _ in range(10)]
    broadcast_id = await world.broadcast(ana, bea)

    async def cancel(chat_id: int) -> None:
        if chat_id == chats[2]:
            async with world.db.write() as uow:
                await world.desk.steering.cancel(uow, ana, broadcast_id)

    world.messenger.meanwhile = cancel
    await world.send_all(world.sender(rate=25))
    shown = await world.shown(broadcast_id)
    _balance(shown)
    assert shown["state"] == "cancelled"
    assert 3 <= shown["counts"]["sent"] <= 4  # at most one more had been claimed
    with pytest.raises(Conflict):
        async with world.db.write() as uow:
            await world.desk.steering.resume(uow, ana, broadcast_id)


@pytest.mark.parametrize("outcome", [RetryLater(0.001), NotSent("refused", after=0.001), Moved(900_001)])
async def test_what_was_on_its_way_when_it_was_cancelled_ends_too(world: World, outcome: SendOutcome) -> None:
    """It was certainly not sent, and it never will be: skipped, not queued for ever."""
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB"])
    chat = await world.resident("en-GB")
    broadcast_id = await world.broadcast(ana, bea)
    world.messenger.will(chat, outcome)

    async def cancel(chat_id: int) -> None:
        async with world.db.write() as uow:
            await world.desk.steering.cancel(uow, ana, broadcast_id)

    world.messenger.meanwhile = cancel
    await world.send_all()
    _balance(await world.shown(broadcast_id))
    assert len(world.messenger.calls) == 1


async def test_pausing_holds_everything_and_resuming_sends_the_rest_once(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB"])
    chats = [await world.resident("en-GB") for _ in range(10)]
    broadcast_id = await world.broadcast(ana, bea)

    async def pause(chat_id: int) -> None:
        if chat_id == chats[4]:
            async with world.db.write() as uow:
                await world.desk.steering.pause(uow, ana, broadcast_id)

    world.messenger.meanwhile = pause
    await world.send_all(world.sender(rate=5))
    paused = await world.shown(broadcast_id)
    assert (paused["state"], paused["reason"]) == ("paused", "paused by staff")
    assert 5 <= paused["counts"]["sent"] <= 6  # at most one more had been claimed
    world.messenger.meanwhile = None
    async with world.db.write() as uow:
        await world.desk.steering.resume(uow, ana, broadcast_id)
    await world.send_all()
    _balance(await world.shown(broadcast_id))
    assert [len(world.messenger.to(each)) for each in chats] == [1] * 10


@pytest.mark.parametrize("state", ["scheduled", "sending", "paused", "stopped"])
async def test_past_its_latest_time_it_is_missed_and_staff_are_told(world: World, state: str) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB"])
    chat = await world.resident("en-GB")
    at = "2026-11-02T12:00" if state == "scheduled" else None
    broadcast_id = await world.broadcast(ana, bea, at=at, until="2026-11-02T13:00")
    if state == "paused":
        async with world.db.write() as uow:
            await world.desk.steering.pause(uow, ana, broadcast_id)
    if state == "stopped":
        async with world.db.write() as uow:
            await uow.broadcasts.move(broadcast_id, BroadcastState.SENDING, BroadcastState.STOPPED, reason="refused")
    world.clock.advance(hours=4)
    await world.send_all()  # nobody has ticked yet: nothing stale is sent all the same
    assert world.messenger.to(chat) == []
    async with world.db.write() as uow:
        assert await world.desk.launch.start_due(uow) == 0
    await world.send_all()
    assert world.messenger.to(chat) == []
    shown = await world.shown(broadcast_id)
    assert shown["state"] == "missed"
    if state != "scheduled":
        _balance(shown)
        assert shown["counts"]["skipped"] == 1
    for staff in (ana, bea):
        assert "latest time passed" in world.messenger.to(await world.chat_of(staff))[-1].html
    with pytest.raises(Conflict):
        async with world.db.write() as uow:
            await world.desk.steering.resume(uow, ana, broadcast_id)


async def test_refused_content_stops_the_broadcast_and_tells_staff(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB"])
    chats = [await world.resident("en-GB") for _ in range(10)]
    broadcast_id = await world.broadcast(ana, bea)
    world.messenger.will(chats[1], Rejected("can't parse entities", content=True))
    await world.send_all(world.sender(rate=25))
    shown = await world.shown(broadcast_id)
    assert shown["state"] == "stopped"
    assert "can't parse entities" in shown["reason"]
    assert shown["counts"]["failed"] == 1
    assert shown["counts"]["sent"] <= 2
    assert "can't parse entities" in world.messenger.to(await world.chat_of(bea))[-1].html.replace("&#x27;", "'")
    async with world.db.write() as uow:
        await world.desk.steering.cancel(uow, ana, broadcast_id)
    _balance(await world.shown(broadcast_id))


# Who gets what


async def test_fallback_is_honest_and_one_language_a_message(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB", "ur"])
    somali, urdu, mirpuri = (
        await world.resident("so"),
        await world.resident("ur"),
        await world.resident("ur", listen="phr"),
    )
    await world.broadcast(ana, bea)
    await world.send_all()
    [card] = world.messenger.to(somali)
    assert "Soomaali" in card.html.splitlines()[0], "said in their own language"
    assert "Soomaali" in card.html
    assert "heat in en-GB" in card.html
    assert "heat in ur" not in card.html
    for chat in (urdu, mirpuri):
        [card] = world.messenger.to(chat)
        assert "heat in ur" in card.html
        assert "heat in en-GB" not in card.html
        assert "Sample heat" not in card.html  # the English title stays away from an Urdu text


async def test_a_voice_goes_to_who_wants_voice_with_its_text_and_text_to_the_others(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB", "ur"], forms=("text", "voice"))
    async with world.db.write() as uow:
        media_id = await uow.media.create(
            kind="voice", mime="audio/ogg", size=1, seconds=3, path="a.ogg", state="stored", tries=0,
            created_at=world.clock.now(),
        )  # fmt: skip
        await uow.messages.change_rendition((await world.rendition("heat", "ur", "voice")).id, media_id=media_id)
    hears, reads = await world.resident("ur", form="voice"), await world.resident("ur", form="text")
    await world.broadcast(ana, bea)
    world.messenger.will(hears, Sent(1, file_id="handle-1"))
    await world.send_all()
    [voice], [text] = world.messenger.to(hears), world.messenger.to(reads)
    assert voice.media is not None
    assert voice.media.media_id == media_id
    assert "heat in ur, text" in voice.html
    assert text.media is None
    async with world.db.read() as uow:
        stored = await uow.media.get(media_id)
    assert stored is not None
    assert stored.file_id == "handle-1"  # uploaded once


@pytest.mark.parametrize(
    ("topic", "emergency", "expected"),
    [
        ("health", False, {"everything", "health"}),
        ("scams", False, {"everything"}),
        ("emergency", True, {"everything", "health", "emergencies"}),
    ],
)
async def test_topics_and_emergencies_only(world: World, topic: str, emergency: bool, expected: set[str]) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB"], topic=topic, emergency=emergency)
    people = {
        "everything": await world.resident("en-GB"),
        "health": await world.resident("en-GB", topics=("health",)),
        "emergencies": await world.resident("en-GB", emergencies_only=True),
    }
    broadcast_id = await world.broadcast(ana, bea)
    await world.send_all()
    assert {name for name, chat in people.items() if world.messenger.to(chat)} == expected
    assert (await world.shown(broadcast_id))["audience"]["size"] == len(expected)


async def test_areas_and_languages_choose_the_audience(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB", "ur", "pl"])
    people = {
        "ur palfrey": await world.resident("ur", area="palfrey"),
        "hears ur": await world.resident("en-GB", listen="ur", area="palfrey"),
        "ur pleck": await world.resident("ur", area="pleck"),
        "ur": await world.resident("ur"),
        "pl palfrey": await world.resident("pl", area="palfrey"),
    }
    draft = await world.draft(ana, languages=("ur",), areas=("palfrey",))
    assert (await world.shown(draft))["audience"] == {"languages": ["ur"], "areas": ["palfrey"], "size": 2}
    await world.approve(bea, draft)
    await world.send_all()
    assert {name for name, chat in people.items() if world.messenger.to(chat)} == {"ur palfrey", "hears ur"}


async def test_who_gets_nothing_is_counted_as_skipped(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["ur"], ["en-GB"])
    urdu, polish = await world.resident("ur"), await world.resident("pl")
    draft = await world.draft(ana)
    async with world.db.read() as uow:
        told = await world.desk.broadcasts.describe(uow, draft)
    assert (told["size"], told["nothing"]) == (2, 1)
    await world.approve(bea, draft)
    await world.send_all()
    shown = await world.shown(draft)
    _balance(shown)
    assert (shown["counts"]["sent"], shown["counts"]["skipped"]) == (1, 1)
    assert world.messenger.to(polish) == []
    assert len(world.messenger.to(urdu)) == 1


async def test_the_dry_run_says_what_is_then_sent(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB", "ur"])
    for read in ("ur", "ur", "so", "en-GB"):
        await world.resident(read)
    draft = await world.draft(ana)
    async with world.db.read() as uow:
        plan = await world.desk.planner.plan(uow, await world.desk.planner.get(uow, draft))
    told = {(line["language"], line["gets"], line["fallback"]): line["people"] for line in plan.by_language()}
    assert told == {("ur", "ur", False): 2, ("so", "en-GB", True): 1, ("en-GB", "en-GB", False): 1}
    await world.approve(bea, draft)
    await world.send_all()
    by_language = (await world.shown(draft))["by_language"]
    assert {tag: line["sent"] for tag, line in by_language.items()} == {"ur": 2, "en-GB": 2}


async def test_a_delivery_list_names_nobody_and_cannot_be_joined(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB"])
    for _ in range(3):
        await world.resident("en-GB")
    first, second = [await world.broadcast(ana, bea) for _ in range(2)]
    await world.send_all()
    async with world.db.read() as uow:
        lists = [[each async for each in world.desk.accounts.listing(uow, number)] for number in (first, second)]
    ids = [{each["resident"] for each in rows} for rows in lists]
    assert [len(each) for each in ids] == [3, 3]
    assert ids[0].isdisjoint(ids[1])
    assert set(lists[0][0]) == {"resident", "language", "form", "state", "sent_at", "error"}


async def test_the_order_of_a_list_says_nothing_either(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB"])
    chats = [await world.resident("en-GB") for _ in range(40)]
    for at, chat_id in enumerate(chats):  # a line can be told from the next one by how it failed
        world.messenger.always(chat_id, Rejected(f"sample {at}"))
    numbers = [await world.broadcast(ana, bea) for _ in range(2)]
    await world.send_all()
    async with world.db.read() as uow:
        lists = [[each["error"] async for each in world.desk.accounts.listing(uow, number)] for number in numbers]
    assert sorted(lists[0]) == sorted(lists[1])
    assert lists[0] != lists[1]
    assert [f"sample {at}" for at in range(40)] not in lists


async def test_parts_of_a_list_add_up_to_all_of_it(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB", "ur"])
    chats = [await world.resident(["en-GB", "ur"][at % 2]) for at in range(9)]
    world.messenger.always(chats[0], Rejected("no rights"))
    number = await world.broadcast(ana, bea)
    await world.send_all()
    async with world.db.read() as uow:
        pages = [
            [each["resident"] async for each in world.desk.accounts.sheet(uow, number, limit=4, offset=at)]
            for at in (0, 4, 8)
        ]
        urdu = [each async for each in world.desk.accounts.sheet(uow, number, Wanted(language="ur"))]
        failed = [each async for each in world.desk.accounts.sheet(uow, number, Wanted("failed"))]
    assert [len(each) for each in pages] == [4, 4, 1]
    assert len({each for page in pages for each in page}) == 9
    assert {each["language"] for each in urdu} == {"ur"}
    assert len(urdu) == 4
    assert [(each["message"], each["revision"], each["error"]) for each in failed] == [("heat", 1, "no rights")]


async def test_rate_and_finishing_time(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB"])
    chats = [await world.resident("en-GB") for _ in range(100)]
    number = await world.broadcast(ana, bea)
    assert ((await world.shown(number))["rate"], (await world.shown(number))["expected_end_at"]) == (0.0, None)

    async def tick(chat_id: int) -> None:
        world.clock.advance(seconds=1)
        if chat_id == chats[50]:
            async with world.db.write() as uow:
                await world.desk.steering.pause(uow, ana, number)

    world.messenger.meanwhile = tick
    await world.send_all(world.sender(rate=25))
    paused = await world.shown(number)
    assert (paused["rate"], paused["expected_end_at"]) == (None, None), "nothing is expected while it is held"
    async with world.db.write() as uow:
        await world.desk.steering.resume(uow, ana, number)
    shown = await world.shown(number)
    left = shown["counts"]["queued"]
    assert 0.9 <= shown["rate"] <= 1.1
    end = datetime.fromisoformat(shown["expected_end_at"])
    assert abs((end - world.clock.now()).total_seconds() - left) <= 0.1 * left + 1
    world.clock.advance(seconds=31)
    assert (await world.shown(number))["expected_end_at"] is None, "at a standstill no time is named"
    await world.send_all()
    assert (await world.shown(number))["rate"] is None


async def test_answers_go_before_broadcasts(world: World) -> None:
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB"])
    for _ in range(20):
        await world.resident("en-GB")
    await world.broadcast(ana, bea)
    asker = world.phone()
    await asker.start("l_en-GB")
    sender, fence = world.sender(rate=25), await world.take("holder")
    await sender.step(fence, LEASE, "holder")
    await sender.drain(fence)
    assert world.messenger.calls[0].chat_id == asker.chat_id


def test_every_end_state_is_counted() -> None:
    assert {each.word for each in DeliveryState} == {"queued", "sending", *ENDS}


async def test_a_large_broadcast_ends_at_once_and_is_written_down_in_portions(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries_repository, "PORTION", 4)
    ana, bea = await _two(world)
    await world.message("heat", ["en-GB"])
    for _ in range(10):
        await world.resident("en-GB")
    number = await world.broadcast(ana, bea)
    async with world.db.write() as uow:
        await world.desk.steering.cancel(uow, ana, number)
    for portions in (0, 1, 2):
        shown = await world.shown(number)
        _balance(shown)
        assert shown["counts"]["skipped"] == 10, f"written down or not, after {portions} more portions"
        async with world.db.read() as uow:
            lines = [each async for each in world.desk.accounts.sheet(uow, number, Wanted("skipped"))]
        assert {(each["state"], each["error"]) for each in lines} == {("skipped", "cancelled")}
        assert len(lines) == 10
        async with world.db.write() as uow:
            await world.desk.steering.end_queued(uow)
    await end_queued.run(world.desk)
    await world.send_all()
    assert world.messenger.calls == []
    async with world.db.read() as uow:
        assert await world.desk.steering.left_queued(uow) == []
        row = await world.desk.planner.get(uow, number)
        assert (await world.desk.resend.sizes(uow, row))["rest"] == 10
