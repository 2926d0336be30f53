"""A request to approve carries every word of it to the phone, however many words there are."""

from pathlib import Path
from typing import Any

from bot.sandbox import Person
from tests.chaos import town
from tests.stage import Stage, buttons, stage


async def _asked(vouch: Stage, approver: Person) -> tuple[town.Town, list[dict[str, Any]]]:
    place = await town.build(vouch, 17)
    vouch.env["VOUCH_CLI_APPROVE"] = "false"
    author = vouch.sandbox.add_person("Sample phone of the author", "en", started=True)
    for name, phone in (("Sample Asker", author), ("Sample Asked", approver)):
        roles = ("--role", "publisher", "--languages", "en-GB")
        await vouch.cli("staff", "add", name, "--telegram", str(phone.id), *roles)
    await vouch.start()
    number = await vouch.cli("broadcasts", "create", "--message", town.MESSAGE, "--by", "Sample Asker")
    await vouch.cli("broadcasts", "approve", number, "--by", "Sample Asked")
    for _ in range(2):
        arrived = await vouch.answer_to(approver)
    return place, arrived


async def test_every_rendition_arrives_whole_before_the_buttons(tmp_path: Path) -> None:
    async with stage(tmp_path) as vouch:
        approver = vouch.sandbox.add_person("Sample phone of the approver", "en", started=True)
        place, arrived = await _asked(vouch, approver)
        [document] = [each["document"] for each in arrived if "document" in each]
        [stored] = [each for each in vouch.sandbox.core.world.files.values() if each.file_id == document["file_id"]]
        words = stored.data.decode()
        assert document["file_name"] == "to-approve.txt"
        missing = [tag for tag, text in place.texts.items() if text not in words.replace("**", "")]
        assert missing == []
        assert any(each.startswith("ok:") for each in buttons(arrived[-1])), "the buttons come last"
        assert "every word of it is in the file above" in arrived[-1]["text"]
