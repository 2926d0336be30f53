"""Right-to-left text: isolating what is inserted, cleaning what people send (Unicode UAX #9, UTS #51)."""

import re
import unicodedata

FIRST_STRONG_ISOLATE = "\u2068"
POP_ISOLATE = "\u2069"

# Overrides and embeddings can make a text read as something else; isolates that arrive from outside would
# break ours; zero width space, word joiner and BOM split words unseen. ZWNJ, ZWJ, LRM and RLM stay: Persian,
# Urdu, Kurdish, Pashto, Bengali and Nepali are misspelt without them.
_UNSAFE = re.compile("[\0\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]")

# The flags of England, Scotland and Wales: a black flag, the region's letters as tag characters, a cancel tag
_REGION_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f")


def isolate(value: str) -> str:
    """The value between FSI and PDI, so that its direction cannot disturb the text around it.

    Directional controls inside the value are dropped first: one of them could end the isolate early.
    """
    return f"{FIRST_STRONG_ISOLATE}{strip_controls(value)[0]}{POP_ISOLATE}"


def strip_controls(text: str) -> tuple[str, list[str]]:
    """Text from outside without invisible characters that reorder or hide, and what was removed.

    The removed characters are named in their order, like `U+202E`, so that a moderator can be shown them.
    Flag emoji keep their tag characters.
    """
    clean: list[str] = []
    removed: list[str] = []
    end = 0
    for flag in _REGION_FLAG.finditer(text):
        clean += [_without_unsafe(text[end : flag.start()], removed), flag.group()]
        end = flag.end()
    clean.append(_without_unsafe(text[end:], removed))
    return "".join(clean), removed


def _without_unsafe(text: str, removed: list[str]) -> str:
    removed += [f"U+{ord(character):04X}" for character in _UNSAFE.findall(text)]
    return _UNSAFE.sub("", text)


def has_rtl(text: str) -> bool:
    """Whether any letter in the text is written from right to left."""
    return any(unicodedata.bidirectional(character) in {"R", "AL"} for character in text)


def first_strong(text: str) -> str | None:
    """`ltr` or `rtl` by the first letter with a direction, as chat apps choose a line's side; else None."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in {"L", "R", "AL"}:
            return "ltr" if kind == "L" else "rtl"
    return None


def utf16_len(text: str) -> int:
    """Length in UTF-16 units, which is how Telegram counts its limits (4096 a text, 1024 a caption)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
