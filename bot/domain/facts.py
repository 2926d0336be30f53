"""Facts: what changes from day to day stands beneath the spoken text, never in it."""

from collections.abc import Mapping
from enum import StrEnum

from bot.errors import InvalidInput

LONGEST = 160


class Fact(StrEnum):
    """The closed set, in the order in which they are shown."""

    PLACE = "place"
    TIME = "time"
    PHONE = "phone"
    WEB = "web"


def clean_facts(said: Mapping[str, str]) -> dict[str, str]:
    """The facts that were given, in their order, on one line each. Raises InvalidInput."""
    unknown = sorted(set(said) - set(Fact))
    if unknown:
        raise InvalidInput(f"There is no fact named {unknown[0]}.")
    found = {str(each): " ".join(said.get(each, "").split()) for each in Fact}
    if any(len(each) > LONGEST for each in found.values()):
        raise InvalidInput(f"A fact has at most {LONGEST} characters.")
    return {name: value for name, value in found.items() if value}
