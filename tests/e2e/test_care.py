"""Care: danger is urgent at once, the team asks back without seeing who, a second person approves by phone."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.domain.staff import Role
from bot.sandbox import Person
from bot.services.audit import actor_of
from tests.chaos import sending, town
from tests.stage import Stage, buttons, stage


async def _staff(vouch: Stage, name: str, *roles: Role) -> Person:
    """A staff member with a phone of their own."""
    person = vouch.sandbox.add_person(name, "en", kind="staff", started=True)
    async with town.base_of(vouch) as base, base.db.write() as uow:
        assert base.vault is not None
        await base.desk.staff.add(
            uow, None, name, list(roles), ["en-GB"], person_tag=base.vault.staff_tag(person.id),
            chat=base.vault.seal_chat(person.id),
        )  # fmt: skip
    return person


def _texts(vouch: Stage, person: Person) -> list[str]:
    return [each.get("text", "") for each in vouch.received(person)]


async def test_danger_is_urgent_and_the_team_asks_back_unseeing(tmp_path: Path) -> None:
    async with stage(tmp_path) as vouch:
        triager = await _staff(vouch, "Sample Triager", Role.TRIAGER)
        await vouch.start()
        resident = vouch.sandbox.add_person("Żółta Resident", "en", username="u_resident")
        await vouch.join(resident, "pl")
        offered = await vouch.say(resident, "Somebody wants to burn the hall down tonight")
        danger = next(each for each in buttons(offered) if each.startswith("cd:"))
        signposts = (await vouch.press(resident, danger))["text"]
        for number in ("999", "111", "116 123"):
            assert number in signposts
        said = (await vouch.press(resident, danger.replace("cd:", "cu:")))["text"]
        assert "999" in said

        (alert,) = await vouch.answer_to(triager)
        assert "URGENT" in alert["text"]
        for secret in ("burn", "Żółta", "u_resident", str(resident.id)):
            assert secret not in json.dumps(alert, ensure_ascii=False)
        (rumour,) = json.loads(await vouch.cli("rumours", "list", "--json"))
        assert (rumour["urgent"], rumour["flags"]) == (True, 1)

        await _ask_back(vouch, rumour["id"], "Which hall do you mean?")
        await sending.until(lambda: "Which hall do you mean?" in _texts(vouch, resident)[-1], 10, "the question")
        answer = next(each for each in buttons(vouch.received(resident)[-1]) if each.startswith("q:"))
        await vouch.press(resident, answer)
        await vouch.say(resident, "The one in Sample Street")
        await sending.until(
            lambda: "answered your question" in _texts(vouch, triager)[-1], 10, "the note to the triager"
        )
        assert "Sample Street" not in _texts(vouch, triager)[-1]
        replies = town.rows(vouch, "SELECT text, reply FROM questions")
        assert replies == [("Which hall do you mean?", "The one in Sample Street")]
        shown = json.loads(await vouch.cli("rumours", "show", str(rumour["id"])))
        assert str(resident.id) not in json.dumps(shown)


async def _ask_back(vouch: Stage, rumour_id: int, text: str) -> None:
    """As the console does."""
    async with town.base_of(vouch) as base, base.db.write() as uow:
        triager = actor_of(await base.desk.staff.by_name(uow, "Sample Triager"), "console")
        (flag,) = await uow.rumours.flags(rumour_id)
        await base.desk.questions.ask_back(uow, triager, flag.id, text)


async def test_a_second_person_approves_a_broadcast_on_the_phone(tmp_path: Path) -> None:
    async with stage(tmp_path) as vouch:
        place = await town.build(vouch, 34)
        vouch.env["VOUCH_CLI_APPROVE"] = "false"
        author = await _staff(vouch, "Author With Phone", Role.PUBLISHER)
        holder = await _staff(vouch, "Holder With Phone", Role.PUBLISHER)
        deputy = await _staff(vouch, "Deputy With Phone", Role.PUBLISHER)
        await _name_deputy(vouch, "Holder With Phone", "Deputy With Phone")
        await vouch.start()
        number = await vouch.cli("broadcasts", "create", "--message", town.MESSAGE, "--by", "Author With Phone")
        refusal = await vouch.cli("broadcasts", "approve", number, "--by", "Author With Phone", fails=True)
        assert "second person" in refusal
        said = await vouch.cli("broadcasts", "approve", number, "--by", "Holder With Phone")
        assert "asked in their chat" in said
        assert sending.state_of(vouch, number) == "draft", "a shell approves for nobody"

        request = await _request(vouch, holder)
        for shown in (
            "Author With Phone",
            "To 34 people",
            "0 of them get nothing",
            "pl: 2 get pl (text)",
            "and 2 more",
        ):
            assert shown in request["text"], shown
        await _an_hour_passes(vouch)
        passed_on = await _request(vouch, deputy, seconds=25)
        assert any("now with Deputy With Phone" in each for each in _texts(vouch, author))

        since = sending.truth(vouch)
        await vouch.press(deputy, next(each for each in buttons(passed_on) if each.startswith("ok:")))
        await sending.until_done(vouch, number, 20)
        found = sending.account(place, number, since)
        assert (len(found.arrived), found.twice, found.wrong_language) == (34, 0, 0)
        assert (await vouch.show(number))["approved_by"] == "Deputy With Phone"

        # The tap of the one who was asked first comes too late, and does nothing twice.
        late = next(each for each in buttons(request) if each.startswith("ok:"))
        vouch.sandbox.hands.press(holder, request["message_id"], data=late)
        await sending.until(lambda: "settled already" in _texts(vouch, holder)[-1], 10, "a plain word")
        await asyncio.sleep(0.5)
        assert sending.account(place, number, since).twice == 0


async def test_a_refusal_asks_for_its_reason_and_tells_the_author(tmp_path: Path) -> None:
    async with stage(tmp_path) as vouch:
        await town.build(vouch, 2)
        vouch.env["VOUCH_CLI_APPROVE"] = "false"
        author = await _staff(vouch, "Author With Phone", Role.PUBLISHER)
        second = await _staff(vouch, "Second With Phone", Role.PUBLISHER)
        await vouch.start()
        number = await vouch.cli("broadcasts", "create", "--message", town.MESSAGE, "--by", "Author With Phone")
        await vouch.cli("broadcasts", "approve", number, "--by", "Second With Phone")
        request = await _request(vouch, second)
        await vouch.press(second, next(each for each in buttons(request) if each.startswith("no:")))
        await vouch.say(second, "The date is wrong")
        await sending.until(lambda: "The date is wrong" in "".join(_texts(vouch, author)), 10, "the reason")
        shown: dict[str, Any] = await vouch.show(number)
        assert (shown["state"], shown["counts"]["sent"]) == ("draft", 0)
        assert "The date is wrong" in shown["reason"]


async def _request(vouch: Stage, person: Person, *, seconds: float = 10) -> dict[str, Any]:
    """The message that asks for approval: the one with the buttons, which may follow a file with all the words."""

    def asks() -> list[dict[str, Any]]:
        received = vouch.received(person)
        return [message for message in received if any(each.startswith("ok:") for each in buttons(message))]

    await sending.until(lambda: bool(asks()), seconds, "a request for approval")
    (request,) = asks()
    return request


async def _name_deputy(vouch: Stage, holder: str, deputy: str) -> None:
    async with town.base_of(vouch) as base, base.db.write() as uow:
        named = await base.desk.staff.by_name(uow, deputy)
        await uow.staff.change((await base.desk.staff.by_name(uow, holder)).id, deputy_id=named.id)


async def _an_hour_passes(vouch: Stage) -> None:
    """The request becomes an hour older, which is easier than to wait."""
    async with town.base_of(vouch) as base, base.db.write() as uow:
        for row in await uow.approvals.pending():
            await uow.approvals.change(row.id, asked_at=datetime.now(UTC) - timedelta(hours=1))
