"""When two texts or links count as the same.

Folding: NFKC and case; joiners, marks of direction and Arabic short vowels dropped; letter variants that Urdu, Farsi
and Arabic keyboards swap made one; digits of every script to 0-9; punctuation and spaces to single spaces.
"""

import hashlib
import re
import unicodedata
from urllib.parse import parse_qsl, urlencode, urlsplit

_FOLD = str.maketrans(
    {
        "ي": "ی", "ى": "ی", "ك": "ک", "ه": "ہ", "ة": "ہ", "ۀ": "ہ", "ھ": "ہ",
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ؤ": "و", "ئ": "ی",
    }
)  # fmt: skip
_TRACKING = re.compile(r"^(utm_\w+|fbclid|gclid|igshid|igsh|si|ref|mc_[ce]id|yclid|msclkid)$", re.IGNORECASE)
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)


def normalise(text: str) -> str:
    """The folded form under which equal texts are found."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_FOLD)
    kept: list[str] = []
    for char in unicodedata.normalize("NFKD", folded):
        category = unicodedata.category(char)
        if category in {"Mn", "Cf", "Cc"} and not char.isspace() and _is_optional_mark(char, category):
            continue
        if category == "Nd":
            kept.append(str(unicodedata.digit(char)))
        else:
            kept.append(char if char.isalnum() or category in {"Mn", "Mc"} else " ")
    return " ".join("".join(kept).split())


def _is_optional_mark(char: str, category: str) -> bool:
    # Vowel signs of Indic scripts carry meaning; Latin accents, Arabic short vowels and format marks do not.
    return category != "Mn" or (unicodedata.combining(char) != 0 and not "\u0900" <= char <= "\u0fff")


def normalise_link(link: str) -> str:
    """A link without tracking parameters, fragment, scheme and `www.`; what only looks like one stays as it is."""
    try:
        return _normalised(link)
    except ValueError:
        return link.casefold()


def _normalised(link: str) -> str:
    parts = urlsplit(link)
    query = urlencode([(key, value) for key, value in parse_qsl(parts.query) if not _TRACKING.match(key)])
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    return f"{host}{parts.path.rstrip('/')}" + (f"?{query}" if query else "")


def keys_of(text: str, media_unique_id: str | None = None) -> list[str]:
    """Under which keys a submission is found again: its text, else its only link; and its file."""
    keys: list[str] = []
    links = _LINK.findall(text)
    words = normalise(_LINK.sub(" ", text))
    if words:
        keys.append("t:" + _digest(normalise(text)))
    elif links:
        keys += ["l:" + _digest(normalise_link(each)) for each in links]
    if media_unique_id and not words:
        keys.append("f:" + _digest(media_unique_id))
    return keys


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:40]
