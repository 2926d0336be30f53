"""What contradicts is not answered by itself, and what only warns or words it otherwise is no contradiction."""

import pytest

from bot.matching.guard import against
from tests.bench.rumours import contradictions, rumours

CLAIMS = {each.key: each.text for each in rumours() if each.language == "claim"}


@pytest.mark.parametrize(
    ("text", "known", "why"),
    [
        ("The tap water is safe to drink.", "The tap water has been poisoned.", "opposite"),
        ("MMR does not cause autism", "MMR causes autism", "opposite"),
        ("خسرے کے ٹیکے سے آٹزم نہیں ہوتا", "The MMR vaccine gives children autism.", "negation"),
        ("A fine of £40 for the wrong bin", "A fine of £400 for the wrong bin", "numbers"),
        ("৪০ পাউন্ড জরিমানা", "A fine of £400", "numbers"),
        ("Schools close on Thursday", "Schools close on Monday", "days"),
        ("from March we pay for the doctor", "From January we pay for the doctor", "months"),
        ("paracetamol causes autism in children", "The MMR vaccine gives children autism.", "illnesses"),
        ("the diabetes medicine contains pork", "The MMR vaccine contains pork.", "illnesses"),
        ("ذیابیطس کی دوا میں سور ہے", "The MMR vaccine contains pork.", "illnesses"),
        ("The COVID vaccine gives children autism.", "The MMR vaccine gives children autism.", "illnesses"),
        ("The measles vaccine gives children autism.", "The MMR vaccine gives children autism.", ""),
        ("The voucher on WhatsApp is fake", "The council gives vouchers on WhatsApp", "denial"),
        ("do not drink the tap water, it is poisoned", "The tap water has been poisoned.", ""),
        ("nie pijcie wody, jest zatruta", "The tap water has been poisoned.", ""),
        ("a fine of 1,000 pounds", "A fine of £1000", ""),
        ("peer se saare school band", "All schools will be closed from Monday", ""),
    ],
)
def test_what_speaks_against_an_answer(text: str, known: str, why: str) -> None:
    assert against(text, [known]) == why


def test_of_our_contradictions_few_pass_and_of_our_wordings_most() -> None:
    passed = [text for key, _, text in contradictions() if not against(text, [CLAIMS[key]])]
    held = [each.text for each in rumours() if each.language != "claim" and against(each.text, [CLAIMS[each.key]])]
    assert len(passed) <= 11, passed
    assert len(held) <= 24, held


def test_one_known_text_that_agrees_is_enough() -> None:
    assert against("water is not safe", ["The water is safe.", "The water is not safe."]) == ""
