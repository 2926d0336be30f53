"""Claims in the public record: the verdicts there are, and their place on a scale."""

from enum import StrEnum


class Verdict(StrEnum):
    """What was found about a claim."""

    FALSE = "false"
    MISLEADING = "misleading"
    UNPROVEN = "unproven"
    TRUE = "true"


RATINGS = {
    Verdict.FALSE: (1, "False"), Verdict.MISLEADING: (2, "Misleading"), Verdict.UNPROVEN: (3, "No evidence for it"),
    Verdict.TRUE: (5, "True"),
}  # fmt: skip
"""As `ratingValue` between `worstRating` 1 and `bestRating` 5, with the words for people (schema.org/ClaimReview)."""
CLAIM_CHARACTERS = 300
