"""The reading age tells plain English from officialese; it need not be finer than that."""

from bot.library.readability import reading_age


def test_plain_words_in_short_sentences_suit_a_child() -> None:
    assert reading_age("Stay out of the sun. Drink water. Check on the old man next door.") <= 8


def test_officialese_does_not() -> None:
    text = (
        "Residents are requested to familiarise themselves with precautionary recommendations regarding "
        "dehydration, particularly individuals with pre-existing cardiovascular conditions."
    )
    assert reading_age(text) >= 18


def test_addresses_figures_and_marks_do_not_count() -> None:
    plain = "Call us. Read more."
    assert reading_age(f"**Call us.** 0345 988 1188\nRead more.\nhttps://www.example.org/{'very-long' * 20}") == (
        reading_age(plain)
    )


def test_no_words_are_no_problem() -> None:
    assert reading_age("999") == 5
