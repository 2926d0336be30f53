"""What is written reads back the same, and nothing is written outside the folder."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.library import MessageFile, PackInvalid, RenditionFile, Source, read_pack, write_pack
from bot.library.texts import label_problem, text_problems

NOW = datetime(2026, 6, 1, 12, 0, 0, 123456, tzinfo=UTC)
SHIPPED = Path(__file__).parents[3] / "messages"


def test_round_trip_is_exact(pack: Path, tmp_path: Path) -> None:
    messages = read_pack(pack, NOW).messages
    write_pack(tmp_path / "copy", messages)
    copied = read_pack(tmp_path / "copy", NOW).messages
    assert copied == messages
    assert copied[0].recordings[0].file == tmp_path / "copy" / "sample" / "ur-sample.ogg"
    assert copied[0].recordings[0].file.read_bytes() == b"OggS sample"


def test_shipped_pack_survives_export_and_does_not_move_with_the_clock(tmp_path: Path) -> None:
    messages = read_pack(SHIPPED, NOW).messages
    write_pack(tmp_path, messages)
    assert read_pack(tmp_path, datetime(2036, 1, 1, tzinfo=UTC)).messages == messages


def test_writing_onto_itself_changes_nothing(pack: Path) -> None:
    messages = read_pack(pack, NOW).messages
    write_pack(pack, messages)
    assert read_pack(pack, NOW).messages == messages
    assert not [file for file in pack.rglob("*") if file.name.startswith(".")]


labels = st.text(min_size=1, max_size=60).filter(lambda text: label_problem(text) is None)
texts = st.text(min_size=1, max_size=300).filter(
    lambda text: text.strip("\n") == text and not text_problems(text, 3500)
)


@settings(max_examples=60, deadline=None)
@given(title=labels, translator=labels, reviewer=labels, text=texts, source=labels)
def test_any_valid_words_survive(
    tmp_path_factory: pytest.TempPathFactory, title: str, translator: str, reviewer: str, text: str, source: str
) -> None:
    if " ".join(translator.casefold().split()) == " ".join(reviewer.casefold().split()):
        return
    folder = tmp_path_factory.mktemp("pack")
    message = MessageFile(
        key="sample",
        title=title,
        topic="health",
        revision=1,
        valid_from=NOW,
        valid_until=NOW.replace(year=2027),
        sources=(Source(source, "https://www.example.org/"),),
        vetted_by=None,
        vetted_on=None,
        emergency=True,
        renditions=(
            RenditionFile("en-GB", text, None, None, None, Path("sample/en-GB.md")),
            RenditionFile("ur", text, translator, reviewer, date(2026, 5, 1), Path("sample/ur.md")),
        ),
        recordings=(),
    )
    write_pack(folder, [message])
    assert read_pack(folder, NOW).messages == [message]


def test_names_that_lead_out_of_the_folder_are_refused_before_writing(pack: Path, tmp_path: Path) -> None:
    [message] = read_pack(pack, NOW).messages
    bad = [
        replace(message, key="../out"),
        replace(message, renditions=(replace(message.renditions[0], language="../out"),)),
        replace(message, recordings=(replace(message.recordings[0], name="../out.ogg"),)),
    ]
    for each in bad:
        with pytest.raises(PackInvalid):
            write_pack(tmp_path / "copy", [message, each])
    assert not (tmp_path / "copy").exists()


def test_link_in_the_target_is_replaced_not_followed(pack: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("keep me", encoding="utf-8")
    (tmp_path / "copy" / "sample").mkdir(parents=True)
    (tmp_path / "copy" / "sample" / "ur.md").symlink_to(precious)
    messages = read_pack(pack, NOW).messages
    write_pack(tmp_path / "copy", messages)
    assert precious.read_text(encoding="utf-8") == "keep me"
    assert read_pack(tmp_path / "copy", NOW).messages == messages
