"""What a check of a pack has found: plain sentences, each with the place it speaks of."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.errors import InvalidInput

Level = Literal["error", "advice"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one place in a pack.

    `path` is relative to the pack's folder; `line` counts from 1 and is None where no line can be named.
    An "error" keeps the pack from being read; "advice" does not.
    """

    path: Path
    line: int | None
    sentence: str
    level: Level = "error"

    def __str__(self) -> str:
        place = _shown(self.path.as_posix())
        return f"{place}: {self.sentence}" if self.line is None else f"{place}, line {self.line}: {self.sentence}"


def _shown(words: str) -> str:
    """Words that may quote a hostile pack, fit for a terminal: printable, and no longer than a few lines."""
    printable = "".join(char if char.isprintable() else "?" for char in words)
    return printable if len(printable) <= 500 else f"{printable[:499]}\u2026"


class PackInvalid(InvalidInput):
    """The pack has errors and was not read. `findings` holds every error, in the order of the files."""

    code = "pack_invalid"

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(" ".join(str(finding) for finding in findings))
        self.findings = list(findings)


class Report:
    """Collects findings, so that one reading of a pack names everything that is wrong with it."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def error(self, path: Path, sentence: str, line: int | None = None) -> None:
        """Note something that keeps the pack from being read."""
        self.findings.append(Finding(path, line, _shown(sentence), "error"))

    def advise(self, path: Path, sentence: str, line: int | None = None) -> None:
        """Note something that could be better but is no obstacle."""
        self.findings.append(Finding(path, line, _shown(sentence), "advice"))

    @property
    def errors(self) -> list[Finding]:
        """The findings that are errors."""
        return [finding for finding in self.findings if finding.level == "error"]
