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
    """A link without tracking parameters, fragment, scheme and `www.`; what only looks like one stays as it is.

    Where the link says itself what it leads to (a search engine's or a chat app's redirect, an AMP copy, an archive),
    that counts. Nothing is fetched: where a shortener leads, its text does not tell.
    """
    try:
        return _normalised(_led_to(link))
    except ValueError:
        return link.casefold()


_REDIRECTS = {
    "google": ("q", "url"), "l.facebook.com": ("u",), "lm.facebook.com": ("u",), "l.instagram.com": ("u",),
    "facebook.com": ("u",), "safelinks.protection.outlook.com": ("url",), "vk.com": ("to",),
    "duckduckgo.com": ("uddg",),
    "youtube.com": ("q",), "l.messenger.com": ("u",), "out.reddit.com": ("url",), "slack-redir.net": ("url",),
    "linkedin.com": ("url",), "steamcommunity.com": ("url",), "t.umblr.com": ("z",),
}  # fmt: skip
"""Hosts whose redirects carry where they lead, and the parameter that does."""
_REDIRECT_PATH = re.compile(r"/(?:url|l\.php|away\.php|redirect|redir/redirect|linkfilter|l|link|)/?$")
_GOOGLE = re.compile(r"(?:^|\.)google\.[a-z.]{2,6}$")
_INSIDE = re.compile(
    r"(?:/amp/(?:s/)?|/web/\d{4,14}(?:[a-z]{2}_)?/|/[cv]/(?:s/)?)(?:https?:/{1,2})?([\w-]+(?:\.[\w-]+)+/.*)$"
)
_HOPS = 3


def _led_to(link: str) -> str:
    """Where a link says that it leads; itself where it does not say."""
    for _ in range(_HOPS):
        further = _hop(link)
        if further is None:
            return link
        link = further
    return link


def _hop(link: str) -> str | None:
    parts = urlsplit(link)
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    if host == "youtu.be" and len(parts.path) > 1:
        return f"https://youtube.com/watch?v={parts.path.strip('/')}"
    if _GOOGLE.search(host) or host == "web.archive.org" or host.endswith(".cdn.ampproject.org"):
        found = _INSIDE.search(parts.path)
        if found is not None:
            return "https://" + found[1] + (f"?{parts.query}" if parts.query else "")
    name = (
        "google"
        if _GOOGLE.search(host)
        else next((each for each in _REDIRECTS if host == each or host.endswith("." + each)), "")
    )
    if name and _REDIRECT_PATH.match(parts.path or "/"):
        for key, value in parse_qsl(parts.query):
            if key in _REDIRECTS[name] and value.lower().startswith(("http://", "https://")):
                return value
    return None


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
