"""What a check says about each thing that can be wrong with a message, and where it points."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.errors import VouchError
from bot.library import PackInvalid, check_pack, read_pack

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)

Say = Callable[[], list[str]]
Change = Callable[[str, str, str], None]


def test_good_pack_is_read_whole(pack: Path, errors: Say, advice: Say) -> None:
    assert errors() == []
    assert advice() == []
    [message] = read_pack(pack, NOW).messages
    assert (message.key, message.title, message.topic, message.revision) == ("sample", "Sample message", "health", 2)
    assert (message.vetted_by, message.vetted_on) == ("Sample Health Team", date(2026, 4, 30))
    assert not message.emergency
    english, urdu = message.renditions
    assert (english.language, english.reviewed, message.english) == ("en-GB", False, "Drink water. Stay cool.")
    assert (urdu.language, urdu.reviewed, urdu.text) == ("ur", True, "پانی پئیں۔\n\nٹھنڈی جگہ رہیں۔")
    assert urdu.path == Path("sample/ur.md")
    [recording] = message.recordings
    assert (recording.form, recording.consent, recording.reviewed) == ("voice", ("bot", "film"), True)
    assert recording.file.read_bytes() == b"OggS sample"


def test_dates_last_as_long_as_their_day_in_the_borough(pack: Path) -> None:
    [message] = read_pack(pack, NOW, zone=ZoneInfo("Europe/London")).messages
    assert message.valid_from == datetime(2026, 4, 30, 23, 0, tzinfo=UTC)
    assert message.valid_until == datetime(2027, 1, 1, 0, 0, tzinfo=UTC)
    assert message.recordings[0].consented_at == datetime(2026, 5, 2, 9, 0, tzinfo=UTC)


def test_distances_count_from_now(pack: Path, change: Change) -> None:
    change("message.toml", "valid_from = 2026-05-01", 'valid_from = "-P30D"')
    change("message.toml", "valid_until = 2026-12-31", 'valid_until = "P2WT12H"')
    change("ur.md", "reviewed_on: 2026-05-03", "reviewed_on: -P1D")
    [message] = read_pack(pack, NOW).messages
    assert message.valid_from == datetime(2026, 5, 2, 12, 0, tzinfo=UTC)
    assert message.valid_until == datetime(2026, 6, 16, 0, 0, tzinfo=UTC)
    assert message.renditions[1].reviewed_on == date(2026, 5, 31)


def test_bare_address_is_a_source_named_by_its_host(pack: Path, change: Change) -> None:
    change("message.toml", '[[sources]]\ntitle = "Sample page"\nurl = "https://www.example.org/page"\n', "")
    change("message.toml", "revision = 2", 'revision = 2\nsources = ["https://www.example.org/page"]')
    [source] = read_pack(pack, NOW).messages[0].sources
    assert (source.title, source.url) == ("www.example.org", "https://www.example.org/page")


def test_no_front_matter_is_a_draft(pack: Path) -> None:
    (pack / "sample" / "ur.md").write_text("پانی پئیں۔\n", encoding="utf-8")
    rendition = read_pack(pack, NOW).messages[0].renditions[1]
    assert (rendition.translator, rendition.reviewed, rendition.text) == (None, False, "پانی پئیں۔")


def test_windows_text_reads_the_same(pack: Path) -> None:
    expected = read_pack(pack, NOW).messages
    for name in ("message.toml", "en-GB.md", "ur.md"):
        file = pack / "sample" / name
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert read_pack(pack, NOW).messages == expected


def test_invalid_pack_raises_every_error_at_once(pack: Path, change: Change) -> None:
    change("message.toml", 'topic = "health"', 'topic = "gossip"')
    change("ur.md", "پانی پئیں۔", "پانی **پئیں۔")
    with pytest.raises(PackInvalid) as caught:
        read_pack(pack, NOW)
    assert isinstance(caught.value, VouchError)
    assert caught.value.code == "pack_invalid"
    assert {finding.path.name for finding in caught.value.findings} == {"message.toml", "ur.md"}
    assert "gossip" in str(caught.value)


SPOILT = [
    ("message.toml", 'title = "Sample message"', "", "'title' is missing"),
    ("message.toml", 'title = "Sample message"', "title = 7", "line 1: 'title' is not a text"),
    ("message.toml", '"Sample message"', f'"{"x" * 121}"', "line 1: 'title' is longer than 120"),
    ("message.toml", '"Sample message"', '"two\\nlines"', "line 1: 'title' holds a line break"),
    ("message.toml", '"Sample message"', '" "', "line 1: 'title' is empty"),
    ("message.toml", '"health"', '"gossip"', "line 2: The topic 'gossip' is unknown"),
    ("message.toml", "revision = 2", "revision = 0", "line 3: 'revision' must be a whole number"),
    ("message.toml", "revision = 2", "revision = true", "line 3: 'revision' must be a whole number"),
    ("message.toml", "revision = 2", "", "'revision' must be a whole number"),
    ("message.toml", "revision = 2", 'revision = 2\nemergency = "no"', "line 4: 'emergency' is true or false"),
    ("message.toml", "valid_until =", "valid_util =", "line 5: 'valid_util' is not a field of message.toml; did you"),
    ("message.toml", "revision = 2", "revision = 2\nxyzzy = 1", "line 4: 'xyzzy' is not a field"),
    ("message.toml", "2026-12-31", "2026-04-01", "line 5: 'valid_until' is not after 'valid_from'"),
    ("message.toml", "2026-12-31", '"P6M"', "line 5: 'valid_until' is not a date like"),
    ("message.toml", "2026-12-31", "2026-12-31T10:00:00", "line 5: 'valid_until' is not a date like"),
    ("message.toml", "2026-12-31", "9999-12-31T23:59:59-12:00", "line 5: 'valid_until' is not a date like"),
    ("message.toml", "vetted_on = 2026-04-30", "", "line 6: 'vetted_by' needs 'vetted_on' beside it"),
    ("message.toml", "2026-04-30", "2026-06-02", "line 7: 'vetted_on' is in the future"),
    ("message.toml", "2026-04-30", '"April"', "line 7: 'vetted_on' is not a date like"),
    ("message.toml", "[[sources]]", "[[sourses]]", "did you mean 'sources'?"),
    ("message.toml", "[[sources]]", "[[sourses]]", "'sources' must list at least one page"),
    ("message.toml", "https://www.example.org/page", "ftp://example.org", "line 11: The source 'ftp://example.org'"),
    ("message.toml", "https://www.example.org/page", "https://a:b@example.org", "line 11: The source"),
    ("message.toml", "https://www.example.org/page", "https://[bad", "line 11: The source"),
    ("message.toml", "revision = 2", "revision = ", "line 3: The file is not valid TOML here"),
    ("message.toml", "ur-sample.ogg", "absent.ogg", "line 14: The recording 'absent.ogg' does not exist"),
    ("message.toml", "ur-sample.ogg", "../sample/ur-sample.ogg", "must lie in the message's own folder"),
    ("message.toml", "ur-sample.ogg", "/etc/passwd.ogg", "must lie in the message's own folder"),
    ("message.toml", "ur-sample.ogg", "ur-sample.exe", "is not a recording we know"),
    ("message.toml", 'language = "ur"', 'language = "Urdu!"', "line 15: 'Urdu!' is not a language tag"),
    ("message.toml", '"Sample Reviewer"', '"sample  leader"', "'reviewer' and 'leader' are the same person"),
    ("message.toml", '["bot", "film"]', "[]", "line 22: 'consent' must list what the leader agreed to"),
    ("message.toml", '["bot", "film"]', '["bot", "bot"]', "line 22: 'consent' must list"),
    ("message.toml", '["bot", "film"]', '["radio"]', "line 22: 'consent' must list"),
    ("message.toml", "2026-05-02T10:00:00+01:00", "2026-07-01T10:00:00Z", "'consented_at' is in the future"),
    ("message.toml", "2027-05-02", "2026-05-01", "line 24: 'consent_until' is not after 'consented_at'"),
    ("message.toml", 'language = "ur"', 'language = "ur"\nform = "video"', "line 16: 'form' says video, but"),
    ("message.toml", 'language = "ur"', 'language = "ur"\nform = "song"', "line 16: 'form' is voice, video or signed"),
    ("message.toml", 'english = "Drink water."', "", "'english' is missing in a recording"),
    ("message.toml", '"Drink water."', f'"{"x" * 901}"', "In 'english': The text is 901 characters long; 900"),
    ("ur.md", "translator: Sample Translator", "translator: SAMPLE REVIEWER", "are the same person"),
    ("ur.md", "translator: Sample Translator\n", "", "line 2: 'reviewer' needs 'translator' beside it"),
    ("ur.md", "reviewed_on: 2026-05-03\n", "", "line 3: 'reviewer' needs 'reviewed_on' beside it"),
    ("ur.md", "reviewer: Sample Reviewer\n", "", "line 3: 'reviewed_on' needs 'reviewer' beside it"),
    ("ur.md", "2026-05-03", "2026-07-03", "line 4: 'reviewed_on' is in the future"),
    ("ur.md", "reviewer:", "reviewr:", "line 3: 'reviewr' is not a field of the front matter; did you mean"),
    ("ur.md", "reviewer: Sample", "translator: Sample", "line 3: 'translator' is there twice"),
    ("ur.md", "Sample Reviewer", "[a, b]", "line 3: 'reviewer' is not one plain value"),
    ("ur.md", "translator: ", "translator ", "line 1: The front matter is not YAML"),
    ("ur.md", "---\nپانی", "پانی", "line 1: The front matter opens with '---' and is never closed"),
    ("ur.md", "پانی پئیں۔", "پانی **پئیں۔", "line 6: A star is left over"),
    ("ur.md", "ٹھنڈی", "[یہاں](https://example.org) ٹھنڈی", "line 8: A link is written as the bare web address"),
    ("ur.md", "ٹھنڈی", "<b>ٹھنڈی</b>", "line 8: HTML tags are not allowed"),
    ("ur.md", "ٹھنڈی", "`ٹھنڈی`", "line 8: Code marks"),
    ("ur.md", "ٹھنڈی", "## ٹھنڈی", "line 8: Headings"),
    ("ur.md", "ٹھنڈی", "_ٹھنڈی_", "line 8: Only **bold** is allowed"),
    ("ur.md", "ٹھنڈی", "\u202eٹھنڈی", "line 8: The invisible or damaged character U+202E"),
    ("ur.md", "ٹھنڈی", "\u2068ٹھنڈی", "line 8: A direction mark (isolate) is opened and not closed"),
    ("ur.md", "ٹھنڈی", "😀" * 1751, "characters long; 3500 is the most"),
    ("ur.md", "پانی پئیں۔\n\nٹھنڈی جگہ رہیں۔\n", "\n", "The text is empty"),
]


@pytest.mark.parametrize(("file", "old", "new", "expected"), SPOILT, ids=[each[3] for each in SPOILT])
def test_each_error_is_said_where_it_stands(
    file: str, old: str, new: str, expected: str, change: Change, errors: Say
) -> None:
    change(file, old, new)
    assert any(each.startswith(f"sample/{file}") and expected in each for each in errors()), errors()


@pytest.mark.parametrize("text", ["**Drink** water at https://example.org/a_b_c*", "2 < 3 > 1", "a_b and c_d", "- one"])
def test_plain_text_is_left_in_peace(text: str, pack: Path, errors: Say) -> None:
    (pack / "sample" / "ur.md").write_text(text, encoding="utf-8")
    assert errors() == []


def test_text_may_be_exactly_as_long_as_allowed(pack: Path, errors: Say) -> None:
    (pack / "sample" / "ur.md").write_text("😀" * 1750, encoding="utf-8")
    assert errors() == []


def test_one_file_cannot_be_two_recordings(pack: Path, errors: Say) -> None:
    file = pack / "sample" / "message.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text + text[text.index("[[recordings]]") :], encoding="utf-8")
    assert errors() == ["sample/message.toml, line 28: The file 'ur-sample.ogg' belongs to two recordings."]


def test_source_text_must_exist(pack: Path, errors: Say) -> None:
    (pack / "sample" / "en-GB.md").unlink()
    assert errors() == ["sample: The plain-English source 'en-GB.md' is missing; every message starts from it."]


@pytest.mark.parametrize(("name", "expected"), [("ur_PK", "is written 'ur-PK'"), ("UR", "is written 'ur'"),
                                                ("urdu text", "is not a language tag")])  # fmt: skip
def test_texts_are_named_by_their_language(name: str, expected: str, pack: Path, errors: Say) -> None:
    (pack / "sample" / "ur.md").rename(pack / "sample" / f"{name}.md")
    [error] = errors()
    assert expected in error


def test_language_must_be_in_the_registry_when_one_is_given(pack: Path) -> None:
    found = [each.sentence for each in check_pack(pack, NOW, known_languages={"en-GB"})]
    assert found == ["The language 'ur' is not in the language registry."] * 2
    assert check_pack(pack, NOW, known_languages=["en-GB", "ur"]) == []


@pytest.mark.parametrize("key", ["Sample", "s", "a_b", "x" * 41])
def test_folders_are_named_by_keys(key: str, pack: Path, errors: Say) -> None:
    (pack / "sample").rename(pack / key)
    assert errors() == [f"{key}: '{key}' is not a message key; use 2 to 40 small letters a to z, digits and hyphens."]


def test_folder_without_a_message_is_an_error(pack: Path, errors: Say) -> None:
    (pack / "empty").mkdir()
    assert any(each.startswith("empty/message.toml: The file does not exist") for each in errors())


def test_no_folder_and_no_messages_are_errors(tmp_path: Path) -> None:
    assert "does not exist" in check_pack(tmp_path / "absent", NOW)[0].sentence
    assert "There are no messages here" in check_pack(tmp_path, NOW)[0].sentence


HINTS = [
    ("message.toml", 'vetted_by = "Sample Health Team"\nvetted_on = 2026-04-30\n', "", "Nobody has vetted"),
    ("message.toml", "2026-12-31", "2026-05-31", "line 5: The message has run out"),
    ("message.toml", "2027-05-02", "2026-05-20", "line 24: The consent has run out"),
    (
        "en-GB.md",
        "Drink water.",
        "Considerable dehydration necessitates immediate rehydration irrespective of circumstances.",
        "line 4: The reading age is about",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "expected"), HINTS, ids=[each[3] for each in HINTS])
def test_advice_does_not_stop_the_reading(
    file: str, old: str, new: str, expected: str, pack: Path, change: Change, errors: Say, advice: Say
) -> None:
    change(file, old, new)
    assert errors() == []
    [only] = advice()
    assert expected in only
    assert len(read_pack(pack, NOW).messages) == 1


def test_forgotten_file_is_pointed_out_and_hidden_ones_are_not(pack: Path, advice: Say) -> None:
    for name in ("pa-sample.ogg", ".DS_Store", "._ur.md", "README.md"):
        (pack / "sample" / name).write_bytes(b"x")
    assert advice() == ["sample/pa-sample.ogg: Nothing names this file, so it is not used."]
