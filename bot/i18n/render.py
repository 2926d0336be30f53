"""Putting values into a catalog's text: named placeholders, HTML escaping, direction isolates."""

import re
from collections.abc import Mapping
from html import escape, unescape

from bot.errors import InvalidInput
from bot.i18n.bidi import FIRST_STRONG_ISOLATE, POP_ISOLATE, has_rtl, strip_controls

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
TAG = re.compile(r"</?[a-z][^<>]*>")


class MissingValue(InvalidInput):
    """A text names a placeholder for which the caller gave no value."""

    code = "missing_value"

    def __init__(self, name: str, template: str) -> None:
        super().__init__(f"No value was given for {{{name}}} in the text {template!r}.")


class Safe(str):
    """A piece of text that is already HTML: it is inserted as it is. Everything else is escaped."""

    __slots__ = ()


def render(template: str, values: Mapping[str, object], *, rtl: bool, html: bool) -> str:
    """The template with its placeholders filled; raises MissingValue where a value is missing.

    A value is isolated where it could disturb the line it stands in: always in a right-to-left text,
    elsewhere if it has right-to-left letters. It is left bare where it has the line to itself or brings lines
    of its own: a chat app takes a line's side from its first letter outside isolates, and would find none.
    """

    def fill(line: str) -> str:
        alone = PLACEHOLDER.fullmatch(TAG.sub("", line).strip()) is not None

        def piece(match: re.Match[str]) -> str:
            if match[1] not in values:
                raise MissingValue(match[1], template)
            text = _plain_or_html(values[match[1]], html=html)
            bare = alone or not text or "\n" in text or not (rtl or has_rtl(text))
            return text if bare else f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"

        return PLACEHOLDER.sub(piece, line)

    return "\n".join(fill(line) for line in template.split("\n"))


def _plain_or_html(value: object, *, html: bool) -> str:
    if isinstance(value, Safe):
        return str(value) if html else unescape(TAG.sub("", value))
    text = strip_controls(str(value))[0]
    return escape(text, quote=False) if html else text
