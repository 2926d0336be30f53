"""Terms that are said the same way everywhere within a language, and words that residents are not shown."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from bot.i18n import Registry

NEVER = "never"


@dataclass(frozen=True, slots=True)
class Glossary:
    """`terms`: how the English says each; `said`: for a language and a term, how it is said there."""

    terms: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    said: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    @classmethod
    def load(cls, locales: Path) -> Self:
        """Reads `glossary.toml`; without one there are no terms. Raises ValueError with a sentence."""
        path = locales / "glossary.toml"
        if not path.is_file():
            return cls()
        data = tomllib.loads(path.read_text("utf-8"))
        terms = {row["id"]: re.compile(rf"\b({'|'.join(row['english'])})\b", re.I) for row in data.get("terms", ())}
        return cls(terms, {tag: _said(table) for tag, table in data.get("translations", {}).items()})

    def findings(self, tag: str, source: str, translation: str) -> Iterator[str]:
        """What one translation says otherwise than the language does elsewhere."""
        said, low = self.said.get(tag, {}), translation.casefold()
        for term, english in self.terms.items():
            known = said.get(term, ())
            if known and english.search(source) and not any(form in low for form in known):
                yield f"the term '{term}' is not said as in locales/glossary.toml ({', '.join(known)})"
        yield from (f"the office's word '{word}'" for word in said.get(NEVER, ()) if word in low)

    def own_findings(self, registry: Registry) -> Iterator[str]:
        """What is wrong with the glossary itself."""
        tags = {language.tag for language in registry.languages}
        for tag, said in self.said.items():
            if tag not in tags:
                yield f"{tag} is not a language of registry.toml"
            for term in said.keys() - self.terms.keys() - {NEVER}:
                yield f"{tag} has the term {term}, which is not among the terms"


def _said(table: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {term: tuple(str(form).casefold() for form in forms) for term, forms in table.items()}
