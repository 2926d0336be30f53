"""Finds the texts to translate in the Python sources. Babel's own extractor cannot read `context="..."`."""

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from bot.i18n import BUTTON

FACES = ("chat",)
"""The folders whose `.text(...)`, `.plural(...)`, `.button(...)` speak to people; elsewhere only `N_` counts."""

CRITICAL = "Critical:"
_COMMENT_TAGS = ("Translators:", CRITICAL)

_POT_HEADER = """\
# The texts of Vouch, extracted from its sources: `python -m tests.tools.strings extract`. Do not edit.
msgid ""
msgstr ""
"Project-Id-Version: vouch\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


class NotLiteral(Exception):
    """A text that cannot be extracted, because it is put together at run time."""


@dataclass(frozen=True)
class Text:
    """One text as it stands in a source: `ids` is (singular,) or (singular, plural)."""

    path: str
    line: int
    ids: tuple[str, ...]
    context: str | None
    comments: tuple[str, ...]


def extract(root: Path) -> tuple[Catalog, list[str]]:
    """All texts of `bot/`, in the order of files and lines, and what could not be extracted."""
    catalog = Catalog()
    findings: list[str] = []
    for path in sorted((root / "bot").rglob("*.py")):
        for text in texts_of(path.read_text("utf-8"), path.relative_to(root).as_posix(), findings):
            catalog.add(
                text.ids if len(text.ids) > 1 else text.ids[0],
                locations=[(text.path, text.line)],
                auto_comments=text.comments,
                context=text.context,
            )
    return catalog, findings


def pot_text(catalog: Catalog) -> str:
    """The template as a file: the same texts always give the same bytes (no dates, no line numbers)."""
    return _POT_HEADER + body_text(catalog)


def body_text(catalog: Catalog) -> str:
    """The entries of a catalog without its header, one text a line, obsolete ones last."""
    body = io.BytesIO()
    write_po(body, catalog, width=0, omit_header=True, include_lineno=False)
    return body.getvalue().decode().strip("\n") + "\n"


def texts_of(source: str, path: str, findings: list[str]) -> Iterator[Text]:
    """The texts of one file; calls whose text is not a plain literal are added to the findings."""
    face = path.split("/")[1] in FACES
    comments = _comments(source)
    calls = [node for node in ast.walk(ast.parse(source, path)) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        try:
            for ids, context in _call(call, face=face):
                lines = {call.lineno, call.args[0].lineno}
                above = [comment for line in sorted(lines) for comment in _above(comments, line)]
                yield Text(path, call.lineno, ids, context, tuple(above))
        except NotLiteral:
            findings.append(
                f"{path}:{call.lineno}: a text to translate must be one literal with named {{placeholders}}."
            )


def _call(call: ast.Call, *, face: bool) -> Iterator[tuple[tuple[str, ...], str | None]]:
    match call.func, call.args:
        case ast.Name("N_"), [text]:
            yield from (((msgid,), None) for msgid in _literals(text))
        case ast.Name("pN_"), [context, text]:
            yield from (((msgid,), _context(context)) for msgid in _literals(text))
        case ast.Attribute(attr="text"), [text, *rest] if face and _is_text(text):
            yield from (((msgid,), _context_of(call, rest, None)) for msgid in _literals(text))
        case ast.Attribute(attr="button"), [text, *rest] if face and _is_text(text):
            yield from (((msgid,), _context_of(call, rest, BUTTON)) for msgid in _literals(text))
        case ast.Attribute(attr="plural"), [singular, plural, _, *rest] if face and _is_text(singular):
            ids = (*_literals(singular), *_literals(plural))
            yield ids, _context_of(call, rest, None)


def _is_text(node: ast.expr) -> bool:
    """Whether the argument is written there (and not a name declared elsewhere with `N_`)."""
    return any(
        isinstance(part, ast.JoinedStr) or (isinstance(part, ast.Constant) and isinstance(part.value, str))
        for part in (node, *_parts(node))
    )


def _parts(node: ast.expr) -> tuple[ast.expr, ...]:
    match node:
        case ast.BinOp(left, _, right) | ast.IfExp(_, left, right):
            return (left, right)
    return ()


def _literals(node: ast.expr) -> list[str]:
    match node:
        case ast.Constant(str(text)):
            return [text]
        case ast.IfExp(_, first, second):
            return [*_literals(first), *_literals(second)]
    raise NotLiteral


def _context_of(call: ast.Call, rest: list[ast.expr], default: str | None) -> str | None:
    named = [keyword.value for keyword in call.keywords if keyword.arg == "context"]
    given = [*rest, *named]
    return _context(given[0]) if given else default


def _context(node: ast.expr) -> str | None:
    match node:
        case ast.Constant(str() | None as context):
            return context
        case ast.Name("BUTTON"):
            return BUTTON
    raise NotLiteral


def _comments(source: str) -> dict[int, str]:
    """The comments that have a line to themselves, by line."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        token.start[0]: token.string.lstrip("# ").rstrip()
        for token in tokens
        if token.type == tokenize.COMMENT and not token.line[: token.start[1]].strip()
    }


def _above(comments: dict[int, str], line: int) -> list[str]:
    """The comment block straight above a line, from its first tagged line on."""
    block: list[str] = []
    while line - 1 in comments:
        line -= 1
        block.insert(0, comments[line])
    while block and not block[0].startswith(_COMMENT_TAGS):
        block.pop(0)
    return block
