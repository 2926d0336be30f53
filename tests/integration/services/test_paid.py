"""Paid broadcasts: never without a price that two people saw, and never over the month's cap."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.domain.messaging import OutgoingMessage
from bot.domain.paid import PaidTerms
from bot.errors import Conflict
from bot.services.audit import Actor
from tests.factories import World


@pytest.fixture
async def borough(world: World) -> World:
    """Forty residents and a cap of ten Stars: two such broadcasts and a half."""
    world.paid = PaidTerms(rate=20, stars_per_month=10)
    world.wire()
    await world.message("heat", ["en-GB"])
    for _ in range(40):
        await world.resident("en-GB")
    return world


async def _two(world: World) -> tuple[Actor, Actor]:
    return await world.staff("Ana Sample"), await world.staff("Bea Sample", languages=["en-GB"])


async def _described(world: World, broadcast_id: int) -> dict[str, Any]:
    async with world.db.read() as uow:
        return await world.desk.broadcasts.describe(uow, broadcast_id)


async def test_the_second_person_sees_the_highest_price(borough: World) -> None:
    ana, bea = await _two(borough)
    paid, free = await borough.draft(ana, paid=True), await borough.draft(ana)
    seen = await _described(borough, paid)
    assert seen["price"] == {"highest": "4", "left": "10", "cap": "10", "tenths": 40}
    assert (seen["seconds"], (await _described(borough, free))["seconds"]) == (2, 2)
    assert (await _described(borough, free))["price"] is None
    async with borough.db.write() as uow:
        await borough.desk.approvals.request(uow, ana, "broadcast", paid, ask="Bea Sample")
    await borough.send_all()
    request: OutgoingMessage = borough.messenger.to(await borough.chat_of(bea))[-1]
    assert "PAID: it costs up to 4 Stars. 10 of this month's 10 are left" in request.html
    assert request.buttons[0][0].label == "Approve, up to 4 Stars"


async def test_what_is_over_the_cap_is_refused_with_the_figures(borough: World) -> None:
    ana, bea = await _two(borough)
    waiting = await borough.draft(ana, paid=True)
    await borough.broadcast(ana, bea, paid=True, at="2026-11-02T12:00")
    await borough.broadcast(ana, bea, paid=True, at="2026-11-02T13:00")
    with pytest.raises(Conflict, match=r"may cost 4 Stars, and 2 of this month's 10"):
        await borough.approve(bea, waiting)
    with pytest.raises(Conflict, match="4 Stars"):
        await borough.draft(ana, paid=True)
    async with borough.db.read() as uow:
        assert len(await uow.broadcasts.page()) == 3, "what was refused left nothing behind"
    december = await borough.draft(ana, paid=True, at="2026-12-01T10:00")
    assert (await _described(borough, december))["price"]["left"] == "10", "every month has its own"


async def test_only_what_was_sent_is_counted_once_it_has_ended(borough: World) -> None:
    ana, bea = await _two(borough)
    scheduled = await borough.broadcast(ana, bea, paid=True, at="2026-11-02T12:00")
    draft = await borough.draft(ana, paid=True)
    assert (await _described(borough, draft))["price"]["left"] == "6"
    async with borough.db.write() as uow:
        await borough.desk.steering.cancel(uow, ana, scheduled)
    assert (await _described(borough, draft))["price"]["left"] == "10"


async def test_an_audience_that_grew_over_the_cap_does_not_start(borough: World) -> None:
    ana, bea = await _two(borough)
    broadcast_id = await borough.broadcast(ana, bea, paid=True, at="2026-11-02T12:00")
    for _ in range(61):
        await borough.resident("en-GB")
    borough.clock.advance(hours=3, minutes=5)
    async with borough.db.write() as uow:
        assert await borough.desk.launch.start_due(uow) == 0
    row = await borough.row(broadcast_id)
    assert row.state == "draft"
    assert row.reason is not None
    assert "10.1 Stars" in row.reason


@pytest.mark.parametrize(
    "change", [lambda world: setattr(world, "paid", None), lambda world: setattr(world, "paid", PaidTerms(20, 3))]
)
async def test_it_is_off_unless_allowed(borough: World, change: Callable[[World], None]) -> None:
    ana, bea = await _two(borough)
    broadcast_id = await borough.draft(ana, paid=True)
    change(borough)
    borough.wire()
    with pytest.raises(Conflict):
        await borough.approve(bea, broadcast_id)
    with pytest.raises(Conflict):
        await borough.draft(ana, paid=True)
    assert (await borough.row(await borough.draft(ana))).paid is False
