"""The ready shelf: what is recorded ahead holds nothing that only the day will tell."""

import re
from collections.abc import Sequence

from bot.domain.facts import Fact
from bot.domain.renditions import SOURCE_LANGUAGE
from bot.library.fields import Fields
from bot.library.pack import RecordingFile, RenditionFile

SHELVES = ("flood", "heat", "power-cut", "unrest", "wait")
_NUMBER = re.compile(r"\d")
"""A digit of any script (Unicode category Nd)."""
_DAY = re.compile(
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:january|february|april|june|july|august|september|october|"
    r"november|december|today|tonight|tomorrow|yesterday)\b",
    re.IGNORECASE,
)
"""March and May are words of other meanings too, and stay out."""


def read_shelf(fields: Fields) -> tuple[str | None, tuple[str, ...]]:
    """What it is made ready for, and which facts it asks for; neither where it does not stand on the shelf."""
    if "shelf" not in fields.values:
        if "asks" in fields.values:
            fields.error("'asks' belongs to a message of the ready shelf: say which one with 'shelf'.", "asks")
        return None, ()
    shelf = fields.label("shelf", limit=20)
    if shelf not in SHELVES:
        fields.error(f"'shelf' is one of {', '.join(SHELVES)}.", "shelf")
    asks = fields.values.get("asks", [])
    if not isinstance(asks, list) or any(each not in list(Fact) for each in asks):
        fields.error(f"'asks' is a list of {', '.join(Fact)}.", "asks")
        return shelf, ()
    return shelf, tuple(str(each) for each in asks)


def check_shelf(fields: Fields, renditions: Sequence[RenditionFile], recordings: Sequence[RecordingFile]) -> None:
    """Report every text and recording that holds a number, a weekday or a month."""
    texts = [(each.language, each.text) for each in renditions]
    texts += [(f"recording {each.name}", f"{each.text}\n{each.english}") for each in recordings]
    for name, text in texts:
        if _NUMBER.search(text):
            fields.error(f"A message of the ready shelf holds no number ({name}): make it a fact to fill in.", "shelf")
    for each in renditions:
        if each.language == SOURCE_LANGUAGE and _DAY.search(each.text):
            fields.error("A message of the ready shelf names no day and no month: make it a fact to fill in.", "shelf")
