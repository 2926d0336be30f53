"""Paid broadcasts: what they cost, in whole tenths of a Star."""

from dataclasses import dataclass

TENTHS_A_MESSAGE = 1
"""0.1 Telegram Star a message (Telegram Bot API, `allow_paid_broadcast`). Telegram's FAQ takes it only above the free
30 a second, and only for what arrived; we reckon with the highest price."""


@dataclass(frozen=True, slots=True)
class PaidTerms:
    """What a borough allows: messages a second, and Stars in a calendar month."""

    rate: float
    stars_per_month: int


@dataclass(frozen=True, slots=True)
class Price:
    """What one broadcast costs at most, what is left of its month before it, and the month's cap; in tenths."""

    highest: int
    left: int
    cap: int

    @property
    def fits(self) -> bool:
        """Whether it is within the cap."""
        return self.highest <= self.left


def stars(tenths: int) -> str:
    """`1,234.5`: tenths of a Star as people read them."""
    whole, tenth = divmod(tenths, 10)
    return f"{whole:,}.{tenth}" if tenth else f"{whole:,}"
