"""The command line: extract, update, check, new, missing, fill, pseudo. Exit 0 done, 1 findings, 2 wrong use."""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from bot.i18n import SOURCE, Registry, UnknownLanguage
from tests.tools.strings.extraction import extract, pot_text
from tests.tools.strings.files import NOT_TRANSLATED, catalog_tags, findings, new_text, po_path, updated_text
from tests.tools.strings.filling import fill, missing, read_rows
from tests.tools.strings.pseudo import write_locales

ROOT = Path(__file__).resolve().parents[3]


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Runs one command on the checkout at the root and returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.tools.strings", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("extract", help="write locales/bot.pot from the sources")
    commands.add_parser("update", help="extract, and bring every catalog in step with it")
    checking = commands.add_parser("check", help="report what is wrong, one line a finding")
    checking.add_argument("--strict", action="store_true", help="a text that is not translated is wrong, too")
    checking.add_argument("--language", help="only this language")
    faking = commands.add_parser("pseudo", help="write a copy of locales/ with a pseudo-language, to test layouts")
    faking.add_argument("folder", type=Path)
    commands.add_parser("new", help="add an empty catalog").add_argument("tag", help="a tag of registry.toml")
    commands.add_parser("missing", help="print what is not translated, as JSON to fill in").add_argument("tag")
    filling = commands.add_parser("fill", help="put a filled file into the catalog, without what has a slip")
    filling.add_argument("tag")
    filling.add_argument("file", type=Path, help="JSON as `missing` prints it, with msgstr filled in")
    chosen = parser.parse_args(arguments)
    match chosen.command:
        case "check":
            return _check(root, strict=chosen.strict, only=chosen.language)
        case "pseudo":
            write_locales(root / "locales", chosen.folder)
            return 0
        case "new":
            return _new(root, chosen.tag)
        case "missing":
            return _missing(root, chosen.tag)
        case "fill":
            return _fill(root, chosen.tag, chosen.file)
    return _extract(root, update=chosen.command == "update")


def _extract(root: Path, *, update: bool) -> int:
    template, wrong = extract(root)
    locales = root / "locales"
    if wrong:
        return _report(wrong)
    (locales / "bot.pot").write_text(pot_text(template), "utf-8")
    for tag in catalog_tags(locales) if update else ():
        path = po_path(locales, tag)
        path.write_text(updated_text(path.read_text("utf-8"), template), "utf-8")
    return 0


def _check(root: Path, *, strict: bool, only: str | None) -> int:
    wrong, notes = findings(root)
    if only is not None:
        wrong, notes = ([line for line in lines if f"/{only}/" in line] for lines in (wrong, notes))
    missing = [note for note in notes if note.endswith(NOT_TRANSLATED)]
    for note in notes if only is not None else [note for note in notes if note not in missing]:
        print(f"note: {note}")
    for tag, count in Counter(note.split("/")[1] for note in missing).items() if only is None else ():
        print(f"note: {tag}: {count} texts are not translated (strings check --language {tag} lists them).")
    return _report([*wrong, *(missing if strict else ())])


def _new(root: Path, tag: str) -> int:
    template, wrong = extract(root)
    path = po_path(root / "locales", tag)
    try:
        language = Registry.load(root / "locales").get(tag)
    except UnknownLanguage as error:
        return _report([f"{error} Add it there first."])
    if tag == SOURCE or not language.read or path.exists():
        return _report([*wrong, f"{tag} needs no new catalog: it is the source, is not written, or has one."])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(new_text(language, template), "utf-8")
    print(f"Translate {path.relative_to(root)}, then run the check.")
    return 0


def _missing(root: Path, tag: str) -> int:
    if tag not in catalog_tags(root / "locales"):
        return _report([f"{tag} has no catalog: make one with `new {tag}`."])
    rows = missing(root / "locales", Registry.load(root / "locales").get(tag))
    print(json.dumps(rows, ensure_ascii=False, indent=1))
    return 0


def _fill(root: Path, tag: str, file: Path) -> int:
    if tag not in catalog_tags(root / "locales"):
        return _report([f"{tag} has no catalog: make one with `new {tag}`."])
    try:
        rows = read_rows(file)
    except ValueError as error:
        return _report([str(error)])
    language = Registry.load(root / "locales").get(tag)
    filled, wrong = fill(root / "locales", language, rows)
    print(f"{filled} texts are in the catalog of {tag} now, {len(missing(root / 'locales', language))} are missing.")
    return _report(wrong)


def _report(wrong: list[str]) -> int:
    for finding in wrong:
        print(finding, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
