"""Text in every script: the right font for each character, the right order in mixed lines, nothing cut off."""

import pytest

from bot.domain.films import Writing
from bot.i18n import Registry
from bot.media import fonts, typeset

URDU, ARABIC, ENGLISH = Writing("ur", "Arab", rtl=True), Writing("ar", "Arab", rtl=True), Writing("en-GB", "Latn")
pytestmark = pytest.mark.skipif(bool(fonts.missing([URDU, ENGLISH])), reason="the fonts are not installed")


def _order(text: str, writing: Writing) -> list[str]:
    return [run.text.strip() for run in typeset.line(text, writing, 30).runs if run.text.strip()]


def test_a_line_from_the_right_keeps_numbers_and_foreign_words_readable() -> None:
    assert _order("اتصلوا 999 (NHS England) الآن", ARABIC)[-2:] == ["999", "اتصلوا"]
    assert "NHS England" in _order("اتصلوا 999 (NHS England) الآن", ARABIC)
    assert "".join(_order("پڑھیں: https://www.nhs.uk/", URDU)).startswith("https://www.nhs.uk/")


def test_every_language_of_the_registry_has_a_font_that_covers_its_own_name() -> None:
    for language in Registry.load().languages:
        writing = Writing(language.tag, language.script, language.rtl)
        for run in typeset.line(language.autonym, writing, 30).runs:
            bare = {ord(char) for char in run.text if not char.isspace() and ord(char) not in (0x200C, 0x200D)}
            assert bare <= fonts.covered(run.face), language.tag


def test_urdu_hangs_deeper_than_english_and_its_lines_do_not_touch() -> None:
    block = typeset.paragraph("گھر پر رہیں۔ اپنے پڑوسی کی حفاظت کریں۔ جانیں بچائیں۔", URDU, 30, 260)
    assert len(block.lines) > 1
    assert all(a.down + b.up < block.leading for a, b in zip(block.lines, block.lines[1:], strict=False))
    assert block.leading > 1.5 * typeset.paragraph("Stay at home and look after others", ENGLISH, 30, 200).leading / 1.3


def test_what_is_too_long_is_made_smaller_and_then_cut_with_a_sign() -> None:
    long = typeset.fitted("Sample name " * 20, ENGLISH, 36, 26, 400)
    assert long.width <= 400
    assert long.text.endswith("…")
    assert typeset.fitted("Sample", ENGLISH, 36, 26, 400).size == 36


def test_nothing_to_say_takes_no_line() -> None:
    assert typeset.paragraph("", ENGLISH, 25, 400).lines == ()
