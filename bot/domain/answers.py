"""The shape of an answer: truth first, the falsehood once, why it misleads, the truth again, where to check it.

Source: 'The Debunking Handbook 2020' (Lewandowsky and others): fact, warning with the myth once, fallacy, fact.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from urllib.parse import urlsplit

from bot.errors import InvalidInput

MAX_TITLE = 120
MAX_CLAIM = 200
MAX_SOURCES = 5
MAX_CLAIMS = 12


@dataclass(frozen=True, slots=True)
class AnswerParts:
    """The fields that make one text. `again` may be left empty: then the title, which says what is true, ends it.

    `sources` has one a line: `Title | https://...`, or an address alone.
    """

    title: str = ""
    truth: str = ""
    claim: str = ""
    why: str = ""
    again: str = ""
    sources: str = ""

    def stored(self) -> dict[str, str]:
        """For the draft that is kept."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @staticmethod
    def load(data: dict[str, str] | None) -> "AnswerParts":
        """From a kept draft, or empty."""
        return AnswerParts(**{key: value for key, value in (data or {}).items() if key in AnswerParts.__slots__})

    def check(self) -> None:
        """Raise InvalidInput for a part that is missing, or a falsehood that stands where it would be repeated."""
        if not 1 <= len(self.title) <= MAX_TITLE:
            raise InvalidInput(f"A title has 1 to {MAX_TITLE} characters, and says what is true.")
        if not self.truth:
            raise InvalidInput("Say first what is true.")
        if not self.claim:
            raise InvalidInput("Name once, briefly, what is going round.")
        if len(self.claim) > MAX_CLAIM:
            raise InvalidInput(f"Name what is going round in at most {MAX_CLAIM} characters: briefly, and once.")
        if not self.why:
            raise InvalidInput("Say why it misleads.")
        told = _folded(self.claim)
        for part in (self.title, self.truth, self.why, self.again):
            if told and told in _folded(part):
                raise InvalidInput("What is going round is named once only: take it out of the other parts.")

    def text(self) -> str:
        """One text, in the order in which it works."""
        return "\n\n".join((self.truth, self.claim, self.why, self.again or self.title))

    def source_list(self) -> list[dict[str, str]]:
        """The sources as messages keep them. Raises InvalidInput for a line without a web address."""
        found = []
        for line in self.sources.splitlines():
            if not line.strip():
                continue
            title, _, url = line.rpartition("|")
            url = url.strip()
            host = _host(url)
            if not host:
                raise InvalidInput("A source is a line such as: NHS, MMR vaccine | https://www.nhs.uk/vaccinations/")
            found.append({"title": title.strip() or host, "url": url})
        if len(found) > MAX_SOURCES:
            raise InvalidInput(f"An answer names at most {MAX_SOURCES} sources.")
        return found


def clean_claims(said: Iterable[str]) -> list[str]:
    """What a message answers, each on one line, none twice. Raises InvalidInput for too many or too long ones."""
    found = list(dict.fromkeys(line for each in said if (line := " ".join(each.split()))))
    if len(found) > MAX_CLAIMS:
        raise InvalidInput(f"A message answers at most {MAX_CLAIMS} things that are going round.")
    if any(len(each) > MAX_CLAIM for each in found):
        raise InvalidInput(f"Say what is going round in at most {MAX_CLAIM} characters a line.")
    return found


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    return host if parts.scheme in {"http", "https"} and " " not in url else ""


def _folded(text: str) -> str:
    return " ".join("".join(each if each.isalnum() else " " for each in text.casefold()).split())
