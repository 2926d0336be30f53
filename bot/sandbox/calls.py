"""Calls of the Bot API as functions: a method's signature declares its parameters, and nothing else is accepted.

Telegram ignores parameters that it does not know; the stand-in refuses them, so that a misspelt one is noticed.
A parameter whose type is a dataclass stands for the fields of that dataclass.
"""

import dataclasses
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import orjson

from bot.sandbox.refusals import bad_request

ChatId = int | str
Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    data: bytes


InputFile = Upload | str


@dataclass(slots=True)
class Arguments:
    """What came with a call: plain values (texts from a form, JSON values from JSON) and files."""

    values: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)

    def resolve(self, given: Any) -> InputFile:
        """A file by its reference: `attach://name` is a file of this call, anything else an id or address."""
        if isinstance(given, str) and given.startswith("attach://"):
            upload = self.files.get(given.removeprefix("attach://"))
            if upload is None:
                raise bad_request("attached file not found")
            return upload
        if isinstance(given, str | Upload) and given:
            return given
        raise bad_request("wrong file identifier/HTTP URL specified")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A declared parameter: its name, how to read it, and its default (`inspect.Parameter.empty`: required)."""

    name: str
    read: Callable[[str, Any], Any]
    default: Any


@dataclass(frozen=True, slots=True)
class Group:
    """Parameters that one dataclass argument gathers."""

    name: str
    shape: type
    parameters: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True)
class Method:
    """A Bot API method: its name, its function, and what it accepts."""

    name: str
    function: Callable[..., Any]
    plain: tuple[Parameter, ...]
    groups: tuple[Group, ...]
    wants_arguments: bool
    names: frozenset[str]

    def bind(self, given: Arguments) -> dict[str, Any]:
        """The keyword arguments for the function; raises Refusal for unknown, missing or unreadable ones."""
        for name in given.values.keys() - self.names:
            raise bad_request(f'unknown parameter "{name}" of {self.name}')
        self._check_files(given)
        bound = {p.name: _value(p, given) for p in self.plain}
        for group in self.groups:
            bound[group.name] = group.shape(**{p.name: _value(p, given) for p in group.parameters})
        if self.wants_arguments:
            bound["arguments"] = given
        return bound

    def _check_files(self, given: Arguments) -> None:
        for name in given.files.keys() - self.names:
            if not any(f"attach://{name}" in value for value in given.values.values() if isinstance(value, str)):
                raise bad_request(f'unknown file "{name}" for {self.name}')


METHODS: dict[str, Method] = {}


def method(name: str) -> Callable[[Function], Function]:
    """Registers a function as the Bot API method `name`; its keyword parameters are the method's parameters."""

    def register(function: Function) -> Function:
        METHODS[name.lower()] = _describe(name, function)
        return function

    return register


def _describe(name: str, function: Callable[..., Any]) -> Method:
    hints = get_type_hints(function)
    plain, groups, wants_arguments = [], [], False
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        hint = hints[parameter.name]
        if hint is Arguments:
            wants_arguments = True
        elif dataclasses.is_dataclass(hint) and isinstance(hint, type) and hint is not Upload:
            groups.append(_group(parameter.name, hint))
        else:
            plain.append(Parameter(parameter.name, _reader(hint), parameter.default))
    names = {p.name for p in plain} | {p.name for g in groups for p in g.parameters}
    return Method(name, function, tuple(plain), tuple(groups), wants_arguments, frozenset(names))


def _group(name: str, shape: type) -> Group:
    hints = get_type_hints(shape)
    fields = dataclasses.fields(shape)
    empty = inspect.Parameter.empty
    parameters = tuple(
        Parameter(f.name, _reader(hints[f.name]), empty if f.default is dataclasses.MISSING else f.default)
        for f in fields
    )
    return Group(name, shape, parameters)


def _value(parameter: Parameter, given: Arguments) -> Any:
    raw = given.values.get(parameter.name)
    if raw is None:
        raw = given.files.get(parameter.name)
    if raw is None or (raw == "" and parameter.read is not _text):
        if parameter.default is inspect.Parameter.empty:
            raise bad_request(f"{parameter.name} is empty")
        return parameter.default
    if parameter.read is _file:
        return given.resolve(raw)
    return parameter.read(parameter.name, raw)


def _wrong(name: str, expected: str) -> Exception:
    return bad_request(f'invalid value of parameter "{name}": {expected} expected')


def _text(name: str, raw: Any) -> str:
    if not isinstance(raw, str):
        raise _wrong(name, "String")
    return raw


def _integer(name: str, raw: Any) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.removeprefix("-").isdecimal() and raw.isascii():
        return int(raw)
    raise _wrong(name, "Integer")


def _chat_id(name: str, raw: Any) -> ChatId:
    return raw if isinstance(raw, str) and raw.startswith("@") else _integer(name, raw)


def _truth(name: str, raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.lower() in ("true", "false", "1", "0"):
        return raw.lower() in ("true", "1")
    raise _wrong(name, "Boolean")


def _json(name: str, raw: Any) -> Any:
    if not isinstance(raw, str):
        return raw
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None


def _object(name: str, raw: Any) -> dict[str, Any]:
    value = _json(name, raw)
    if not isinstance(value, dict):
        raise bad_request(f"object expected as {name.replace('_', ' ')}")
    return value


def _list(name: str, raw: Any) -> list[Any]:
    value = _json(name, raw)
    if not isinstance(value, list):
        raise _wrong(name, "Array")
    return value


def _file(name: str, raw: Any) -> InputFile:
    raise AssertionError(f"{name}: files are resolved by their call, not from {type(raw).__name__}")


_READERS: tuple[tuple[Any, Callable[[str, Any], Any]], ...] = (
    (str, _text),
    (bool, _truth),
    (int, _integer),
    (ChatId, _chat_id),
    (InputFile, _file),
    (dict[str, Any], _object),
    (list[Any], _list),
)


def _reader(hint: Any) -> Callable[[str, Any], Any]:
    """How to read a parameter of this type; `| None` makes no difference."""
    if get_origin(hint) in (Union, UnionType) and type(None) in get_args(hint):
        rest = [argument for argument in get_args(hint) if argument is not type(None)]
        hint = Union[tuple(rest)]  # noqa: UP007 (built from a list)
    for known, read in _READERS:
        if hint == known:
            return read
    raise TypeError(f"no way to read a parameter of type {hint!r}")
