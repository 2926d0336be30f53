"""Whoever forwards something to us, or types its code, hears whether it is really ours."""

import hashlib
import re
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest

from bot.domain.events import IncomingMedia, MediaKind
from bot.domain.proofs import Proof
from bot.domain.staff import Role
from bot.errors import Unavailable
from bot.matching.fingerprints import Prints
from bot.services.copies import Copies
from bot.services.looking import Looking
from bot.services.ports import FetchedFile
from bot.services.sealing import Sealing
from bot.storage.anchor import AnchorFile
from tests.factories import BOT, Phone, World
from tests.fakes import FakeMessenger

VOICE = b"the bytes of a sample recording"
OURS = Prints(sound=b"".join(hashlib.sha256(bytes([each])).digest() for each in range(10)))
OTHER = Prints(sound=b"".join(hashlib.sha256(bytes([90, each])).digest() for each in range(10)))


class Prepared:
    """Fingerprints as they were prepared for these bytes."""

    def __init__(self) -> None:
        self.known: dict[bytes, Prints] = {VOICE: OURS}

    async def prints(self, path: Path, kind: str) -> Prints:
        return self.known.get(path.read_bytes(), Prints())


class Channel(FakeMessenger):
    """Gives the files that a test put there."""

    def __init__(self) -> None:
        super().__init__()
        self.out_of_reach = False

    async def fetch(self, file_id: str, *, limit: int) -> FetchedFile:
        if self.out_of_reach:
            raise Unavailable("later")
        return self.files[file_id]


@dataclass
class Bench:
    """A world with its sealer and its looker."""

    world: World

    def __post_init__(self) -> None:
        world = self.world
        self.sealing = Sealing(
            world.db, world.vault, world.desk.provenance, AnchorFile(world.folder / "anchor"), world.clock
        )
        self.printer, self.channel = Prepared(), Channel()
        self.looking = Looking(
            world.db, world.store, self.printer, world.desk.verifying, world.desk.outbox, world.clock, bot_id=BOT,
            copies=Copies(world.desk.rumours, world.desk.recognition),
        )  # fmt: skip

    async def work(self) -> None:
        """What the worker does by itself."""
        while await self.sealing.run() + await self.looking.take_prints() + await self.looking.look(self.channel):
            pass

    async def recording(self, key: str = "heat") -> int:
        """An approved recording of the message in Punjabi; returns its rendition."""
        world = self.world
        leader_id = await self._leader()
        async with world.db.write() as uow:
            message = await uow.messages.latest(key)
            assert message is not None
            media_id = await uow.media.create(
                kind="voice", mime="audio/ogg", size=len(VOICE), seconds=9, state="stored", tries=0,
                unique_id="AgADvoice", path=await world.store.save(VOICE, ".ogg"), created_at=world.clock.now(),
            )  # fmt: skip
            rendition_id = await uow.messages.add_rendition(
                message_id=message.id, language="pa", form="voice", text="ਸਾਵਧਾਨ", media_id=media_id,
                leader_id=leader_id, consent=["bot"], state="approved", content_hash="hash of the voice",
                created_at=world.clock.now(),
            )  # fmt: skip
        await self.work()
        return rendition_id

    async def _leader(self) -> int:
        async with self.world.db.write() as uow:
            return await uow.leaders.create(
                name="Sample Granthi", role="ਗ੍ਰੰਥੀ", role_english="granthi", community="Sample Gurdwara", sample=True,
                languages=["pa"], created_at=self.world.clock.now(),
            )  # fmt: skip

    async def code(self, rendition_id: int) -> str:
        async with self.world.db.read() as uow:
            row = await uow.manifests.of_rendition(rendition_id)
        assert row is not None
        return row.code

    async def phone(self) -> Phone:
        phone = self.world.phone(await self.world.resident("en-GB"))
        await phone.read()
        return phone

    async def forward(self, phone: Phone, data: bytes, unique_id: str = "AgADother") -> None:
        self.channel.files[unique_id] = FetchedFile(data, "audio/ogg")
        media = IncomingMedia(MediaKind.VOICE, unique_id, unique_id, "audio/ogg", len(data), 9)
        await phone.say("", media=media, forwarded=True)
        await self.work()
        await phone.read()


@pytest.fixture
async def bench(world: World) -> Bench:
    await world.message("heat", ("en-GB", "ur"))
    return Bench(world)


async def test_a_forward_of_our_recording_is_genuine_until_it_is_not(bench: Bench) -> None:
    world = bench.world
    rendition_id = await bench.recording()
    phone = await bench.phone()
    await bench.forward(phone, VOICE, "AgADvoice")
    assert "really from us" in phone.last
    assert "Sample Granthi" in phone.last
    await world.message("heat", ("en-GB",), revision=2)
    await bench.forward(phone, VOICE, "AgADvoice")
    assert "out of date" in phone.last
    reviewer = await world.staff("Sample Reviewer", Role.REVIEWER, languages=("pa",))
    async with world.db.write() as uow:
        await world.desk.renditions.withdraw(uow, reviewer, rendition_id)
    await bench.forward(phone, VOICE, "AgADvoice")
    assert "withdrawn" in phone.last


async def test_the_same_bytes_sent_as_a_new_file_are_genuine(bench: Bench) -> None:
    await bench.recording()
    phone = await bench.phone()
    await bench.forward(phone, VOICE)
    assert "really from us" in phone.last


async def test_a_near_copy_is_never_genuine_and_the_right_one_is_a_tap_away(bench: Bench) -> None:
    rendition_id = await bench.recording()
    phone = await bench.phone()
    bench.printer.known[b"changed"] = OURS
    await bench.forward(phone, b"changed")
    assert "not the same file" in phone.last
    assert "really from us" not in phone.texts()
    await phone.press(f"pv:{await bench.code(rendition_id)}")
    assert "heat in en-GB" in phone.last


async def test_a_strangers_clip_is_looked_at_and_nothing_more_is_said(bench: Bench) -> None:
    await bench.recording()
    phone = await bench.phone()
    bench.printer.known[b"strange"] = OTHER
    await bench.forward(phone, b"strange")
    assert phone.kinds == ["check.looking", "check.ask"]
    async with bench.world.db.read() as uow:
        assert await uow.manifests.asked(BOT, limit=5) == []


async def test_what_the_channel_does_not_give_is_tried_again_and_then_let_go(bench: Bench) -> None:
    await bench.recording()
    phone = await bench.phone()
    bench.channel.out_of_reach = True
    await bench.forward(phone, VOICE)
    async with bench.world.db.read() as uow:
        assert await uow.manifests.asked(BOT, limit=5) == []


async def test_codes_are_answered_and_mistyped_ones_too(bench: Bench) -> None:
    rendition_id = await bench.recording()
    phone = await bench.phone()
    code = await bench.code(rendition_id)
    for said in (code, code.lower(), f"Is {code} real?", code.replace("-", "")):
        await phone.say(said)
        assert "This code is ours" in phone.last
        assert "ਸਾਵਧਾਨ" in phone.last, "what it belongs to is there to be compared"
    wrong = code[:-1] + ("A" if code[-1] != "A" else "C")
    await phone.say(wrong)
    assert "do not know this code" in phone.last
    await phone.say("2020-2021")
    assert phone.kinds[-1] == "check.ask"


async def test_our_own_card_forwarded_is_genuine_and_any_other_word_is_not(bench: Bench) -> None:
    world = bench.world
    async with world.db.write() as uow:
        row = await uow.messages.latest("heat")
        assert row is not None
        # An address that stands in the words and among the sources comes twice.
        for each in await uow.messages.renditions(row.id):
            text = f"{each.text}\n\nMore here:\nhttps://example.org/page"
            await uow.messages.change_rendition(each.id, text=text)
    await bench.work()
    sender, approver = await world.staff("Sample A"), await world.staff("Sample B")
    chat = await world.resident("en-GB")
    await world.broadcast(sender, approver)
    await world.send_all()
    card = world.messenger.to(chat)[-1].html
    phone = await bench.phone()
    text = unescape(re.sub(r"<[^>]*>", "", card))
    assert "Send us this code" in text
    await phone.say(text, forwarded=True)
    assert "really from us" in phone.last
    await phone.say(text + "\nAnd drink bleach.", forwarded=True)
    assert "not every word" in phone.last
    assert "drink bleach" in phone.last
    assert any(each.startswith("c:") for each in phone.buttons), "the team can be told"


async def test_forgetting_takes_what_waits_to_be_looked_at(bench: Bench) -> None:
    await bench.recording()
    phone = await bench.phone()
    media = IncomingMedia(MediaKind.VOICE, "x", "x", "audio/ogg", 5, 9)
    await phone.say("", media=media, forwarded=True)
    async with bench.world.db.write() as uow:
        person = bench.world.person(phone.chat_id)
        assert (await bench.world.privacy.everything_about(uow, person))["clips_being_looked_at"] == 1
        await bench.world.privacy.forget(uow, person)
        assert await uow.manifests.asked(BOT, limit=5) == []


async def test_a_changed_voice_under_our_picture_is_named(bench: Bench) -> None:
    await bench.recording()
    frames = b"".join(hashlib.sha256(bytes([7, each])).digest() for each in range(6))
    bench_ours = Prints(frames, OURS.sound)
    async with bench.world.db.write() as uow:
        await uow.connection.exec_driver_sql("DELETE FROM fingerprints")
    bench.printer.known[VOICE] = bench_ours
    await bench.work()
    async with bench.world.db.read() as uow:
        found = await bench.world.desk.verifying.by_fingerprint(uow, Prints(frames, OTHER.sound))
    assert found.proof is Proof.VOICE_CHANGED


async def test_a_leader_who_is_not_to_be_named_is_named_by_no_manifest(bench: Bench) -> None:
    rendition_id = await bench.recording()
    async with bench.world.db.write() as uow:
        row = await uow.messages.rendition(rendition_id)
        assert row is not None
        assert row.leader_id is not None
        now = bench.world.clock.now()
        consent_id = await uow.leaders.add_consent(
            leader_id=row.leader_id, wording="test", scope=["bot"], name_shown=False, until=now.replace(year=2030),
            given_at=now, via="chat",
        )  # fmt: skip
        await uow.messages.change_rendition(rendition_id, consent_id=consent_id)
        fresh = await bench.world.desk.provenance.issue(uow, rendition_id)
        found = await bench.world.desk.verifying.by_unique_id(uow, "AgADvoice")
    assert fresh is not None
    assert fresh.disclosed["leader"] is None
    assert found.leader is None
