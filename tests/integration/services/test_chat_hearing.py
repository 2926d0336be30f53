"""With all text hidden: somebody who listens, and somebody who signs, by numbers, pictures and recordings alone."""

import re
from dataclasses import dataclass

import pytest

from bot.chat.renderer import ChatRenderer
from bot.chat.screens.hear import HEARD, PROOF_SLOTS, Prompt
from bot.chat.screens.scripts import SCRIPTS, english
from bot.domain.events import EventKind, IncomingMedia, MediaKind
from bot.domain.lessons import QUESTIONS, STEPS
from bot.domain.messaging import OutgoingMedia, OutgoingMessage
from bot.domain.residents import ResidentState
from tests.factories import CATALOGS, CONTROLLER, REGISTRY, Phone, World
from tests.unit.chat.conftest import everything

LISTENED = [each.tag for each in REGISTRY.languages if each.audio_first]
PICTURES = {
    "bell": "🔔", "question mark": "❓", "globe": "🌐", "loudspeaker": "📢", "wheel": "⚙️", "red sign": "🆘",
    "house": "🏠", "tick": "✅", "cross": "❌", "microphone": "🎤", "hand": "✋", "bin": "🗑", "arrow": "▶",
    "thumb": "👍",
}  # fmt: skip
NAMED = re.compile(r"number ([123]), the ([a-z ]+?)[,.]")
NUMBERED = re.compile(r"^\u200f?([123])\ufe0f\u20e3 (\S+) ")


def _record(world: World, tag: str, kind: MediaKind) -> dict[int, str]:
    """A recording in every slot of a language; returns the slot of each media number."""
    slots = {9000 + number: slot for number, slot in enumerate(SCRIPTS)}
    world.prompts |= {(tag, slot): Prompt(OutgoingMedia(kind, number), "human", tag) for number, slot in slots.items()}
    world.wire()
    return slots


def _words(slot: str) -> str:
    return english(slot) if slot in SCRIPTS else ""


@dataclass
class Ear:
    """A person who sees numbers and pictures, hears recordings, and reads nothing."""

    phone: Phone
    slots: dict[int, str]

    @property
    def screen(self) -> OutgoingMessage:
        return self.phone.screens[-1]

    def hears(self, message: OutgoingMessage | None = None) -> str:
        """The slot of a recording of the bot, `recording` for one of a leader, or nothing."""
        media = (message or self.screen).media
        return "" if media is None else self.slots.get(media.media_id, "recording")

    def choices(self) -> dict[int, str]:
        """What the numbers on the screen do; each has a row and a picture of its own."""
        found = {}
        for row in self.screen.buttons:
            assert len(row) == 1
            match = NUMBERED.match(row[0].label)
            assert match, row[0].label
            found[int(match[1])] = row[0].data
        assert list(found) == list(range(1, len(found) + 1))
        assert len(found) <= 3
        named = {int(each) for each in re.findall(r"number ([123])", _words(self.hears()))}
        assert named <= set(found), (self.hears(), named, found)
        return found

    async def press(self, number: int) -> str:
        await self.phone.press_stale(self.choices()[number])
        return self.hears()

    async def speak(self, media: IncomingMedia) -> str:
        await self.phone.event(EventKind.MEDIA, media=media)
        return self.hears()


async def _recorded_message(world: World, tag: str, form: str, *texts: str) -> None:
    await world.message("heat", ["en-GB", *texts])
    now = world.clock.now()
    message = await world.latest("heat")
    async with world.db.write() as uow:
        media_id = await uow.media.create(
            kind="voice" if form == "voice" else "video", mime="audio/ogg", size=9, seconds=3, state="stored",
            path="x.ogg", tries=0, created_at=now,
        )  # fmt: skip
        await uow.messages.add_rendition(
            message_id=message.id, language=tag, form=form, text="heat, spoken", media_id=media_id, consent=["bot"],
            state="approved", created_at=now, content_hash=f"{tag}{form}",
        )  # fmt: skip


@pytest.mark.parametrize(("tag", "form"), [("phr", "voice"), ("bfi", "signed")])
async def test_whoever_reads_nothing_joins_hears_asks_is_answered_stops_and_erases(
    world: World, tag: str, form: str
) -> None:
    own = MediaKind.VOICE if form == "voice" else MediaKind.VIDEO
    slots = _record(world, tag, own)
    await _recorded_message(world, tag, form)
    ear = Ear(world.phone(), slots)
    [first] = await ear.phone.start(f"l_{tag}")
    assert ear.hears(first) == "welcome"
    before = len(ear.phone.screens)
    assert await ear.press(1) == "menu"
    assert [ear.hears(each) for each in ear.phone.screens[before:]] == ["joined", "recording", "menu"]
    row = await world.joined(ear.phone.chat_id)
    assert (row.listen, row.form, row.state) == (tag, form, ResidentState.ACTIVE)

    said = IncomingMedia(own, "file", f"unique-{tag}", "audio/ogg", 900, 4)
    assert await ear.speak(said) == "pass_on"
    assert await ear.press(1) == "passed"

    ana, bea = await world.staff("Ana Sample"), await world.staff("Bea Sample")
    async with world.db.write() as uow:
        [rumour] = await uow.rumours.queue(["new"])
        await world.desk.answers.use_message(uow, ana, rumour.id, "heat")
    await world.approve(bea, rumour.id, "answer")
    await ear.phone.read()
    assert ear.phone.kinds[-1] == "answer.told"
    assert ear.hears() == "recording", "the answer comes in the language they listen to"

    assert await ear.press(1) == "menu"
    assert await ear.press(3) == "settings"
    assert await ear.press(2) == "stopped"
    assert (await world.joined(ear.phone.chat_id)).state == ResidentState.STOPPED
    assert await ear.press(2) == "erase"
    assert await ear.press(1) == "erased"
    async with world.db.read() as uow:
        assert await world.residents.find(uow, world.person(ear.phone.chat_id)) is None


async def test_who_signs_gets_plain_english_where_nobody_has_signed_the_answer(world: World) -> None:
    ear = Ear(world.phone(), _record(world, "bfi", MediaKind.VIDEO))
    await world.message("heat", ["en-GB", "ur"])
    await ear.phone.start("l_bfi")
    await ear.speak(IncomingMedia(MediaKind.VIDEO, "file", "unique", "video/mp4", 900, 4))
    assert await ear.press(1) == "passed"
    ana, bea = await world.staff("Ana Sample"), await world.staff("Bea Sample")
    async with world.db.write() as uow:
        [rumour] = await uow.rumours.queue(["new"])
        await world.desk.answers.use_message(uow, ana, rumour.id, "heat")
    await world.approve(bea, rumour.id, "answer")
    await ear.phone.read()
    assert ear.phone.kinds[-1] == "answer.told"
    assert ear.hears() == "answer", "a sign that says so"
    assert "heat in en-GB, text" in ear.phone.last


@pytest.mark.parametrize("tag", ["syl", "bfi"])
async def test_a_voice_or_a_sign_is_an_answer_at_every_step(world: World, tag: str) -> None:
    ear = Ear(world.phone(), _record(world, tag, MediaKind.VOICE))

    def said(number: int) -> IncomingMedia:
        return IncomingMedia(MediaKind.VIDEO, f"file{number}", f"unique{number}", "video/mp4", 900, 4)

    await ear.phone.start(f"l_{tag}")
    assert await ear.speak(said(1)) == "pass_on"
    assert await ear.speak(said(2)) == "pass_on", "instead of a number"
    assert await ear.press(1) == "passed"
    ana = await world.staff("Ana Sample")
    async with world.db.write() as uow:
        question_id = await world.desk.questions.ask_back(uow, ana, 1, "Where was that?")
    await ear.phone.read()
    assert ear.hears() == "question"
    assert await ear.press(1) == "speak"
    assert await ear.speak(said(3)) == "thanks"
    async with world.db.read() as uow:
        question = await uow.rumours.question(question_id)
        flags = await uow.rumours.flags(2, limit=5)
    assert question is not None
    assert question.reply == f"(answered by video: see {flags[0].code})"
    assert {each.language for each in flags} == {tag}


async def test_without_a_recording_the_words_come_with_the_same_numbers(world: World) -> None:
    ear = Ear(world.phone(), {})
    await ear.phone.start("l_phr")
    assert ear.hears() == ""
    assert set(ear.choices().values()) == {"join", "check", "lp:0"}
    await ear.press(2)
    assert set(ear.choices().values()) == {"danger", "menu"}


async def test_a_recording_in_the_language_beside_theirs_is_better_than_none(world: World) -> None:
    ear = Ear(world.phone(), _record(world, "ur", MediaKind.VOICE))
    await ear.phone.start("l_phr")
    assert ear.hears() == "welcome"
    reader = Ear(world.phone(), ear.slots)
    await reader.phone.start("l_ur")
    assert reader.hears() == "", "who reads gets the words"


@pytest.mark.parametrize(("kind", "said"), [("computer", "computer voice"), ("sample", "sample sound"), ("human", "")])
async def test_a_voice_that_is_no_person_says_so(world: World, kind: str, said: str) -> None:
    world.prompts["bfi", "welcome"] = Prompt(OutgoingMedia(MediaKind.VIDEO, 1), kind, "bfi")  # type: ignore[arg-type]
    world.wire()
    [first] = await world.phone().start("l_bfi")
    assert (said in first.html) if said else ("computer" not in first.html and "sample sound" not in first.html)


async def test_where_more_messages_wait_the_loudspeaker_goes_on_with_them(world: World) -> None:
    for number in range(6):
        await world.message(f"heat{number}", ["en-GB", "ur"])
    ear = Ear(world.phone(), _record(world, "phr", MediaKind.VOICE))
    await ear.phone.start("l_phr")
    await ear.press(1)
    assert list(ear.choices().values()) == ["new:4", "check", "set"]


def test_every_slot_is_used_and_every_screen_has_a_slot() -> None:
    used = {each.slot for each in HEARD.values() if each.slot != "proof" and "{" not in each.slot}
    lesson = {slot for slot in SCRIPTS if slot.startswith(("learn-", "right-", "wrong-"))}
    assert used | {"guest", "call", *PROOF_SLOTS.values()} | lesson == set(SCRIPTS)
    assert len(lesson) == len(STEPS) + 2 * QUESTIONS
    assert LISTENED == ["phr", "syl", "bfi", "yue", "rmy"]


@pytest.mark.parametrize(("tag", "number"), [("phr", 1), ("bfi", 2)])
async def test_the_lesson_is_heard_to_its_end(world: World, tag: str, number: int) -> None:
    """Number 2 passes everything on, and number 1 stops at everything; on the way each step says its own words."""
    ear = Ear(world.phone(), _record(world, tag, MediaKind.VOICE))
    await ear.phone.start(f"l_{tag}")
    await ear.phone.command("learn")
    heard = []
    for step in STEPS:
        heard.append(ear.hears())
        if step.right is not None:
            said = {"stop": 1, "pass": 2}[step.right] == number
            assert await ear.press(number) == f"{'right' if said else 'wrong'}-{step.name}"
        await ear.press(1)
    assert heard == [f"learn-{step.name}" for step in STEPS]
    assert ear.hears() == "learned"


async def test_a_message_beside_their_language_is_announced_aloud(world: World) -> None:
    ear = Ear(world.phone(), _record(world, "phr", MediaKind.VOICE))
    await ear.phone.start("l_phr")
    await _recorded_message(world, "ur", "voice", "ur")
    before = len(ear.phone.screens)
    await ear.press(1)
    heard = [ear.hears(each) for each in ear.phone.screens[before:]]
    assert heard == ["joined", "beside", "recording", "menu"]


@pytest.mark.parametrize("tag", LISTENED)
def test_what_a_recording_names_is_there(tag: str) -> None:
    """Every screen that is heard has its sound, at most three choices, and each that its recording names."""
    slots = dict(enumerate(SCRIPTS))
    prompts = {(tag, slot): Prompt(OutgoingMedia(MediaKind.VOICE, at), "human", tag) for at, slot in slots.items()}
    renderer = ChatRenderer(CATALOGS, CONTROLLER, prompts)
    for kind, params in everything("x"):
        if kind not in HEARD or params.get("leader") is True:
            continue
        message = renderer.render(kind, params, tag)
        shown = [NUMBERED.match(button.label) for row in message.buttons for button in row]
        choices = [(int(each[1]), each[2]) for each in shown if each is not None]
        assert [number for number, _ in choices] == list(range(1, len(shown) + 1)), kind
        assert message.media is not None, kind
        words = _words(slots[message.media.media_id])
        named = {(int(number), PICTURES[what]) for number, what in NAMED.findall(words)}
        assert named <= set(choices), (kind, named, choices)
