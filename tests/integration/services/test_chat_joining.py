"""Joining and choosing, as people do it: with buttons alone, from posters, and across a restart."""

from datetime import date

import pytest

from bot.db.rows import ResidentRow
from bot.domain.events import EventKind
from bot.errors import NotFound
from bot.i18n import LanguageStatus, Status
from tests.factories import Phone, World


async def _resident(world: World, phone: Phone) -> ResidentRow | None:
    async with world.db.read() as uow:
        return await world.residents.find(uow, world.person(phone.chat_id))


async def _joined(world: World, phone: Phone) -> ResidentRow:
    row = await _resident(world, phone)
    assert row is not None
    return row


async def test_the_whole_way_in_by_buttons_alone(world: World) -> None:
    await world.message("heat", ["en-GB", "ur"])
    phone = world.phone()
    [first] = await phone.start()
    assert "Sample Council" in first.html
    assert "@SampleCouncilBot" in first.html
    for safety in ("999", "111", "money, passwords or documents"):
        assert safety in first.html
    await phone.press("l:ur")
    assert phone.kinds[-1] == "welcome"
    assert await _resident(world, phone) is None, "nobody joins before they said yes"
    await phone.press("join")
    await phone.press("a:palfrey")
    assert await _resident(world, phone) is None
    await phone.press("f:text")
    row = await _joined(world, phone)
    assert (row.listen, row.read, row.area, row.form, row.state) == ("ur", "ur", "palfrey", "text", "active")
    assert phone.kinds[-3:] == ["joined", "message.card", "menu"]
    assert "heat in ur" in phone.texts()


async def test_every_language_is_reached_by_turning_pages(world: World) -> None:
    phone = world.phone()
    await phone.start()
    for page in range(1, 10):
        if f"lp:{page}" in phone.buttons:
            await phone.press(f"lp:{page}")
    shown = {each[2:] for each in phone.buttons if each.startswith("l:")}
    assert shown == {language.tag for language in world.desk.registry.languages}


async def test_a_language_without_writing_is_heard_and_its_neighbour_read(world: World) -> None:
    phone = world.phone()
    await phone.join("phr", form="voice")
    row = await _joined(world, phone)
    assert (row.listen, row.read, row.form) == ("phr", "ur", "voice")


async def test_who_signs_gets_signed_video(world: World) -> None:
    phone = world.phone()
    await phone.join("bfi", form="video")
    row = await _joined(world, phone)
    assert (row.listen, row.read, row.form) == ("bfi", "en-GB", "signed")


async def test_the_apps_language_only_moves_its_button_to_the_front(world: World) -> None:
    phone = world.phone(app_language="so")
    [screen] = await phone.start()
    assert phone.buttons[0] == "l:so"
    assert "Choose" in screen.html or "choose" in screen.html
    assert await _resident(world, phone) is None


@pytest.mark.parametrize(
    ("payload", "language", "area"),
    [
        ("l_ur-p_palfrey", "ur", "palfrey"),
        ("l_pa-Arab", "pa-Arab", None),
        ("l_pa-Arab-p_pleck", "pa-Arab", "pleck"),
        ("l_zh-Hans", "zh-Hans", None),
        ("l_PL-p_bloxwich", "pl", "bloxwich"),
        ("l_ur-p_atlantis", "ur", None),
    ],
)
async def test_a_poster_carries_language_and_place(world: World, payload: str, language: str, area: str | None) -> None:
    phone = world.phone()
    await phone.start(payload)
    assert phone.kinds == ["welcome"]
    await phone.press("join")
    if area is None:
        assert phone.kinds[-1] == "join.area"
        await phone.press("a:none")
    assert phone.kinds[-1] == "join.form"
    await phone.press("f:text")
    row = await _joined(world, phone)
    assert (row.listen, row.area) == (language, area)


@pytest.mark.parametrize(
    "payload", ["l_", "l_xx", "l_klingon-p_", "l_../../x", "x", "p_palfrey", "p_", "s_nothing", "t_no"]
)
async def test_a_bad_or_half_link_still_leads_in(world: World, payload: str) -> None:
    phone = world.phone()
    await phone.start(payload)
    assert phone.kinds
    if "l:ur" not in phone.buttons:
        await phone.start()
    await phone.press("l:ur")
    await phone.press("join")
    row = await _resident(world, phone)
    assert row is None
    if payload != "p_palfrey":
        await phone.press("a:none")
    await phone.press("f:text")
    assert (await _joined(world, phone)).area == ("palfrey" if payload == "p_palfrey" else None)


async def test_a_restart_in_mid_conversation_changes_nothing(world: World) -> None:
    async def walk(restart: bool) -> tuple[list[str], list[str]]:
        phone = world.phone()
        for step in ("start", "l:pl", "join", "a:pleck", "f:voice"):
            if restart:
                world.wire()  # every service anew, on the same database
            await (phone.start() if step == "start" else phone.press(step))
        if restart:
            world.wire()
        await phone.say(f"Is this true? {restart}")
        if restart:
            world.wire()
        await phone.press([each for each in phone.buttons if each.startswith("c:")][-1])
        assert phone.kinds[-1] == "check.passed"
        row = await _joined(world, phone)
        assert (row.read, row.area, row.form) == ("pl", "pleck", "voice")
        return phone.kinds[:-1], [each.html for each in phone.screens[:-2]]

    assert await walk(restart=False) == await walk(restart=True)


# Choosing later


async def test_everything_chosen_can_be_changed_by_buttons(world: World) -> None:
    phone = world.phone()
    await phone.join("ur")
    await phone.press("menu")
    await phone.press("set")
    await phone.press("setl:read")
    await phone.press("sl:read:pl")
    await phone.press("setl:listen")
    await phone.press("sl:listen:ur")
    await phone.press("seta")
    await phone.press("a:bloxwich")
    await phone.press("setf")
    await phone.press("f:video")
    await phone.press("t")
    await phone.press("t:health")
    await phone.press("t:scams")
    row = await _joined(world, phone)
    assert (row.read, row.listen, row.area, row.form, row.topics) == (
        "pl",
        "ur",
        "bloxwich",
        "video",
        ["health", "scams"],
    )
    await phone.press("t:scams")
    assert (await _joined(world, phone)).topics == ["health"]
    await phone.press("t:emergency")
    assert (await _joined(world, phone)).emergencies_only
    await phone.command("settings")
    assert "polski" in phone.last.lower()


async def test_quiet_hours_are_chosen_with_buttons_and_shown(world: World) -> None:
    phone = world.phone()
    await phone.join("en-GB")
    await phone.command("settings")
    assert "Quiet hours: none" in phone.last
    await phone.press("quiet")
    assert "Messages about emergencies come at any hour." in phone.last
    await phone.press("quiet:22-8")
    assert "Quiet hours: from 22:00 to 08:00" in phone.last
    row = await _joined(world, phone)
    assert (row.quiet_from, row.quiet_to) == (22 * 60, 8 * 60)
    await phone.press("quiet")
    assert [each.label[0] for row in phone.screens[-1].buttons[:4] for each in row] == ["▫", "✅", "▫", "▫"]
    for forged in ("quiet:22-9", "quiet:0-0", "quiet:"):
        await phone.press_stale(forged)
        assert (await _joined(world, phone)).quiet_from == 22 * 60
    await phone.press("quiet:none")
    assert "Quiet hours: none" in phone.last
    assert (await _joined(world, phone)).quiet_from is None
    await world.phone().press_stale("quiet:22-8")  # from somebody who has not joined: nothing is kept


async def test_pausing_stopping_and_coming_back(world: World) -> None:
    phone = world.phone()
    await phone.join("en-GB")
    await phone.command("pause")
    await phone.press("pause:7")
    row = await _joined(world, phone)
    assert row.state == "paused"
    assert row.paused_until is not None
    assert (row.paused_until - world.clock.now()).days == 7
    await phone.press("pause:0")
    assert (await _joined(world, phone)).state == "active"
    await phone.command("stop")
    assert (await _joined(world, phone)).state == "stopped"
    assert "You will get no more messages" in phone.last
    await phone.command("stop")
    assert "You do not get messages from us" in phone.last
    await phone.start()
    assert phone.kinds[-1] == "welcome"
    await phone.press("join")
    await phone.press("a:pleck")
    await phone.press("f:text")
    row = await _joined(world, phone)
    assert (row.state, row.area) == ("active", "pleck")


@pytest.mark.parametrize("way", ["/stop", "the button", "blocking"])
async def test_who_stopped_gets_nothing_unasked(world: World, way: str) -> None:
    ana, bea = await world.staff("Ana Sample"), await world.staff("Bea Sample")
    await world.message("heat", ["en-GB"])
    phone = world.phone()
    await phone.join("en-GB")
    await phone.press("menu")
    await phone.press("set")
    if way == "/stop":
        await phone.command("stop")
    elif way == "the button":
        await phone.press("stop")
    else:
        await phone.event(EventKind.BLOCKED)
    before = len(phone.screens)
    broadcast_id = await world.broadcast(ana, bea)
    assert (await world.row(broadcast_id)).audience_size == 0
    await phone.read()
    assert len(phone.screens) == before


async def test_a_pause_ends_by_itself(world: World) -> None:
    ana, bea = await world.staff("Ana Sample"), await world.staff("Bea Sample")
    await world.message("heat", ["en-GB"])
    phone = world.phone()
    await phone.join("en-GB")
    await phone.command("pause")
    await phone.press("pause:1")
    assert (await world.row(await world.broadcast(ana, bea))).audience_size == 0
    world.clock.advance(days=1)
    assert (await world.row(await world.broadcast(ana, bea))).audience_size == 1


STALE = [
    "",
    ":",
    "l:",
    "l:xx",
    "lp:999999999999",
    "lp:-1",
    "lp:x",
    "a:atlantis",
    "ap:7",
    "f:smoke",
    "join",
    "new",
    "menu",
    "set",
    "setl",
    "setl:read:99",
    "setl:both:0",
    "sl",
    "sl:read",
    "sl:read:xx",
    "sl:state:stopped",
    "sl:tester:ur",
    "t",
    "t:nothing",
    "pause:999",
    "pause:x",
    "stop",
    "c:",
    "c:99",
    "cn:99",
    "cx:99",
    "cd:99",
    "cu:99",
    "q:99",
    "q:x",
    "ok:1",
    "ok:99",
    "no:1",
    "no:x",
    "forget:no",
    "keep",
    "unknown:thing",
    "x" * 64,
    "mydata",
    "privacy",
    "about",
    "danger",
]


@pytest.mark.parametrize("joined", [False, True])
async def test_stale_and_made_up_buttons_harm_nobody(world: World, joined: bool) -> None:
    """Each is answered or passed over; none breaks, joins anybody, or changes what was not asked for."""
    for data in STALE:
        phone = world.phone()
        if joined:
            await phone.join("ur")
        before = await _resident(world, phone)
        await phone.press_stale(data)
        row = await _resident(world, phone)
        if not joined:
            assert row is None, data
        else:
            assert row is not None, data
            assert before is not None
            assert (row.read, row.listen, row.tester) == (before.read, before.listen, before.tester), data
            if data != "stop":
                assert row.state == before.state, data


async def test_nobody_joins_by_a_stale_button_without_having_said_yes(world: World) -> None:
    phone = world.phone()
    await phone.press_stale("f:text")
    assert await _resident(world, phone) is None
    await phone.start("l_ur")
    await phone.press_stale("f:text")
    assert await _resident(world, phone) is None
    await phone.press_stale("a:pleck")
    assert await _resident(world, phone) is None


async def test_groups_and_strange_events_are_left_alone(world: World) -> None:
    phone = world.phone()
    await phone.event(EventKind.TEXT, text="hello all", private=False)
    assert phone.screens == []
    await phone.start("l_ur")
    await phone.event(EventKind.OTHER)
    assert phone.kinds[-1] == "check.unknown_kind"
    await phone.command("nonsense")
    assert phone.kinds[-1] in {"check.ask", "menu"}


# Languages that are not ready


async def test_a_language_that_no_speaker_has_checked_offers_its_neighbour_and_tells_when_it_is_ready(
    world: World,
) -> None:
    world.drafts = "off"
    world.status = Status({"ur": LanguageStatus("draft", "a speaker", date(2026, 1, 1), critical_reviewed=True)})
    world.wire()
    phone = world.phone()
    [first] = await phone.start("l_pa-Arab")
    assert phone.kinds == ["language.not_ready"]
    assert "پنجابی" in first.html
    assert "l:ur" in phone.buttons
    await phone.press("wish:pa-Arab")
    await phone.press_stale("wish:pa-Arab")
    assert phone.kinds[-1] == "language.wished"
    await phone.press("l:ur")
    assert phone.kinds[-1] == "welcome"
    other = world.phone()
    await other.start()
    await other.press("lop:0")
    assert "lo:pl" in other.buttons
    await other.press("lo:pl")
    await other.press("l:en-GB")

    async with world.db.write() as uow:
        assert await world.desk.languages.tell_ready(uow, ["ur", "en-GB"]) == 0
        assert await world.desk.languages.tell_ready(uow, ["pa-Arab"]) == 1
    await phone.read()
    assert phone.kinds[-1] == "language.ready"
    assert "l:pa-Arab" in phone.buttons
    async with world.db.write() as uow:
        assert await world.desk.languages.tell_ready(uow, ["pa-Arab"]) == 0, "told once"


async def test_an_offered_language_is_not_waited_for_and_a_wish_is_forgotten_with_its_person(world: World) -> None:
    phone = world.phone()
    await phone.start("l_ur")
    await phone.press_stale("wish:ur")
    assert phone.kinds[-1] == "language.first"
    world.drafts = "off"
    world.wire()
    await phone.press_stale("wish:so")
    await phone.press_stale("forget:yes")
    async with world.db.write() as uow:
        assert await world.desk.languages.tell_ready(uow, ["so"]) == 0


async def test_wrong_words_reach_the_team_with_their_line_and_without_a_person(world: World) -> None:
    phone = world.phone()
    [screen] = await phone.start("l_pl")
    assert "not been checked" in screen.html or "sprawdz" in screen.html
    await phone.press("w")
    await phone.press("wl:2")
    await phone.say("Lepsze słowa\u202e")
    assert phone.kinds[-1] == "wording.thanks"
    await phone.say("Is this true?")
    assert phone.kinds[-1] == "check.ask"
    again = (await phone.start())[0]
    assert "w" not in [button.data for row in again.buttons for button in row], "said once"
    async with world.db.read() as uow:
        [found] = await world.desk.languages.suggestions(uow)
    assert (found.language, found.suggestion) == ("pl", "Lepsze słowa")
    assert found.string_id
    assert found.english
    assert found.shown != found.english
    boss = await world.staff("Ana Sample")
    async with world.db.write() as uow:
        await world.desk.languages.settle(uow, boss, found.id)
        with pytest.raises(NotFound):
            await world.desk.languages.settle(uow, boss, found.id)
        assert await world.desk.languages.suggestions(uow) == []


async def test_who_reads_it_later_sees_what_was_hidden_in_a_question(world: World) -> None:
    phone = world.phone()
    await phone.start("l_en-GB")
    await phone.say("Is this\u202e eurt?\u200b\u202e می\u200cخواهم")
    await phone.press("c:1")
    async with world.db.read() as uow:
        [flag] = await uow.rumours.flags(1, limit=5)
    assert flag.hidden == "U+202E,U+200B"
    assert flag.text == "Is this eurt? می\u200cخواهم"


async def test_staff_put_a_language_right_and_the_guess_is_kept(world: World) -> None:
    number = await world.ask("yeh sach hai kya", "ur")
    boss = await world.staff("Ana Sample")
    async with world.db.write() as uow:
        await world.desk.languages.correct(uow, boss, number, "pa")
        await world.desk.languages.correct(uow, boss, number, "pa")
        with pytest.raises(NotFound):
            await world.desk.languages.correct(uow, boss, number, "klingon")
        [kept] = await uow.languages.corrections()
        assert (kept.guessed, kept.corrected) == ("ur", "pa")
