"""The translations: read from `.po` files at start, looked up text by text along a language's chain."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import format_decimal

from bot.i18n.folder import LocalesInvalid, locales_folder
from bot.i18n.registry import SOURCE, Language, Registry
from bot.i18n.render import PLACEHOLDER, MissingValue, Safe, render

BUTTON = "button"
"""The message context of texts that stand on a button: plain text, at most 64 characters."""

_log = logging.getLogger(__name__)

_Key = tuple[str | None, str]


def N_(msgid: str) -> str:  # noqa: N802 - the name that gettext users expect
    """Marks a text for translation where it is declared, and returns it unchanged."""
    return msgid


def pN_(context: str, msgid: str) -> str:  # noqa: N802 - the context is read by the extraction
    """Marks a text for translation in a context, and returns the text; look it up with the same context."""
    return msgid


@dataclass(frozen=True, slots=True)
class _Loaded:
    """One language's texts, and which of them are really translated."""

    language: Language
    texts: GNUTranslations
    translated: frozenset[_Key]
    size: int


@dataclass(frozen=True)
class Catalogs:
    """All translations of the interface, in memory. With `strict` a missing value raises MissingValue."""

    registry: Registry
    loaded: Mapping[str, _Loaded]
    strict: bool = False

    @classmethod
    def load(cls, registry: Registry, folder: Path | None = None, *, strict: bool = False) -> Self:
        """Reads every `{tag}/LC_MESSAGES/bot.po` of the folder (default: the one shipped); no compiled files.

        Entries that are empty or marked fuzzy count as not translated. A broken file raises LocalesInvalid.
        With `strict` a text without a value for a placeholder raises; otherwise its English is shown.
        """
        root = folder or locales_folder()
        paths = {language: root / language.tag / "LC_MESSAGES" / "bot.po" for language in registry.languages}
        found = {language.tag: _load(language, path) for language, path in paths.items() if path.is_file()}
        return cls(registry, found, strict)

    def translator(self, tag: str) -> "Translator":
        """Everything needed to speak in one language; raises UnknownLanguage."""
        return Translator(self, self.registry.get(tag))

    def watcher(self, tag: str) -> "Watcher":
        """As `translator`, and it notices which texts are not there in that language; raises UnknownLanguage."""
        return Watcher(self, self.registry.get(tag))

    def shown(self, tag: str, msgid: str, context: str | None = None) -> str:
        """The text as readers of the language get it, with its placeholders open; raises UnknownLanguage."""
        own, key = self.translator(tag)._find((context, msgid))
        return _singular(own, key)

    @property
    def size(self) -> int:
        """How many texts there are."""
        return max((own.size for own in self.loaded.values()), default=0)

    def coverage(self, tag: str) -> tuple[int, int]:
        """How many texts the language's own catalog translates, and of how many; (0, 0) if it has none."""
        own = self.loaded.get(tag)
        return (len(own.translated), own.size) if own else (0, 0)


@dataclass(frozen=True)
class Translator:
    """Speaks one language to one person. Build one for each language; it holds no state."""

    catalogs: Catalogs
    language: Language

    def text(self, msgid: str, /, context: str | None = None, **values: object) -> Safe:
        """The text as HTML with its `{placeholders}` filled: values are escaped and, if needed, isolated."""
        own, key = self._find((context, msgid))
        return Safe(self._fill(_singular(own, key), own, msgid, values))

    def plural(self, singular: str, plural: str, n: int, /, context: str | None = None, **values: object) -> Safe:
        """The form for the number, as `text` does it; `{n}` is the number in the language's own grouping."""
        own, key = self._find((context, singular))
        source = singular if n == 1 else plural
        template = _plural(own, key, plural, n) if own else source
        return Safe(self._fill(template, own, source, {"n": self.number(n), **values}))

    def button(self, msgid: str, /, context: str | None = BUTTON, **values: object) -> str:
        """The text for a button: plain, nothing escaped. Declared in the context `button`, or in none."""
        own, key = self._find((context, msgid), (None, msgid))
        return self._fill(_singular(own, key), own, msgid, values, html=False)

    def language_of(self, msgid: str, /, context: str | None = None) -> Language:
        """The language in which the text would appear: this one, or the fallback that has it."""
        own, _ = self._find((context, msgid))
        return own.language if own else self.catalogs.registry.get(SOURCE)

    def complete_for(self, msgid: str, /, context: str | None = None) -> bool:
        """Whether the text is really there in this language, so that a fallback can be labelled as one."""
        return self.language_of(msgid, context) == self.language

    def date(self, at: datetime, zone: ZoneInfo) -> str:
        """Weekday and day in the zone, like `Tuesday 24/11/2026`.

        The month is a number in every language: Gregorian month names differ between countries that share a
        language, and some stand for a month of another calendar (Tigrinya, Amharic). Digits are Latin.
        """
        return str(format_date(at.astimezone(zone).date(), "EEEE d/M/y", locale=self._locale))

    def weekday(self, at: datetime) -> str:
        """The name of the day of the week, like `Tuesday`, of a time that is in its own zone already."""
        return str(format_date(at.date(), "EEEE", locale=self._locale))

    def time(self, at: datetime, zone: ZoneInfo) -> str:
        """The time of day in the zone, like `18:05`, in Latin digits."""
        return str(format_time(at.astimezone(zone).time(), "HH:mm", locale=self._locale))

    def number(self, n: float) -> str:
        """The number as the language groups it, in Latin digits. Not for phone numbers or references."""
        return str(format_decimal(n, locale=self._locale))

    @cached_property
    def _chain(self) -> tuple[Language, ...]:
        return tuple(map(self.catalogs.registry.get, self.catalogs.registry.read_chain(self.language.tag)))

    @cached_property
    def _locale(self) -> str:
        return next(language.babel_locale for language in self._chain if language.babel_locale)

    def _find(self, *keys: _Key) -> tuple[_Loaded | None, _Key]:
        for language in self._chain:
            own = self.catalogs.loaded.get(language.tag)
            for key in keys:
                if own and key in own.translated:
                    return own, key
        return None, keys[0]

    def _fill(
        self,
        template: str,
        own: _Loaded | None,
        source: str,
        values: Mapping[str, object],
        *,
        html: bool = True,
    ) -> str:
        try:
            return render(template, values, rtl=own is not None and own.language.rtl, html=html)
        except MissingValue:
            if self.catalogs.strict:
                raise
            _log.exception("A text in %s was shown in English", self.language.tag)
            unknown = {name: f"{{{name}}}" for name in PLACEHOLDER.findall(source)}
            return render(source, unknown | dict(values), rtl=False, html=html)


@dataclass(frozen=True)
class Watcher(Translator):
    """A translator for one page: `missed` is set once a text came in another language than the one asked for."""

    used: list[_Key] = field(default_factory=list)
    """What was looked up, as (context, English), in its order."""
    _missed: list[str] = field(default_factory=list)

    @property
    def missed(self) -> bool:
        """Whether a text so far was not there in this language."""
        return bool(self._missed)

    def _find(self, *keys: _Key) -> tuple[_Loaded | None, _Key]:
        own, key = super()._find(*keys)
        self.used.append(key)
        if (own.language.tag if own else SOURCE) != self.language.tag:
            self._missed.append(key[1])
        return own, key


def _singular(own: _Loaded | None, key: _Key) -> str:
    context, msgid = key
    if own is None:
        return msgid
    return own.texts.gettext(msgid) if context is None else own.texts.pgettext(context, msgid)


def _plural(own: _Loaded, key: _Key, plural: str, n: int) -> str:
    context, singular = key
    if context is None:
        return own.texts.ngettext(singular, plural, n)
    return own.texts.npgettext(context, singular, plural, n)


def _load(language: Language, path: Path) -> _Loaded:
    try:
        with path.open("rb") as file:
            catalog = read_po(file, abort_invalid=True)
        compiled = BytesIO()
        write_mo(compiled, catalog)
        compiled.seek(0)
        texts = GNUTranslations(compiled)
    except (OSError, ValueError, PoFileError) as error:
        raise LocalesInvalid(f"{path} cannot be read: {error}.") from error
    messages = list(_messages(catalog))
    translated = frozenset(_key(message) for message in messages if is_translated(message))
    return _Loaded(language, texts, translated, len(messages))


def _messages(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def _key(message: Message) -> _Key:
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def is_translated(message: Message) -> bool:
    """Whether a catalog entry has all of its forms and is not marked as a guess (fuzzy)."""
    forms = (message.string,) if isinstance(message.string, str) else message.string or ()
    return not message.fuzzy and bool(forms) and all(forms)
