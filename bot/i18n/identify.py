"""In which language a text is: a guess with its confidence, and `None` rather than a wrong one.

The script decides first (most of the registry's languages have one of their own, or letters of their own), then words
and letters that only one of two neighbours has, then py3langid (BSD licence; its model is in the wheel) among what is
left. The model is loaded when the first text needs it: about half a second and 110 MB.

Measured by `make bench-languages`; figures and sources in tests/tools/languages/README.md.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Protocol

from bot.i18n.bidi import strip_controls


class _Model(Protocol):
    def rank(self, text: str) -> list[tuple[str, float]]: ...


THRESHOLD = 0.4
"""Below this share of the model's belief no guess is made in Latin letters, where romanised texts lie (median 0.2)."""
OWN_SCRIPT_THRESHOLD = 0.3
"""The same in other scripts, where nothing is romanised and few languages are left to choose from."""
CERTAIN = 0.99
_LONGEST = 400
"""Characters that are looked at: more changes nothing, and somebody may send a whole book."""
_FEWEST = 3
"""Letters that are needed for a guess (Han characters: 1)."""


@dataclass(frozen=True, slots=True)
class Guess:
    """`language` is None where it is unknown; `choices` are the likely ones, best first, to choose from."""

    language: str | None
    choices: tuple[str, ...]
    confidence: float


UNKNOWN = Guess(None, (), 0.0)


@dataclass(frozen=True, slots=True)
class _Known:
    """What only one of two neighbours has (identify.json; where it is from: tests/tools/languages/README.md)."""

    words: dict[str, frozenset[str]]
    romanised: dict[str, frozenset[str]]
    simplified: frozenset[str]
    traditional: frozenset[str]
    cantonese: frozenset[str]
    tigrinya: dict[str, float]
    """How much a piece of a word speaks for Tigrinya (above 0) or for Amharic."""


@cache
def _known() -> _Known:
    data = json.loads((Path(__file__).parent / "identify.json").read_text("utf-8"))
    words, romanised = ({tag: frozenset(those) for tag, those in data[part].items()} for part in ("words", "romanised"))
    return _Known(
        words,
        romanised,
        frozenset(data["simplified"]),
        frozenset(data["traditional"]),
        frozenset(data["cantonese"]),
        data["tigrinya"],
    )


_NOISE = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|[@#/]\w+|\d+|_+")
_SCRIPTS: dict[str, re.Pattern[str]] = {
    "Latn": re.compile("[A-Za-z\u00aa-\u024f\u1e00-\u1eff\uff21-\uff5a]"),
    "Arab": re.compile("[\u0620-\u064a\u066e-\u06d3\u06d5\u06fa-\u06ff\u0750-\u077f\u08a0-\u08c9\ufb50-\ufefc]"),
    "Cyrl": re.compile("[\u0400-\u052f]"),
    "Deva": re.compile("[\u0904-\u0939\u0958-\u0961\u0972-\u097f]"),
    "Beng": re.compile("[\u0985-\u09b9\u09ce\u09dc-\u09e1\u09f0\u09f1]"),
    "Guru": re.compile("[\u0a05-\u0a39\u0a59-\u0a5e\u0a72-\u0a74]"),
    "Gujr": re.compile("[\u0a85-\u0ab9\u0ae0\u0ae1]"),
    "Taml": re.compile("[\u0b83-\u0bb9\u0bd0]"),
    "Ethi": re.compile("[\u1200-\u135a\u1380-\u138f\u2d80-\u2dde]"),
    "Hani": re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002fa1f]"),
    "none": re.compile(
        "[\u0370-\u03ff\u0530-\u058f\u0590-\u05ff\u0700-\u07ff\u0b05-\u0b71\u0c05-\u0dff\u0e01-\u11ff\u1400-\u18ff"
        "\u3040-\u31ff\uac00-\ud7a3]"
    ),
}  # fmt: skip
"""The letters of each script; `none` are those of languages that the registry does not have."""
_ALONE = {"Guru": "pa", "Gujr": "gu", "Taml": "ta"}
"""Scripts that one language of the registry is written in, and hardly any other."""
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")

_TAGS = {
    "en": "en-GB", "ku": "kmr", "sdh": "ckb", "zh": "zh-Hans", "ary": "ar", "arz": "ar",
    **{tag: tag for tag in (
        "pl", "ro", "so", "pt", "es", "it", "fr", "lt", "lv", "tr", "sk", "cs", "hu", "vi", "sq", "ar", "fa", "ps",
        "ur", "ru", "uk", "bg", "hi", "ne",
    )},
}  # fmt: skip
"""py3langid's names for the registry's languages."""
_BESIDE = {"cs": ("sk",), "sk": ("cs",)}
"""Neighbours that are always offered as well: short texts are often the same in both."""


def identify(text: str, own: Sequence[str] = ()) -> Guess:
    """The language of a text. `own` are those of its sender: they count as likely, and come first where it is unknown.

    Never raises. Romanised Urdu, Punjabi and Bengali are unknown: no offline package tells them apart.
    """
    clean = _NOISE.sub(" ", strip_controls(text)[0])[:_LONGEST]
    script, letters = _script(clean)
    if script == "none" or letters < (1 if script == "Hani" else _FEWEST):
        return replace(UNKNOWN, choices=tuple(own))
    return _with_own(_of_script(script, clean), own)


def load_model() -> None:
    """Load the model now rather than with the first text."""
    _model()


class Identifier:
    """For a process that must not wait for the model: it is loaded beside its work, and guesses are made after that."""

    def __init__(self) -> None:
        self._loading: Thread | None = None

    def warm(self) -> None:
        """Begin to load the model, if that has not begun; a text to identify may come soon."""
        if self._loading is None:
            self._loading = Thread(target=load_model, name="languages", daemon=True)
            self._loading.start()

    def guess(self, text: str, own: Sequence[str]) -> Guess | None:
        """The language of a text as `identify` says it; None as long as the model is not there."""
        self.warm()
        loaded = self._loading is not None and not self._loading.is_alive()
        return identify(text, own) if loaded else None


def _script(text: str) -> tuple[str, int]:
    """The script of a text and how many letters of it there are; names in Latin letters inside it do not count."""
    found = {name: len(pattern.findall(text)) for name, pattern in _SCRIPTS.items()}
    latin = found.pop("Latn")
    name = max(found, key=lambda each: found[each])
    weight = 3 if name == "Hani" else 1
    return ("Latn", latin) if latin > 2 * weight * found[name] else (name, found[name])


def _of_script(script: str, text: str) -> Guess:
    if script in _ALONE:
        return _certain(_ALONE[script])
    match script:
        case "Beng":
            return UNKNOWN if re.search("[\u09f0\u09f1]", text) else _certain("bn")  # Assamese has its own ra and wa
        case "Ethi":
            return _ethiopic(text)
        case "Hani":
            return _han(text)
        case "Arab":
            return _arabic(text)
        case "Latn":
            return _latin(text)
    return _cyrillic(text) if script == "Cyrl" else _by_model(text, _DEVANAGARI)


def _certain(*tags: str) -> Guess:
    return Guess(tags[0], tags, CERTAIN)


def _with_own(guess: Guess, own: Sequence[str]) -> Guess:
    """Between likely ones the sender's own language wins; where nothing is known it is only offered first."""
    mine = [tag for tag in own if tag in guess.choices]
    if mine and guess.confidence > 0:
        return replace(guess, language=mine[0], choices=_first(mine[0], guess.choices))
    if guess.language is not None:
        return guess
    return replace(guess, choices=tuple(dict.fromkeys((*own, *guess.choices))))


def _first(tag: str, tags: Iterable[str]) -> tuple[str, ...]:
    return (tag, *(each for each in tags if each != tag))


# Scripts that two languages of the registry share


def _ethiopic(text: str) -> Guess:
    weights, padded = _known().tigrinya, f" {' '.join(text.split())} "
    pieces = {padded[at : at + size] for size in (1, 2, 3) for at in range(len(padded) - size + 1)}
    score = sum(weights.get(piece, 0.0) for piece in pieces)
    first, second = ("ti", "am") if score > 0 else ("am", "ti")
    sure = abs(score) > 4
    return Guess(first, (first,) if sure else (first, second), CERTAIN if sure else 0.7)


_UKRAINIAN = re.compile("[\u0456\u0457\u0454\u0491]", re.I)
_RUSSIAN = re.compile("[\u044b\u044d\u0451]", re.I)
_OTHER_CYRILLIC = re.compile("[\u045e\u0458\u0459\u045a\u045c\u0453\u0452\u045b\u045f\u0492-\u052f]", re.I)
"""Letters of Belarusian, Serbian, Macedonian, Kazakh, Tajik and others, which the registry does not have."""


def _cyrillic(text: str) -> Guess:
    if _OTHER_CYRILLIC.search(text):
        return UNKNOWN
    ukrainian, russian = len(_UKRAINIAN.findall(text)), len(_RUSSIAN.findall(text))
    if ukrainian > russian:
        return _certain("uk")
    return _certain("ru") if russian > ukrainian else _by_model(text, _CYRILLIC)


def _han(text: str) -> Guess:
    if re.search("[\u3040-\u30ff]", text):
        return UNKNOWN  # Japanese
    known = _known()
    simplified, traditional, spoken = (
        sum(character in those for character in text)
        for those in (known.simplified, known.traditional, known.cantonese)
    )
    if traditional + spoken > simplified:
        return _certain("zh-Hant", "yue") if spoken else _certain("zh-Hant")
    if simplified > traditional:
        return _certain("zh-Hans")
    return Guess("zh-Hans", ("zh-Hans", "zh-Hant"), 0.6)


_SORANI = re.compile("[\u06ce\u06c6\u06b5\u0695\u06d5]")
_PASHTO = re.compile("[\u069a\u067c\u0689\u0693\u06d0\u06cd\u0685\u0681\u06bc\u0696\u06ab]")
_URDU = re.compile("[\u0679\u0688\u0691\u06ba\u06d2\u06be\u06c1]")
_ELSEWHERE = re.compile(
    "[\u067b\u0680\u067a\u067d\u067f\u0684\u0683\u068d\u068c\u068f\u068a\u0699\u06a6\u06b3\u06b1\u06bb\u06c8\u06cb]"
)
"""Letters of Sindhi and Uyghur, which the registry does not have."""
_SHAHMUKHI_LETTERS = re.compile("[\u0768\u08c7]")


def _arabic(text: str) -> Guess:
    words = _WORD.findall(text)
    if _ELSEWHERE.search(text):
        return UNKNOWN
    counts = {tag: len(pattern.findall(text)) for tag, pattern in (("ckb", _SORANI), ("ps", _PASHTO), ("ur", _URDU))}
    best = max(counts, key=lambda tag: counts[tag])
    if counts[best] and counts[best] * 2 > sum(counts.values()):
        return _urdu_or_shahmukhi(text, words) if best == "ur" else _certain(best)
    guess = _by_model(text, _ARABIC)
    if guess.language == "ur":
        return _urdu_or_shahmukhi(text, words)
    if guess.language == "fa":
        dari = sum(word in _known().words["fa-AF"] for word in words)
        return replace(guess, choices=("fa", "fa-AF")) if not dari else Guess("fa-AF", ("fa-AF", "fa"), 0.7)
    return guess


def _urdu_or_shahmukhi(text: str, words: Sequence[str]) -> Guess:
    punjabi = sum(word in _known().words["pa-Arab"] for word in words) + 2 * len(_SHAHMUKHI_LETTERS.findall(text))
    urdu = sum(word in _known().words["ur"] for word in words)
    first, second = ("pa-Arab", "ur") if punjabi > urdu else ("ur", "pa-Arab")
    return Guess(first, (first, second), CERTAIN if abs(punjabi - urdu) > 1 else 0.8)


# What the model decides

_CYRILLIC = frozenset({"ru", "uk", "bg"})
_DEVANAGARI = frozenset({"hi", "ne"})
_ARABIC = frozenset({"ar", "fa", "ps", "ur", "ckb"})
_LATIN = frozenset(_TAGS.values()) - _CYRILLIC - _DEVANAGARI - _ARABIC - {"zh-Hans"}
_SMALL = {"an": "es", "ext": "es", "gl": "pt", "ltg": "lv", "pcm": "en-GB"}
"""Small neighbours that no resident of the registry's boroughs is likely to write: half of their share counts for the
language beside them."""


def _latin(text: str) -> Guess:
    words = [word.lower() for word in _WORD.findall(text)]
    hits = {tag: sum(word in known for word in words) for tag, known in _known().romanised.items()}
    guess = _by_model(text, _LATIN)
    most = max(hits.values())
    if most >= 2 and most * 4 >= len(words) and guess.confidence < 0.98:
        likely = sorted((tag for tag in hits if hits[tag]), key=lambda tag: -hits[tag])
        return Guess(None, tuple(likely), 0.0)
    return guess


def _by_model(text: str, candidates: frozenset[str]) -> Guess:
    shares: dict[str, float] = {}
    for label, share in _model().rank(text):
        beside = _SMALL.get(label)
        tag = _TAGS.get(label, label)
        shares[tag] = shares.get(tag, 0.0) + share / (2 if beside else 1)
        if beside:
            shares[beside] = shares.get(beside, 0.0) + share / 2
    ranked = sorted(shares, key=lambda tag: -shares[tag])
    best, share = ranked[0], shares[ranked[0]]
    near = tuple(tag for tag in ranked[:4] if tag in candidates and shares[tag] > 0.1)
    if best not in candidates or share < (THRESHOLD if candidates is _LATIN else OWN_SCRIPT_THRESHOLD):
        return Guess(None, near, share if best in candidates else 0.0)
    return Guess(best, tuple(dict.fromkeys((best, *_BESIDE.get(best, ()), *near))), min(share, CERTAIN))


@cache
def _model() -> _Model:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - 110 MB that few processes need

    model: _Model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)  # type: ignore[no-untyped-call]
    return model
