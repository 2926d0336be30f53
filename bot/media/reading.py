"""Reads what is written in a picture, with tesseract, on this machine, in the languages whose data is installed.

The picture is decoded and made small first, so that the program gets a plain grey one of ours; it runs as a guarded
child. Words that it is not sure of are left out: a photograph without writing gives nothing.
"""

import asyncio
import csv
import re
import tempfile
from io import StringIO
from pathlib import Path

from bot.media import guard
from bot.media.guard import Allowance

_SIDE = 1_800
"""Pixels of the longer side: the writing in a screenshot of a telephone stays legible, and it takes seconds."""
_PIXELS = 40_000_000
_FORMATS = ("JPEG", "PNG", "WEBP")
_SURE = 60.0
"""Tesseract's confidence in a word, of 100."""
_LONGEST = 2_000
_ALLOWED = Allowance(seconds=60, cpu_seconds=30, memory_mb=1_000, file_mb=2, output_mb=4, nice=5)
_DATA = {
    "en": "eng", "ur": "urd", "pa": "pan", "pa-Arab": "urd", "phr": "urd", "bn": "ben", "syl": "ben", "hi": "hin",
    "gu": "guj", "pl": "pol", "ro": "ron", "ar": "ara", "ps": "pus", "fa": "fas", "fa-AF": "fas", "fr": "fra",
    "pt": "por", "es": "spa", "kmr": "kmr",
}  # fmt: skip
"""Tesseract's names of the languages; of others the Latin script is tried."""
_OF_SCRIPT = {
    "Arabic": ("urd", "ara"), "Bengali": ("ben",), "Devanagari": ("hin",), "Gujarati": ("guj",), "Gurmukhi": ("pan",),
}  # fmt: skip
_AS_TABLE = ("-c", "tessedit_create_tsv=1")


class PictureReader:
    """Reads pictures; the port `TextReader` of the services."""

    def __init__(self) -> None:
        self._languages: frozenset[str] | None = None

    async def languages(self) -> frozenset[str]:
        """Tesseract's names of the languages and scripts that can be read here; none where it is not installed."""
        if self._languages is None:
            ran = await guard.run("tesseract", ["--list-langs"], allow=_ALLOWED)
            listed = ran.output.decode(errors="replace").splitlines()[1:] if ran.ok else []
            self._languages = frozenset(each.strip() for each in listed if each.strip()) - {"osd"}
        return self._languages

    async def read(self, path: Path, language: str | None) -> str | None:
        """The words in a picture, in the script that they are in, or for somebody who reads `language`.

        Empty where there are none that can be read; None where nothing can be read on this machine. Never raises for
        what is in the file. One to five CPU seconds.
        """
        there = await self.languages()
        if not there:
            return None
        with tempfile.TemporaryDirectory(prefix="vouch-read-") as folder:
            small = Path(folder) / "small.png"
            if not await asyncio.to_thread(_made_small, path, small):
                return ""
            script = await _script(small)
            wanted = (_data_of(language), "eng", *_OF_SCRIPT.get(script, ()))
            names = [each for each in dict.fromkeys(wanted) if each in there]
            ran = await guard.run(
                "tesseract", [str(small), "stdout", "-l", "+".join(names or sorted(there)), *_AS_TABLE], allow=_ALLOWED
            )
        return _words(ran.output.decode(errors="replace")) if ran.ok else ""


async def _script(picture: Path) -> str:
    """The script of most of the writing, in tesseract's words; empty where it cannot tell."""
    ran = await guard.run("tesseract", [str(picture), "stdout", "--psm", "0", "-l", "osd"], allow=_ALLOWED)
    found = re.search(r"^Script: (\w+)", ran.output.decode(errors="replace"), re.MULTILINE) if ran.ok else None
    return found[1] if found else ""


def _data_of(language: str | None) -> str:
    tag = language or "en"
    return _DATA.get(tag) or _DATA.get(tag.split("-")[0]) or "Latin"


def _made_small(path: Path, small: Path) -> bool:
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - heavy

    try:
        with Image.open(path, formats=_FORMATS) as image:
            if image.width * image.height > _PIXELS:
                return False
            image.draft("L", (_SIDE, _SIDE))
            grey = image.convert("L")
            grey.thumbnail((_SIDE, _SIDE))
            grey.save(small)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    return True


def _words(table: str) -> str:
    """The words of a table as tesseract writes it (TSV), line by line."""
    lines: dict[tuple[str, ...], list[str]] = {}
    for row in csv.DictReader(StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        try:
            sure = float(row["conf"] or -1) >= _SURE
        except (KeyError, TypeError, ValueError):
            continue
        word = (row.get("text") or "").strip()
        if sure and word:
            lines.setdefault(tuple(row[name] or "" for name in ("block_num", "par_num", "line_num")), []).append(word)
    return "\n".join(" ".join(each) for each in lines.values())[:_LONGEST]
