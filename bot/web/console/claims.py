"""The public record: what went round in our own words, and what was found about it, before anybody else sees it."""

from aiohttp import web

from bot.domain.claims import RATINGS
from bot.errors import NotFound
from bot.web.console import approvals
from bot.web.visit import Visit


async def listing(visit: Visit) -> web.Response:
    """Answered rumours, and which of them have a published claim."""
    return visit.page("claims.html", answered=await visit.desk.reach.open_data.answered(visit.uow),
                      claims=await visit.uow.claims.all())  # fmt: skip


async def show(visit: Visit) -> web.Response:
    """One answered rumour's claim."""
    rumour = await visit.uow.rumours.get(visit.number())
    if rumour is None or rumour.state != "answered":
        raise NotFound("Only an answered rumour has a place in the public record.")
    claim = await visit.uow.claims.get(rumour.id)
    asking = claim is not None and claim.approved_at is None
    verdicts = [(each.value, words) for each, (_, words) in RATINGS.items()]
    return visit.page(
        "claim.html", rumour=rumour, claim=claim, verdicts=verdicts,
        approval=await approvals.view(visit, visit.desk.reach.claims, rumour.id, unasked=True) if asking else None,
    )  # fmt: skip


async def word(visit: Visit) -> web.Response:
    """Word it, or anew."""
    await visit.desk.reach.claims.word(
        visit.uow, visit.me, visit.number(), text=visit.text("text"), verdict=visit.text("verdict")
    )
    return visit.go(f"/console/claims/{visit.number()}", "worded")


async def ask(visit: Visit) -> web.Response:
    """Ask a second person."""
    await approvals.ask(visit, visit.desk.reach.claims, visit.number())
    return visit.go(f"/console/claims/{visit.number()}", "asked")


async def approve(visit: Visit) -> web.Response:
    """A second person's yes: published."""
    await approvals.approve(visit, visit.desk.reach.claims, visit.number(), unasked=True)
    return visit.go(f"/console/claims/{visit.number()}", "approved")


async def refuse(visit: Visit) -> web.Response:
    """A second person's no."""
    await approvals.refuse(visit, visit.desk.reach.claims, visit.number())
    return visit.go(f"/console/claims/{visit.number()}", "refused")
