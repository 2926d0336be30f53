"""JSON that never surprises: fast for what is well formed, patient with lone surrogates, one error for the rest."""

import json
import re
from typing import Any

import orjson

_SURROGATE = re.compile("[\ud800-\udfff]")


def decode(raw: bytes) -> Any:
    """The value of a JSON document. Raises ValueError for everything that is not one.

    orjson refuses a lone surrogate (`"\\ud800"`) and invalid UTF-8, which a hostile or broken client can bring into an
    update; those are read by the standard library, more slowly. Strings may then hold lone surrogates: see `mend`.
    """
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(raw.decode("utf-8", "replace"), parse_constant=_no_constant)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def encode(value: Any) -> bytes:
    """The value as JSON; a lone surrogate stays an escape."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value).encode()


def mend(text: str) -> str:
    """The text with each lone surrogate replaced by U+FFFD, so that it can be encoded; its length stays the same."""
    return text if text.isascii() else _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")
