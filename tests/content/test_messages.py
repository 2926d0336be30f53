"""The messages that ship here: whole, sourced, in the languages promised, and not going out of date."""

import re
import tomllib
import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.library import MessageFile, RenditionFile, check_pack, read_pack
from bot.library.readability import READING_AGE_GOAL, reading_age

MESSAGES = Path(__file__).parents[2] / "messages"
NOW = datetime.now(UTC)
PACK = read_pack(MESSAGES, NOW).messages
TEXTS = [rendition for message in PACK for rendition in message.renditions]

REQUIRED_KEYS = {
    "stay-at-home", "mmr-vaccine", "flu-vaccine", "heatwave", "flood", "scam-texts", "polling-station-id",
    "check-a-rumour", "rumour-about-neighbours",
}  # fmt: skip
REQUIRED_LANGUAGES = {"en-GB", "ur", "pl", "pa", "bn", "ar"}
OFFICIAL_HOSTS = re.compile(
    r"https://([a-z.-]+\.)?(gov\.uk|nhs\.uk|police\.uk|electoralcommission\.org\.uk|report-it\.org\.uk)/"
)
SCRIPTS = {
    "ar": "ARABIC", "ur": "ARABIC", "fa": "ARABIC", "ps": "ARABIC", "ckb": "ARABIC", "bn": "BENGALI",
    "pa": "GURMUKHI", "gu": "GUJARATI", "hi": "DEVANAGARI", "ti": "ETHIOPIC", "uk": "CYRILLIC", "zh-Hant": "CJK",
}  # fmt: skip
ADDRESS = re.compile(r"https?://\S+")
PHONE = re.compile(r"(?<![0-9])(?:999|101|111|159|7726|0[0-9]{3} [0-9]{3} [0-9]{4})(?![0-9])")


def name_of(value: MessageFile | RenditionFile) -> str:
    return value.key if isinstance(value, MessageFile) else f"{value.path.parent}/{value.language}"


@pytest.mark.parametrize("years", [0, 3, 10])
def test_pack_has_no_errors_and_is_in_force_whatever_the_year(years: int) -> None:
    now = NOW + timedelta(days=365 * years)
    assert [str(finding) for finding in check_pack(MESSAGES, now) if finding.level == "error"] == []
    assert all(each.valid_from < now < each.valid_until for each in read_pack(MESSAGES, now).messages)


def test_all_promised_messages_are_there() -> None:
    assert {message.key for message in PACK} >= REQUIRED_KEYS


@pytest.mark.parametrize("message", PACK, ids=name_of)
def test_message_is_in_every_required_language(message: MessageFile) -> None:
    assert {rendition.language for rendition in message.renditions} >= REQUIRED_LANGUAGES


def test_every_language_is_one_we_offer() -> None:
    registry = tomllib.loads((MESSAGES.parent / "locales" / "registry.toml").read_text(encoding="utf-8"))
    known = {language["tag"] for language in registry["languages"] if language["read"]}
    assert {text.language for text in TEXTS} <= known


def test_stay_at_home_speaks_seventeen_languages_and_says_that_it_is_history() -> None:
    message = next(each for each in PACK if each.key == "stay-at-home")
    assert len(message.renditions) >= 17
    for rendition in message.renditions:
        assert "2020" in rendition.text, f"{rendition.language} does not say when this was"


@pytest.mark.parametrize("message", PACK, ids=name_of)
def test_facts_come_from_official_pages(message: MessageFile) -> None:
    assert message.sources
    for source in message.sources:
        assert OFFICIAL_HOSTS.match(source.url), source.url


@pytest.mark.parametrize("message", PACK, ids=name_of)
def test_english_is_short_and_plain(message: MessageFile) -> None:
    assert 60 <= len(message.english.split()) <= 130
    assert reading_age(message.english) <= READING_AGE_GOAL


@pytest.mark.parametrize("message", PACK, ids=name_of)
def test_samples_claim_no_vetting_and_no_review(message: MessageFile) -> None:
    assert message.vetted_by is None
    assert not [each.language for each in message.renditions if each.reviewed]


@pytest.mark.parametrize("message", PACK, ids=name_of)
def test_translations_carry_the_same_numbers_to_call_and_pages_to_read(message: MessageFile) -> None:
    expected = _to_act_on(message.english)
    for rendition in message.renditions:
        if rendition.language in REQUIRED_LANGUAGES:
            assert _to_act_on(rendition.text) == expected, rendition.language


@pytest.mark.parametrize("text", TEXTS, ids=name_of)
def test_first_line_starts_with_a_letter_of_its_script(text: RenditionFile) -> None:
    script = SCRIPTS.get(text.language, "LATIN")
    assert unicodedata.name(text.text[0]).startswith(script)


LEFT_TO_RIGHT = "\u200e"
RIGHT_TO_LEFT = {"ar", "ur", "fa", "ps", "ckb"}


@pytest.mark.parametrize("text", TEXTS, ids=name_of)
def test_numbers_to_call_and_addresses_stand_alone_in_latin_digits(text: RenditionFile) -> None:
    for raw in text.text.split("\n"):
        line = raw.removeprefix(LEFT_TO_RIGHT)
        # Groups of digits alone on a line change places in a right-to-left text, unless a mark says otherwise.
        assert raw != line or " " not in line or not PHONE.fullmatch(line) or text.language not in RIGHT_TO_LEFT, line
        found = ADDRESS.search(line) or PHONE.search(line)
        assert found is None or found[0] == line, line
        assert not [char for char in line if char.isdigit() and not char.isascii()], line


def test_readme_example_is_a_message_without_errors(tmp_path: Path) -> None:
    readme = (MESSAGES / "README.md").read_text(encoding="utf-8")
    folder = tmp_path / "heatwave"
    folder.mkdir()
    (folder / "message.toml").write_text(_block(readme, "### message.toml", "toml"), encoding="utf-8")
    (folder / "ur.md").write_text(_block(readme, "### A text", ""), encoding="utf-8")
    (folder / "en-GB.md").write_text("It is very hot. Drink water.\n", encoding="utf-8")
    (folder / "ur-imam.ogg").write_bytes(b"OggS sample")
    message = read_pack(tmp_path, datetime(2026, 6, 2, tzinfo=UTC)).messages[0]
    assert [rendition.reviewed for rendition in message.renditions] == [False, True]
    assert message.recordings[0].reviewed


def _to_act_on(text: str) -> list[str]:
    return sorted([*ADDRESS.findall(text), *PHONE.findall(ADDRESS.sub("", text))])


def _block(readme: str, heading: str, kind: str) -> str:
    after = readme.split(heading, 1)[1]
    return after.split(f"```{kind}\n", 1)[1].split("```", 1)[0]
