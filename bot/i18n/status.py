"""How far each translation can be trusted, read from `locales/status.toml`. Nothing here is ever assumed."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal, Self

from bot.i18n.folder import LocalesInvalid, locales_folder


@dataclass(frozen=True, slots=True)
class LanguageStatus:
    """What is known about one catalog.

    `by` and `when` say who reviewed it and on which day. `critical_reviewed` is about the consent, privacy,
    stop and emergency lines alone, and may be true while the rest is still a draft.
    """

    status: Literal["draft", "reviewed"] = "draft"
    by: str = ""
    when: date | None = None
    critical_reviewed: bool = False

    @property
    def draft(self) -> bool:
        """Whether its texts must be labelled as not yet checked by a speaker."""
        return self.status == "draft"


@dataclass(frozen=True, slots=True)
class Status:
    """The status of every catalog; one that is not listed is an unreviewed draft."""

    languages: Mapping[str, LanguageStatus] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path | None = None) -> Self:
        """Reads `status.toml` of the folder (default: the one shipped); raises LocalesInvalid."""
        path = (folder or locales_folder()) / "status.toml"
        try:
            tables = tomllib.loads(path.read_text("utf-8"))
            return cls({tag: _entry(tag, table) for tag, table in tables.items()})
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise LocalesInvalid(f"{path} cannot be read: {error}.") from error

    def of(self, tag: str) -> LanguageStatus:
        """The status of one catalog."""
        return self.languages.get(tag, LanguageStatus())


def _entry(tag: str, table: Mapping[str, Any]) -> LanguageStatus:
    entry = LanguageStatus(**table)
    if entry.status not in {"draft", "reviewed"}:
        raise ValueError(f"{tag}: the status is neither draft nor reviewed")
    if (entry.critical_reviewed or not entry.draft) and not (entry.by and isinstance(entry.when, date)):
        raise ValueError(f"{tag}: a review needs who did it (by) and the day (when)")
    if not entry.draft and not entry.critical_reviewed:
        raise ValueError(f"{tag}: reviewed as a whole, yet its critical lines are not")
    return entry
