"""A pack may come from anywhere: nothing in it may crash the check, hang it, or lead it out of the folder."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.library import check_pack

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
Say = Callable[[], list[str]]
Change = Callable[[str, str, str], None]


@pytest.mark.parametrize("name", ["ur.md", "message.toml"])
def test_nul_bytes_are_refused(name: str, pack: Path, errors: Say) -> None:
    file = pack / "sample" / name
    file.write_bytes(file.read_bytes() + b"\0")
    assert len(errors()) == 1


@pytest.mark.parametrize("name", ["ur.md", "message.toml"])
def test_five_megabytes_are_not_even_opened(name: str, pack: Path, errors: Say) -> None:
    with (pack / "sample" / name).open("ab") as file:
        file.truncate(5 * 1024 * 1024)
    [error] = errors()
    assert "is too large: 5,242,880 bytes" in error


@pytest.mark.parametrize("name", ["ur.md", "message.toml"])
def test_wrong_encoding_is_refused_with_its_line(name: str, pack: Path, errors: Say) -> None:
    file = pack / "sample" / name
    file.write_bytes(b"\n" + "Zażółć".encode("cp1250") + b"\n" + file.read_bytes())
    assert errors() == [f"sample/{name}, line 2: The file is not UTF-8 text; save it again as UTF-8."]


@pytest.mark.parametrize("name", ["ur.md", "message.toml", "ur-sample.ogg"])
def test_links_are_refused_even_to_good_files(name: str, pack: Path, tmp_path: Path, errors: Say) -> None:
    file = pack / "sample" / name
    (tmp_path / name).write_bytes(file.read_bytes())
    file.unlink()
    file.symlink_to(tmp_path / name)
    [error] = errors()
    assert "is a link" in error


def test_linked_folders_lead_nowhere(pack: Path, tmp_path: Path, change: Change, errors: Say) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.ogg").write_bytes(b"secret")
    (pack / "sample" / "inner").symlink_to(tmp_path / "outside")
    change("message.toml", "ur-sample.ogg", "inner/secret.ogg")
    (pack / "other").symlink_to(pack / "sample")
    assert errors() == [
        "other: The folder is a link; a pack holds real folders only.",
        "sample/message.toml, line 14: The recording 'inner/secret.ogg' lies outside the message's folder.",
    ]


def test_pipes_and_folders_are_not_files(pack: Path, errors: Say) -> None:
    (pack / "sample" / "ur.md").unlink()
    os.mkfifo(pack / "sample" / "ur.md")
    (pack / "sample" / "ur-sample.ogg").unlink()
    (pack / "sample" / "ur-sample.ogg").mkdir()
    found = errors()
    assert len(found) == 2
    assert all("is not a plain file" in each for each in found)


@pytest.mark.parametrize("size", [0, 50 * 1024 * 1024 + 1])
def test_recordings_are_neither_empty_nor_huge(size: int, pack: Path, errors: Say) -> None:
    with (pack / "sample" / "ur-sample.ogg").open("wb") as file:
        file.truncate(size)
    assert len(errors()) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("message.toml", "a = " + "[" * 20_000),
        ("message.toml", "revision = " + "9" * 10_000),
        ("message.toml", "sources = 1\nrecordings = 2\ntitle = []\n"),
        ("message.toml", "[[recordings]]\n" * 4_000),
        ("message.toml", "[[sources]]\n" * 4_000),
        ("message.toml", "sources = [1, [], {url = 3}]\nrecordings = [{}]\n"),
        ("ur.md", "---\na: " + "[" * 20_000 + "\n---\nx"),
        ("ur.md", "---\n- a\n- b\n---\nx"),
        ("ur.md", "---\n? [a]\n: b\n---\nx"),
        ("ur.md", "---\na: &a [x, x]\nb: *a\n---\nx"),
        ("ur.md", "---\nreviewed_on: 2026-13-45\n---\nx"),
        ("ur.md", "---\n!!python/object/apply:os.system [true]\n---\nx"),
    ],
)
def test_twisted_contents_are_only_findings(name: str, content: str, pack: Path, errors: Say) -> None:
    (pack / "sample" / name).write_text(content, encoding="utf-8")
    assert 1 <= len(errors()) < 100


def test_findings_cannot_play_tricks_on_a_terminal(pack: Path) -> None:
    (pack / "sample" / "\x1b[2J\udcff.md").write_text("x", encoding="utf-8")
    with (pack / "sample" / "message.toml").open("a", encoding="utf-8") as file:
        file.write('"\\u001b[31m\\u202e" = 1\n' + '"' + "k" * 5_000 + '" = 1\n')
    shown = [str(each) for each in check_pack(pack, NOW)]
    assert len(shown) == 3
    for line in shown:
        assert line.isprintable()
        assert len(line) < 700
