"""The set on which matching is tuned and measured: written by us for this purpose, under the project's own licence.

`rumours.tsv`: twenty rumours, each as a plain English claim and as residents might type it in 17 languages (`ur-
Latn` is Urdu in Latin letters). `claims.tsv`: other claims, many of them near one of those. `contradictions.tsv`:
what says the opposite of a rumour, or the same of another day, place or number. None of it was written or checked
by native speakers of all these languages; it measures the engine, it teaches nobody anything. Half of the rumours
(every second one) is for tuning, the other half reports.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Rumour:
    """One wording of a rumour: the claim in plain English (`language` "claim"), or somebody's words."""

    key: str
    language: str
    text: str
    tuning: bool


def _lines(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (_HERE / name).read_text("utf-8").splitlines() if line]


@lru_cache(maxsize=1)
def rumours() -> tuple[Rumour, ...]:
    """All wordings of all rumours."""
    lines = _lines("rumours.tsv")
    order = list(dict.fromkeys(line[0] for line in lines))
    return tuple(Rumour(key, language, text, order.index(key) % 2 == 0) for key, language, text in lines)


def other_claims() -> list[tuple[str, str]]:
    """Key and text of the claims that no wording belongs to."""
    return [(key, text) for key, text, _ in _lines("claims.tsv")]


def contradictions() -> list[tuple[str, str, str]]:
    """The rumour's key, the language, and a text that must not be answered as that rumour."""
    return [(key, language, text) for key, language, text in _lines("contradictions.tsv")]
