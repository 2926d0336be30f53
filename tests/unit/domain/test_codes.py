"""Codes survive being read out: a wrong letter, or two that changed places, is noticed."""

from itertools import pairwise

from bot.domain.codes import LETTERS, new_code, read_code


def test_a_code_is_found_however_it_is_written() -> None:
    code = new_code()
    for said in (
        code,
        code.lower(),
        code.replace("-", ""),
        code.replace("-", " "),
        f" {code}. ",
        code.replace("-", "–"),
    ):
        assert read_code(said) == code


def test_every_wrong_letter_and_every_swap_is_noticed() -> None:
    for _ in range(20):
        plain = new_code().replace("-", "")
        for at, right in enumerate(plain):
            for wrong in LETTERS:
                if wrong != right:
                    assert read_code(plain[:at] + wrong + plain[at + 1 :]) is None
        for at, (left, right) in enumerate(pairwise(plain)):
            if left != right:
                assert read_code(plain[:at] + right + left + plain[at + 2 :]) is None


def test_no_letter_is_taken_for_another() -> None:
    assert not set(LETTERS) & set("0O1IL5S8B2ZDG")
    assert read_code("") is None
    assert read_code("1234-5678") is None
