"""When a broadcast goes out: the borough's wall clock, twice a year the odd hours, and never too late."""

from datetime import UTC, datetime

import pytest

from bot.domain.broadcasts import BroadcastState
from bot.domain.staff import Role
from bot.errors import Conflict, InvalidInput, NotAllowed, NotFound
from bot.services.audit import Actor
from tests.factories import World


async def _author(world: World) -> Actor:
    await world.message("heat", ["en-GB"], days=400)
    return await world.staff("Ana Sample")


async def test_wall_time_is_the_boroughs_and_stored_as_an_instant(world: World) -> None:
    ana = await _author(world)
    winter = await world.row(await world.draft(ana, at="2026-12-01T10:00"))
    summer = await world.row(await world.draft(ana, at="2027-07-01T10:00"))
    assert winter.send_at == datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
    assert summer.send_at == datetime(2027, 7, 1, 9, 0, tzinfo=UTC)
    assert winter.send_local == "2026-12-01T10:00 Europe/London"


async def test_an_hour_that_does_not_exist_is_refused(world: World) -> None:
    ana = await _author(world)
    with pytest.raises(InvalidInput, match="does not exist in Europe/London"):
        await world.draft(ana, at="2027-03-28T01:30")
    assert (await world.row(await world.draft(ana, at="2027-03-28T02:00"))).send_at == datetime(
        2027, 3, 28, 1, 0, tzinfo=UTC
    )


async def test_an_hour_that_comes_twice_means_the_first_unless_an_offset_says_otherwise(world: World) -> None:
    world.clock.advance(days=-30)  # before the clocks go back on 25 October 2026
    ana = await _author(world)
    first = await world.row(await world.draft(ana, at="2026-10-25T01:30"))
    second = await world.row(await world.draft(ana, at="2026-10-25T01:30+00:00"))
    assert first.send_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert second.send_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("wrong", ["soon", "2026-13-01T10:00", "10:00", "2026-12-01T25:00"])
async def test_what_is_no_time_is_refused_in_a_sentence(world: World, wrong: str) -> None:
    ana = await _author(world)
    with pytest.raises(InvalidInput, match="is not a time like 2026-12-01T10:00"):
        await world.draft(ana, at=wrong)


async def test_the_past_and_a_latest_time_before_the_time_are_refused(world: World) -> None:
    ana = await _author(world)
    with pytest.raises(InvalidInput, match="in the past"):
        await world.draft(ana, at="2026-11-01T10:00")
    with pytest.raises(InvalidInput, match="latest time must be after"):
        await world.draft(ana, at="2026-12-01T10:00", until="2026-12-01T09:00")


async def test_the_latest_time_is_a_day_and_never_beyond_the_message(world: World) -> None:
    ana = await _author(world)
    await world.message("flood", ["en-GB"], days=1)
    row = await world.row(await world.draft(ana, at="2026-12-01T10:00"))
    assert row.until == datetime(2026, 12, 2, 10, 0, tzinfo=UTC)
    row = await world.row(await world.draft(ana, "flood", at="2026-11-02T12:00", until="2026-12-24T12:00"))
    assert row.until == (await world.latest("flood")).valid_until


async def test_a_message_out_of_date_cannot_be_broadcast(world: World) -> None:
    ana = await _author(world)
    await world.message("flood", ["en-GB"], days=1)
    world.clock.advance(days=2)
    with pytest.raises(Conflict, match="was valid until"):
        await world.draft(ana, "flood")


async def test_unknown_messages_languages_areas_and_people_without_the_role_are_refused(world: World) -> None:
    ana = await _author(world)
    with pytest.raises(NotFound, match="no message nothing"):
        await world.draft(ana, "nothing")
    with pytest.raises(NotFound):
        await world.draft(ana, languages=("xx",))
    with pytest.raises(InvalidInput, match="no area atlantis"):
        await world.draft(ana, areas=("atlantis",))
    triager = await world.staff("Tri Sample", Role.TRIAGER, Role.ADMIN)
    with pytest.raises(NotAllowed, match="needs the role publisher"):
        await world.draft(triager)


async def test_it_starts_on_time_once_however_many_tick(world: World) -> None:
    ana, bea = await _author(world), await world.staff("Bea Sample")
    chat = await world.resident("en-GB")
    broadcast_id = await world.broadcast(ana, bea, at="2026-11-02T12:00")
    async with world.db.write() as uow:
        assert await world.desk.launch.start_due(uow) == 0
    world.clock.advance(hours=3)
    started = 0
    for _ in range(3):
        async with world.db.write() as uow:
            started += await world.desk.launch.start_due(uow)
    assert started == 1
    await world.send_all()
    assert len(world.messenger.to(chat)) == 1
    assert (await world.row(broadcast_id)).state == BroadcastState.DONE
