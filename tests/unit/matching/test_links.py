"""Links meet where their own text says that they lead to the same page; nothing is fetched."""

import pytest

from bot.matching.normalise import keys_of, normalise_link

PAGE = "https://news.example.org/story?id=7"


@pytest.mark.parametrize(
    "link",
    [
        "http://www.news.example.org/story/?id=7&utm_source=x#top",
        "https://www.google.com/url?sa=t&q=https%3A%2F%2Fnews.example.org%2Fstory%3Fid%3D7&usg=abc",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fnews.example.org%2Fstory%3Fid%3D7%26fbclid%3DIwAR&h=AT0",
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fnews.example.org%2Fstory%3Fid%3D7&data=05",
        "https://www.google.co.uk/amp/s/news.example.org/story?id=7",
        "https://web.archive.org/web/20260101000000/https://news.example.org/story?id=7",
        "https://l.instagram.com/?u=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3Dhttps%253A%252F%252Fnews.example.org%252Fstory%253Fid%253D7",
    ],
)
def test_the_same_page_has_one_key(link: str) -> None:
    assert keys_of(link) == keys_of(PAGE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://www.google.com/search?q=https://news.example.org/story", "https://news.example.org/story"),
        ("https://evilgoogle.com/url?q=https://news.example.org/story", "https://news.example.org/story"),
        ("https://bit.ly/3abc", "https://bit.ly/3abd"),
        ("https://youtu.be/abc", "https://youtu.be/abd"),
        ("https://l.facebook.com/l.php?u=javascript:alert(1)", "https://l.facebook.com/l.php?u=other"),
    ],
)
def test_different_pages_stay_apart(one: str, other: str) -> None:
    assert normalise_link(one) != normalise_link(other)


def test_a_short_address_of_a_film_is_its_long_one() -> None:
    assert normalise_link("https://youtu.be/abc?si=xyz") == normalise_link("https://m.youtube.com/watch?v=abc")
