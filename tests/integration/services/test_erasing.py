"""A leader who is erased is gone from every table and file, and the record still holds together."""

import hashlib

import pytest
from sqlalchemy import select

from bot.db.tables import metadata
from bot.domain.staff import Role
from bot.errors import InvalidInput
from bot.services.audit import Actor
from bot.services.chain import ChainCheck
from bot.services.sealing import Sealing
from bot.storage.anchor import AnchorFile
from tests.factories import World

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
    for name in erased.files:
        await world.store.remove(name)
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


async def leader(world: World, name: str, community: str, *languages: str, state: str = "active") -> int:
    async with world.db.write() as uow:
        return await uow.leaders.create(
            name=name, role="x", role_english="x", community=community, sample=True, languages=list(languages),
            state=state, created_at=world.clock.now(),
        )  # fmt: skip


async def test_what_worked_for_two_faiths_reaches_a_third(world: World) -> None:
    await world.message("heat", ("en-GB",))
    imam = await leader(world, "Sample Imam", "Sample Mosque", "ur")
    pastor = await leader(world, "Sample Pastor", "Sample Church", "pl")
    granthi = await leader(world, "Sample Granthi", "Sample Gurdwara", "pa")
    quiet = await leader(world, "Sample Quiet", "Sample Temple", "hi", state="invited")
    editor = await world.staff("Sample Editor", Role.PUBLISHER)
    notes = {}
    async with world.db.write() as uow:
        rows = {each.id: each for each in await uow.leaders.all()}
        notes["ur"] = await world.desk.circle.write(uow, rows[imam], "heat", "ur", "جمعہ کے بعد بات کی۔")
        notes["pl"] = await world.desk.circle.write(uow, rows[pastor], "heat", "pl", "Mówiłem o tym po mszy.")
        assert await world.desk.circle.for_leader(uow, rows[granthi], await world.latest("heat")) == []
        with pytest.raises(InvalidInput):
            await world.desk.circle.show(uow, editor, notes["ur"], "")
        await world.desk.circle.show(uow, editor, notes["ur"], "I talked about it after Friday prayers.")
        await world.desk.circle.show(uow, editor, notes["pl"], "I spoke of it after Mass.")
        read = await world.desk.circle.for_leader(uow, rows[granthi], await world.latest("heat"))
        theirs = await world.desk.circle.for_leader(uow, rows[imam], await world.latest("heat"))
    assert {(each["language"], each["community"]) for each in read} == {
        ("ur", "Sample Mosque"),
        ("pl", "Sample Church"),
    }
    assert all(each["english"] for each in read)
    assert [each["name"] for each in theirs] == ["Sample Pastor"], "each reads the other, and not themselves"
    assert quiet
