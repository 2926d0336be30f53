"""Parsed text into safe HTML for the phones: everything is escaped, and tags come from entities only."""

from typing import Any

from markupsafe import Markup, escape

_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
    "spoiler": "span",
    "text_link": "a",
    "url": "a",
    "email": "a",
    "bot_command": "button",
    "mention": "span",
    "hashtag": "span",
}
_CLASSES = {"spoiler": "spoiler", "mention": "accent", "hashtag": "accent", "bot_command": "command"}
_SAFE = ("http://", "https://", "mailto:")


def safe_link(url: str) -> str | None:
    """An address that a phone may open in the browser, or nothing."""
    if url.lower().startswith(_SAFE):
        return url
    return None if ":" in url.split("/", maxsplit=1)[0] else f"http://{url}"


def rich_text(text: str, entities: list[dict[str, Any]]) -> Markup:
    """The HTML of a text; entities that overlap are closed and opened again, so tags always nest."""
    encoded = text.encode("utf-16-le")
    size = len(encoded) // 2
    known = [e for e in entities if e["type"] in _TAGS and e["offset"] >= 0 and e["offset"] + e["length"] <= size]
    known.sort(key=lambda e: (e["offset"], -e["length"]))
    marks = sorted({0, size} | {e["offset"] for e in known} | {e["offset"] + e["length"] for e in known})
    out: list[Markup] = []
    stack: list[dict[str, Any]] = []
    for start, stop in zip(marks, [*marks[1:], size], strict=True):
        _close(stack, start, out)
        for entity in known:
            if entity["offset"] == start:
                stack.append(entity)
                out.append(_opening(entity, _slice(encoded, start, start + entity["length"])))
        out.append(escape(_slice(encoded, start, stop)))
    return Markup("").join(out)


def _slice(encoded: bytes, start: int, stop: int) -> str:
    return encoded[start * 2 : stop * 2].decode("utf-16-le", errors="replace")


def _close(stack: list[dict[str, Any]], at: int, out: list[Markup]) -> None:
    """Closes what ends here; what lies above it is closed too and opened again."""
    ending = [e for e in stack if e["offset"] + e["length"] <= at]
    if not ending:
        return
    lowest = stack.index(ending[0])
    above, stack[lowest:] = stack[lowest:], []
    out.extend(Markup("</{}>").format(_tag(e)) for e in reversed(above))
    for entity in above:
        if entity not in ending:
            stack.append(entity)
            out.append(_opening(entity, entity.get("url", "")))


def _tag(entity: dict[str, Any]) -> str:
    return _TAGS[entity["type"]]


def _opening(entity: dict[str, Any], words: str) -> Markup:
    kind = entity["type"]
    if _tag(entity) == "a":
        target = f"mailto:{words}" if kind == "email" else safe_link(entity.get("url") or words)
        if target is None:
            return Markup("<a>")
        return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">').format(target)
    if kind in _CLASSES:
        return Markup('<{} class="{}">').format(_tag(entity), _CLASSES[kind])
    return Markup("<{}>").format(_tag(entity))
