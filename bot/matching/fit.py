"""Thresholds from an installation's own decisions.

Strict until there are enough of them. Then the lowest confidence above which at least .98 of the first candidates were
right, and were so with a margin: of the answers above it, one more wrong one must not bring it below.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.matching.verdict import Thresholds

ENOUGH = 200
PRECISION = 0.98
STRICT = 9.0
"""Until there are enough decisions: on our own set hardly anything wrong lies above (`make bench-matching`)."""


@dataclass(frozen=True, slots=True)
class Label:
    """How sure a recognition was, and whether it was right."""

    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Fitted:
    """Thresholds, from how many decisions, and what they would have done with those."""

    thresholds: Thresholds
    labels: int
    precision: float | None
    recall: float | None


def fitted(labels: Sequence[Label]) -> Fitted:
    """The thresholds for these decisions."""
    answer = STRICT if len(labels) < ENOUGH else _lowest(labels)
    above = [each.right for each in labels if each.confidence >= answer]
    right = sum(each.right for each in labels)
    return Fitted(
        Thresholds(answer=answer), len(labels),
        sum(above) / len(above) if above else None, sum(above) / right if right else None,
    )  # fmt: skip


def _lowest(labels: Sequence[Label]) -> float:
    ordered = sorted(labels, key=lambda each: -each.confidence)
    lowest, right = max(STRICT, ordered[0].confidence + 0.01), 0
    for count, each in enumerate(ordered, 1):
        right += each.right
        if right / (count + 1) >= PRECISION and each.right:
            lowest = each.confidence
    return lowest
