"""Fonts: which files set which script, what they cover, and what to install where they are missing.

Fonts are opened by file: fontconfig hands out Noto Nastaliq's Bold when asked for the Regular, and Awami Nastaliq,
which Pillow cannot shape, where that is installed.
"""

import hashlib
import os
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.domain.films import Writing

FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".fonts",
    Path.home() / ".local/share/fonts",
)
_CJK = {"Jpan": 0, "Kore": 1, "Hans": 2, "Hant": 3}
"""Which font of the collection has the forms of which readers."""
_FAMILY = {
    "Latn": "NotoSans", "Cyrl": "NotoSans", "Grek": "NotoSans", "Arab": "NotoNaskhArabic", "Aran": "NotoNastaliqUrdu",
    "Guru": "NotoSansGurmukhi", "Gujr": "NotoSansGujarati", "Beng": "NotoSansBengali", "Deva": "NotoSansDevanagari",
    "Taml": "NotoSansTamil", "Ethi": "NotoSansEthiopic", "Telu": "NotoSansTelugu", "Sinh": "NotoSansSinhala",
    "Thai": "NotoSansThai", "Geor": "NotoSansGeorgian", "Armn": "NotoSansArmenian", "Hebr": "NotoSansHebrew",
    "Mlym": "NotoSansMalayalam", "Knda": "NotoSansKannada", "Khmr": "NotoSansKhmer", "Mymr": "NotoSansMyanmar",
    "Tibt": "NotoSerifTibetan", "Orya": "NotoSansOriya",
}  # fmt: skip
NASTALIQ = frozenset({"ur", "phr", "pa-Arab", "ks", "skr"})
"""Languages of the Arabic script whose readers expect the hanging hand of Lahore."""
PACKAGES = ("fonts-noto-core", "fonts-noto-cjk")


@dataclass(frozen=True, slots=True)
class Face:
    """One font file, and which font of a collection."""

    path: Path
    index: int = 0


def script_of(writing: Writing) -> str:
    """The script with its hand: `Aran` for the Nastaliq of Urdu."""
    return "Aran" if writing.tag in NASTALIQ and writing.script == "Arab" else writing.script


@lru_cache(maxsize=1)
def _files() -> dict[str, Path]:
    found: dict[str, Path] = {}
    for folder in FOLDERS:
        for here, _, names in os.walk(folder):
            for name in names:
                if name.startswith("Noto") and name.endswith((".ttf", ".otf", ".ttc")):
                    found.setdefault(name, Path(here) / name)
    return found


@lru_cache(maxsize=128)
def face(script: str, *, bold: bool = False) -> Face | None:
    """The font of a script; without a bold one the regular. None: not on this machine."""
    for weight in ("Bold", "Regular") if bold else ("Regular",):
        if script in _CJK:
            path = _files().get(f"NotoSansCJK-{weight}.ttc")
        else:
            family = _FAMILY.get(script, "NotoSans")
            path = _files().get(f"{family}-{weight}.ttf") or _files().get(f"{family}-{weight}.otf")
        if path is not None:
            return Face(path, _CJK.get(script, 0))
    return None


def faces(writing: Writing, *, bold: bool = False) -> list[Face]:
    """The fonts of a text in the order in which each character looks for one: its script's, then the rest."""
    order = [script_of(writing), "Latn", "Arab", "Hans", *_FAMILY]
    found = [face(each, bold=bold) for each in dict.fromkeys(order)]
    return list(dict.fromkeys(each for each in found if each is not None))


def missing(writings: Iterable[Writing]) -> list[str]:
    """Scripts of these texts that no font here can set, by their ISO 15924 codes."""
    wanted = {script_of(each) for each in writings}
    return sorted(each for each in wanted if face(each) is None)


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Changes when a font on this machine does."""
    said = sorted(f"{name} {path.stat().st_size}" for name, path in _files().items())
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


# What a font covers: its character map, read without opening the font


@lru_cache(maxsize=64)
def covered(found: Face) -> frozenset[int]:
    """The code points that the font has a glyph for (OpenType `cmap`, formats 4 and 12)."""
    data = found.path.read_bytes()
    start = struct.unpack_from(">I", data, 12 + 4 * found.index)[0] if data[:4] == b"ttcf" else 0
    tables = {
        data[at : at + 4]: struct.unpack_from(">I", data, at + 8)[0]
        for at in range(start + 12, start + 12 + 16 * struct.unpack_from(">H", data, start + 4)[0], 16)
    }
    base = tables[b"cmap"]
    points: set[int] = set()
    for record in range(struct.unpack_from(">H", data, base + 2)[0]):
        offset = base + struct.unpack_from(">I", data, base + 8 + 8 * record)[0]
        kind = struct.unpack_from(">H", data, offset)[0]
        points |= _segments(data, offset) if kind == 4 else _groups(data, offset) if kind == 12 else set()
    return frozenset(points)


def _segments(data: bytes, at: int) -> set[int]:
    count = struct.unpack_from(">H", data, at + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", data, at + 14)
    starts = struct.unpack_from(f">{count}H", data, at + 16 + 2 * count)
    return {
        point for first, last in zip(starts, ends, strict=True) if first < 0xFFFF for point in range(first, last + 1)
    }


def _groups(data: bytes, at: int) -> set[int]:
    points: set[int] = set()
    for group in range(struct.unpack_from(">I", data, at + 12)[0]):
        first, last = struct.unpack_from(">II", data, at + 16 + 12 * group)
        points.update(range(first, last + 1))
    return points
