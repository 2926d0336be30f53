"""Questions that ask the same join; everyone who asked hears once, and once more in their own language."""

from typing import Any

import pytest

from bot.domain.events import IncomingMedia, MediaKind
from bot.domain.rumours import RumourState
from bot.domain.staff import Role
from bot.errors import Conflict, InvalidInput, NotAllowed
from bot.services.audit import Actor, actor_of
from bot.services.rumours import Known, Submission
from tests.factories import World

CLAIM = "5G towers spread the virus!"


async def _team(world: World) -> tuple[Actor, Actor, Actor]:
    return (
        await world.staff("Ana Sample", Role.TRIAGER),
        await world.staff("Bea Sample", Role.PUBLISHER),
        await world.staff("Cem Sample", Role.REVIEWER, languages=["ur", "pl"]),
    )


async def _answered(world: World, rumour_id: int, key: str = "heat") -> None:
    async with world.db.write() as uow:
        ana, bea = await _named(world, uow, "Ana Sample"), await _named(world, uow, "Bea Sample")
        await world.desk.answers.use_message(uow, ana, rumour_id, key)
        await world.desk.approvals.approve_directly(uow, bea, "answer", rumour_id)


async def _named(world: World, uow: Any, name: str) -> Actor:
    return actor_of(await world.desk.staff.by_name(uow, name), "test")


async def _look(world: World, text: str, read: str = "ur") -> Known | None:
    async with world.db.read() as uow:
        submission = Submission("text", text, None, forwarded=False)
        return await world.desk.rumours.look_up(uow, submission, listen=read, read=read, form="text")


async def _rumour(world: World, rumour_id: int) -> dict[str, Any]:
    async with world.db.read() as uow:
        return await world.desk.rumours.show(uow, rumour_id)


async def test_equal_questions_join_one_rumour_and_are_counted(world: World) -> None:
    first = await world.ask(CLAIM)
    for same in ("5g TOWERS spread the virus", "  5G towers, spread the virus…", "5G tow\u200bers spread the virus"):
        assert await world.ask(same) == first
    assert await world.ask("5G towers do not spread the virus!") != first
    assert (await _rumour(world, first))["count"] == 4


async def test_urdu_and_arabic_keyboards_write_the_same_question(world: World) -> None:
    urdu = await world.ask("کیا یہ پانی ۵ دن میں زہریلا ہے؟")
    assert await world.ask("كيا يه پاني 5 دن ميں زهريلا هے") == urdu
    assert await world.ask("کیا یہ پانی ۵ دن میں زہریلا نہیں ہے؟") != urdu


async def test_the_same_person_keeps_one_flag_however_often_they_ask(world: World) -> None:
    chat = world.new_chat()
    rumour_id = await world.ask(CLAIM, chat_id=chat)
    for _ in range(3):
        assert await world.ask(CLAIM, chat_id=chat) == rumour_id
    shown = await _rumour(world, rumour_id)
    assert (shown["count"], len(shown["flags"])) == (1, 1)


async def test_the_same_file_joins_and_another_file_does_not(world: World) -> None:
    def photo(unique_id: str) -> IncomingMedia:
        return IncomingMedia(MediaKind.PHOTO, f"handle-{unique_id}", unique_id, "image/jpeg", 10)

    first = await world.ask("", media=photo("A"))
    assert await world.ask("", media=photo("A")) == first
    assert await world.ask("", media=photo("B")) != first


async def test_staff_hear_of_a_new_rumour_once_without_its_words(world: World) -> None:
    ana, bea, cem = await _team(world)
    for _ in range(3):
        await world.ask(CLAIM)
    await world.send_all()
    for staff in (ana, bea):
        [alert] = world.messenger.to(await world.chat_of(staff))
        assert "New rumour" in alert.html
        assert "virus" not in alert.html
    assert world.messenger.to(await world.chat_of(cem)) == []


async def test_danger_is_marked_urgent_and_alerts_again(world: World) -> None:
    ana, _, _ = await _team(world)
    rumour_id = await world.ask(CLAIM)
    assert await world.ask(CLAIM, urgent=True) == rumour_id
    await world.send_all()
    alerts = [each.html for each in world.messenger.to(await world.chat_of(ana))]
    assert len(alerts) == 2
    assert "URGENT" in alerts[1]
    assert (await _rumour(world, rumour_id))["urgent"]
    async with world.db.read() as uow:
        await world.ask("something else, often asked")
        assert next(each.id for each in await uow.rumours.queue([RumourState.NEW])) == rumour_id


# Telling


async def test_everyone_is_told_once_in_their_own_language_or_honestly_in_english(world: World) -> None:
    await _team(world)
    await world.message("heat", ["en-GB", "ur"])
    urdu, polish = world.new_chat(), world.new_chat()
    rumour_id = await world.ask(CLAIM, "ur", chat_id=urdu)
    await world.ask(CLAIM, "pl", chat_id=polish)
    await _answered(world, rumour_id)
    await world.send_all()
    [told] = world.messenger.to(urdu)
    assert "heat in ur" in told.html
    assert CLAIM in told.html
    [fallback] = world.messenger.to(polish)
    assert "heat in en-GB" in fallback.html
    assert "polski" in fallback.html.lower()
    assert (await _rumour(world, rumour_id))["state"] == "answered"


async def test_the_translation_follows_once_when_a_speaker_has_approved_it(world: World) -> None:
    ana, _, cem = await _team(world)
    message_id = await world.message("heat", ["en-GB", "ur"])
    urdu, polish = world.new_chat(), world.new_chat()
    rumour_id = await world.ask(CLAIM, "ur", chat_id=urdu)
    await world.ask(CLAIM, "pl", chat_id=polish)
    await _answered(world, rumour_id)
    async with world.db.write() as uow:
        rendition_id = await world.desk.renditions.write(uow, ana, message_id, "pl", "To nieprawda (sample)")
    await world.send_all()
    assert len(world.messenger.to(polish)) == 1
    await world.approve(cem, rendition_id, "rendition")
    await world.send_all()
    assert ["To nieprawda" in each.html for each in world.messenger.to(polish)] == [False, True]
    assert len(world.messenger.to(urdu)) == 1
    async with world.db.write() as uow:  # withdrawn, mended and approved again: nobody is told a third time
        await world.desk.renditions.withdraw(uow, cem, rendition_id)
        await world.desk.renditions.write(uow, ana, message_id, "pl", "Another sample text")
    await world.approve(cem, rendition_id, "rendition")
    await world.send_all()
    assert len(world.messenger.to(polish)) == 2


async def test_a_recording_alone_is_no_update_in_their_language(world: World) -> None:
    """Whoever reads Polish is not sent the English again with the words 'in your language'."""
    _, _, cem = await _team(world)
    await world.message("heat", ["en-GB"])
    polish = world.new_chat()
    rumour_id = await world.ask(CLAIM, "pl", chat_id=polish)
    await _answered(world, rumour_id)
    message = await world.latest("heat")
    async with world.db.write() as uow:
        voice = await uow.messages.add_rendition(
            message_id=message.id, language="pl", form="voice", text="sample", consent=["bot"], state="draft",
            content_hash="x", created_at=world.clock.now(),
        )  # fmt: skip
    await world.approve(cem, voice, "rendition")
    await world.send_all()
    assert len(world.messenger.to(polish)) == 1


async def test_an_answer_written_there_and_then_reaches_who_asked(world: World) -> None:
    ana, bea, _ = await _team(world)
    chat = world.new_chat()
    rumour_id = await world.ask(CLAIM, "en-GB", chat_id=chat)
    async with world.db.write() as uow:
        await world.desk.answers.write(uow, ana, rumour_id, title="About masts", text="Masts carry telephone calls.")
    await world.send_all()
    assert world.messenger.to(chat) == [], "no answer leaves without a second person"
    await world.approve(bea, rumour_id, "answer")
    await world.send_all()
    [told] = world.messenger.to(chat)
    assert "Masts carry telephone calls." in told.html
    assert "DRAFT" not in told.html


async def test_a_refused_answer_goes_back_and_nobody_is_told(world: World) -> None:
    ana, bea, _ = await _team(world)
    await world.message("heat", ["en-GB"])
    chat = world.new_chat()
    rumour_id = await world.ask(CLAIM, chat_id=chat)
    async with world.db.write() as uow:
        await world.desk.answers.use_message(uow, ana, rumour_id, "heat")
        await world.desk.approvals.request(uow, ana, "answer", rumour_id)
        [request] = await uow.approvals.pending()
        await world.desk.approvals.refuse(uow, bea, request.id, "Too long")
    await world.send_all()
    assert world.messenger.to(chat) == []
    assert (await _rumour(world, rumour_id))["state"] == "new"
    assert "Too long" in world.messenger.to(await world.chat_of(ana))[-1].html


@pytest.mark.parametrize("outcome", ["not_amplified", "spam", "not_a_rumour"])
async def test_closing_tells_everyone_once_each_kind_in_its_own_sentence(world: World, outcome: str) -> None:
    ana, _, _ = await _team(world)
    chats = [world.new_chat(), world.new_chat()]
    for chat in chats:
        rumour_id = await world.ask(CLAIM, "en-GB", chat_id=chat)
    async with world.db.write() as uow:
        with pytest.raises(InvalidInput, match="Write down the reason"):
            await world.desk.rumours.close(uow, ana, rumour_id, RumourState(outcome), "  ")
        assert await world.desk.rumours.close(uow, ana, rumour_id, RumourState(outcome), "internal note") == 2
    await world.send_all()
    words = {
        "not_amplified": "nothing to support it",
        "spam": "advertising or a trick",
        "not_a_rumour": "not something",
    }
    for chat in chats:
        [told] = world.messenger.to(chat)
        assert words[outcome] in told.html
        assert "internal note" not in told.html
    with pytest.raises(Conflict):
        async with world.db.write() as uow:
            await world.desk.rumours.close(uow, ana, rumour_id, RumourState.SPAM, "again")


async def test_who_asks_again_after_closing_opens_it_again(world: World) -> None:
    ana, _, _ = await _team(world)
    rumour_id = await world.ask(CLAIM)
    async with world.db.write() as uow:
        await world.desk.rumours.close(uow, ana, rumour_id, RumourState.NOT_A_RUMOUR, "a question")
    assert await world.ask(CLAIM) == rumour_id
    assert (await _rumour(world, rumour_id))["state"] == "new"


async def test_who_asks_on_after_an_answer_opens_one_rumour_together(world: World) -> None:
    """'That is not what I meant', or the answer ran out: the next ones join each other, and each person once."""
    await _team(world)
    await world.message("heat", ["en-GB"], days=5)
    first = await world.ask(CLAIM)
    await _answered(world, first)
    again = world.new_chat()
    second = await world.ask(CLAIM, chat_id=again)
    assert second != first
    assert await world.ask(CLAIM, chat_id=again) == second
    assert await world.ask(CLAIM) == second
    assert (await _rumour(world, second))["count"] == 2
    known = await _look(world, CLAIM)
    assert known is not None
    assert known.rumour.id == first, "whoever asks new still gets the answer at once"
    world.clock.advance(days=6)
    known = await _look(world, CLAIM)
    assert known is not None
    assert (known.card, known.rumour.id) == (None, second), "an answer that ran out is none"
    await world.message("flood", ["en-GB"])
    await _answered(world, second, "flood")
    known = await _look(world, CLAIM)
    assert known is not None
    assert known.card is not None
    assert known.card["key"] == "flood"


# Asking back


async def test_asking_back_and_the_reply_name_nobody(world: World) -> None:
    ana, _, _ = await _team(world)
    phone = world.phone()
    await phone.start("l_en-GB")
    await phone.say(CLAIM)
    await phone.press("c:1")
    rumour_id = 1
    flag_id = (await _rumour(world, rumour_id))["flags"][0]["id"]
    async with world.db.write() as uow:
        question_id = await world.desk.questions.ask_back(uow, ana, flag_id, "Where did you see it?")
    await phone.read()
    assert "Where did you see it?" in phone.last
    await phone.press(f"q:{question_id}")
    await phone.say("On a poster in the park")
    assert "The team has your answer" in phone.last
    async with world.db.read() as uow:
        [question] = await uow.rumours.questions([flag_id])
    assert question.reply == "On a poster in the park"
    await world.send_all()
    note = world.messenger.to(await world.chat_of(ana))[-1].html
    assert "answered your question" in note
    assert "poster" not in note
    shown = str(await _rumour(world, rumour_id))
    assert str(phone.chat_id) not in shown


async def test_nobody_answers_a_question_that_was_put_to_another(world: World) -> None:
    ana, _, _ = await _team(world)
    asker, stranger = world.phone(), world.phone()
    for phone in (asker, stranger):
        await phone.start("l_en-GB")
    await asker.say(CLAIM)
    await asker.press("c:1")
    async with world.db.write() as uow:
        question_id = await world.desk.questions.ask_back(uow, ana, 1, "Where?")
    await stranger.press_stale(f"q:{question_id}")
    await stranger.say("I was never asked")
    async with world.db.read() as uow:
        question = await uow.rumours.question(question_id)
    assert question is not None
    assert question.reply is None


async def test_an_expired_way_back_is_the_end_of_it(world: World) -> None:
    ana, _, _ = await _team(world)
    await world.message("heat", ["en-GB"], days=60)
    chat = world.new_chat()
    rumour_id = await world.ask(CLAIM, chat_id=chat)
    world.clock.advance(days=31)
    with pytest.raises(Conflict, match="expired or was erased"):
        async with world.db.write() as uow:
            await world.desk.questions.ask_back(uow, ana, 1, "Where?")
    await _answered(world, rumour_id)
    await world.send_all()
    assert world.messenger.to(chat) == []
    async with world.db.write() as uow:
        assert await uow.rumours.forget_expired_reply_paths(world.clock.now()) == 1


async def test_after_closing_the_way_back_ends_within_a_week(world: World) -> None:
    ana, _, _ = await _team(world)
    rumour_id = await world.ask(CLAIM)
    async with world.db.write() as uow:
        await world.desk.rumours.close(uow, ana, rumour_id, RumourState.SPAM, "advertising")
        path = await uow.rumours.reply_path(1)
    assert path is not None
    assert (path.until - world.clock.now()).days == 7


async def test_the_desk_needs_its_roles(world: World) -> None:
    reviewer = await world.staff("Rev Sample", Role.REVIEWER, Role.ADMIN)
    rumour_id = await world.ask(CLAIM)
    async with world.db.write() as uow:
        for attempt in (
            world.desk.rumours.close(uow, reviewer, rumour_id, RumourState.SPAM, "x"),
            world.desk.questions.ask_back(uow, reviewer, 1, "x"),
            world.desk.rumours.mark_danger(uow, reviewer, rumour_id, urgent=True),
            world.desk.rumours.reopen(uow, reviewer, rumour_id),
            world.desk.answers.write(uow, reviewer, rumour_id, title="x", text="x"),
        ):
            with pytest.raises(NotAllowed):
                await attempt
