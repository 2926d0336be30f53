"""Broadcasts that repeat: one yes for all, each occurrence on its own, nothing skipped in silence."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.db.rows import BroadcastRow
from bot.domain.broadcasts import BroadcastState
from bot.domain.staff import Role
from bot.errors import Conflict, InvalidInput, NotAllowed
from bot.jobs import start_due_broadcasts
from bot.services.audit import Actor
from tests.factories import World

S = BroadcastState
AT = "2026-11-03T10:00"


async def _two(world: World, *, days: float = 400) -> tuple[Actor, Actor]:
    await world.message("heat", ["en-GB"], days=days)
    return await world.staff("Ana Sample"), await world.staff("Bea Sample")


async def _series(world: World, series: int) -> list[BroadcastRow]:
    async with world.db.read() as uow:
        return list(reversed(await uow.broadcasts.of_series(str(series))))


async def _states(world: World, series: int) -> list[tuple[str, str]]:
    return [(each.occurrence or "", each.state) for each in await _series(world, series)]


async def _tick(world: World, **later: float) -> None:
    world.clock.advance(**later)
    await start_due_broadcasts.run(world.desk)


async def _alerts(world: World, actor: Actor) -> list[str]:
    rows = await world.waiting(await world.chat_of(actor))
    return [row.params["reason"] for row in rows if row.kind == "staff.broadcast_alert"]


async def _steer(world: World, act: Callable[..., Awaitable[None]], *arguments: Any, **named: Any) -> None:
    async with world.db.write() as uow:
        await act(uow, *arguments, **named)


async def test_each_occurrence_is_a_broadcast_of_its_own_and_one_yes_covers_all(world: World) -> None:
    ana, bea = await _two(world)
    chat = await world.resident("en-GB")
    first = await world.broadcast(ana, bea, at=AT, until="2026-11-03T12:00", repeat="freq=daily;count=3")
    assert await _states(world, first) == [(AT, S.SCHEDULED)]
    await _tick(world, hours=25)
    await world.send_all()
    second = (await _series(world, first))[1]
    assert (second.state, second.approved_by, second.created_by) == (S.SCHEDULED, bea.id, ana.id)
    assert second.send_at == datetime(2026, 11, 4, 10, tzinfo=UTC)
    assert second.until == datetime(2026, 11, 4, 12, tzinfo=UTC)
    for _ in range(3):
        await _tick(world, hours=24)
        await world.send_all()
    assert [state for _, state in await _states(world, first)] == [S.DONE] * 3
    assert len(world.messenger.to(chat)) == 3
    shown = await world.shown(second.id)
    assert (shown["series"], shown["repeat"], shown["occurrence"]) == (
        str(first), "FREQ=DAILY;COUNT=3", "2026-11-04T10:00",
    )  # fmt: skip


async def test_who_joins_between_two_occurrences_gets_the_second(world: World) -> None:
    ana, bea = await _two(world)
    first = await world.broadcast(ana, bea, at=AT, repeat="FREQ=DAILY;COUNT=2")
    await _tick(world, hours=25)
    chat = await world.resident("en-GB")
    await world.send_all()
    assert world.messenger.to(chat) == []
    await _tick(world, hours=24)
    await world.send_all()
    assert len(world.messenger.to(chat)) == 1
    assert [row.audience_size for row in await _series(world, first)] == [0, 1]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"repeat": "FREQ=DAILY"}, "needs a first time"),
        ({"repeat": "FREQ=DAILY", "at": "2026-11-03T10:00+00:00"}, "needs a first time"),
        ({"repeat": "FREQ=DAILY", "at": "2026-11-03T10:00:30"}, "needs a first time"),
        ({"repeat": "FREQ=HOURLY", "at": AT}, "once a day at the most"),
        ({"repeat": "FREQ=WEEKLY;BYDAY=MO", "at": AT}, "choose a first time that fits it"),
        ({"repeat": "every day", "at": AT}, "is no part of a rule"),
    ],
)
async def test_what_cannot_repeat_is_refused(world: World, wanted: dict[str, str], said: str) -> None:
    ana, _ = await _two(world)
    with pytest.raises(InvalidInput, match=said):
        await world.draft(ana, **wanted)


async def test_the_second_person_sees_the_rule_and_the_next_times(world: World) -> None:
    ana, bea = await _two(world)
    series = await world.draft(ana, at=AT, repeat="FREQ=WEEKLY;BYDAY=TU,TH")
    async with world.db.write() as uow:
        await world.desk.approvals.request(uow, ana, "broadcast", series, ask=bea.name)
    phone = world.phone(await world.chat_of(bea))
    await phone.read()
    assert "FREQ=WEEKLY;BYDAY=TU,TH" in phone.last
    assert "Thursday 05 November 2026 10:00" in phone.last


# When the yes ends


async def test_a_new_revision_ends_the_yes_before_and_after_the_next_is_made(world: World) -> None:
    ana, bea = await _two(world)
    chat = await world.resident("en-GB")
    first = await world.broadcast(ana, bea, at=AT, repeat="FREQ=DAILY")
    await _tick(world, hours=25)
    await world.send_all()
    newest = await world.message("heat", ["en-GB"], revision=2, days=400)
    await _tick(world, hours=24)  # the second was scheduled already: it goes back
    second = (await _series(world, first))[1]
    assert (second.state, second.message_id, second.approved_hash) == (S.DRAFT, newest, None)
    assert "revision 2" in (second.reason or "")
    assert second.reason in await _alerts(world, ana)
    await world.send_all()
    assert len(world.messenger.to(chat)) == 1
    await world.approve(bea, second.id)
    await world.send_all()
    assert "revision 2" in world.messenger.to(chat)[-1].html
    assert await _states(world, first) == [
        (AT, S.DONE), ("2026-11-04T10:00", S.DONE), ("2026-11-05T10:00", S.SCHEDULED),
    ]  # fmt: skip


async def test_a_rendition_withdrawn_under_way_makes_the_next_a_draft(world: World) -> None:
    await world.message("heat", ["en-GB", "ur"], days=400)
    ana, bea = await world.staff("Ana Sample"), await world.staff("Bea Sample")
    first = await world.broadcast(ana, bea, at=AT, repeat="FREQ=DAILY")
    await _steer(world, world.desk.renditions.withdraw, bea, (await world.rendition("heat", "ur")).id)
    await _steer(world, world.desk.steering.cancel, ana, first)
    assert [state for _, state in await _states(world, first)] == [S.CANCELLED, S.DRAFT]


async def test_after_its_message_ends_the_next_is_a_draft_with_the_way_on(world: World) -> None:
    ana, bea = await _two(world, days=2.5)  # until 4 November, 21:00
    first = await world.broadcast(ana, bea, at=AT, repeat="FREQ=DAILY")
    await _tick(world, hours=25)
    await world.send_all()
    await _tick(world, hours=24)
    await world.send_all()
    rows = await _series(world, first)
    assert [row.state for row in rows] == [S.DONE, S.DONE, S.DRAFT]
    assert rows[1].until == (await world.latest("heat")).valid_until
    assert "Renew it" in (rows[2].reason or "")
    newest = await world.message("heat", ["en-GB"], revision=2)
    await _steer(world, world.desk.steering.cancel, ana, rows[2].id)
    fourth = (await _series(world, first))[3]
    assert (fourth.state, fourth.message_id) == (S.DRAFT, newest)
    await world.approve(bea, fourth.id)
    assert (await world.row(fourth.id)).state == S.SCHEDULED


async def test_a_series_approved_too_late_says_what_was_missed_and_goes_on(world: World) -> None:
    ana, bea = await _two(world)
    first = await world.draft(ana, at=AT, until="2026-11-03T11:00", repeat="FREQ=DAILY")
    once = await world.draft(ana, at=AT)
    world.clock.advance(days=3)
    await world.approve(bea, first)
    await _tick(world)
    assert [state for _, state in await _states(world, first)] == [S.MISSED, S.MISSED, S.SCHEDULED]
    with pytest.raises(Conflict, match="latest time has passed"):
        await world.approve(bea, once)


# Cancelling


async def test_one_is_cancelled_alone_or_the_whole_series(world: World) -> None:
    ana, bea = await _two(world)
    first = await world.broadcast(ana, bea, at=AT, repeat="FREQ=DAILY")
    await _steer(world, world.desk.steering.cancel, ana, first)
    rows = await _series(world, first)
    assert [row.state for row in rows] == [S.CANCELLED, S.SCHEDULED]
    await _steer(world, world.desk.steering.cancel, ana, first, whole_series=True)  # any of them names the series
    await _tick(world, days=9)
    assert [state for _, state in await _states(world, first)] == [S.CANCELLED, S.CANCELLED]
    with pytest.raises(Conflict, match="ended already"):
        await _steer(world, world.desk.steering.cancel, ana, first, whole_series=True)
    with pytest.raises(Conflict, match="does not repeat"):
        await _steer(world, world.desk.steering.cancel, ana, await world.draft(ana), whole_series=True)
    triager = await world.staff("Tri Sample", Role.TRIAGER)
    with pytest.raises(NotAllowed):
        await _steer(world, world.desk.steering.cancel, triager, await world.draft(ana))


async def test_a_series_that_nobody_approved_ends_with_its_draft(world: World) -> None:
    ana, _ = await _two(world)
    first = await world.draft(ana, at=AT, repeat="FREQ=DAILY")
    await _steer(world, world.desk.steering.cancel, ana, first)
    assert await _states(world, first) == [(AT, S.CANCELLED)]


# Late, and too late


@pytest.mark.parametrize(("minutes", "state"), [(30, S.SENDING), (31, S.PAUSED)])
async def test_late_by_half_an_hour_it_goes_later_it_waits_for_a_person(
    world: World, minutes: int, state: BroadcastState
) -> None:
    ana, bea = await _two(world)
    broadcast_id = await world.broadcast(ana, bea, at=AT)
    await _tick(world, hours=25, minutes=minutes)
    assert (await world.row(broadcast_id)).state == state
    alerts = await _alerts(world, ana)
    assert ["due at 2026-11-03 10:00" in each for each in alerts] == ([] if state is S.SENDING else [True])
    await _tick(world, minutes=5)
    assert await _alerts(world, ana) == alerts, "told once"


async def test_what_waits_starts_for_those_who_are_residents_then_or_is_cancelled(world: World) -> None:
    ana, bea = await _two(world)
    going, ending, missing = [await world.broadcast(ana, bea, at=AT, repeat="FREQ=DAILY") for _ in range(3)]
    await _tick(world, hours=30)
    chat = await world.resident("en-GB")
    await _steer(world, world.desk.steering.resume, ana, going)
    await _steer(world, world.desk.steering.cancel, ana, ending)
    await world.send_all()
    assert len(world.messenger.to(chat)) == 1
    await _tick(world, hours=19)
    for series, state in ((going, S.DONE), (ending, S.CANCELLED), (missing, S.MISSED)):
        assert [each for _, each in await _states(world, series)][:2] == [state, S.SENDING]


async def test_what_waits_is_not_resumed_with_another_content_or_past_its_latest_time(world: World) -> None:
    await world.message("heat", ["en-GB", "ur"], days=400)
    ana, bea = await world.staff("Ana Sample"), await world.staff("Bea Sample")
    changed, over = await world.broadcast(ana, bea, at=AT), await world.broadcast(ana, bea, at=AT)
    await _tick(world, hours=30)
    world.clock.advance(hours=20)
    with pytest.raises(Conflict, match="latest time has passed"):
        await _steer(world, world.desk.steering.resume, ana, over)
    world.clock.advance(hours=-20)
    await _steer(world, world.desk.renditions.withdraw, bea, (await world.rendition("heat", "ur")).id)
    with pytest.raises(Conflict, match="changed after it was approved"):
        await _steer(world, world.desk.steering.resume, ana, changed)


async def test_what_is_held_before_its_time_is_scheduled_again(world: World) -> None:
    ana, bea = await _two(world)
    broadcast_id = await world.broadcast(ana, bea, at=AT)
    with pytest.raises(Conflict, match="cannot be paused"):
        await _steer(world, world.desk.steering.pause, ana, broadcast_id)
    async with world.db.write() as uow:  # as a restored backup leaves it
        await uow.broadcasts.move(broadcast_id, S.SCHEDULED, S.PAUSED, reason="restored")
    await _steer(world, world.desk.steering.resume, ana, broadcast_id)
    assert (await world.row(broadcast_id)).state == S.SCHEDULED


async def test_after_an_outage_every_missed_day_is_there_and_the_next_goes_out(world: World) -> None:
    ana, bea = await _two(world)
    first = await world.broadcast(ana, bea, at=AT, until="2026-11-03T11:00", repeat="FREQ=DAILY")
    await _tick(world, days=5)  # 7 November, 09:00
    rows = await _series(world, first)
    assert [row.state for row in rows] == [S.MISSED] * 4 + [S.SCHEDULED]
    assert [row.occurrence for row in rows] == [f"2026-11-{day:02}T10:00" for day in range(3, 8)]
    assert all(row.finished_at == world.clock.now() for row in rows[:4])
    assert len(await _alerts(world, ana)) == 2, "the one, and the others together"
    await _tick(world, hours=1)
    assert (await _series(world, first))[4].state == S.SENDING


async def test_more_than_a_month_of_them_is_summed_up_in_one(world: World) -> None:
    ana, bea = await _two(world)
    first = await world.broadcast(ana, bea, at=AT, until="2026-11-03T11:00", repeat="FREQ=DAILY")
    await _tick(world, days=50)
    rows = await _series(world, first)
    assert [row.state for row in rows] == [S.MISSED, S.MISSED, S.SCHEDULED]
    assert "48 more, 04 November 2026 to 21 December 2026" in (rows[1].reason or "")


async def test_what_is_under_way_goes_on_after_a_restart_until_its_latest_time(world: World) -> None:
    ana, bea = await _two(world)
    chats = [await world.resident("en-GB") for _ in range(2)]
    broadcast_id = await world.broadcast(ana, bea, at=AT, until="2026-11-03T14:00")
    await _tick(world, hours=25)
    world.wire()
    await _tick(world, hours=3)
    assert (await world.row(broadcast_id)).state == S.SENDING
    await world.send_all()
    assert [len(world.messenger.to(chat)) for chat in chats] == [1, 1]


async def test_an_occurrence_cannot_be_made_twice(world: World) -> None:
    """Whatever the order in which schedulers come: the index over series and occurrence decides."""
    ana, bea = await _two(world)
    first = await world.broadcast(ana, bea, at=AT, repeat="FREQ=DAILY")
    row = await world.row(first)
    async with world.db.write() as uow:
        await world.desk.launch.start(uow, first)
        again = await uow.broadcasts.add_occurrence(
            str(first), "2026-11-04T10:00", message_id=row.message_id, state=S.DRAFT, languages=[], areas=[],
            created_by=ana.id, created_at=world.clock.now() + timedelta(0), paid=False,
        )  # fmt: skip
    assert again is None
    assert len(await _series(world, first)) == 2
