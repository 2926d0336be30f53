"""Lists as CSV (RFC 4180) that no spreadsheet program mistakes for formulas."""

import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

_QUOTE = '"'
COLUMNS = ("resident", "message", "revision", "language", "form", "state", "sent_at", "error")
_FORMULA = re.compile(r"""^(?=[\t\r\n])|((?:^|[,;\t\r\n|])[\s"']*)(?=[=+\-@＝＋－＠])""")
"""What makes a cell a formula (OWASP, CSV Injection), at its start or after what another locale takes for a separator;
the full-width forms count in Japanese and Chinese versions of Excel."""


def safe_cell(value: object) -> str:
    """The value as text; where it could be read as a formula, an apostrophe stands before that sign."""
    text = "" if value is None else str(value)
    if text.isalnum():
        return text
    return _FORMULA.sub(lambda found: f"{found[1] or ''}'", text)


def csv_line(cells: Mapping[str, Any]) -> str:
    """One line of the sheet, every cell quoted, ended by CR LF."""
    return ",".join(f'"{safe_cell(cells[name]).replace(_QUOTE, _QUOTE * 2)}"' for name in COLUMNS) + "\r\n"


async def csv_lines(rows: AsyncIterator[Mapping[str, Any]]) -> AsyncIterator[str]:
    """The whole sheet, streamed: a line of names, then a line a row."""
    yield csv_line({name: name for name in COLUMNS})
    async for row in rows:
        yield csv_line(row)
