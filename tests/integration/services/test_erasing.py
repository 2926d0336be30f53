"""A leader who is erased is gone from every table and file, and the record still holds together."""

import hashlib

import pytest
from sqlalchemy import select

from bot.db.tables import metadata
from bot.errors import Conflict, InvalidInput
from bot.jobs import wipe_erased
from bot.services.audit import Actor
from bot.services.chain import ChainCheck
from bot.services.requests import Wanted
from bot.services.sealing import Sealing
from bot.storage.anchor import AnchorFile
from tests.factories import Phone, World

NAME = "Gurpreet Kaur Sampleleader"
OWN = "ਗੁਰਪ੍ਰੀਤ ਕੌਰ ਨਮੂਨਾ"
VOICE = b"the sample voice of somebody who will be erased"
TRACES = (NAME, OWN, hashlib.sha256(VOICE).hexdigest(), "hash-of-the-voice", "AgADsample", "handle-of-the-voice")


async def everything(world: World) -> str:
    """Every value of every table as text, and every file."""
    found = []
    async with world.db.read() as uow:
        for table in metadata.sorted_tables:
            found += [repr(tuple(row)) for row in await uow.connection.execute(select(table))]
    for path in world.folder.rglob("*"):
        if path.is_file() and (path.suffix not in {".db", ".db-wal", ".db-shm"}):
            found.append(path.read_bytes().decode(errors="replace"))
    return "\n".join(found)


async def leader_with_a_voice(world: World) -> tuple[Actor, Actor, int]:
    """Two of the team, and a leader of whom there is something in many places."""
    ana, bea = await world.staff("Ana Sample"), await world.staff("Bea Sample")
    now = world.clock.now()
    message_id = await world.message("heat", ("en-GB",))
    async with world.db.write() as uow:
        leader_id = await uow.leaders.create(
            name=NAME, name_own=OWN, role="ਗ੍ਰੰਥੀ", role_english="granthi", community="Sample Gurdwara", sample=True,
            languages=["pa"], state="active", person_tag=b"t" * 16, chat=b"sealed", created_at=now,
        )  # fmt: skip
        media_id = await uow.media.create(
            kind="voice", mime="audio/ogg", size=len(VOICE), seconds=9, state="stored", tries=0, unique_id="AgADsample",
            file_id="handle-of-the-voice", path=await world.store.save(VOICE, ".ogg"), created_at=now,
        )  # fmt: skip
        rendition_id = await uow.messages.add_rendition(
            message_id=message_id, language="pa", form="voice", text=f"I am {OWN}.", media_id=media_id,
            leader_id=leader_id, consent=["bot"], consented_at=now, state="approved", content_hash="hash-of-the-voice",
            created_at=now,
        )  # fmt: skip
        await uow.approvals.create(
            kind="rendition", subject_id=rendition_id, content_hash="hash-of-the-voice", state="approved",
            asked_id=ana.id, asked_at=now, asked_ids=[ana.id], reason=f"{NAME} speaks clearly",
        )  # fmt: skip
        await world.desk.audit.note_system(uow, "invite_leader", NAME, own=OWN, languages=["pa"])
        await world.desk.audit.note_system(uow, "something_else", "heat")
    return ana, bea, leader_id


@pytest.fixture
def sealing(world: World) -> Sealing:
    anchor = AnchorFile(world.folder / "chain.anchor")
    return Sealing(world.db, world.vault, world.desk.provenance, anchor, world.clock)


async def test_nothing_of_an_erased_leader_is_left_and_the_chain_holds(world: World, sealing: Sealing) -> None:
    ana, bea, leader_id = await leader_with_a_voice(world)
    while await sealing.run():
        pass
    async with world.db.write() as uow:
        await uow.manifests.keep_prints(1, b"f" * 32, b"s" * 80, world.clock.now())
    resident = await world.resident("pa", form="voice")
    await world.resident("pa", form="voice")
    broadcast_id = await world.broadcast(ana, bea)
    await world.send_all()
    assert OWN in world.messenger.to(resident)[-1].html
    phone = world.phone(await world.resident("pa", form="voice"))
    await phone.say("/menu")
    async with world.db.write() as uow:
        leader = await uow.leaders.get(leader_id)
        assert leader is not None
        # An answer that carries the voice waits for somebody.
        card = await world.desk.cards.params(uow, message_id=1, text_id=None, media_rendition_id=2, missing=None)
        await world.desk.outbox.put(
            uow, world.residents.address(world.person(phone.chat_id)), "message.card", "pa", **card
        )
    found = await everything(world)
    assert all(each in found or repr(each)[1:-1] in found for each in TRACES), "the sweep would find them"

    async with world.db.write() as uow:
        leader = await uow.leaders.get(leader_id)
        assert leader is not None
        erased = await world.desk.erasing.erase(uow, leader, ana)
    assert (erased.renditions, erased.files) == (1, 1)
    await wipe_erased.run(world.desk)
    await world.db.wipe_freed_pages()
    while await sealing.run():
        pass

    found = await everything(world)
    assert [each for each in TRACES if each in found or repr(each)[1:-1] in found] == []
    if world.db.is_sqlite:
        raw = b"".join(path.read_bytes() for path in world.folder.rglob("*.db*"))
        assert [each for each in TRACES if each.encode() in raw] == []
    async with world.db.read() as uow:
        verdict = await ChainCheck(world.vault.verify_key, AnchorFile(world.folder / "chain.anchor"), world.clock).run(
            uow
        )
        row = await uow.messages.rendition(2)
    assert verdict.bad is None
    assert verdict.erased >= 1
    assert row is not None
    assert row.state == "withdrawn"
    assert (await world.shown(broadcast_id))["counts"]["sent"] >= 2, "the totals stay"


async def test_a_code_of_an_erased_leader_says_withdrawn_and_names_nobody(world: World, sealing: Sealing) -> None:
    _, _, leader_id = await leader_with_a_voice(world)
    while await sealing.run():
        pass
    async with world.db.write() as uow:
        leader, manifest = await uow.leaders.get(leader_id), await uow.manifests.of_rendition(2)
        assert leader is not None
        assert manifest is not None
        await world.desk.erasing.erase(uow, leader, None)
        found = await world.desk.verifying.by_code(uow, manifest.code)
    assert (str(found.proof), found.leader) == ("withdrawn", None)


# The circle


async def leader_with_a_phone(world: World, name: str, community: str, language: str) -> tuple[int, Phone]:
    """A leader who has agreed, and their phone."""
    chat = world.new_chat()
    async with world.db.write() as uow:
        leader_id = await uow.leaders.create(
            name=name, role="x", role_english="x", community=community, sample=True, languages=[language, "en-GB"],
            tasks=["record"], state="active", person_tag=world.vault.staff_tag(chat), chat=world.vault.seal_chat(chat),
            created_at=world.clock.now(),
        )  # fmt: skip
        leader = await uow.leaders.get(leader_id)
        assert leader is not None
        await world.desk.consents.give(uow, leader, ["bot"], name_shown=True, months=12)
    return leader_id, world.phone(chat)


async def test_what_worked_for_two_faiths_reaches_a_third_with_their_next_request(world: World) -> None:
    message_id = await world.message("heat", ("en-GB",))
    _, imam = await leader_with_a_phone(world, "Sample Imam", "Sample Mosque", "ur")
    _, pastor = await leader_with_a_phone(world, "Sample Pastor", "Sample Church", "pl")
    granthi_id, granthi = await leader_with_a_phone(world, "Sample Granthi", "Sample Gurdwara", "pa")
    editor = await world.staff("Sample Editor", languages=("en-GB",))
    for phone, words in ((imam, "جمعہ کے بعد بات کی۔"), (pastor, "Mówiłem o tym po mszy.")):
        await phone.press_stale("cw:heat")
        await phone.say(words)
        assert phone.kinds[-1] == "circle.written"
    async with world.db.write() as uow:
        request_id = await world.desk.requests.ask(uow, editor, Wanted(message_id, granthi_id, "pa"))
        with pytest.raises(InvalidInput):
            await world.desk.circle.show(uow, editor, 1, "")
    await granthi.read()
    await granthi.press(f"rq:{request_id}")
    assert "circle.notes" not in granthi.kinds, "the team has not looked at them"
    async with world.db.write() as uow:
        await world.desk.circle.show(uow, editor, 1, "I talked about it after Friday prayers.")
        await world.desk.circle.show(uow, editor, 2, "I spoke of it after Mass.")
    await granthi.press(f"rq:{request_id}")
    assert granthi.kinds[-1] == "circle.notes"
    for said in ("جمعہ کے بعد", "Mówiłem", "after Friday prayers", "after Mass", "Sample Mosque", "Sample Church"):
        assert said in granthi.last
    assert "cw:heat" in granthi.buttons, "and they can tell the others"


async def test_what_the_team_does_not_pass_on_is_gone(world: World) -> None:
    await world.message("heat", ("en-GB",))
    _, imam = await leader_with_a_phone(world, "Sample Imam", "Sample Mosque", "ur")
    editor = await world.staff("Sample Editor")
    await imam.press_stale("cw:heat")
    await imam.say("Somebody's name")
    async with world.db.write() as uow:
        await world.desk.circle.refuse(uow, editor, 1)
        with pytest.raises(Conflict):
            await world.desk.circle.refuse(uow, editor, 1)
    assert "Somebody's name" not in await everything(world)
