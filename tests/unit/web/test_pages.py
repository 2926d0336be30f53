"""What the pages are made of: nothing inline, nothing from elsewhere, third-party files as they were noted down."""

import hashlib
import re
from pathlib import Path

import pytest

import bot

ROOT = Path(bot.__file__).parent
TEMPLATES = sorted((ROOT / "web" / "templates").glob("*.html")) + sorted((ROOT / "http" / "templates").glob("*.html"))
VENDOR = ROOT / "http" / "static" / "vendor"
SHEETS = sorted((ROOT / "http" / "static").rglob("*.css")) + sorted((ROOT / "web" / "static").rglob("*.css"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_nothing_inline_and_nothing_unescaped(path):
    text = path.read_text()
    assert not re.search(r"\sstyle=", text)
    assert not re.search(r"<style|javascript:|hx-on|\son[a-z]+=", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))
    assert not re.search(r"\b(src|action)=\"https?:", text)
    # The one marked-safe value is a constant in the template itself.
    assert all(match.endswith("'") for match in re.findall(r"(\S+) \| safe", text))
    assert "autoescape" not in text


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_no_style_sheet_asks_for_anything(path):
    text = path.read_text()
    for word in ("@font-face", "@import", "url(", "GDS Transport"):
        assert word not in text


def test_third_party_files_are_those_that_were_noted():
    notes = (VENDOR / "VENDORED.md").read_text()
    noted = dict(re.findall(r"^\| `([^`]+)` .*`([0-9a-f]{64})` \|$", notes, re.MULTILINE))
    files = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.iterdir()
        if path.suffix in {".css", ".js"}
    }
    assert files == noted
    assert len(files) == 2
    for name in re.findall(r"`([a-z-]+\.LICENSE\.txt)`", notes):
        assert (VENDOR / name).is_file()
