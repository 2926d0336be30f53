"""Words that not everybody knows, said plainly, for those who speak or translate a message: locales/glossary.toml."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.i18n.folder import LocalesInvalid, locales_folder


@dataclass(frozen=True, slots=True)
class Term:
    """`term` as it is written in plain English texts, `meaning` as it is said to a leader."""

    term: str
    meaning: str
    found: re.Pattern[str]


@cache
def explained() -> tuple[Term, ...]:
    """Every term that has a meaning for leaders. Raises LocalesInvalid."""
    try:
        data: dict[str, Any] = tomllib.loads((locales_folder() / "glossary.toml").read_text("utf-8"))
        return tuple(
            Term(row["english"][0], row["meaning"], re.compile(rf"\b({'|'.join(row['english'])})\b", re.IGNORECASE))
            for row in data.get("terms", ()) if "meaning" in row
        )  # fmt: skip
    except (OSError, tomllib.TOMLDecodeError, KeyError, IndexError, re.error) as error:
        raise LocalesInvalid("glossary.toml cannot be read.") from error


def terms_in(text: str) -> list[dict[str, str]]:
    """The terms that stand in an English text, in the order in which they come."""
    at = [(place.start(), each) for each in explained() if (place := each.found.search(text))]
    return [{"term": each.term, "meaning": each.meaning} for _, each in sorted(at, key=lambda pair: pair[0])]
