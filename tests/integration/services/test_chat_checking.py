"""Checking something: nothing is lost, nothing is passed on without a yes, and what is known is said at once."""

import pytest

from bot.db.rows import RumourRow
from bot.domain.events import EventKind, IncomingMedia, MediaKind
from bot.domain.rumours import RumourState
from tests.factories import Phone, World

CLAIM = "Drinking seawater cures everything"


async def _rumours(world: World) -> list[RumourRow]:
    async with world.db.read() as uow:
        return await uow.rumours.queue(list(RumourState))


async def _answer(world: World, text: str = CLAIM) -> None:
    ana, bea = await world.staff("Ana Sample"), await world.staff("Bea Sample")
    await world.message("sea", ["en-GB", "ur"])
    rumour_id = await world.ask(text)
    async with world.db.write() as uow:
        await world.desk.answers.use_message(uow, ana, rumour_id, "sea")
        await world.desk.approvals.approve_directly(uow, bea, "answer", rumour_id)


async def _known(world: World, language: str = "en-GB") -> Phone:
    phone = world.phone()
    await phone.start(f"l_{language}")
    return phone


async def test_a_question_passes_on_only_with_a_yes(world: World) -> None:
    phone = await _known(world)
    await phone.say(CLAIM, forwarded=True)
    assert phone.kinds[-1] == "check.ask"
    assert await _rumours(world) == []
    await phone.press("c:1")
    assert phone.kinds[-1] == "check.passed"
    [rumour] = await _rumours(world)
    async with world.db.read() as uow:
        [flag] = await uow.rumours.flags(rumour.id)
    assert (rumour.text, flag.forwarded, flag.language) == (CLAIM, True, "en-GB")
    assert flag.code in phone.last
    assert (flag.received_hour.minute, flag.received_hour.second) == (0, 0)
    await phone.command("mine")
    assert flag.code in phone.last
    assert CLAIM in phone.last


async def test_a_no_keeps_nothing(world: World) -> None:
    phone = await _known(world)
    await phone.say(CLAIM)
    await phone.press("cx:1")
    assert phone.kinds[-1] == "check.dropped"
    await phone.press_stale("c:1")
    assert phone.kinds[-1] == "check.gone"
    assert await _rumours(world) == []


async def test_a_double_tap_asks_once(world: World) -> None:
    phone = await _known(world)
    await phone.say(CLAIM)
    await phone.press("c:1")
    await phone.press_stale("c:1")
    [rumour] = await _rumours(world)
    assert rumour.flag_count == 1


async def test_what_was_sent_before_a_language_was_chosen_is_not_lost(world: World) -> None:
    phone = world.phone()
    await phone.say(CLAIM)
    assert phone.kinds == ["language.first"]
    await phone.press("l:ur")
    assert phone.kinds[-2:] == ["welcome", "check.ask"]
    await phone.press("c:1")
    [rumour] = await _rumours(world)
    assert rumour.text == CLAIM


async def test_it_is_not_lost_either_when_the_language_comes_from_a_poster(world: World) -> None:
    phone = world.phone()
    await phone.say(CLAIM)
    await phone.start("l_ur")
    assert "c:1" in phone.buttons
    await phone.press("c:1")
    assert len(await _rumours(world)) == 1


async def test_what_is_known_is_said_at_once_also_to_who_had_no_language_yet(world: World) -> None:
    await _answer(world)
    phone = await _known(world, "ur")
    await phone.say(CLAIM.upper())
    assert phone.kinds[-1] == "check.known"
    assert "sea in ur" in phone.last
    late = world.phone()
    await late.say(CLAIM)
    await late.press("l:ur")
    assert late.kinds[-1] == "check.known", "nobody is told 'we have no answer' while there is one"


async def test_that_is_not_what_i_meant(world: World) -> None:
    await _answer(world)
    phone = await _known(world)
    await phone.say(CLAIM)
    await phone.press("cn:1")
    assert phone.kinds[-1] == "check.ask"
    await phone.press("c:1")
    assert [each.state for each in sorted(await _rumours(world), key=lambda each: each.id)] == ["answered", "new"]


async def test_others_asked_too_and_it_was_looked_at(world: World) -> None:
    ana = await world.staff("Ana Sample")
    rumour_id = await world.ask(CLAIM)
    phone = await _known(world)
    await phone.say(CLAIM)
    assert phone.kinds[-1] == "check.open"
    async with world.db.write() as uow:
        await world.desk.rumours.close(uow, ana, rumour_id, RumourState.SPAM, "advertising")
    await phone.say(CLAIM)
    assert phone.kinds[-1] == "check.settled"
    assert "advertising or a trick" in phone.last


@pytest.mark.parametrize("kind", list(MediaKind))
async def test_any_kind_of_file_can_be_sent(world: World, kind: MediaKind) -> None:
    phone = await _known(world)
    media = IncomingMedia(kind, "handle", "unique", "application/" + "x" * 150, 5_000_000_000, 9_999_999_999)
    await phone.event(EventKind.MEDIA, media=media, text="what is this", forwarded=True)
    await phone.press("c:1")
    [rumour] = await _rumours(world)
    async with world.db.read() as uow:
        [flag] = await uow.rumours.flags(rumour.id)
        [wanted] = await uow.media.wanted(world.desk.bot_id, limit=5)
    assert (flag.kind, flag.media_id, wanted.file_id) == (str(kind), wanted.id, "handle")


async def test_danger_shows_numbers_first_and_passes_on_as_urgent(world: World) -> None:
    phone = await _known(world)
    await phone.say("they said they will burn the shop")
    await phone.press("cd:1")
    for number in ("999", "55", "111", "116 123"):
        assert number in phone.last
    assert await _rumours(world) == []
    await phone.press("cu:1")
    [rumour] = await _rumours(world)
    assert rumour.urgent
    assert "999" in phone.last
    await phone.press_stale("danger")
    assert "999" in phone.last


@pytest.mark.parametrize(
    "text",
    [
        "nul \0 in it",
        "\u202eoverride",
        "<b>&amp;</b><script>",
        "\U0001f469\u200d\U0001f52c" * 500,
        "a" * 4096,
        "\u0301" * 900,
        "'; DROP TABLE flags; --",
        "%s{0}{name}",
        "﷽" * 300,
        "ہ" * 3000,
    ],
)
async def test_hostile_texts_are_kept_and_shown_without_harm(world: World, text: str) -> None:
    phone = await _known(world, "ur")
    await phone.say(text)
    await phone.press("c:1")
    [rumour] = await _rumours(world)
    assert "\0" not in rumour.text
    assert "\u202e" not in rumour.text
    await phone.command("mine")
    assert "<script>" not in phone.last


async def test_only_the_newest_five_wait_for_a_yes(world: World) -> None:
    phone = await _known(world)
    for number in range(1, 8):
        await phone.say(f"question {number}")
    await phone.press("c:1")
    assert phone.kinds[-1] == "check.gone"
    await phone.press("c:7")
    [rumour] = await _rumours(world)
    assert rumour.text == "question 7"


async def test_the_state_of_a_conversation_is_sealed(world: World) -> None:
    phone = await _known(world)
    await phone.say(CLAIM)
    async with world.db.read() as uow:
        sealed = await uow.inbox.conversation(world.desk.bot_id, world.person(phone.chat_id).tag)
    assert sealed is not None
    assert b"seawater" not in sealed
    assert world.vault.open_state(sealed)["drafts"]["1"]["text"] == CLAIM
