"""The public record: rumours that are answered, how often they were asked about, and claims with their reviews.

Nothing that a resident wrote is in it, no time closer than a day, and no number below five (domain/suppression.py).
What stands here is as of the answer: who asks later about an answered rumour is answered and not counted, so that
nothing can be learnt from looking twice.
"""

from dataclasses import dataclass
from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import ClaimRow, MessageRow, RumourRow
from bot.domain.claims import RATINGS, Verdict
from bot.domain.suppression import OTHER, parts, shown
from bot.services.ports import Clock
from bot.services.sharing import Shared, Sharing


@dataclass(frozen=True, slots=True)
class Answered:
    """One answered rumour as the public sees it. `shared` is None once its answer is not in force any more."""

    rumour: RumourRow
    message: MessageRow
    shared: Shared | None
    claim: ClaimRow | None
    asked: int | str
    by_language: dict[str, int] | None
    by_area: dict[str, int] | None


class OpenData:
    """Answers and counts for anybody."""

    def __init__(self, sharing: Sharing, clock: Clock) -> None:
        self._sharing = sharing
        self._clock = clock

    async def answered(self, uow: UnitOfWork) -> list[Answered]:
        """Every answered rumour, the newest answer first."""
        shared = {each.message.id: each for each in await self._sharing.all(uow)}
        claims = await uow.claims.all()
        languages, areas = await uow.claims.spread("language"), await uow.claims.spread("area")
        found = []
        for rumour in await uow.claims.answered():
            message = await uow.messages.get(rumour.message_id) if rumour.message_id else None
            if message is None or message.vetted_by is None:
                continue
            claim = claims.get(rumour.id)
            found.append(
                Answered(
                    rumour, message, shared.get(message.id), claim if claim and claim.approved_at else None,
                    shown(rumour.flag_count), _split(rumour, languages.get(rumour.id, {})),
                    _split(rumour, areas.get(rumour.id, {})),
                )
            )  # fmt: skip
        return found


def _split(rumour: RumourRow, counts: dict[str | None, int]) -> dict[str, int] | None:
    """Parts that add up to the published total: whatever says nothing, or is there no more, is `other`."""
    named = {name: count for name, count in counts.items() if name}
    if not named:
        return None
    left = rumour.flag_count - sum(named.values())
    return parts(named | ({OTHER: left} if left > 0 else {}))


def claim_reviews(answered: Answered, *, organisation: str, site: str) -> list[dict[str, Any]]:
    """The review of a rumour's claim as schema.org ClaimReview, one for each language that the answer is in.

    https://schema.org/ClaimReview; `inLanguage` is BCP 47. None while the claim is not approved or the answer not in
    force.
    """
    claim, shared = answered.claim, answered.shared
    if claim is None or shared is None:
        return []
    value, words = RATINGS[Verdict(claim.verdict)]
    author = {"@type": "Organization", "name": organisation or "Vouch", "url": f"{site}/"}
    return [
        {
            "@context": "https://schema.org", "@type": "ClaimReview",
            "url": f"{site}/m/{shared.message.key}/{language}", "inLanguage": language,
            "datePublished": (answered.rumour.closed_at or claim.made_at).date().isoformat(),
            "claimReviewed": claim.text, "reviewBody": text.text, "author": author,
            "itemReviewed": {
                "@type": "Claim", "inLanguage": "en-GB", "text": claim.text,
                "datePublished": answered.rumour.first_at.date().isoformat(),
            },
            "reviewRating": {
                "@type": "Rating", "ratingValue": value, "worstRating": 1, "bestRating": 5, "alternateName": words,
            },
        }
        for language, text in sorted(shared.texts.items())
    ]  # fmt: skip
