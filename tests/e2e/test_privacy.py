"""What the service keeps and says holds nobody's number, name or user name; who asks to be forgotten is."""

import base64
from pathlib import Path

from bot.sandbox import Person
from tests.chaos import privacy
from tests.chaos.figures import settle
from tests.chaos.sweep import Needles, encodings, encodings_of_number


async def test_nobody_is_found_and_the_forgotten_are_gone(tmp_path: Path) -> None:
    settle(await privacy.flows(tmp_path, 24))


def test_the_search_finds_what_is_there() -> None:
    person = Person(6_123_456_789, "Żółta abcdefgh", "en", username="u_canary")
    needles = Needles()
    needles.add_person("canary", person)
    for value, forms in (
        (person.first_name, encodings(person.first_name)), ("u_canary", encodings("u_canary")),
        ("number", encodings_of_number(person.id)),
    ):  # fmt: skip
        for needle, name in forms.items():
            planted = bytes(range(256)) * 3 + needle + b"\x00" * 7
            assert needles.search("here", planted), f"{value} as {name} was not found"
    assert not needles.search("here", bytes(range(256)) * 50 + b"6123456788 u_canarz")


def test_base64_is_found_wherever_it_stands() -> None:
    needles = Needles()
    needles.add("canary", encodings("u_canary_of_tests"))
    for lead in range(7):
        text = base64.b64encode(b"x" * lead + b"u_canary_of_tests" + b"yz")
        assert needles.search("here", text), lead
