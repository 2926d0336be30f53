"""The languages that Vouch knows, read from `locales/registry.toml`, and how a tag finds its language."""

import gettext
import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, Self

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from bot.errors import NotFound
from bot.i18n.folder import LocalesInvalid, locales_folder
from bot.i18n.status import Status

SOURCE = "en-GB"
"""The language in which every text is first written, and the end of every fallback chain."""

_WELL_FORMED = re.compile(r"[a-z]{2,8}(-[a-z0-9]{1,8}){0,4}")
_PLURAL_FORMS = re.compile(r"nplurals=(\d+); plural=(.+);")

DraftMode = Literal["off", "label"]


class UnknownLanguage(NotFound):
    """The tag stands for no language of the registry."""

    code = "unknown_language"


@dataclass(frozen=True, slots=True)
class Language:
    """One language as residents meet it. `tag` is BCP 47; `autonym` is the name that its speakers use."""

    tag: str
    autonym: str
    english: str
    script: str
    direction: Literal["ltr", "rtl"]
    babel_locale: str
    read: bool
    listen: bool
    signed: bool
    audio_first: bool
    fallback: tuple[str, ...]
    aliases: tuple[str, ...]
    plural_forms: str
    voice: str = ""

    @property
    def rtl(self) -> bool:
        """Whether it is written from right to left."""
        return self.direction == "rtl"

    @property
    def plural_count(self) -> int:
        """How many plural forms its catalog has; 0 for a language without one."""
        match = _PLURAL_FORMS.fullmatch(self.plural_forms)
        return int(match[1]) if match else 0

    def plural_index(self, n: int) -> int:
        """Which plural form its catalog uses for the number."""
        match = _PLURAL_FORMS.fullmatch(self.plural_forms)
        return _plural_rule(match[2])(n) if match else 0


@cache
def _plural_rule(expression: str) -> Callable[[int], int]:
    return gettext.c2py(expression)


@dataclass(frozen=True)
class Registry:
    """All languages in their order, which is the order of the language buttons: likely ones first."""

    languages: tuple[Language, ...]

    @classmethod
    def load(cls, folder: Path | None = None) -> Self:
        """Reads `registry.toml` of the folder (default: the one shipped); raises LocalesInvalid."""
        path = (folder or locales_folder()) / "registry.toml"
        try:
            rows = tomllib.loads(path.read_text("utf-8"))["languages"]
            registry = cls(tuple(_language(row) for row in rows))
            findings = list(_findings(registry.languages))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise LocalesInvalid(f"{path} cannot be read: {error!r}.") from error
        if findings:
            raise LocalesInvalid(f"{path} is not right: {' '.join(findings)}")
        return registry

    def get(self, tag: str) -> Language:
        """The language with exactly this tag; raises UnknownLanguage."""
        language = self._by_name.get(tag.lower())
        if language is None or language.tag != tag:
            raise UnknownLanguage(f"{tag!r} is not a language of locales/registry.toml.")
        return language

    def resolve(self, tag: str | None) -> Language | None:
        """The language that a tag from outside means (another tag for it, a region's, an app's), or None.

        Subtags are dropped from the right (RFC 4647 lookup), but only while the script stays the same: a
        reader of `pa-PK` or `ur-Latn` is never handed Gurmukhi or Arabic letters. A script that the tag does
        not name is that of its region in CLDR.
        """
        parts = (tag or "").strip().replace("_", "-").lower().split("-")
        if not _WELL_FORMED.fullmatch("-".join(parts)):
            return None
        exact = self._by_name.get("-".join(parts))
        if exact:
            return exact
        script = _script(parts)
        same_script = self._by_name.get(f"{parts[0]}-{script.lower()}") if script else None
        return same_script or self._truncated(parts, script)

    def _truncated(self, parts: list[str], script: str | None) -> Language | None:
        for end in range(len(parts) - 1, 0, -1):
            language = self._by_name.get("-".join(parts[:end]))
            if language and (script is None or script == language.script):
                return language
        return None

    def read_chain(self, tag: str) -> tuple[str, ...]:
        """Tags to try, in order, for a text in this language: itself, its fallbacks, English."""
        language = self.get(tag)
        return tuple(dict.fromkeys((language.tag, *language.fallback, SOURCE)))

    def reading(self, tag: str) -> Language:
        """What a person of this language reads: itself, or the first of its chain that is written."""
        return next(found for found in map(self.get, self.read_chain(tag)) if found.read)

    def listener(self, listen: str, read: str) -> str:
        """The language of somebody who listens or watches instead of reading: they get a voice and three choices.

        Empty for everybody else, also for those who chose to read another language than the one that goes with it;
        with a language that has none (Romani, British Sign Language) people read whatever they read.
        """
        heard = self.get(listen)
        if not heard.audio_first or (heard.fallback and self.reading(heard.tag).tag != read):
            return ""
        return heard.tag

    def offered(self, languages: Collection[str], draft_mode: DraftMode, status: Status) -> tuple[Language, ...]:
        """The languages that residents may choose, in the registry's order.

        `languages` is the borough's own list (empty: all); a tag in it that is not in the registry raises
        UnknownLanguage. With `off`, a language is offered once a speaker has reviewed the consent, privacy,
        stop and emergency lines that its people would read; with `label` the others are offered as well.
        """
        wanted = {self.get(tag).tag for tag in languages}
        chosen = [language for language in self.languages if not wanted or language.tag in wanted]
        if draft_mode == "label":
            return tuple(chosen)
        return tuple(language for language in chosen if self.critical_reviewed(language.tag, status))

    def critical_reviewed(self, tag: str, status: Status) -> bool:
        """Whether a speaker has reviewed the critical lines in the language that this one's people read."""
        reading = self.reading(tag).tag
        return reading == SOURCE or status.of(reading).critical_reviewed

    @cached_property
    def _by_name(self) -> Mapping[str, Language]:
        names = {alias.lower(): language for language in self.languages for alias in language.aliases}
        return names | {language.tag.lower(): language for language in self.languages}


def _script(parts: list[str]) -> str | None:
    for part in parts[1:]:
        if re.fullmatch(r"[a-z]{4}", part):
            return part.title()
        if re.fullmatch(r"[a-z]{2}|\d{3}", part):
            likely: str = get_global("likely_subtags").get(f"{parts[0]}_{part.upper()}", "")
            return likely.split("_")[1] if likely.count("_") == 2 else None
    return None


def _language(row: Mapping[str, Any]) -> Language:
    return Language(
        tag=row["tag"],
        autonym=row["autonym"],
        english=row["english"],
        script=row["script"],
        direction=row["direction"],
        babel_locale=row["babel"],
        read=row["read"],
        listen=row["listen"],
        signed=row["signed"],
        audio_first=row["audio_first"],
        fallback=tuple(row["fallback"]),
        aliases=tuple(row["aliases"]),
        plural_forms=row["plural"],
        voice=row["voice"],
    )


def _findings(languages: tuple[Language, ...]) -> Iterator[str]:
    names = [name.lower() for language in languages for name in (language.tag, *language.aliases)]
    readable = {language.tag for language in languages if language.read}
    yield from (f"The tag {name} is there twice." for name in sorted(set(names)) if names.count(name) > 1)
    if SOURCE not in readable:
        yield f"{SOURCE} is missing."
    for language in languages:
        yield from _language_findings(language, readable)


def _language_findings(language: Language, readable: set[str]) -> Iterator[str]:
    tag = language.tag
    if language.direction not in {"ltr", "rtl"}:
        yield f"The direction of {tag} is neither ltr nor rtl."
    if not set(language.fallback) <= readable - {tag}:
        yield f"The fallback of {tag} names a language that cannot be read."
    if language.read != bool(_PLURAL_FORMS.fullmatch(language.plural_forms)):
        yield f"{tag} needs plural forms if it is read, and none if it is not."
    if not (language.read or language.listen):
        yield f"{tag} can be neither read nor listened to."
    if language.babel_locale:
        try:
            Locale.parse(language.babel_locale)
        except (UnknownLocaleError, ValueError):
            yield f"Babel cannot format dates in {language.babel_locale!r} ({tag})."
