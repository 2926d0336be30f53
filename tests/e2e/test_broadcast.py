"""Broadcasts through the whole process: once each, in the right language, on time; killed, stopped, steered."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from bot.domain.broadcasts import DeliveryState
from bot.sandbox import Person
from bot.sandbox.people import Hands
from tests.chaos import sending, town
from tests.chaos.figures import at_most, exactly, settle
from tests.stage import stage


async def test_everybody_gets_it_once_in_their_language_on_time(tmp_path: Path) -> None:
    async with stage(tmp_path, VOUCH_RATE_PER_SECOND="25") as vouch:
        place = await town.build(vouch, 300)
        await vouch.start()
        settle(await sending.steady(place, share=0.03))


async def test_an_orderly_stop_leaves_nothing_in_doubt(tmp_path: Path) -> None:
    async with stage(tmp_path, VOUCH_RATE_PER_SECOND="25") as vouch:
        place = await town.build(vouch, 100)
        await vouch.start()
        await sending.slow_answers(vouch, 200)
        number = await sending.begin(vouch)
        await sending.until(lambda: sending.truth(vouch) >= 30, 20, "30 messages")
        began = time.monotonic()
        assert await vouch.stop() == 0
        seconds = time.monotonic() - began
        await vouch.start()
        await sending.until_done(vouch, number, 20)
        found = sending.account(place, number)
        settle(
            [
                at_most("SIGTERM: exit", seconds, 10, "s"),
                exactly("SIGTERM: unconfirmed", found.count(DeliveryState.UNCONFIRMED), 0, "deliveries"),
                exactly("SIGTERM: sent", found.count(DeliveryState.SENT), 100, "deliveries"),
                exactly("SIGTERM: arrived", len(found.arrived), 100, "people"),
                exactly("SIGTERM: twice", found.twice, 0, "people"),
            ]
        )


async def test_pause_resume_and_cancel(tmp_path: Path) -> None:
    async with stage(tmp_path, VOUCH_RATE_PER_SECOND="25") as vouch:
        place = await town.build(
            vouch, 600
        )  # enough to be still under way when the commands come, on a slow machine too
        await vouch.start()
        number = await sending.begin(vouch)
        await sending.until(lambda: sending.truth(vouch) >= 20, 20, "20 messages")
        await vouch.cli("broadcasts", "pause", number, "--by", town.SECOND)
        paused = await _quiet_after(lambda: sending.truth(vouch))
        assert paused < 600
        await vouch.cli("broadcasts", "resume", number, "--by", town.SECOND)
        await sending.until(lambda: sending.truth(vouch) >= paused + 20, 10, "goes on")
        await vouch.cli("broadcasts", "cancel", number, "--by", town.SECOND)
        cancelled = await _quiet_after(lambda: sending.truth(vouch))
        shown = await vouch.show(number)
        found = sending.account(place, number)
        assert shown["state"] == "cancelled"
        settle(
            [
                exactly("cancelled: sent", shown["counts"]["sent"], cancelled, "deliveries"),
                exactly("cancelled: skipped", shown["counts"]["skipped"], 600 - cancelled, "deliveries"),
                exactly("cancelled: states sum to the audience", sum(shown["counts"].values()), 600, "deliveries"),
                exactly("cancelled: twice", found.twice, 0, "people"),
                exactly("cancelled: lost in silence", found.silently_lost, 0, "people"),
            ]
        )


async def _quiet_after(arrived: Callable[[], int]) -> int:
    """What has arrived a second after the order: nothing may follow."""
    await asyncio.sleep(1.0)
    then = arrived()
    await asyncio.sleep(1.0)
    assert arrived() == then, "messages still went out a second after the order"
    return then


async def test_who_cannot_be_reached_is_classified(tmp_path: Path) -> None:
    async with stage(tmp_path) as vouch:
        place = await town.build(vouch, 60)
        groups = _misfortunes(vouch.sandbox.hands, list(place.people.values()), place)
        # Telegram keeps updates for a day; here the bot learns of nothing but by sending.
        vouch.sandbox.core.updates.pending.clear()
        await vouch.start()
        number = await sending.begin(vouch)
        await sending.until_done(vouch, number, 30)
        found = sending.account(place, number)
        states = {name: {found.states[chat_id] for chat_id in ids} for name, ids in groups.items()}
        assert states == {
            "blocked": {DeliveryState.BLOCKED}, "deactivated": {DeliveryState.BLOCKED},
            "unknown": {DeliveryState.BLOCKED}, "migrated": {DeliveryState.SENT}, "well": {DeliveryState.SENT},
        }  # fmt: skip
        tries = [each for each in vouch.sandbox.core.journal.read_attempts() if each["method"] == "sendMessage"]
        refused = [each for each in tries if each["chat_id"] in groups["blocked"]]
        settle(
            [
                exactly("classified: sent", found.count(DeliveryState.SENT), 48, "deliveries"),
                exactly("classified: arrived once", sum(found.arrived.values()), 48, "people"),
                exactly("classified: tries of 4 blocked people", len(refused), 4, "calls"),
                exactly("classified: states sum to the audience", len(found.states), 60, "deliveries"),
            ]
        )
        second = await sending.begin(vouch)
        await sending.until_done(vouch, second, 30)
        assert (await vouch.show(second))["audience"]["size"] == 48, "who has blocked us is not asked again"


def _misfortunes(hands: Hands, people: list[Person], place: town.Town) -> dict[str, set[int]]:
    blocked, deactivated, unknown, migrated, well = people[:4], people[4:8], people[8:12], people[12:16], people[16:]
    for person in blocked:
        hands.block(person)
    for person in deactivated:
        hands.deactivate(person)
    world = place.stage.sandbox.core.world
    for person in unknown:
        del world.chats[person.id]
    moved = set()
    for person in migrated:
        new_id = hands.migrate(person.chat)
        place.language[new_id] = place.language.pop(person.id)
        moved.add(new_id)
    names = {"blocked": blocked, "deactivated": deactivated, "unknown": unknown, "well": well}
    return {**{name: {each.id for each in group} for name, group in names.items()}, "migrated": moved}
