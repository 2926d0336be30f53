"""Through the whole process: an inline query is answered, and a group gets its replies."""

import asyncio
from pathlib import Path
from typing import Any

from tests.stage import Stage, stage


async def test_inline_and_in_a_group(tmp_path: Path) -> None:
    async with stage(tmp_path) as vouch:
        await vouch.start()
        world, hands = vouch.sandbox.core.world, vouch.sandbox.hands
        amina, bola = world.add_person("Amina", "ur"), world.add_person("Bola", "pl")
        query = world.queries[hands.inline(amina, "heat")]
        await _until(vouch, lambda: query.results is not None)
        assert query.results == []
        assert query.button is not None

        group = world.add_group("Sample group", [amina, bola])
        asked = hands.text(bola, "Is the moon made of cheese?", group.id)
        question = hands.text(amina, "/check", group.id, reply_to=asked["message_id"])
        hands.text(bola, "/auto on", group.id)
        await _until(vouch, lambda: len(_said(vouch, group.id)) == 2)
        assert _said(vouch, group.id)[0]["reply_to_message"]["message_id"] == question["message_id"]
        group.admins.add(bola.id)
        hands.text(bola, "/auto on", group.id)
        await _until(vouch, lambda: len(_said(vouch, group.id)) == 3)
        refused, allowed = _said(vouch, group.id)[1:]
        assert refused["text"] != allowed["text"]


def _said(vouch: Stage, group_id: int) -> list[dict[str, Any]]:
    world = vouch.sandbox.core.world
    return [each for each in world.chats[group_id].messages.values() if each["from"] is world.bot]


async def _until(vouch: Stage, done: Any) -> None:
    for _ in range(300):
        if done():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"it did not come about:\n{vouch.log_path.read_text()[-2000:]}")
