"""For translators: what is not translated yet as JSON to fill in, and the filled file back into the catalog."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from bot.i18n import Language
from bot.i18n.catalogs import is_translated
from tests.tools.strings.checks import STAFF
from tests.tools.strings.extraction import CRITICAL, body_text
from tests.tools.strings.files import entries, ids_of, key_of, line_about, message_findings, po_path
from tests.tools.strings.glossary import Glossary

_SHOWN = 1000
"""How many numbers are tried for the examples of a plural form."""


def missing(locales: Path, language: Language) -> list[dict[str, Any]]:
    """The texts without a translation, each as an object whose `msgstr` is to be filled in.

    `comment` is what the author says about it; a plural text has a list in `msgstr`, one string a form, and
    `forms` says for which numbers each form is.
    """
    catalog = read_po(io.BytesIO(po_path(locales, language.tag).read_bytes()), abort_invalid=True)
    return [_blank(message, language) for message in entries(catalog) if not is_translated(message)]


def fill(locales: Path, language: Language, rows: object) -> tuple[int, list[str]]:
    """Writes the translations that have no slip; returns how many, and every slip of the others, one line each.

    A row whose `msgstr` is still empty is passed over. One that is there already is replaced.
    """
    path = po_path(locales, language.tag)
    current = path.read_text("utf-8")
    catalog = read_po(io.BytesIO(current.encode()), abort_invalid=True)
    if not isinstance(rows, list):
        return 0, [f"{language.tag}: a list of objects is needed, as `missing` prints it."]
    filled, wrong, glossary = 0, [], Glossary.load(locales)
    for number, row in enumerate(rows):
        found = list(_fill_row(catalog, language, glossary, number, row))
        wrong += found
        filled += not found and _is_filled(row)
    path.write_text(f"{current.split(chr(10) * 2, 1)[0].rstrip()}\n\n{body_text(catalog)}", "utf-8")
    return filled, wrong


def read_rows(path: Path) -> object:
    """The JSON file. Raises ValueError with a plain sentence."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} cannot be read as JSON: {error}.") from error


def _blank(message: Message, language: Language) -> dict[str, Any]:
    ids = ids_of(message)
    row: dict[str, Any] = {"msgid": ids[0]}
    if message.context is not None:
        row = {"msgctxt": message.context, **row}
    if len(ids) > 1:
        row["msgid_plural"] = ids[1]
        row["forms"] = list(_numbers(language))
    if message.auto_comments:
        row["comment"] = " ".join(message.auto_comments)
    if any(each.startswith(CRITICAL) for each in message.auto_comments):
        row["critical"] = True
    return {**row, "msgstr": [""] * language.plural_count if len(ids) > 1 else ""}


def _numbers(language: Language) -> Iterator[str]:
    for form in range(language.plural_count):
        found = [str(n) for n in range(_SHOWN) if language.plural_index(n) == form]
        yield ", ".join(found[:5]) + (", ..." if len(found) > 5 else "")


def _is_filled(row: object) -> bool:
    given = row.get("msgstr") if isinstance(row, dict) else None
    return any(given) if isinstance(given, list) else bool(given)


def _terms(message: Message, language: Language, glossary: Glossary, forms: list[str]) -> Iterator[str]:
    if message.context != STAFF:
        for form in forms:
            yield from glossary.findings(language.tag, ids_of(message)[-1], form)


def _fill_row(catalog: Catalog, language: Language, glossary: Glossary, number: int, row: object) -> Iterator[str]:
    where = f"{language.tag}, row {number + 1}"
    if not isinstance(row, dict) or not isinstance(row.get("msgid"), str):
        yield f"{where}: an object with msgid and msgstr is needed."
        return
    if not _is_filled(row):
        return
    message = next((each for each in entries(catalog) if _matches(each, row)), None)
    if message is None:
        yield line_about(where, row["msgid"], "no such text is in the catalog; run update, or copy msgid as it is")
        return
    given, plural = row["msgstr"], len(ids_of(message)) > 1
    forms = given if isinstance(given, list) else [given]
    if not all(isinstance(form, str) for form in forms) or isinstance(given, list) is not plural:
        yield line_about(where, row["msgid"], "msgstr is one string, or a list of strings for a text with a plural")
        return
    before = message.string
    message.string = tuple(forms) if plural else forms[0]
    slips = [*message_findings(message, language), *_terms(message, language, glossary, forms)]
    if slips:
        message.string = before
        yield from (line_about(where, row["msgid"], slip) for slip in slips)
    else:
        message.flags.discard("fuzzy")


def _matches(message: Message, row: dict[str, Any]) -> bool:
    return key_of(message) == (
        row.get("msgctxt"), (row["msgid"], row["msgid_plural"]) if "msgid_plural" in row else row["msgid"]
    )  # fmt: skip
