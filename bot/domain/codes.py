"""Short codes that people read to each other on the telephone: which approved rendition this is."""

import secrets

LETTERS = "ACEFHJKMNPQRTUVWXY34679"
"""No letter that looks like a digit (B D G I L O S Z), and as many as a prime number: then one check letter finds every
single wrong letter and every two that changed places."""
_LENGTH = 8
_BASE = len(LETTERS)
_AS_SAID = str.maketrans("", "", " -\u2010\u2011\u2013.\u00a0")


def new_code() -> str:
    """A code by chance: seven letters (3,404,825,447 of them) and the check letter, as `ACEF-H3KM`."""
    body = "".join(secrets.choice(LETTERS) for _ in range(_LENGTH - 1))
    return _shown(body + _check(body))


def read_code(said: str) -> str | None:
    """The code that a person typed, in its one form, however they wrote it; None where it is none."""
    plain = said.translate(_AS_SAID).upper()
    if len(plain) != _LENGTH or any(each not in LETTERS for each in plain):
        return None
    return _shown(plain) if _check(plain[:-1]) == plain[-1] else None


def _check(body: str) -> str:
    """The letter that makes the sum, weighted 8 down to 1, a multiple of the number of letters."""
    total = sum(weight * LETTERS.index(each) for weight, each in zip(range(_LENGTH, 1, -1), body, strict=True))
    return LETTERS[-total % _BASE]


def _shown(plain: str) -> str:
    return f"{plain[:4]}-{plain[4:]}"
