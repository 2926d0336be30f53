"""How old one must be to read an English text with ease. Advice for its writer, never a lock.

The formula is Flesch-Kincaid (Kincaid et al., 1975, Research Branch Report 8-75): school grade = 0.39 x words
per sentence + 11.8 x syllables per word - 15.59. A grade and five years give an age. NHS and Patient
Information Forum guidance asks for a reading age of 9 to 11.
"""

import re

READING_AGE_GOAL = 11

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_VOWELS = re.compile(r"[aeiouy]+")
_NOT_PROSE = re.compile(r"https?://\S+|\*\*|[0-9][0-9 .,:/-]*")
_SENTENCE_END = re.compile(r"[.!?:]+(?:\s|$)|\n")


def reading_age(text: str) -> int:
    """The reading age in years, rounded, never below 5; web addresses and figures do not count."""
    prose = _NOT_PROSE.sub(" ", text).replace("\u2019", "'").lower()
    sentences = [words for part in _SENTENCE_END.split(prose) if (words := _WORD.findall(part))]
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return 5
    grade = 0.39 * len(words) / len(sentences) + 11.8 * sum(map(_syllables, words)) / len(words) - 15.59
    return max(5, round(grade + 5))


def _syllables(word: str) -> int:
    """Groups of vowels, less the usual silent endings: close enough for an average over a text."""
    word = word.split("'", maxsplit=1)[0]
    count = len(_VOWELS.findall(word))
    if word.endswith("e") and not word.endswith(("le", "ee", "ye")):
        count -= 1
    if word.endswith("ed") and not word.endswith(("ted", "ded")):
        count -= 1
    return max(1, count)
