"""Personal details in what people send in: found by rule, without any service, and taken out before staff see it.

What is found is replaced by a label in brackets, so that the sense of a message stays. Precision matters as much here
as finding: a figure that a rumour is about (a price, a date, a helpline) must stay readable. Helplines of three to
six digits are left alone, and 03, 08 and 09 numbers, which no person has.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

_MARKS = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_SPACE = rf"[ \u00a0\u2009\u202f.\-‐‑–/{_MARKS}]"
_DIGITS = str.maketrans({chr(start + n): str(n) for start in (0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xFF10)
                         for n in range(10)})  # fmt: skip
"""Arabic-Indic, Extended Arabic-Indic, Devanagari, Bengali, Gurmukhi, Gujarati and full-width digits: one for one, so
that places in the text stay what they are."""

_EMAIL = re.compile(r"[\w.+%'-]{1,64}@(?:[\w-]{1,63}\.)+[^\W\d_]{2,24}", re.UNICODE)
_RUN = re.compile(rf"(?<![\w.,@/#=&?£$€-])\+?\(?\d(?:{_SPACE}{{0,2}}[()]?\d){{6,22}}(?!\w)")
"""Long runs of digits with what people put between them."""
_SORT_CODE = re.compile(r"(?<!\d)(\d{2}[- ]\d{2}[- ]\d{2}|(?<=sort code )\d{6})(\D{1,40}?)(\d{8})(?!\d)", re.IGNORECASE)
_DATE = re.compile(
    r"(?<![\d./-])(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d{2}|(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2})(?![\d./-]*\d)"
)
_GROUP = re.compile(r"[+(]*\d[\d()]*")
_POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?) ?\d[ABD-HJLNP-UW-Z]{2}\b")
"""A whole UK postcode is a dozen households; its first half is a town or a part of one."""
_EXPORT = re.compile(
    r"(?m)^(\W{0,3}\[?\d{1,2}[./-]\d{1,2}[./-]\d{2,4},? \d{1,2}:\d{2}(?::\d{2})?(?: ?[AaPp]\.?[Mm]\.?)?\]?(?: -)? )"
    r"([^:\n]{1,60})(?=: )"
)
"""A line of a copied chat: `[12/03/2020, 10:15] Somebody: text` or `12/03/2020, 10:15 - Somebody: text`."""
_FORWARD = re.compile(
    r"(?mi)^(\W{0,3}(?:forwarded (?:message )?from|fwd from|from|sent by|von|od|de la|da)\s*:\s?)(\S[^\n]{0,79})$"
)
_MESSENGER = re.compile(r"(?i)\b((?:wa|t)\.me/|api\.whatsapp\.com/send\?phone=)\+?\d{7,15}")


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without personal details, and which kinds were taken out."""

    text: str
    kinds: tuple[str, ...]


PHONE, EMAIL, CARD, NHS = "phone number", "e-mail address", "card number", "NHS number"
BANK, NAME, POSTCODE = "bank account", "name", "postcode"


def redact(text: str, senders: Sequence[str] = ()) -> Redacted:
    """Take personal details out of a text. `senders`: names from whom it was forwarded, as the channel tells them."""
    found: list[str] = []

    def label(kind: str) -> str:
        found.append(kind)
        return f"[{kind} removed]"

    text = _names(text, senders, label)
    text = _EMAIL.sub(lambda _: label(EMAIL), text)
    text = _MESSENGER.sub(lambda match: match[1] + label(PHONE), text)
    text = _each(_SORT_CODE, text, lambda _: label(BANK))
    text = _POSTCODE.sub(lambda match: f"{match[1]} {label(POSTCODE)}", text)
    text = _between_dates(text, lambda part: _each(_RUN, part, lambda run: _numbers(run, label)))
    return Redacted(text, tuple(dict.fromkeys(found)))


def _names(text: str, senders: Iterable[str], label: Callable[[str], str]) -> str:
    text = _EXPORT.sub(lambda match: match[1] + label(NAME), text)
    text = _FORWARD.sub(lambda match: match[1] + label(NAME), text)
    for name in senders:
        if len(name.strip()) >= 3:
            whole = re.compile(rf"(?<!\w){re.escape(name.strip())}(?!\w)", re.IGNORECASE)
            text = whole.sub(lambda _: label(NAME), text)
    return text


def _each(pattern: re.Pattern[str], text: str, replacement: Callable[[str], str | None]) -> str:
    """Replace what is found in the text with its digits folded; None leaves a place as it is."""
    parts, at = [], 0
    for match in pattern.finditer(text.translate(_DIGITS)):
        found = replacement(match[0])
        if found is not None:
            parts += [text[at : match.start()], found]
            at = match.end()
    return "".join([*parts, text[at:]])


def _between_dates(text: str, change: Callable[[str], str]) -> str:
    """Change what stands between dates; the dates themselves are no numbers of anybody."""
    parts, at = [], 0
    for match in _DATE.finditer(text.translate(_DIGITS)):
        parts += [change(text[at : match.start()]), text[match.start() : match.end()]]
        at = match.end()
    return "".join([*parts, change(text[at:])])


def _numbers(run: str, label: Callable[[str], str]) -> str | None:
    """The longest numbers of somebody in a run of digits, from the left; None where there is none."""
    groups = [match.span() for match in _GROUP.finditer(run)]
    parts, at, first = [], 0, 0
    while first < len(groups):
        ends = (last for last in reversed(range(first, len(groups))) if _kind(run[groups[first][0] : groups[last][1]]))
        last = next(ends, None)
        if last is not None:
            start, end = groups[first][0], groups[last][1]
            kind = _kind(run[start:end])
            parts += [run[at:start], label(kind)]
            at, first = end, last
        first += 1
    return "".join([*parts, run[at:]]) if parts else None


def _kind(raw: str) -> str:
    digits = re.sub(r"\D", "", raw)
    if 13 <= len(digits) <= 19 and not raw.startswith("+") and is_card(digits):
        return CARD
    if len(digits) == 10 and not digits.startswith("0") and is_nhs_number(digits):
        return NHS
    return PHONE if _is_phone(raw, digits) else ""


_ORGANISATIONS = ("03", "08", "09")
"""UK numbers that no person has (Ofcom, National Telephone Numbering Plan): helplines and services."""
_ABROAD = ("447", "92", "91", "880", "48", "40", "252", "93", "98", "964")
"""Country codes that people here write without `+`: the UK's mobiles and where many have family."""


def _is_phone(raw: str, digits: str) -> bool:
    """International (`+` or `00`, 8 to 15 digits: ITU-T E.164), or a UK number (0 and 9 or 10 more: Ofcom's plan)."""
    if raw.lstrip("(").startswith("+") or digits.startswith("00"):
        return 8 <= len(digits.removeprefix("00")) <= 15
    if digits.startswith("0"):
        return len(digits) in {10, 11} and not digits.startswith(_ORGANISATIONS)
    without_zero = len(digits) == 10 and digits.startswith("7")
    return without_zero or (11 <= len(digits) <= 13 and digits.startswith(_ABROAD))


def is_card(digits: str) -> bool:
    """Whether 13 to 19 digits pass the check digit of payment cards (ISO/IEC 7812-1, annex B, 'Luhn')."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0 and len(set(digits)) > 1


def is_nhs_number(digits: str) -> bool:
    """Whether ten digits pass the check digit of NHS numbers (NHS Data Dictionary, 'NHS Number', modulus 11)."""
    rest = 11 - sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9])) % 11
    return rest != 10 and int(digits[9]) == rest % 11 and len(set(digits)) > 1
