"""A search for people in bytes: every way in which a number, a name or a secret could have been written down."""

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import numpy as np

from bot.sandbox import Person

_WINDOW = 6
"""Every needle is at least this long; shorter ones would be found by chance."""


@dataclass(frozen=True, slots=True)
class Hit:
    """What was found where, without the value itself."""

    label: str
    place: str

    def __str__(self) -> str:
        return f"{self.label} in {self.place}"


def encodings(value: str) -> dict[bytes, str]:
    """A text in every encoding that software writes by itself, each with its name."""
    raw = value.encode()
    found = {raw: "raw", raw.hex().encode(): "hex", raw.hex().upper().encode(): "hex"}
    for wide in ("utf-16-le", "utf-16-be"):
        found[value.encode(wide)] = "UTF-16"
    for lead in range(3):
        for made in (base64.b64encode(b"\0" * lead + raw), base64.urlsafe_b64encode(b"\0" * lead + raw)):
            # The first and last characters depend on what stands beside the value.
            found[made.rstrip(b"=")[(0, 2, 3)[lead] : -1]] = "base64"
    found[quote(value, safe="").encode()] = "URL-encoded"
    found[json.dumps(value).strip('"').encode()] = "JSON-escaped"
    return {needle: name for needle, name in found.items() if len(needle) >= _WINDOW}


def encodings_of_number(number: int) -> dict[bytes, str]:
    """A chat id as digits in every encoding, and as the integer that a database or a struct holds."""
    found = encodings(str(number))
    for size in (6, 8):
        for order in ("big", "little"):
            raw = number.to_bytes(size, order, signed=True)
            found[raw] = f"{size} bytes, {order}-endian"
            found[raw.hex().encode()] = f"hex of {size} bytes"
    return found


class Needles:
    """What must not be found. The search takes one pass, whatever their number."""

    def __init__(self) -> None:
        self._by_start: dict[bytes, list[tuple[bytes, str]]] = {}
        self.count = 0

    def add(self, label: str, forms: dict[bytes, str]) -> None:
        """Look for a value in these forms."""
        for needle, form in forms.items():
            self._by_start.setdefault(needle[:_WINDOW], []).append((needle, f"{label} ({form})"))
            self.count += 1

    def add_person(self, label: str, person: Person) -> None:
        """Chat id, name and user name."""
        self.add(f"{label}'s number", encodings_of_number(person.id))
        self.add(f"{label}'s name", encodings(person.first_name))
        self.add(f"{label}'s user name", encodings(person.username or person.first_name))

    def add_bytes(self, label: str, value: bytes) -> None:
        """A binary value, and its hexadecimal and base64 forms."""
        forms = {value: "raw", value.hex().encode(): "hex", base64.b64encode(value).rstrip(b"=")[:-1]: "base64"}
        self.add(label, forms)

    def search(self, place: str, data: bytes) -> list[Hit]:
        """Every needle in these bytes."""
        starts = self._by_start
        found = []
        for at in self._likely(data):
            for needle, label in starts.get(data[at : at + _WINDOW], ()):
                if data.startswith(needle, at):
                    found.append(Hit(label, place))
        return found

    def _likely(self, data: bytes) -> Iterable[int]:
        """Where a needle may begin: its first six bytes, as numbers, are looked for in all places at once."""
        places = len(data) - _WINDOW + 1
        if places < 1:
            return ()
        bytes_, starts = np.frombuffer(data, np.uint8), b"".join(self._by_start)
        wanted = np.frombuffer(starts, np.uint8).reshape(-1, _WINDOW)
        here = np.zeros(places, np.uint64)
        there = np.zeros(len(wanted), np.uint64)
        for offset in range(_WINDOW):
            here = here << np.uint64(8) | bytes_[offset : offset + places]
            there = there << np.uint64(8) | wanted[:, offset]
        return (int(each) for each in np.flatnonzero(np.isin(here, there)))

    def search_files(self, files: Iterable[Path]) -> tuple[list[Hit], int]:
        """Every needle in these files, and how many bytes were read."""
        hits: list[Hit] = []
        size = 0
        for path in files:
            try:
                data = path.read_bytes()
            except FileNotFoundError:  # a write-ahead log comes and goes
                continue
            size += len(data)
            hits += self.search(path.name, data)
        return hits, size


def files_of(folder: Path, *others: Path, but: tuple[str, ...] = ()) -> list[Path]:
    """Every file below a folder, and these."""
    return [path for path in (*sorted(folder.rglob("*")), *others) if path.is_file() and path.name not in but]
