"""Pictures and voices that people send: copies get the answer, others do not, and bad files harm nobody."""

import asyncio
import shutil
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from bot.domain.events import EventKind, IncomingMedia, MediaKind
from bot.media.fingerprints import Printer
from bot.media.reading import PictureReader
from bot.services.copies import Copies
from bot.services.looking import Looking
from bot.services.media import Media
from bot.services.ports import FetchedFile
from tests.factories import BOT, Phone, World
from tests.fakes import FakeMessenger
from tests.unit.media.test_fingerprints import file_of, scene

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")
needs_voices = pytest.mark.skipif(
    shutil.which("espeak-ng") is None or shutil.which("ffmpeg") is None, reason="espeak-ng or ffmpeg is not installed"
)
WRITTEN = "From Monday all schools in the town\nwill be closed because of a virus.\nTell every parent you know."


def screenshot(text: str, *, size: int = 30) -> Image.Image:
    """A made-up screenshot of a message."""
    image = Image.new("RGB", (720, 480), "#e5ddd5")
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((30, 40, 690, 260), 18, fill="white")
    draw.multiline_text((50, 60), text, fill="black", font=ImageFont.load_default(size), spacing=12)
    return image


class Desk:
    """The worker of a world, and what it has to do by itself."""

    def __init__(self, world: World) -> None:
        self.world, self.channel = world, FakeMessenger()
        self.media = Media(world.db, world.store, world.clock, bot_id=BOT)
        self.looking = Looking(
            world.db, world.store, Printer(), world.desk.verifying, world.desk.outbox, world.clock, bot_id=BOT,
            copies=Copies(world.desk.rumours, world.desk.recognition), reader=PictureReader(),
        )  # fmt: skip

    async def work(self) -> None:
        while (
            await self.media.fetch_wanted(self.channel)
            + await self.looking.take_prints()
            + await self.looking.look(self.channel)
        ):
            pass

    async def send(
        self, phone: Phone, data: bytes, name: str, kind: MediaKind = MediaKind.PHOTO, mime: str = "image/jpeg"
    ) -> list[str]:
        """Somebody sends a file, and the worker works; returns the screens that came."""
        self.channel.files[name] = FetchedFile(data, mime)
        before = len(phone.kinds)
        await phone.event(EventKind.MEDIA, media=IncomingMedia(kind, name, f"unique-{name}", mime, len(data), 5))
        await self.work()
        await phone.read()
        return phone.kinds[before:]

    async def answer(self, rumour_id: int) -> None:
        ana, bea = await self.world.staff("Ana Sample"), await self.world.staff("Bea Sample")
        async with self.world.db.write() as uow:
            await self.world.desk.answers.use_message(uow, ana, rumour_id, "sea")
            await self.world.desk.approvals.approve_directly(uow, bea, "answer", rumour_id)


@pytest.fixture
async def desk(world: World) -> Desk:
    await world.message("sea", ["en-GB", "ur"])
    return Desk(world)


async def asked(desk: Desk, data: bytes, name: str, kind: MediaKind = MediaKind.PHOTO, mime: str = "") -> int:
    """Somebody passes a file on to the team; returns the rumour."""
    phone = await reader(desk)
    await desk.send(phone, data, name, kind, mime)
    await phone.press([each for each in phone.buttons if each.startswith("c:")][-1])
    await desk.work()
    async with desk.world.db.read() as uow:
        return (await uow.rumours.queue(["new"]))[-1].id


async def reader(desk: Desk, language: str = "en-GB") -> Phone:
    phone = desk.world.phone()
    await phone.start(f"l_{language}")
    return phone


async def test_copies_of_a_picture_join_and_get_its_answer_and_another_picture_does_not(desk: Desk) -> None:
    rumour_id = await asked(desk, file_of(scene(1), quality=90), "first")
    second = await reader(desk)
    shown = await desk.send(second, file_of(scene(1).resize((320, 240)), quality=40), "small")
    assert shown == ["check.looking", "check.open"]
    await second.press("c:1")
    async with desk.world.db.read() as uow:
        rumour = await uow.rumours.get(rumour_id)
    assert rumour is not None
    assert rumour.flag_count == 2
    await desk.answer(rumour_id)
    third = await reader(desk, "ur")
    assert await desk.send(third, file_of(scene(1), "PNG"), "png") == ["check.looking", "check.known"]
    assert await desk.send(third, file_of(scene(1), quality=30), "png") == ["check.known"], "this very file: at once"
    assert await desk.send(third, file_of(scene(2)), "another") == ["check.looking", "check.ask"]
    await third.press("c:3")
    assert third.kinds[-1] == "check.passed"


@needs_tesseract
async def test_words_in_a_screenshot_are_compared_as_text(desk: Desk) -> None:
    rumour_id = await desk.world.ask("From Monday all schools in the town will be closed because of a virus")
    await desk.answer(rumour_id)
    first = await asked(desk, file_of(screenshot(WRITTEN)), "shot", mime="image/jpeg")
    async with desk.world.db.read() as uow:
        [flag] = await uow.rumours.flags(first)
        words = await uow.manifests.words_of([flag.media_id or 0])
    assert "schools in the town" in words[flag.media_id or 0]
    phone = await reader(desk)
    again = file_of(screenshot(WRITTEN).resize((540, 360)), quality=60)
    assert (await desk.send(phone, again, "again"))[-1] == "check.open"
    day = screenshot(WRITTEN.replace("Monday", "Thursday"))
    assert (await desk.send(phone, file_of(day), "day"))[-1] in {"check.ask", "check.maybe"}, "another day"
    other = screenshot("The leisure centre pool opens late\nthis week, at ten in the morning.\nBring your own towel.")
    assert (await desk.send(phone, file_of(other), "other"))[-1] == "check.ask", "looks alike, says something else"


@needs_voices
async def test_a_voice_note_is_found_again_and_another_is_not(desk: Desk, tmp_path: Path) -> None:
    def spoken(words: str, *how: str) -> bytes:
        sound, note = tmp_path / "sound.wav", tmp_path / "note.ogg"
        subprocess.run(["espeak-ng", "-v", "en", "-w", str(sound), words], check=True)
        subprocess.run(
            ["ffmpeg", "-y", "-v", "error", "-i", str(sound), *how, "-c:a", "libopus", str(note)], check=True
        )  # fmt: skip
        return note.read_bytes()

    said = "They say that from Monday every school in the town will be closed. Please tell all the parents you know."
    rumour_id = await asked(desk, spoken(said, "-b:a", "32k"), "voice", MediaKind.VOICE, "audio/ogg")
    await desk.answer(rumour_id)
    phone = await reader(desk)
    sent = await desk.send(phone, spoken(said, "-b:a", "16k"), "again", MediaKind.VOICE, "audio/ogg")
    assert sent == ["check.looking", "check.known"]
    other = spoken("My neighbour sells honey at the market, and it is very good honey, on Saturday mornings in summer.")
    assert (await desk.send(phone, other, "other", MediaKind.VOICE, "audio/ogg"))[-1] == "check.ask"


def _bomb() -> bytes:
    image = Image.new("1", (30_000, 30_000))
    kept = BytesIO()
    image.save(kept, "PNG")
    return kept.getvalue()


@pytest.mark.parametrize(
    "make",
    [
        _bomb,
        lambda: file_of(scene(3))[:900],
        lambda: b"",
        lambda: b"<svg onload='alert(1)'/>" * 40,
        lambda: b"%PDF-1.4" + bytes(5_000),
    ],
    ids=["bomb", "truncated", "empty", "svg", "pdf"],
)
async def test_bad_files_harm_nothing_and_their_senders_may_still_ask(desk: Desk, make: Callable[[], bytes]) -> None:
    await asked(desk, file_of(scene(1)), "first")
    phone = await reader(desk)
    assert await desk.send(phone, make(), "bad") == ["check.looking", "check.ask"]
    await phone.press("c:1")
    await desk.work()
    assert phone.kinds[-1] == "check.passed"


async def test_a_file_that_cannot_be_fetched_is_asked_about_all_the_same(desk: Desk) -> None:
    await asked(desk, file_of(scene(1)), "first")
    phone = await reader(desk)
    await phone.event(EventKind.MEDIA, media=IncomingMedia(MediaKind.PHOTO, "gone", "unique-gone", "image/jpeg", 9, 0))
    await desk.work()
    await phone.read()
    assert phone.kinds[-2:] == ["check.looking", "check.ask"]


async def _one_waits(desk: Desk) -> Phone:
    await asked(desk, file_of(scene(1)), "first")
    phone = await reader(desk)
    desk.channel.files["photo"] = FetchedFile(file_of(scene(2)), "image/jpeg")
    await phone.event(EventKind.MEDIA, media=IncomingMedia(MediaKind.PHOTO, "photo", "unique", "image/jpeg", 9, 0))
    return phone


async def test_of_several_workers_one_tells_what_is_known(desk: Desk) -> None:
    phone = await _one_waits(desk)
    await asyncio.gather(*(Desk(desk.world).looking.look(desk.channel) for _ in range(3)))
    await phone.read()
    assert phone.kinds[-2:] == ["check.looking", "check.ask"], "told once"


async def test_where_many_wait_nobody_waits_longer_than_a_minute(desk: Desk) -> None:
    phone = await _one_waits(desk)
    desk.world.clock.advance(seconds=61)
    desk.channel.files.clear()
    desk.channel.unreachable = True
    await desk.looking.look(desk.channel)
    await phone.read()
    assert phone.kinds[-1] == "check.ask", "without a look, and without waiting for the file"
