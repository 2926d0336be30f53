"""What comes of a comparison: candidates, how sure that is, and whether to answer, to suggest or to open a new rumour.

How sure: not how near the nearest text is (that differs between languages and kinds of text), but how far its answer
lies before the next *different* answers. Weights and thresholds were fitted by `make bench-matching` on one half of its
set; the other half reports. They are strict until an installation has decisions of its own (`fit.py`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.matching import guard, lexical
from bot.matching.index import Near

LISTED = 10
_COMPARED = 5
"""With so many next different answers the first is compared."""
_ELSEWHERE = 0.35
"""How near the next would be among many, taken where few are known: else a small library would give its answers to all.

Of 153 questions about something else, 18 were answered from a library of 12 claims without it, none with it (from one
of 40: 4 and 2); of 170 that 100 claims hold, 86 and 80 were answered.
"""
_READ = 8
"""Of so many the text is read for contradictions."""
_AS_NEAR = 0.9
"""Only what is at least this near, as a share of the nearest, speaks for its answer: one answer may stand for several
claims, and that it agrees with another of them says nothing."""
LOOKED_AT = 60
"""So many nearest rows are looked at closely."""


class Decision(StrEnum):
    """What to do with what somebody sent."""

    ANSWER = "answer"
    SUGGEST = "suggest"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which confidence on to answer, to suggest; and from which nearness on two texts are one rumour."""

    answer: float = 6.5
    suggest: float = 2.0
    same: float = 0.44


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known text, its answer, and its score (meaning, and letters above a floor)."""

    row: int
    answer: int
    score: float
    cosine: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """Candidates, best first; the confidence in the first; what to do; what speaks against answering, if anything."""

    candidates: tuple[Candidate, ...]
    confidence: float
    decision: Decision
    against: str = ""


def confidence(near: Sequence[Near]) -> float:
    """How sure the first answer is: its nearness, and its lead over the next different answers."""
    best: dict[int, float] = {}
    for each in near:
        best[each.answer] = max(each.cosine, best.get(each.answer, -1.0))
    scores = sorted(best.values(), reverse=True)[: _COMPARED + 1]
    if not scores:
        return 0.0
    first, floor = scores[0], min(scores[0], _ELSEWHERE)
    others = [max(each, floor) for each in scores[1:]]
    others += [floor] * (_COMPARED - len(others))
    return 2.0 * first + 9.4 * (first - others[0]) + 16.8 * (first - sum(others) / len(others))


def judge(
    text: str, near: Sequence[Near], texts: Mapping[int, str], thresholds: Thresholds, *, may_answer: bool = True,
    messages: Collection[int] = (),
) -> Verdict:  # fmt: skip
    """The verdict on a text, from the nearest rows and their texts (rows without a text are left out).

    `messages`: the rows that are answers themselves, not what is answered.
    """
    known = [each for each in near if each.row in texts]
    if not known:
        return Verdict((), 0.0, Decision.NEW)
    sure = confidence(known)
    listed = _listed(text, known, texts)
    first = known[0]
    of_answer = [each for each in known[:_READ] if each.answer == first.answer]
    claims = [each for each in of_answer if each.row not in messages]
    meant = [each for each in claims if each.cosine >= _AS_NEAR * claims[0].cosine]
    against = guard.against(text, [texts[each.row] for each in meant or of_answer], facts_only=not claims)
    decision = Decision.NEW
    if sure >= thresholds.answer and may_answer and not against:
        decision = Decision.ANSWER
    elif sure >= thresholds.suggest:
        decision = Decision.SUGGEST
    return Verdict(tuple(listed), sure, decision, against)


def _listed(text: str, near: Iterable[Near], texts: Mapping[int, str]) -> list[Candidate]:
    pieces = lexical.pieces(text)
    listed = [
        Candidate(
            each.row, each.answer,
            each.cosine + lexical.bonus(lexical.likeness(pieces, lexical.pieces(texts[each.row]))), each.cosine,
        )
        for each in near
    ]  # fmt: skip
    return sorted(listed, key=lambda each: -each.score)[:LISTED]
