"""Reading, writing and checking the catalog files in `locales/`."""

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po

from bot.i18n import BUTTON, SOURCE, Language, LocalesInvalid, Registry, Status
from bot.i18n.catalogs import is_translated
from bot.library.readability import READING_AGE_GOAL, reading_age
from tests.tools.strings.checks import STAFF, Pair, source_findings, translation_findings
from tests.tools.strings.extraction import CRITICAL, body_text, extract, pot_text
from tests.tools.strings.glossary import Glossary

NOT_TRANSLATED = "not translated."
"""How the note about a text ends that a catalog does not have yet."""

Key = tuple[str | None, str | tuple[str, ...]]


def po_path(locales: Path, tag: str) -> Path:
    """Where the catalog of a language lies."""
    return locales / tag / "LC_MESSAGES" / "bot.po"


def new_text(language: Language, template: Catalog) -> str:
    """An empty catalog of the language, with the header that the registry asks for."""
    return updated_text(_header(language), template)


def updated_text(current: str, template: Catalog) -> str:
    """The catalog with the template's texts. Translations of equal texts stay, others turn obsolete; no guesses.

    The header stays as it is, byte for byte: Babel would drop the lines that translation tools add to it.
    """
    catalog = read_po(io.BytesIO(current.encode()), abort_invalid=True)
    catalog.update(template, no_fuzzy_matching=True, update_header_comment=False)
    header = current.split("\n\n", 1)[0].rstrip("\n")
    return f"{header}\n\n{body_text(catalog)}"


def findings(root: Path) -> tuple[list[str], list[str]]:
    """Everything that is wrong with the catalogs, and notes on what is not translated yet; one line each."""
    locales = root / "locales"
    template, wrong = extract(root)
    pot = locales / "bot.pot"
    if not pot.is_file() or pot.read_text("utf-8") != pot_text(template):
        wrong.append("locales/bot.pot: not current; run `python -m tests.tools.strings update`.")
    for message in entries(template):
        for text in ids_of(message):
            wrong += [line_about("locales/bot.pot", text, what) for what in source_findings(text, message.context)]
    try:
        registry, status, glossary = Registry.load(locales), Status.load(locales), Glossary.load(locales)
    except (LocalesInvalid, ValueError, KeyError) as error:
        return [*wrong, str(error)], []
    wrong += [f"locales/glossary.toml: {what}." for what in glossary.own_findings(registry)]
    notes = _reading_notes(template)
    for tag in catalog_tags(locales):
        more, missing = _catalog_findings(locales, tag, template, registry, status, glossary)
        wrong += more
        notes += missing
    wrong += [
        f"locales/status.toml: {tag} has no catalog." for tag in status.languages if not po_path(locales, tag).is_file()
    ]
    return wrong, notes


def _reading_notes(template: Catalog) -> list[str]:
    """Advice for the authors of the English: how old one must be to read it. Never an error."""
    texts = [text for message in entries(template) if message.context != BUTTON for text in ids_of(message)]
    hard = [text for text in texts if len(text.split()) > 8 and reading_age(text) > READING_AGE_GOAL]
    notes = [
        line_about("locales/bot.pot", text, f"a reading age of {reading_age(text)}, shorter words help")
        for text in hard
    ]
    return [f"the English of all texts together has a reading age of {reading_age(chr(10).join(texts))}", *notes]


def catalog_tags(locales: Path) -> list[str]:
    """The folders of `locales/` that hold a catalog."""
    return sorted(path.parents[1].name for path in locales.glob("*/LC_MESSAGES/bot.po"))


def entries(catalog: Catalog) -> Iterator[Message]:
    """The entries of a catalog without its header."""
    return (message for message in catalog if message.id)


def _catalog_findings(
    locales: Path, tag: str, template: Catalog, registry: Registry, status: Status, glossary: Glossary
) -> tuple[list[str], list[str]]:
    path = po_path(locales, tag)
    shown = f"locales/{tag}/LC_MESSAGES/bot.po"
    language = next((known for known in registry.languages if known.tag == tag and known.read), None)
    if language is None or tag == SOURCE:
        return [f"{shown}: {tag} needs no catalog, or is not in locales/registry.toml."], []
    try:
        text = path.read_text("utf-8")
        wrong = [f"{shown}: {what}." for what in _header_findings(text, language)]
        if wrong:
            return wrong, []
        catalog = read_po(io.BytesIO(text.encode()), abort_invalid=True)
    except (PoFileError, ValueError) as error:
        return [f"{shown}: {error}."], []
    wrong = [f"{shown}: {what}" for what in _set_findings(catalog, template)]
    wrong += [
        line_about(shown, ids_of(message)[0], what)
        for message in entries(catalog)
        for what in message_findings(message, language)
    ]
    wrong += [
        line_about(shown, ids_of(message)[0], what)
        for message in entries(catalog)
        if message.context != STAFF
        for form in _forms(message)
        if form
        for what in glossary.findings(tag, ids_of(message)[-1], form)
    ]
    missing = [message for message in entries(catalog) if not is_translated(message)]
    if status.of(tag).critical_reviewed:
        wrong += [
            line_about(shown, ids_of(message)[0], "reviewed as critical, yet not translated")
            for message in missing
            if any(comment.startswith(CRITICAL) for comment in message.auto_comments)
        ]
    return wrong, [line_about(shown, ids_of(message)[0], NOT_TRANSLATED[:-1]) for message in missing]


def _header_findings(text: str, language: Language) -> Iterator[str]:
    header = text.split("\n\n", 1)[0]
    if f'"Plural-Forms: {language.plural_forms}\\n"' not in header:
        yield f"the header must say Plural-Forms: {language.plural_forms}"
    if f'"Language: {_po_language(language)}\\n"' not in header:
        yield f"the header must say Language: {_po_language(language)}"


def _set_findings(catalog: Catalog, template: Catalog) -> Iterator[str]:
    wanted, given = ({key_of(message) for message in entries(each)} for each in (template, catalog))
    if wanted != given:
        yield (
            f"{len(wanted - given)} texts are missing and {len(given - wanted)} are no longer used; "
            "run `python -m tests.tools.strings update`."
        )


def message_findings(message: Message, language: Language) -> Iterator[str]:
    """What is wrong with the translation of one entry; nothing where there is none yet."""
    ids, forms = ids_of(message), _forms(message)
    if len(ids) == 1:
        if forms[0]:
            yield from translation_findings(Pair(ids[0], forms[0], message.context), language)
        return
    if len(forms) != language.plural_count or any(forms) != all(forms):
        yield f"all {language.plural_count} plural forms are needed"
        return
    for index, form in enumerate(forms if all(forms) else ()):
        only = sum(language.plural_index(n) == index for n in range(1000)) == 1
        for what in translation_findings(Pair(ids[1], form, message.context, count_optional=only), language):
            yield f"form {index}: {what}"


def ids_of(message: Message) -> tuple[str, ...]:
    """The English: one text, or the singular and the plural."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def key_of(message: Message) -> Key:
    """What tells an entry from all others: its context and its English."""
    return message.context, message.id if isinstance(message.id, str) else tuple(message.id)


def line_about(path: str, text: str, what: str) -> str:
    """One line of a report: where, which text, what about it."""
    start = " ".join(text.split())
    return f'{path}: "{start[:48]}{"..." if len(start) > 48 else ""}": {what}.'


def _po_language(language: Language) -> str:
    return language.tag.replace("-", "_")


def _header(language: Language) -> str:
    return "\n".join(
        (
            f"# Vouch in {language.english}. How to translate: locales/README.md",
            'msgid ""',
            'msgstr ""',
            '"Project-Id-Version: vouch\\n"',
            f'"Language: {_po_language(language)}\\n"',
            '"MIME-Version: 1.0\\n"',
            '"Content-Type: text/plain; charset=utf-8\\n"',
            '"Content-Transfer-Encoding: 8bit\\n"',
            f'"Plural-Forms: {language.plural_forms}\\n"',
            "",
        )
    )
