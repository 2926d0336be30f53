"""A person's rights: everything held about them is shown to them, and all of it goes when they say so."""

import json
from typing import Any

import pytest
from sqlalchemy import Table, select

from bot.db.tables import metadata
from bot.domain.messaging import OutgoingMessage
from bot.services.audit import actor_of
from tests.factories import BOT, Phone, World

CLAIM = "Drinking seawater cures everything"

IN_MY_DATA = {
    "conversations": {"sealed": "conversation"},
    "residents": {
        name: f"settings.{name}"
        for name in (
            "listen", "read", "area", "form", "topics", "emergencies_only", "state", "paused_until",
            "quiet_from", "quiet_to", "tester", "joined_at", "changed_at",
        )
    },
    "reply_paths": {
        "language": "questions.answer_language", "state": "questions.told", "until": "questions.way_back_until",
        "expect_at": "questions.hears_by", "wants_changes": "questions.wants_changes",
    },
    "originals": {"sealed": "questions.original", "until": "questions.original_until"},
    "wish_paths": {"language": "wishes.language"},
    "deliveries": {
        "broadcast_id": "messages_sent_to_you.broadcast", "state": "messages_sent_to_you.state",
        "changed_at": "messages_sent_to_you.at",
    },
    "language_wishes": {"language": "languages_you_wait_for"},
}  # fmt: skip
NOT_IN_MY_DATA = {
    "groups": {"*": "about a group, not a person: a keyed hash of its number and what its administrators chose"},
    "wish_paths": {
        "wish_id": "a row number",
        "bot_id": "which bot",
        "person_tag": "a keyed hash",
        "chat": "their own chat address, sealed: named as such in the file",
        "until": "a month after they wrote it, or until it is answered",
    },
    "updates": {
        "*": "sealed, not joined to anybody; empty once handled, gone after two days",
    },
    "conversations": {
        "bot_id": "which bot",
        "person_tag": "a keyed hash: means nothing outside",
        "updated_at": "when they last wrote, which is the moment before they asked for the file",
    },
    "residents": {
        "id": "a row number",
        "bot_id": "which bot",
        "person_tag": "a keyed hash: means nothing outside",
        "chat": "their own chat address, sealed: named as such in the file",
    },
    "reply_paths": {
        "flag_id": "a row number",
        "bot_id": "which bot",
        "person_tag": "a keyed hash",
        "chat": "their own chat address, sealed: named as such in the file",
        "message_id": "which answer they had, which they have",
    },
    "language_wishes": {
        "id": "a row number",
        "bot_id": "which bot",
        "person_tag": "a keyed hash",
        "chat": "their own chat address, sealed: named as such in the file",
        "created_at": "when they pressed the button",
    },
    "originals": {"flag_id": "a row number"},
    "deliveries": {
        "resident_id": "a row number",
        "group_no": "which plan line of the broadcast",
        "fence": "which sender process",
        "message_ref": "the number of the message in their own chat",
        "error": "why it did not arrive, in Telegram's words",
        "not_before": "when their own quiet hours end",
        "recall": "whether it was taken back, which they see in the message itself",
    },
    "lookups": {"*": "a clip that is compared with ours within seconds, then gone; how many wait is in the file"},
    "outbox": {"*": "what is about to arrive in this very chat; emptied when it has"},
}
VAULT = [table for table in metadata.sorted_tables if table.info.get("vault")]


async def _file(phone: Phone) -> dict[str, Any]:
    await phone.command("mydata")
    document = phone.screens[-1].document
    assert document is not None
    held: dict[str, Any] = json.loads(document.content)
    return held


async def _everything(world: World) -> Phone:
    """Somebody about whom there is something in every table."""
    ana, bea = await world.staff("Ana Sample"), await world.staff("Bea Sample")
    await world.message("heat", ["en-GB"])
    phone = world.phone()
    await phone.join("en-GB", area="pleck")
    await phone.press("menu")
    await phone.press("set")
    await phone.press("t")
    await phone.press("t:health")
    await world.broadcast(ana, bea)
    await world.send_all()
    await phone.say(CLAIM)
    await phone.press("c:1")
    async with world.db.write() as uow:
        question_id = await world.desk.questions.ask_back(uow, ana, 1, "Where was that?")
    await phone.read()
    await phone.press(f"q:{question_id}")
    await phone.say("In the park")
    await phone.press_stale("wk")
    await phone.say("Bus times in Urdu, please")
    await phone.say("another thing, not passed on yet")
    return phone


@pytest.mark.parametrize("table", VAULT, ids=[each.name for each in VAULT])
def test_every_personal_column_is_in_the_file_or_has_its_reason(table: Table) -> None:
    """P7: a new column fails here until somebody has decided."""
    shown, reasons = IN_MY_DATA.get(table.name, {}), NOT_IN_MY_DATA.get(table.name, {})
    if "*" in reasons:
        assert not shown
        return
    names = {column.name for column in table.columns}
    assert set(shown) | set(reasons) == names
    assert not set(shown) & set(reasons)


def test_every_table_that_finds_a_person_is_one_of_the_vault() -> None:
    personal = {table for table in metadata.sorted_tables if "person_tag" in table.columns}
    assert {table.name for table in personal} - {table.name for table in VAULT} == {"staff", "leaders"}


async def test_the_file_holds_what_the_tables_hold(world: World) -> None:
    phone = await _everything(world)
    held = await _file(phone)
    for columns in IN_MY_DATA.values():
        for place in columns.values():
            room, _, name = place.partition(".")
            found = held[room]
            for part in found if isinstance(found, list) else [found]:
                assert not name or name in part, place
    assert held["settings"]["area"] == "pleck"
    assert held["settings"]["topics"] == ["health"]
    assert held["messages_sent_to_you"][0]["state"] == "sent"
    [question] = held["questions"]
    assert (question["text"], question["told"]) == (CLAIM, "waiting")
    assert question["asked_back"] == [{"question": "Where was that?", "your_answer": "In the park"}]
    assert "another thing, not passed on yet" in json.dumps(held["conversation"])
    assert str(phone.chat_id) not in json.dumps(held)


async def test_a_stranger_gets_an_empty_file_and_nobody_elses(world: World) -> None:
    await _everything(world)
    stranger = world.phone()
    await stranger.start("l_en-GB")
    held = await _file(stranger)
    assert (held["settings"], held["messages_sent_to_you"], held["questions"], held["staff"]) == (None, [], [], None)
    assert CLAIM not in json.dumps(held)


async def test_staff_see_their_own_record(world: World) -> None:
    ana = await world.staff("Ana Sample")
    phone = world.phone(await world.chat_of(ana))
    await phone.start("l_en-GB")
    assert (await _file(phone))["staff"]["name"] == "Ana Sample"


# Erasing


async def _rows(world: World) -> dict[str, list[Any]]:
    async with world.db.read() as uow:
        return {
            table.name: [tuple(row) for row in await uow.connection.execute(select(table))]
            for table in metadata.sorted_tables
        }


def _needles(world: World, chat_id: int) -> list[bytes]:
    person = world.person(chat_id)
    tags = [person.tag, person.asking_tag]
    return [*tags, *(tag.hex().encode() for tag in tags), str(chat_id).encode(), chat_id.to_bytes(8, "big")]


def _opens(world: World, value: Any, chat_id: int) -> bool:
    if not isinstance(value, bytes):
        return False
    try:
        return world.vault.open_chat(value) == chat_id
    except Exception:  # noqa: BLE001 - not an address
        return False


async def test_forgetting_leaves_nothing_of_the_person_in_any_table_or_file(world: World) -> None:
    """P2 at small size: every table, and on SQLite every byte of the database and its log."""
    other = await _everything(world)
    phone = world.phone()
    await phone.join("ur", area="palfrey")
    await phone.say(CLAIM)
    await phone.press(phone.buttons[[each.startswith("c:") for each in phone.buttons].index(True)])
    await phone.say("half a question")
    await world.send_all()
    before = await _rows(world)
    needles = _needles(world, phone.chat_id)
    assert any(needle in _bytes(row) for rows in before.values() for row in rows for needle in needles[:2])
    await phone.command("forget")
    assert "Shall we erase" in phone.last or "مٹا" in phone.last
    assert len(await _rows_of(world, "residents")) == len(before["residents"]), "it asks once"
    await phone.press("forget:yes")
    await world.send_all()
    await world.db.wipe_freed_pages()
    for name, rows in (await _rows(world)).items():
        for row in rows:
            assert not [needle for needle in needles if needle in _bytes(row)], name
            assert not [value for value in row if _opens(world, value, phone.chat_id)], name
    if world.db.is_sqlite:
        for file in world.folder.glob("*.db*"):
            content = file.read_bytes()
            assert not [needle for needle in needles[:4] if needle in content], file.name
            assert b"half a question" not in content
    after = await _rows(world)
    assert len(after["residents"]) == len(before["residents"]) - 1
    async with world.db.read() as uow:
        assert await world.residents.find(uow, world.person(other.chat_id)) is not None
        assert len(await uow.rumours.flags_of_person(world.person(other.chat_id).asking_tag)) == 1
    assert len(after["flags"]) == len(before["flags"]), "what was asked stays, joined to nobody"


async def _rows_of(world: World, name: str) -> list[Any]:
    return (await _rows(world))[name]


def _bytes(row: tuple[Any, ...]) -> bytes:
    return b"|".join(value if isinstance(value, bytes) else str(value).encode() for value in row)


async def test_who_was_forgotten_is_a_stranger(world: World) -> None:
    phone = await _everything(world)
    await phone.command("forget")
    await phone.press("forget:yes")
    assert "erased" in phone.last
    await phone.start()
    assert phone.kinds[-1] == "language.first"
    for stale in ("f:text", "a:pleck", "sl:read:ur", "t:health", "pause:0", "stop"):
        await phone.press_stale(stale)
    async with world.db.read() as uow:
        assert await uow.residents.get(BOT, world.person(phone.chat_id).tag) is None


async def test_the_answer_to_a_forgotten_question_finds_nobody(world: World) -> None:
    phone = await _everything(world)
    await phone.command("forget")
    await phone.press("forget:yes")
    await world.send_all()
    before = len(world.messenger.to(phone.chat_id))
    async with world.db.write() as uow:
        ana = await world.desk.staff.by_name(uow, "Ana Sample")
        bea = await world.desk.staff.by_name(uow, "Bea Sample")
        await world.desk.answers.use_message(uow, actor_of(ana, "test"), 1, "heat")
        await world.desk.approvals.approve_directly(uow, actor_of(bea, "test"), "answer", 1)
    await world.send_all()
    assert len(world.messenger.to(phone.chat_id)) == before


async def test_the_notice_and_who_we_are(world: World) -> None:
    world.settle(seen_by_police=False, seen_by_immigration=False, seen_by_partners=True, reply_days=30)
    phone = world.phone()
    await phone.start("l_en-GB")
    [privacy] = await phone.command("privacy")
    [about] = await phone.command("about")
    for screen in (privacy, about):
        assert _line(screen, "The police?") == "The police? No."
        assert _line(screen, "Immigration offices?") == "Immigration offices? No."
        assert _line(screen, "Partner organisations?") == "Partner organisations? Yes."
        assert "privacy@council.example" in screen.html
    assert "money, passwords or documents" in about.html


def _line(screen: OutgoingMessage, start: str) -> str:
    return next(line for line in screen.html.splitlines() if line.startswith(start))


async def test_what_the_controller_has_not_decided_is_not_claimed(world: World) -> None:
    phone = world.phone()
    await phone.start("l_en-GB")
    [about] = await phone.command("about")
    assert "police" not in about.html
