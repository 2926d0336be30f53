"""The lesson: buttons alone lead through it, it goes on where one was, and the borough's own words take ours' place."""

from bot.domain.lessons import QUESTIONS, STEPS
from tests.factories import Phone, World


async def _known(world: World, language: str = "en-GB") -> Phone:
    phone = world.phone()
    await phone.start(f"l_{language}")
    return phone


async def _walk(phone: Phone, choice: str) -> None:
    await phone.command("learn")
    for at, step in enumerate(STEPS):
        if step.right is not None:
            await phone.press(f"la:{at}:{step.right if choice == 'right' else choice}")
        await phone.press(f"ln:{at + 1}")


async def test_buttons_alone_lead_to_the_end(world: World) -> None:
    phone = await _known(world)
    await _walk(phone, "right")
    assert phone.kinds[-1] == "learn.done"
    assert f"You were right {QUESTIONS} times." in phone.last


async def test_a_wrong_choice_is_explained_and_not_counted(world: World) -> None:
    phone = await _known(world)
    await _walk(phone, "pass")
    assert "You were right 1 time." in phone.last
    assert "Better not" in phone.texts()


async def test_it_goes_on_where_one_was_also_after_a_restart(world: World) -> None:
    phone = await _known(world)
    await phone.command("learn")
    await phone.press("ln:1")
    await phone.press("ln:2")
    world.wire()
    await phone.command("learn")
    assert f"Step 3 of {len(STEPS)}" in phone.last


async def test_forged_buttons_lead_nowhere_bad(world: World) -> None:
    phone = await _known(world)
    for data in ("ln:99999999999999999999", "ln:-1", "la:0:stop", "la:4", "la:77:pass", "la::"):
        await phone.press_stale(data)
        assert phone.kinds[-1].startswith("learn."), data


async def test_the_boroughs_own_step_takes_its_place_once_it_is_approved(world: World) -> None:
    phone = await _known(world, "ur")
    await world.message("lesson-stop", ["en-GB"], ["ur"], topic="skills")
    await phone.command("learn")
    assert "lesson-stop in" not in phone.last
    await world.message("lesson-stop", ["en-GB", "ur"], revision=2, topic="skills")
    await phone.command("learn")
    assert "lesson-stop in ur, text, revision 2" in phone.last


async def test_steps_are_not_among_the_messages(world: World) -> None:
    await world.message("lesson-stop", ["en-GB"], topic="skills")
    await world.message("heat", ["en-GB"])
    phone = await _known(world)
    await phone.press_stale("new")
    assert "lesson-stop" not in phone.texts()
    assert "heat in en-GB" in phone.texts()
