"""What a text says, without what forwarding puts around it: links, headers, rows of signs, calls to pass it on."""

import re
import unicodedata

from bot.matching.romanised import rewritten

_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_SIGNS = re.compile(r"[\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F\u200B-\u200F\u202A-\u202E\u2066-\u2069*_~]+")
_HEADER = re.compile(
    r"^\s*(?:forwarded(?: many times| message| as received)?|fwd|fw"
    r"|\[?\d{1,2}[/.]\d{1,2}[/.]\d{2,4},? \d{1,2}:\d{2}[^\]:]*\]?)\s*:?\s*",
    re.IGNORECASE,
)  # fmt: skip
_REPEATED = re.compile(r"([!?.,…])\1+")


def plain(text: str) -> str:
    """The words. A text of nothing but links or signs stays as it is."""
    said = unicodedata.normalize("NFKC", text).replace("\x00", " ")
    said = said.encode("utf-8", "ignore").decode("utf-8")
    shorter = _HEADER.sub("", _SIGNS.sub(" ", _LINK.sub(" ", said)))
    shorter = " ".join(_REPEATED.sub(r"\1", shorter).split())
    return shorter or said.strip() or " "


def as_encoded(text: str) -> str:
    """The text as the encoder gets it: its words, in the script of its language."""
    words = plain(text)
    return rewritten(words) or words
