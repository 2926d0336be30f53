"""Pace: an even rhythm for the whole bot, gentleness towards one chat, and one pause for everybody."""

import asyncio
import time

import pytest

from bot.services.pacer import Pacer, Window
from bot.services.sending import make_pace


async def test_the_rhythm_is_even_and_never_faster_than_asked() -> None:
    pacer, times = Pacer(100), []
    for _ in range(25):
        await pacer.slot()
        times.append(time.monotonic())
    assert times[-1] - times[12] >= 0.11  # after the first few that catch up: 12 slots at 100 a second


async def test_after_a_stall_only_a_little_is_made_good() -> None:
    now = 1000.0
    pacer = Pacer(25, clock=lambda: now)
    await pacer.slot()
    now += 60
    free = 0
    while free < 100:
        waiting = asyncio.ensure_future(pacer.slot())
        await asyncio.sleep(0)
        if not waiting.done():
            waiting.cancel()
            break
        free += 1
    assert 1 <= free <= 5


def test_a_pause_is_the_longest_that_was_asked_for() -> None:
    now = 0.0
    pacer = Pacer(25, clock=lambda: now)
    pacer.hold(10)
    pacer.hold(3)
    assert pacer.held_for == 10
    now = 11
    assert pacer.held_for == 0


@pytest.mark.parametrize("rate", [0, 25])
def test_a_chat_gets_a_short_burst_then_one_a_second(rate: float) -> None:
    now = 5000.0
    pacer = Pacer(rate, clock=lambda: now)
    waits = [pacer.chat_wait(5) for _ in range(10)]
    if rate == 0:
        assert waits == [0.0] * 10
        return
    burst = waits.index(next(each for each in waits if each > 0))
    assert 3 <= burst <= 5
    assert all(0 < each <= 1 for each in waits[burst:])
    assert pacer.chat_wait(6) == 0, "another chat does not wait for this one"
    now += 1
    assert pacer.chat_wait(5) == 0


def test_ten_thousand_chats_are_remembered_and_no_more() -> None:
    pacer = Pacer(25, clock=lambda: 1.0)
    for chat_id in range(30_000):
        pacer.chat_wait(chat_id)
    assert len(pacer._chats) == 10_000


async def test_in_no_second_do_more_arrive_than_the_ceiling_however_slow_the_way() -> None:
    """The receiver's clock: each call arrives half-way between its start and its answer."""
    pacer, arrived = Pacer(1000, windows=[Window(20)]), []

    async def call() -> None:
        slot = await pacer.slot()
        await asyncio.sleep(0.03)
        arrived.append(time.monotonic())
        await asyncio.sleep(0.03)
        pacer.ended(slot)

    await asyncio.gather(*(call() for _ in range(50)))
    times = sorted(arrived)
    assert all(later - earlier > 1.0 for earlier, later in zip(times, times[20:], strict=False))


async def test_a_call_that_nobody_makes_after_all_does_not_stop_the_window() -> None:
    pacer = Pacer(1000, windows=[Window(1)])
    first = await pacer.slot()
    waiting = asyncio.ensure_future(pacer.slot())
    await asyncio.sleep(0.01)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    pacer.ended(first)
    async with asyncio.timeout(5):
        await pacer.slot()


async def test_a_pause_stops_every_pacer_that_shares_the_brake() -> None:
    pace = make_pace(25, paid_rate=500)
    assert pace.paid is not None
    pace.free.hold(10)
    assert pace.paid.held_for > 9


def test_a_group_gets_twenty_a_minute() -> None:
    now = 5000.0
    pacer, taken = Pacer(25, clock=lambda: now), 0
    for _ in range(600):
        taken += pacer.chat_wait(-100) == 0
        now += 0.1
    assert taken == 20
