"""What must hold for every text and its translation, whatever the language."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from bot.i18n import BUTTON, Language, first_strong, has_rtl, strip_controls, utf16_len
from bot.i18n.render import PLACEHOLDER, TAG

STAFF = "staff"
"""The message context of texts that only the comms team reads: there, staff words are allowed."""

_STAFF_WORDS = re.compile(r"\b(tickets?|flag(s|ged|ging)?|queue[sd]?|queu(e)?ing|(mis|dis)information)\b", re.I)
_URL = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)،۔।。]")
_COMMAND = re.compile(r"(?<![\w<])/[a-z]+\b")
_PICTURE = re.compile("[\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
_ALONE = re.compile(r"(?:[0-9 ]+|/[a-z]+|https?://\S+|\{[a-z_]+\})")
"""What stands in a line by itself: a number to call, a command, an address, a value."""
_MARKS = "\u200e\u200f"
_NUMBER = re.compile(r" *\d+(?: \d+)+ *")
"""A telephone number in groups: spaces between numbers follow the paragraph's direction (UAX #9)."""
"""Marks that keep groups of digits in their order in a right-to-left text."""
_ENDS = (
    (("?", "؟", "？", "፧", "\u037e"), "a question mark"),
    ((":", "：", "፡", "፦"), "a colon"),
    ((".", "۔", "।", "。", "።", "॥"), "a full stop"),
)
"""How a sentence may end, by its English end: `۔` in Urdu, `।` in Hindi and its neighbours, `።` in Ethiopic."""
_WORD = re.compile(r"[A-Za-z][a-z]{2,}")
_NAMES = {"Vouch", "Telegram"}
_OPENING = re.compile(r"<([a-z-]+)[^<>]*>")
_ENTITY = re.compile(r"&(amp|lt|gt|quot);")
_TAGS = {"a", "b", "blockquote", "code", "i", "s", "u"}
_LATIN = ("LATIN", "MODIFIER LETTER", "FEMININE ORDINAL", "MASCULINE ORDINAL")
_SCRIPTS = {
    "Latn": (),
    "Arab": ("ARABIC",),
    "Beng": ("BENGALI",),
    "Cyrl": ("CYRILLIC",),
    "Deva": ("DEVANAGARI",),
    "Ethi": ("ETHIOPIC",),
    "Gujr": ("GUJARATI",),
    "Guru": ("GURMUKHI",),
    "Hans": ("CJK",),
    "Hant": ("CJK",),
    "Taml": ("TAMIL",),
}
# Keyboards of a neighbour give letters that look right in the middle of a word and break search, sorting and fonts.
_WRONG_LETTERS = {
    "ur": "يكىهة", "pa-Arab": "يكىهة", "fa": "يكىہے", "fa-AF": "يكىہے", "ckb": "يكىہے", "ps": "كہے",
    "ar": "کیہےپچگ",
    "ro": "şţŞŢ",
    "ru": "іїєґІЇЄҐў", "uk": "ыэёъЫЭЁЪў", "bg": "ыэёіїєЫЭЁІЇЄ",
    "zh-Hans": "這說時個來為會國對發關見讓請們學沒還後門問間東車長張開經給結統計認識話語讀書寫當師帶產業",
    "zh-Hant": "这说时个来为会国对发关见让请们学没还门问间东车长张开经给结统计认识话语读书写当师带产业",
}  # fmt: skip
"""Letters of a neighbour's writing that each language has its own for."""

BUTTON_LIMIT = 64
TEXT_LIMIT = 4096
"""Telegram's limit for one text, in UTF-16 units after its tags are taken away."""


@dataclass(frozen=True)
class Pair:
    """A text and its translation. `count_optional`: a plural form for one number may leave out `{n}`."""

    source: str
    translation: str
    context: str | None
    count_optional: bool = False


def source_findings(text: str, context: str | None) -> Iterator[str]:
    """What is wrong with an English source text."""
    if context != STAFF:
        yield from _staff_words(text)
    if PLACEHOLDER.sub("", text).strip("{}") != PLACEHOLDER.sub("", text) or set("{}") & set(PLACEHOLDER.sub("", text)):
        yield "a brace that is no {placeholder}"
    if any("{" in tag for tag in TAG.findall(text)):
        yield "a placeholder inside a tag; put a link on a line of its own"
    if any(character.isalpha() and not _is_latin(character) for character in text):
        yield "letters that are not English; other languages' names come as values"
    yield from _markup(text, context)
    yield from _controls(text)
    yield from _length(text, context)


def translation_findings(pair: Pair, language: Language) -> Iterator[str]:
    """What is wrong with one translated text."""
    yield from _values(pair)
    yield from _links_and_tags(pair)
    yield from _shape(pair)
    yield from _digits(pair)
    yield from _letters(pair, language)
    yield from _markup(pair.translation, pair.context)
    yield from _controls(pair.translation)
    yield from _length(pair.translation, pair.context)
    yield from _lines(pair, language)
    if pair.context != STAFF:
        yield from _staff_words(pair.translation)


def _staff_words(text: str) -> Iterator[str]:
    yield from (f"the staff word '{match.group()}'" for match in _STAFF_WORDS.finditer(text))


def _values(pair: Pair) -> Iterator[str]:
    wanted, given = (set(PLACEHOLDER.findall(text)) for text in (pair.source, pair.translation))
    missing = wanted - given - ({"n"} if pair.count_optional else set())
    yield from (f"the placeholder {{{name}}} is missing" for name in sorted(missing))
    yield from (f"an unknown placeholder {{{name}}}" for name in sorted(given - wanted))
    if set("{}") & set(PLACEHOLDER.sub("", pair.translation)):
        yield "a brace that is no {placeholder}"


def _links_and_tags(pair: Pair) -> Iterator[str]:
    for pattern, name in ((_URL, "links"), (TAG, "tags"), (_COMMAND, "commands"), (_PICTURE, "pictures")):
        wanted, given = (Counter(pattern.findall(text)) for text in (pair.source, pair.translation))
        if wanted != given:
            yield f"other {name} than the source: {_counted(wanted)} became {_counted(given)}"


def _shape(pair: Pair) -> Iterator[str]:
    """What a translator easily loses: lines, what has a line to itself, the end of a sentence, the sentence itself."""
    source, translation = pair.source.split("\n"), pair.translation.split("\n")
    if len(source) != len(translation):
        yield f"{len(translation)} lines where the source has {len(source)}"
    else:
        for ours, theirs in zip(source, translation, strict=True):
            if _ALONE.fullmatch(ours.strip()) and ours != theirs.lstrip(_MARKS):
                yield f"the line {ours!r} has to stay as it is, by itself"
    for marks, name in _ENDS:
        if pair.source.rstrip().endswith(marks[0]) != pair.translation.rstrip().endswith(tuple(marks)):
            yield f"the source {'ends' if pair.source.rstrip().endswith(marks[0]) else 'does not end'} with {name}"
    if pair.source == pair.translation and len(set(_WORD.findall(PLACEHOLDER.sub("", TAG.sub("", pair.source))))) > 2:
        yield "the same as the English"
    if "  " in pair.translation.strip():
        yield "two spaces in a row"


def _digits(pair: Pair) -> Iterator[str]:
    wanted, given = (
        Counter(re.findall(r"[0-9]+", PLACEHOLDER.sub("", text))) for text in (pair.source, pair.translation)
    )
    if wanted != given:
        yield f"other numbers than the source: {_counted(wanted)} became {_counted(given)}"
    if any(character.isdigit() and not character.isascii() for character in pair.translation):
        yield "digits that are not 0 to 9"


def _letters(pair: Pair, language: Language) -> Iterator[str]:
    own = _SCRIPTS[language.script]
    letters = {character for character in pair.translation if character.isalpha()}
    foreign = {letter for letter in letters if not (_is_latin(letter) or unicodedata.name(letter, "").startswith(own))}
    if foreign:
        yield f"letters of another script: {' '.join(sorted(foreign))}"
    wrong = letters & set(_WRONG_LETTERS.get(language.tag, ""))
    if wrong:
        yield f"letters of a neighbour where {language.english} has its own: {' '.join(sorted(wrong))}"
    words = set(_WORD.findall(PLACEHOLDER.sub("", TAG.sub("", _URL.sub("", pair.source))))) - _NAMES
    if own and words and all(map(_is_latin, letters)):
        yield f"not written in the letters of {language.english}"


def _is_latin(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(_LATIN)


def _markup(text: str, context: str | None) -> Iterator[str]:
    if context == BUTTON:
        if TAG.search(text):
            yield "a tag on a button"
        return
    bare = _ENTITY.sub("", TAG.sub("", text))
    if set("<>&") & set(bare):
        yield "a bare <, > or &; write &lt; &gt; &amp;"
    open_tags: list[str] = []
    for tag in TAG.findall(text):
        opening = _OPENING.fullmatch(tag)
        if opening and opening[1] in _TAGS:
            open_tags.append(f"</{opening[1]}>")
        elif not open_tags or open_tags.pop() != tag:
            yield f"a tag that is not allowed or not nested: {tag}"
            return
    yield from (f"a tag that is never closed: {tag}" for tag in open_tags)


def _controls(text: str) -> Iterator[str]:
    removed = strip_controls(text)[1]
    unsafe = [name for name in removed if name not in {"U+2066", "U+2067", "U+2068", "U+2069"}]
    if unsafe:
        yield f"an invisible character that may not be there: {', '.join(unsafe)}"
    if any(not _balanced(line) for line in text.split("\n")):
        yield "a direction isolate that is not closed in its line"


def _balanced(line: str) -> bool:
    depth = 0
    for character in line:
        depth += (character in "\u2066\u2067\u2068") - (character == "\u2069")
        if depth < 0:
            return False
    return depth == 0


def _length(text: str, context: str | None) -> Iterator[str]:
    limit = BUTTON_LIMIT if context == BUTTON else TEXT_LIMIT
    length = utf16_len(TAG.sub("", text))
    if length > limit:
        yield f"{length} characters, and at most {limit} fit"


def _lines(pair: Pair, language: Language) -> Iterator[str]:
    ends = [
        (text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]) for text in (pair.source, pair.translation)
    ]
    if ends[0] != ends[1]:
        yield "other spaces or line breaks at the start or the end than the source"
    for line in pair.translation.split("\n") if language.rtl else ():
        visible = PLACEHOLDER.sub("", TAG.sub("", line))
        if has_rtl(visible) and first_strong(visible) != "rtl":
            yield f"a line that starts from the wrong side; begin it in {language.english}: {line[:30]!r}"
        if _NUMBER.fullmatch(line):
            yield f"a number that would be shown from its end; begin the line with U+200E: {line!r}"


def _counted(found: Counter[str]) -> str:
    return " ".join(sorted(found.elements())) or "none"
