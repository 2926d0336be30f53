"""Personal details go, by rule; what a rumour is about stays readable."""

import pytest

from bot.domain.personal import is_card, is_nhs_number, redact

TAKEN = [
    ("call 07700 900123 now", "call [phone number removed] now"),
    ("Ring +44 (0)7700 900 123 or 0121 496 0000!", "Ring [phone number removed] or [phone number removed]!"),
    ("07700 900123 07700 900124", "[phone number removed] [phone number removed]"),
    ("٠٧٧٠٠ ٩٠٠١٢٣ کال کریں", "[phone number removed] کال کریں"),
    ("from 0092 300 1234567 and 48 601 234 567", "from [phone number removed] and [phone number removed]"),
    ("Hugs, a.b+c@mail.example.co.uk.", "Hugs, [e-mail address removed]."),
    ("https://wa.me/447700900123?text=hi", "https://wa.me/[phone number removed]?text=hi"),
    ("card 4111-1111-1111-1111 please", "card [card number removed] please"),
    ("NHS number 943 476 5919", "NHS number [NHS number removed]"),
    ("sort code 20-00-00, account 55779911", "sort code [bank account removed]"),
    ("She lives at 1 Sample Street, WS1 1AA", "She lives at 1 Sample Street, WS1 [postcode removed]"),
    ("[12/03/2020, 10:15] Sample Person: it is true", "[12/03/2020, 10:15] [name removed]: it is true"),
    ("Forwarded from: Sample Person\nShops close", "Forwarded from: [name removed]\nShops close"),
    ("Sample Sender says hello, yours, SAMPLE SENDER", "[name removed] says hello, yours, [name removed]"),
]
KEPT = [
    "Call 999, 111, 116 123 or 0800 138 1625; the council has 0300 123 4567",
    "On 12/03/2020 10:15 or 2026-12-01 10:00 at £1,250,000 for 67 000 000 people",
    "https://example.org/1234567890123456 and https://t.me/joinchat and order 1234567890123",
    "5G in B1 and WS1, M6 and A34; 10-20% of 12.5 million; 2023, 2024, 2025",
]  # fmt: skip


@pytest.mark.parametrize(("sent", "shown"), TAKEN)
def test_what_says_who_somebody_is_is_taken_out(sent: str, shown: str) -> None:
    assert redact(sent, ["Sample Sender"]).text == shown
    assert redact(redact(sent).text).text == redact(sent).text


@pytest.mark.parametrize("sent", KEPT)
def test_what_a_rumour_is_about_stays(sent: str) -> None:
    assert redact(sent).text == sent
    assert redact(sent).kinds == ()


def test_only_numbers_with_their_check_digit_count() -> None:
    assert (is_card("4111111111111111"), is_card("4111111111111112")) == (True, False)
    assert (is_nhs_number("9434765919"), is_nhs_number("9434765918")) == (True, False)
    assert redact("943 476 5918").text == "943 476 5918"
