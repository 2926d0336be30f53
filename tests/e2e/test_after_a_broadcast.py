"""Through the whole process: watched, listed, sent again to those in doubt, and taken back from every phone."""

import csv
import io
from pathlib import Path
from typing import Any

from bot.domain.broadcasts import DeliveryState
from bot.sandbox import Person
from bot.services.audit import actor_of
from tests.chaos import sending, town
from tests.stage import Stage, stage

TAKEN_BACK = "We have taken it back."


def _texts(vouch: Stage, person: Person) -> list[str]:
    return [each.get("text", "") for each in vouch.received(person)]


def _rows(listed: str) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(listed, newline="")))


async def test_watched_listed_sent_again_and_taken_back(tmp_path: Path) -> None:
    async with stage(tmp_path) as vouch:
        place = await town.build(vouch, 34)
        people = list(place.people.values())
        for kind in ("apply-then-drop", "drop"):
            vouch.sandbox.core.faults.add({"method": "sendMessage", "kind": kind, "count": 2})
        await vouch.start()
        first = await sending.begin(vouch)
        lines = (await vouch.cli("broadcasts", "show", first, "--watch")).splitlines()
        assert lines[-1] == "done: 30 of 34 sent, 4 unconfirmed"

        rows = _rows(await vouch.cli("broadcasts", "deliveries", first, "--csv"))
        assert len(rows) == len({each["resident"] for each in rows}) == 34
        assert {(each["message"], each["revision"]) for each in rows} == {(town.MESSAGE, "1")}
        assert sum(each["state"] == "unconfirmed" for each in rows) == 4

        before = sending.account(place, first).arrived
        again = await vouch.cli("broadcasts", "resend", first, "--unconfirmed", "--by", town.AUTHOR)
        assert sending.account(place, again).states == {}, "a draft, until a second person approves"
        await vouch.cli("broadcasts", "approve", again, "--by", town.SECOND)
        await sending.until(lambda: _left(vouch, "state < 2") == 0, 20, "all are sent again")
        after = sending.account(place, again)
        assert after.count(DeliveryState.SENT) == 4
        assert sum(after.arrived.values()) == sum(before.values()) + 4
        assert max(after.arrived.values()) == 2, "two of the four had it already: that was the deliberate act"
        assert set(after.arrived) == set(place.people)

        told = await vouch.cli("broadcasts", "recall", first, "--reason", "a wrong number", "--by", town.AUTHOR)
        assert told.splitlines()[0] == "30 delivered messages are being taken back"
        lines = (await vouch.cli("broadcasts", "show", first, "--watch")).splitlines()
        assert lines[-1].endswith("taken back: 30 edited")
        await vouch.cli("broadcasts", "recall", again, "--by", town.AUTHOR)
        await sending.until(
            lambda: _left(vouch, "state = 2 AND coalesce(recall, 0) < 2") == 0, 20, "all are taken back"
        )
        standing = [person for person in people if any(_approved(place, text) for text in _texts(vouch, person))]
        assert len(standing) == 2, "only what was in doubt and had arrived stays: its number is not known"
        english = next(person for person in people if place.language[person.id] == "en-GB")
        assert TAKEN_BACK in _texts(vouch, english)[-1]
        assert sending.account(place, first).arrived == after.arrived, "an edit is not a new message"


def _approved(place: town.Town, text: str) -> bool:
    return bool(place.languages_in(text))


async def test_recall_of_a_message_that_was_removed_by_its_reader_and_of_one_that_blocks(tmp_path: Path) -> None:
    async with stage(tmp_path) as vouch:
        place = await town.build(vouch, 3)
        remover, blocker, keeper = place.people.values()
        await vouch.start()
        number = int(await sending.begin(vouch))
        await sending.until(lambda: _left(vouch, "state < 2") == 0, 20, "all are sent")
        remover.chat.messages.clear()
        vouch.sandbox.hands.block(blocker)
        async with town.base_of(vouch) as base:
            async with base.db.write() as uow:
                author = actor_of(await base.desk.staff.by_name(uow, town.AUTHOR), "test")
                await base.desk.recalls.recall(uow, author, number)
            await sending.until(
                lambda: _left(vouch, "state = 2 AND coalesce(recall, 0) < 2") == 0, 20, "all are taken back"
            )
            async with base.db.read() as uow:
                recall = (await base.desk.accounts.show(uow, number))["recall"]
        assert recall == {"queued": 0, "edited": 1, "deleted": 0, "followed_up": 1, "failed": 1}
        assert len(_texts(vouch, remover)) == len(_texts(vouch, keeper)) == 1


def _left(vouch: Stage, which: str) -> int:
    return int(town.rows(vouch, f"SELECT count(*) FROM deliveries WHERE {which}")[0][0])
