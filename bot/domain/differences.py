"""What a back-translation leaves out or adds, word by word: marked for a person to judge, never judged here."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORD = re.compile(r"\w+(?:[’'.,:]\w+)*", re.UNICODE)
_STEMS = ("ing", "ed", "es", "s")
_LITTLE_WORDS = (
    "a an the is are was were be been to of in on at for and or it its this that your you we our will with as so "
    "please if by from they them their there have has had"
)
_TURNING_WORDS = (
    "not no never none nothing nobody without don't doesn't isn't aren't can't won't cannot only must should stop "
    "before after until unless"
)
_LITTLE = frozenset(_LITTLE_WORDS.split())
WEIGHTY = frozenset(_TURNING_WORDS.split())
"""Words that turn a sentence around: one that is missing or new is marked strongly."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text. `mark`: "" the same on both sides, "differs", or "weighty" (a number or a turning word)."""

    text: str
    mark: str


def compare(source: str, said: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces, with the words marked that stand only on one side. Little words do not count."""
    left, right = _words(source), _words(said)
    matcher = SequenceMatcher(None, [_core(each) for each in left], [_core(each) for each in right], autojunk=False)
    same_left: set[int] = set()
    same_right: set[int] = set()
    for block in matcher.get_matching_blocks():
        same_left.update(range(block.a, block.a + block.size))
        same_right.update(range(block.b, block.b + block.size))
    # A word that only moved is no difference.
    moved = {_core(right[at]) for at in range(len(right))}, {_core(left[at]) for at in range(len(left))}
    return _marked(source, left, same_left, moved[0]), _marked(said, right, same_right, moved[1])


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _core(word: str) -> str:
    low = word.casefold().replace("’", "'")
    for end in _STEMS:
        if len(low) > len(end) + 2 and low.endswith(end) and low not in WEIGHTY:
            return low[: -len(end)]
    return low


def _marked(text: str, words: list[str], same: set[int], elsewhere: set[str]) -> list[Piece]:
    pieces: list[Piece] = []
    at = 0
    for number, found in enumerate(_WORD.finditer(text)):
        if found.start() > at:
            pieces.append(Piece(text[at : found.start()], ""))
        differs = number not in same and _core(words[number]) not in elsewhere
        pieces.append(Piece(found.group(), _mark(found.group()) if differs else ""))
        at = found.end()
    if at < len(text):
        pieces.append(Piece(text[at:], ""))
    return pieces


def _mark(word: str) -> str:
    low = word.casefold().replace("’", "'")
    if low in WEIGHTY or any(each.isdigit() for each in word):
        return "weighty"
    return "" if low in _LITTLE else "differs"
