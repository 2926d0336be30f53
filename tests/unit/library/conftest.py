"""One good pack to spoil, a clock that stands still, and a way to see what a check says."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.library import check_pack

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)

MESSAGE = """\
title = "Sample message"
topic = "health"
revision = 2
valid_from = 2026-05-01
valid_until = 2026-12-31
vetted_by = "Sample Health Team"
vetted_on = 2026-04-30

[[sources]]
title = "Sample page"
url = "https://www.example.org/page"
"""

RECORDING = """
[[recordings]]
file = "ur-sample.ogg"
language = "ur"
leader = "Sample Leader"
role = "امام"
role_english = "Imam"
community = "Sample Mosque"
text = "پانی پئیں۔"
english = "Drink water."
consent = ["bot", "film"]
consented_at = 2026-05-02T10:00:00+01:00
consent_until = 2027-05-02
reviewer = "Sample Reviewer"
reviewed_on = 2026-05-03
"""

ENGLISH = "---\ntranslator: Sample Author\n---\nDrink water. Stay cool.\n"
URDU = """\
---
translator: Sample Translator
reviewer: Sample Reviewer
reviewed_on: 2026-05-03
---
پانی پئیں۔

ٹھنڈی جگہ رہیں۔
"""

Say = Callable[[], list[str]]


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A pack with one message, `sample`, that has nothing wrong with it."""
    folder = tmp_path / "pack" / "sample"
    folder.mkdir(parents=True)
    (folder / "message.toml").write_text(MESSAGE + RECORDING, encoding="utf-8")
    (folder / "en-GB.md").write_text(ENGLISH, encoding="utf-8")
    (folder / "ur.md").write_text(URDU, encoding="utf-8")
    (folder / "ur-sample.ogg").write_bytes(b"OggS sample")
    return tmp_path / "pack"


@pytest.fixture
def errors(pack: Path) -> Say:
    """The errors of the pack as shown to a person."""
    return lambda: [str(each) for each in check_pack(pack, NOW) if each.level == "error"]


@pytest.fixture
def advice(pack: Path) -> Say:
    """The advice on the pack as shown to a person."""
    return lambda: [str(each) for each in check_pack(pack, NOW) if each.level == "advice"]


@pytest.fixture
def change(pack: Path) -> Callable[[str, str, str], None]:
    """Replaces words in one file of the message; fails if they are not there."""

    def replace(name: str, old: str, new: str) -> None:
        file = pack / "sample" / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    return replace
