"""When two questions are the same: keyboards, digits, case, points and invisible marks do not matter; words do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matching.normalise import keys_of, normalise, normalise_link

SAME = [
    ("Arabic and Urdu yeh, kaf, heh", "كيا يه سچ هے؟", "کیا یہ سچ ہے"),
    ("alef with and without hamza", "أخبار إسلام آدم", "اخبار اسلام ادم"),
    ("Arabic short vowels", "مُحَمَّد", "محمد"),
    ("tatweel-free spacing", "یہ  سچ\nہے", "یہ سچ ہے"),
    ("Arabic digits", "٥ أيام", "5 ایام"),
    ("Persian digits", "۵ دن", "5 دن"),
    ("Bengali digits", "৫ দিন", "5 দিন"),
    ("Gurmukhi digits", "੫ ਦਿਨ", "5 ਦਿਨ"),
    ("case", "Drink Bleach", "dRINK bLEACH"),
    ("Polish accents", "żółć", "zołc"),
    ("points", "Is it true?!! (5G)", "is it true 5G"),
    ("zero width", "blea\u200bch cu\u2060re\ufeff", "bleach cure"),
    ("direction marks", "\u202eabc\u202c \u200fdef\u2067", "abc def"),
    ("full width", "ＢＬＥＡＣＨ１", "bleach1"),
    ("curly quotes", "“it’s”", '"it\'s"'),
    ("emoji", "bleach 😱🔥", "bleach"),
    ("composed and decomposed", "caf\u00e9", "cafe\u0301"),
]
DIFFERENT = [
    ("not", "The vaccine is safe", "The vaccine is not safe"),
    ("Urdu not", "یہ سچ ہے", "یہ سچ نہیں ہے"),
    ("Polish not", "To jest prawda", "To nie jest prawda"),
    ("numbers", "5 people died", "50 people died"),
    ("Hindi vowel signs", "कि", "का"),
    ("Bengali vowel signs", "কি", "কা"),
    ("Gurmukhi vowel signs", "ਕਿ", "ਕਾ"),
    ("word order", "dog bites man", "man bites dog"),
    ("joined words", "no body", "nobody"),
]


@pytest.mark.parametrize(("left", "right"), [each[1:] for each in SAME], ids=[each[0] for each in SAME])
def test_the_same(left: str, right: str) -> None:
    assert normalise(left) == normalise(right)
    assert keys_of(left) == keys_of(right) != []


@pytest.mark.parametrize(("left", "right"), [each[1:] for each in DIFFERENT], ids=[each[0] for each in DIFFERENT])
def test_not_the_same(left: str, right: str) -> None:
    assert normalise(left) != normalise(right)
    assert not set(keys_of(left)) & set(keys_of(right))


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(alphabet=st.characters(), max_size=60))
def test_any_text_has_keys_or_none_and_never_breaks(text: str) -> None:
    for key in keys_of(text):
        assert len(key) <= 80
        assert key.isascii()


def test_links_are_the_same_without_what_tracks_people() -> None:
    plain = normalise_link("https://news.example/story?id=5")
    assert normalise_link("http://www.news.example/story/?utm_source=x&id=5&fbclid=abc#top") == plain
    assert normalise_link("https://m.news.example/story?id=5") == plain
    assert normalise_link("https://news.example/story?id=6") != plain
    assert normalise_link("https://evil.example/story?id=5") != plain


def test_a_link_alone_is_found_by_the_link_and_words_by_the_words() -> None:
    assert keys_of("https://news.example/a") == keys_of("https://www.news.example/a?fbclid=x")
    assert keys_of("look: https://news.example/a") != keys_of("https://news.example/a")
    assert keys_of("https://news.example/a https://news.example/b") != keys_of("https://news.example/a")


def test_a_file_without_words_is_found_by_the_file() -> None:
    assert keys_of("", "file-1") == keys_of("  …", "file-1") != keys_of("", "file-2")
    assert keys_of("is this true", "file-1") == keys_of("Is this true?", "file-2")
    assert keys_of("") == keys_of("!!!") == []


@pytest.mark.parametrize("odd", ["http://[", "https://[::1", "http://\u2100.example/x", "https://a:b@c:99999999/x"])
def test_a_broken_link_breaks_nothing(odd: str) -> None:
    assert len(keys_of(odd)) == 1
