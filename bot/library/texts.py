"""What a text may hold: short plain paragraphs, **bold** and bare web addresses."""

import re
import unicodedata

TEXT_LIMIT = 3500
"""UTF-16 units: Telegram takes 4,096 (core.telegram.org/bots/api#sendmessage), and a footer needs room."""

CAPTION_LIMIT = 900
"""UTF-16 units: Telegram takes 1,024 in a caption (core.telegram.org/bots/api#sendvoice)."""

_BOLD = re.compile(r"\*\*(?=\S)[^*\n]*[^*\s]\*\*")
_ADDRESS = re.compile(r"https?://\S+")
_FOREIGN = (
    (re.compile(r"\]\("), "A link is written as the bare web address, not as [words](address)."),
    (re.compile(r"</?[A-Za-z][^<>]*>"), "HTML tags are not allowed; write plain text."),
    (re.compile(r"`"), "Code marks (`) are not allowed; write plain text."),
    (
        re.compile(r"^#{1,6}\s", re.MULTILINE),
        "Headings (#) are not allowed; make a short line **bold** instead.",
    ),
    (
        re.compile(r"(?<!\w)__?(?=\S)[^_\n]*[^_\s]__?(?!\w)"),
        "Only **bold** is allowed; underscores show as they are.",
    ),
)
_EMBEDDINGS = "\u202a\u202b\u202c\u202d\u202e"
_ISOLATE_STARTS, _ISOLATE_END = "\u2066\u2067\u2068", "\u2069"


def utf16_length(text: str) -> int:
    """The length as Telegram counts it: UTF-16 units, two for an emoji."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def text_problems(text: str, limit: int) -> list[tuple[int, str]]:
    """What is wrong with a text that may be `limit` UTF-16 units long: (line from 1, plain sentence) each."""
    if not text.strip():
        return [(1, "The text is empty.")]
    problems = [*_character_problems(text), *_markup_problems(text)]
    length = utf16_length(text)
    if length > limit:
        problems.append((1, f"The text is {length} characters long; {limit} is the most that can be sent."))
    return problems


def label_problem(label: str, limit: int = 200) -> str | None:
    """What is wrong with a one-line label such as a name or title, as the end of a sentence; or None."""
    if not label.strip():
        return "is empty"
    if label != label.strip():
        return "begins or ends with a space"
    if len(label) > limit:
        return f"is longer than {limit} characters"
    if any(_forbidden(char) or unicodedata.category(char) in {"Zl", "Zp"} or char == "\n" for char in label):
        return "holds a line break or an invisible control character"
    return None


def _character_problems(text: str) -> list[tuple[int, str]]:
    problems = []
    for number, line in enumerate(text.split("\n"), start=1):
        bad = next((char for char in line if _forbidden(char)), None)
        if bad is not None:
            problems.append((number, f"The invisible or damaged character U+{ord(bad):04X} is not allowed."))
        if not _isolates_balance(line):
            problems.append((number, "A direction mark (isolate) is opened and not closed, or closed twice."))
    return problems


def _forbidden(char: str) -> bool:
    """Control characters, direction overrides (they can disguise a text) and the sign of a damaged file."""
    return (unicodedata.category(char) in {"Cc", "Cs"} and char != "\n") or char in _EMBEDDINGS or char == "\ufffd"


def _isolates_balance(line: str) -> bool:
    depth = 0
    for char in line:
        depth += (char in _ISOLATE_STARTS) - (char == _ISOLATE_END)
        if depth < 0:
            return False
    return depth == 0


def _markup_problems(text: str) -> list[tuple[int, str]]:
    plain = _ADDRESS.sub("", text)
    problems = [
        (plain.count("\n", 0, match.start()) + 1, sentence)
        for pattern, sentence in _FOREIGN
        if (match := pattern.search(plain))
    ]
    left = _BOLD.sub("", plain)
    if "*" in left:
        line = next(n for n, one in enumerate(plain.split("\n"), start=1) if "*" in _BOLD.sub("", one))
        problems.append((line, "A star is left over; **bold** opens and closes with two stars on one line."))
    return problems
