"""Updates of every kind that the Bot API knows, with hostile values: nothing breaks, nobody is left without answers."""

import json
from pathlib import Path
from typing import Any

from bot.domain.staff import Role
from tests.chaos import fuzz, town
from tests.chaos.figures import settle
from tests.stage import Stage


async def test_no_update_breaks_anything(tmp_path: Path) -> None:
    assert len(fuzz.KINDS) >= 25
    settle(await fuzz.run(tmp_path, 2000))


HOSTILE = (
    "pause:" + "9" * 5000, "pause:" + "9" * 60, "setl:read:" + "9" * 5000, "lp:" + "9" * 5000, "ap:" + "9" * 60,
    "q:" + "9" * 5000, "q:" + "9" * 60, "c:" + "9" * 5000, "ok:" + "9" * 5000, "ok:" + "9" * 60, "no:" + "9" * 60,
)  # fmt: skip
"""Button data with numbers that no integer of a database holds."""


async def test_numbers_without_measure_are_only_wrong_buttons(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    place = await town.build(stage, 2)
    staff, resident = place.people.values()
    async with town.base_of(stage) as base:
        assert base.vault is not None
        async with base.db.write() as uow:
            await base.desk.staff.add(
                uow, None, "Sample Publisher", list(Role), ["ur"], person_tag=base.vault.staff_tag(staff.id),
                chat=base.vault.seal_chat(staff.id),
            )  # fmt: skip
        updates: list[dict[str, Any]] = []
        for person in (staff, resident):
            chat = {"message_id": 1, "chat": person.chat.json}
            for data in HOSTILE:
                updates.append({"callback_query": {"id": "1", "from": person.user, "message": chat, "data": data}})
                # The words that a button may have asked for.
                updates.append({"message": {**chat, "from": person.user, "text": "because"}})
                updates.append({"message": {**chat, "from": person.user, "text": "/pause " + data.partition(":")[2]}})
        await fuzz.Bench.of(base).put(_numbered(updates))
    assert town.rows(stage, "SELECT state, error, count(*) FROM updates GROUP BY 1, 2") == [(1, None, len(updates))]


async def test_two_chats_that_become_one_keep_one_resident(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    place = await town.build(stage, 3)
    first, second, _ = place.people.values()
    async with town.base_of(stage) as base:
        assert base.vault is not None
        moves = [
            {"message": {"message_id": 1, "chat": first.chat.json, "migrate_to_chat_id": -100_1234567890}},
            {"message": {"message_id": 1, "chat": second.chat.json, "migrate_to_chat_id": -100_1234567890}},
        ]
        await fuzz.Bench.of(base).put(_numbered(moves))
        found = {base.vault.open_chat(chat) for (chat,) in town.rows(stage, "SELECT chat FROM residents")}
    assert found == {-100_1234567890, list(place.people)[2]}
    assert town.rows(stage, "SELECT count(*) FROM updates WHERE state = 1") == [(2,)]


def _numbered(updates: list[dict[str, Any]]) -> list[tuple[int, bytes]]:
    return [(number, json.dumps({"update_id": number, **each}).encode()) for number, each in enumerate(updates, 1)]
