"""Message texts as Telegram reads them: HTML into plain text and entities, lengths in UTF-16 units.

The tags, the entities and the error sentences follow the Bot API's "Formatting options" and tdlib's HTML reader.
Two things are stricter here on purpose: other tags inside `code` or `pre`, and a `blockquote` inside another one,
are refused, where Telegram silently drops the inner formatting.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from bot.sandbox.refusals import Refusal, bad_request

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_ENTITIES = 100

_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
_ENTITY_TYPES = {
    *_TAGS.values(),
    "expandable_blockquote",
    "text_mention",
    "mention",
    "hashtag",
    "cashtag",
} | {
    "bot_command",
    "url",
    "email",
    "phone_number",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_CHARACTER = re.compile(r"&(?:#(?P<decimal>\d{1,7})|#[xX](?P<hex>[0-9a-fA-F]{1,6})|(?P<name>lt|gt|amp|quot));?")
_ATTRIBUTE = re.compile(r"""\s+([^\s=>"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9.\-_]+)))?""")
_DETECTED = re.compile(
    r"(?P<url>(?:https?://|www\.)[^\s<>\"]+[^\s<>\".,;:!?()\[\]'»”’]"
    r"|(?<![\w@./-])(?:[a-z0-9-]+\.)+(?:com|org|net|uk|info|example|me)\b(?:/[^\s<>\"]*[\w/])?)"
    r"|(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?<![\w/<>])(?P<bot_command>/[A-Za-z0-9_]{1,32}(?:@[A-Za-z0-9_]{3,32})?)(?![\w/])"
    r"|(?<!\w)(?P<mention>@[A-Za-z][A-Za-z0-9_]{3,31})\b"
    r"|(?<!\w)(?P<hashtag>#\w+)",
    re.IGNORECASE,
)
# tdlib's clean_input_string: control characters become spaces, carriage returns go, and so do the line separators
# and the old embedding and override marks of bidirectional text (isolates, LRM and RLM stay).
_CLEAN = {n: " " for n in range(32) if n != 10} | {13: None} | dict.fromkeys(range(0x2028, 0x202F))


class Text(NamedTuple):
    """A text after parsing, with its entities as Bot API objects; shared between messages, never changed."""

    plain: str
    entities: list[dict[str, Any]]


@dataclass(slots=True)
class _Open:
    tag: str
    entity: dict[str, Any]


def units(text: str) -> int:
    """The length of a text in UTF-16 code units, as Telegram counts."""
    return len(text) if text.isascii() else len(text) + sum(1 for c in text if ord(c) > 0xFFFF)


def read_text(source: str, parse_mode: str | None = None, entities: list[Any] | None = None) -> Text:
    """Parses and tidies a text as Telegram would; raises Refusal for markup that it would refuse."""
    if parse_mode:
        if parse_mode.lower() != "html":
            raise bad_request("unsupported parse_mode")
        return _read_html(source)
    if entities:
        plain = source.translate(_CLEAN)
        return Text(plain, _given_entities(plain, entities))
    return _read_plain(source)


def message_text(source: str, parse_mode: str | None = None, entities: list[Any] | None = None) -> Text:
    """A message's text: 1 to 4096 units after parsing."""
    text = read_text(source, parse_mode, entities)
    if not text.plain:
        raise bad_request("message text is empty")
    if units(text.plain) > MAX_TEXT:
        raise bad_request("message is too long")
    return text


def caption_text(source: str, parse_mode: str | None = None, entities: list[Any] | None = None) -> Text:
    """A caption: 0 to 1024 units after parsing."""
    text = read_text(source, parse_mode, entities)
    if units(text.plain) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return text


@lru_cache(maxsize=512)
def _read_plain(source: str) -> Text:
    plain = source.translate(_CLEAN).strip()
    return Text(plain, detect(plain))


@lru_cache(maxsize=512)
def _read_html(source: str) -> Text:
    reader = _HtmlReader(source)
    plain, entities = reader.read()
    plain, entities = _trim(plain, entities)
    if len(entities) > MAX_ENTITIES:
        entities = entities[:MAX_ENTITIES]
    taken = [(e["offset"], e["offset"] + e["length"]) for e in entities if e["type"] in ("code", "pre", "text_link")]
    found = [e for e in detect(plain) if not any(start <= e["offset"] < end for start, end in taken)]
    return Text(plain, sorted([*entities, *found], key=lambda e: (e["offset"], -e["length"])))


def detect(plain: str) -> list[dict[str, Any]]:
    """The entities that Telegram finds by itself: links, addresses, commands, mentions, hashtags."""
    return [
        {"type": str(m.lastgroup), "offset": units(plain[: m.start()]), "length": units(m.group())}
        for m in _DETECTED.finditer(plain)
    ]


def _trim(plain: str, entities: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """Strips white space at both ends and moves the entities along; empty ones are dropped."""
    shift = units(plain) - units(plain.lstrip())
    trimmed = plain.strip()
    end = units(trimmed)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - shift, 0)
        stop = min(entity["offset"] + entity["length"] - shift, end)
        if stop > start:
            kept.append({**entity, "offset": start, "length": stop - start})
    return trimmed, kept


def _given_entities(plain: str, entities: list[Any]) -> list[dict[str, Any]]:
    length = units(plain)
    for entity in entities:
        if not isinstance(entity, dict) or entity.get("type") not in _ENTITY_TYPES:
            raise bad_request("can't parse entities: unknown MessageEntity type")
        start, size = entity.get("offset"), entity.get("length")
        if not (isinstance(start, int) and isinstance(size, int) and start >= 0 and start + size <= length):
            raise bad_request("can't parse entities: MessageEntity is out of the text")
    return entities


def _link(url: str) -> str | None:
    """A link as Telegram keeps it: web, tg, mail and phone addresses; anything else loses its link."""
    if re.match(r"(?:https?|tg|tonsite)://[^\s/]+|mailto:\S+@|tel:\+?\d", url, re.IGNORECASE):
        return url
    if re.match(r"[\w-]+(\.[\w-]+)+(/|$)", url):
        return f"http://{url}"
    return None


class _HtmlReader:
    """One pass over an HTML text, keeping a stack of open tags."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.parts: list[str] = []
        self.size = 0
        self.open: list[_Open] = []
        self.entities: list[dict[str, Any]] = []

    def read(self) -> tuple[str, list[dict[str, Any]]]:
        at = 0
        while at < len(self.source):
            character = self.source[at]
            if character == "<":
                at = self._end_tag(at) if self.source.startswith("</", at) else self._start_tag(at)
            elif character == "&":
                at = self._character(at)
            else:
                stop = next((i for i in range(at, len(self.source)) if self.source[i] in "<&"), len(self.source))
                self._add(self.source[at:stop])
                at = stop
        if self.open:
            raise self._wrong(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        self.entities.sort(key=lambda e: (e["offset"], -e["length"]))
        return "".join(self.parts), self.entities

    def _add(self, text: str) -> None:
        text = text.translate(_CLEAN)
        self.parts.append(text)
        self.size += units(text)

    def _wrong(self, reason: str, at: int | None = None) -> Refusal:
        place = "" if at is None else f" at byte offset {len(self.source[:at].encode(errors='replace'))}"
        return bad_request(f"can't parse entities: {reason}{place}")

    def _character(self, at: int) -> int:
        match = _CHARACTER.match(self.source, at)
        code = _code_point(match) if match else None
        if match is None or code is None:
            self._add("&")
            return at + 1
        self._add(code)
        return match.end()

    def _start_tag(self, at: int) -> int:
        name = re.compile(r"[^\s>]*").match(self.source, at + 1)
        tag = name.group().lower() if name else ""
        position = at + 1 + len(tag)
        if position >= len(self.source):
            raise self._wrong("Unclosed start tag", at)
        if tag not in _TAGS:
            raise self._wrong(f'Unsupported start tag "{tag}"', at)
        attributes: dict[str, str] = {}
        while match := _ATTRIBUTE.match(self.source, position):
            attributes[match[1].lower()] = match[2] or match[3] or match[4] or ""
            position = match.end()
        closed = re.compile(r"\s*>").match(self.source, position)
        if not closed:
            raise self._wrong(f'Unclosed start tag "{tag}"', at)
        self._push(tag, attributes, at)
        return closed.end()

    def _push(self, tag: str, attributes: dict[str, str], at: int) -> None:
        entity: dict[str, Any] = {"type": _TAGS[tag], "offset": self.size}
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self._wrong('Tag "span" must have class "tg-spoiler"', at)
        if tag == "a":
            entity["url"] = "".join(_unescape(attributes.get("href", "")))
        if tag == "blockquote" and "expandable" in attributes:
            entity["type"] = "expandable_blockquote"
        if tag == "tg-emoji":
            entity["custom_emoji_id"] = attributes.get("emoji-id", "")
        self._check_nesting(tag, attributes, at)
        self.open.append(_Open(tag, entity))

    def _check_nesting(self, tag: str, attributes: dict[str, str], at: int) -> None:
        inside = [o.tag for o in self.open]
        if "blockquote" in inside and tag == "blockquote":
            raise self._wrong("blockquote entities can't be nested", at)
        if "pre" not in inside and "code" not in inside:
            return
        outer = self.open[-1]
        if not (tag == "code" and outer.tag == "pre" and outer.entity["offset"] == self.size):
            raise self._wrong(f'Tag "{tag}" can\'t be inside "{outer.tag}"', at)
        language = attributes.get("class", "")
        if language.startswith("language-"):
            outer.entity["language"] = language.removeprefix("language-")

    def _end_tag(self, at: int) -> int:
        stop = self.source.find(">", at)
        if not self.open:
            raise self._wrong("Unexpected end tag", at)
        if stop < 0:
            raise self._wrong("Unclosed end tag", at)
        tag = self.source[at + 2 : stop].strip().lower()
        last = self.open.pop()
        if tag != last.tag:
            reason = f"Unmatched end tag at byte offset {len(self.source[:at].encode(errors='replace'))}"
            raise self._wrong(f'{reason}, expected "</{last.tag}>", found "</{tag}>"')
        self._close(last)
        return stop + 1

    def _close(self, last: _Open) -> None:
        entity = last.entity
        entity["length"] = self.size - entity["offset"]
        if last.tag == "code" and self.open and self.open[-1].tag == "pre":
            return
        if last.tag == "a":
            url = _link(entity["url"] or "".join(self.parts)[-entity["length"] :])
            if url is None:
                return
            entity["url"] = url
        if entity["length"]:
            self.entities.append(entity)


def _code_point(match: re.Match[str]) -> str | None:
    if match["name"]:
        return _NAMED[match["name"]]
    number = int(match["decimal"]) if match["decimal"] else int(match["hex"], 16)
    if number == 0 or number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
        return None
    return chr(number)


def _unescape(value: str) -> str:
    return _CHARACTER.sub(lambda m: _code_point(m) or m.group(), value)
