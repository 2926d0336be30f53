"""What speaks against answering by itself, although two texts are near: vectors see no negation, number, day, illness.

"The water is safe" lies as near to "the water is poisoned" as another wording of it. So before anything is answered by
itself, both texts are read for words that contradict each other (`cues.py`). What contradicts is shown to people.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.matching import cues

_NUMBER = re.compile(r"\d+(?:[.,٬٫'’ ]\d{3})*(?:[.,]\d{1,2})?")
_APOSTROPHES = re.compile(r"['’ʼ`]")
_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Signs:
    """What a text says besides its subject."""

    denies: bool
    poles: tuple[int, ...]
    """For each pair of opposites: 1 the first, -1 the second, 0 neither or both."""
    numbers: frozenset[str]
    days: frozenset[int]
    months: frozenset[int]
    illnesses: frozenset[int]


def against(text: str, known: Sequence[str], *, facts_only: bool = False) -> str:
    """What contradicts, in a word, or "" where one of these known texts (of one answer) agrees with the text.

    `facts_only`: numbers, days, months and illnesses alone. A vetted message denies the rumour that it answers: it is
    meant to.
    """
    if not known:
        return ""
    mine = signs(text)
    found = [_against(mine, signs(each), facts_only=facts_only) for each in known]
    return "" if "" in found else found[0]


def _against(one: Signs, other: Signs, *, facts_only: bool) -> str:
    for name in ("numbers", "days", "months", "illnesses"):
        mine, theirs = getattr(one, name), getattr(other, name)
        if mine and theirs and not (mine <= theirs or theirs <= mine):
            return name
    return "" if facts_only else _opposed(one, other)


def _opposed(one: Signs, other: Signs) -> str:
    decided = [a * b for a, b in zip(one.poles, other.poles, strict=True) if a and b]
    if decided:
        return "opposite" if min(decided) < 0 or one.denies != other.denies else ""
    if (one.poles[_TRUTH] < 0) != (other.poles[_TRUTH] < 0):
        return "denial"
    return "negation" if one.denies != other.denies else ""


_TRUTH = 3


@lru_cache(maxsize=512)
def signs(text: str) -> Signs:
    """The signs in a text."""
    low = unicodedata.normalize("NFKC", text[:1500]).casefold()
    words = _words(low)
    return Signs(
        denies=_denies(low, words),
        poles=tuple(_has(first, words, low) - _has(second, words, low) for first, second in _POLES),
        numbers=_numbers(low),
        days=frozenset(each for each, cue in enumerate(_DAYS) if _has(cue, words, low)),
        months=frozenset(each for each, cue in enumerate(_MONTHS) if _has(cue, words, low)),
        illnesses=frozenset(each for each, cue in enumerate(_ILLNESSES) if _has(cue, words, low)),
    )


def _denies(low: str, words: Sequence[str]) -> bool:
    language = _language(words)
    said = _FORBID[language].sub(" ", low) if language in _FORBID else low
    return language in _NOT and _has(_NOT[language], _words(said), said)


def _language(words: Sequence[str]) -> str:
    """Whose list of words to use: by the script, and where several share one, by the most frequent words."""
    letter = next((each[0] for each in words if each[0].isalpha()), "")
    if not letter:
        return ""
    script = unicodedata.name(letter, "").split(" ")[0]
    if script in cues.SCRIPTS:
        return cues.SCRIPTS[script]
    counts = {language: sum(each in common for each in words) for language, common in _COMMON.items()}
    best = max(counts, key=lambda each: counts[each])
    return best if counts[best] else _ALONE.get(script, "")


def _numbers(low: str) -> frozenset[str]:
    digits = "".join(str(unicodedata.digit(each)) if unicodedata.category(each) == "Nd" else each for each in low)
    found = (
        re.sub(r"\D", "", re.sub(r"[.,]\d{1,2}$", "", each)).lstrip("0") or "0" for each in _NUMBER.findall(digits)
    )
    return frozenset(each for each in found if each)


def _words(low: str) -> list[str]:
    joined = _APOSTROPHES.sub("", low)
    kept = [each if unicodedata.category(each)[0] in "LMN" or each == "\u200c" else " " for each in joined]
    return "".join(kept).split()


@dataclass(frozen=True, slots=True)
class _Cues:
    whole: frozenset[str]
    beginnings: tuple[str, ...]
    ends: tuple[str, ...]
    inside: tuple[str, ...]
    """Several words, and signs of scripts that part no words."""


def _cues(*lists: str) -> _Cues:
    every = {each.casefold() for listed in lists for each in listed.split()}
    inside = {each for each in every if "_" in each or _HAN.search(each)}
    rest = {_APOSTROPHES.sub("", each) for each in every - inside}
    return _Cues(
        whole=frozenset(each for each in rest if "*" not in each),
        beginnings=tuple(each[:-1] for each in rest if each.endswith("*")),
        ends=tuple(each[1:] for each in rest if each.startswith("*")),
        inside=tuple(each.replace("_", " ") for each in inside),
    )


def _has(cues_: _Cues, words: Iterable[str], low: str) -> bool:
    if any(each in low for each in cues_.inside):
        return True
    return any(
        each in cues_.whole or each.startswith(cues_.beginnings) or (len(each) > 4 and each.endswith(cues_.ends))
        for each in words
    )


_NOT = {language: _cues(words) for language, words in cues.NOT.items()}
_FORBID = {language: re.compile(pattern) for language, pattern in cues.FORBID.items()}
_COMMON = {
    language: frozenset(words.split()) | _NOT[language].whole
    for language, words in cues.COMMON.items()
    if language in _NOT
}
_ALONE = {"BENGALI": "bn", "DEVANAGARI": "hi", "CYRILLIC": "ru", "ARABIC": "ur", "ETHIOPIC": "am"}
_POLES = tuple((_cues(first), _cues(second)) for first, second in cues.POLES)
_DAYS = tuple(_cues(each) for each in cues.DAYS)
_MONTHS = tuple(_cues(each) for each in cues.MONTHS)
_ILLNESSES = tuple(_cues(each) for each in cues.ILLNESSES)
