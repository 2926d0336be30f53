"""The second speaker's page: the recording alone, then what it means, then the source beside it; and the exception."""

from aiohttp import web

from bot.domain.leaders import ReviewState, Tie
from bot.domain.renditions import RenditionState
from bot.errors import InvalidInput, NotFound
from bot.services.reviews import Said
from bot.web.console import approvals
from bot.web.console.hearing import may_review
from bot.web.console.messages import rendition_view
from bot.web.visit import Visit

_TIES = (
    (Tie.NONE, "No tie"), (Tie.COMMUNITY, "Same community or congregation"), (Tie.FAMILY, "Family or close friend"),
    (Tie.WORK, "I work for or with them"),
)  # fmt: skip


async def show(visit: Visit) -> web.Response:
    """Where this person's review stands: neither text nor source before they have said what it means."""
    row = await visit.desk.renditions.get(visit.uow, visit.number())
    message = await visit.uow.messages.get(row.message_id)
    if message is None:
        raise NotFound("There is no such message.")
    review = await visit.uow.recordings.review_by(row.id, visit.me.id, row.content_hash)
    seen = review is not None and review.state not in {ReviewState.HEARING, ReviewState.SAID}
    compared = review if seen and review is not None and review.state != ReviewState.EXCEPTION else None
    return visit.page(
        "review.html", view=await rendition_view(visit, row), message=message, review=review, ties=_TIES,
        may_review=await may_review(visit, row.id), draft=row.state == RenditionState.DRAFT,
        comparison=await visit.desk.reviews.comparison(visit.uow, visit.me, compared.id) if compared else None,
        exception=await visit.desk.exceptions.possible(visit.uow, row.id),
        signing=await _signing(visit, row.id),
    )  # fmt: skip


async def _signing(visit: Visit, rendition_id: int) -> approvals.ApprovalView | None:
    if not await visit.uow.approvals.pending(visit.desk.exceptions.kind, rendition_id):
        return None
    return await approvals.view(visit, visit.desk.exceptions, rendition_id)


async def say(visit: Visit) -> web.Response:
    """What it means, typed or spoken, and any tie to the leader; then the source is shown."""
    if visit.text("tie") not in set(Tie):
        raise InvalidInput("Say whether you are tied to the speaker.")
    review = await visit.desk.reviews.begin(visit.uow, visit.me, visit.number())
    file = visit.files.get("spoken")
    media_id = await visit.desk.recordings.keep(visit.uow, file.data, file.mime) if file and file.data else None
    await visit.desk.reviews.say(visit.uow, visit.me, review.id, Said(visit.lines("said"), media_id))
    await visit.desk.reviews.declare(visit.uow, visit.me, review.id, Tie(visit.text("tie")))
    return _back(visit, "said")


async def decide(visit: Visit) -> web.Response:
    """Approve, ask for changes, or refuse."""
    review_id, how = visit.whole_number("review"), visit.text("how")
    if how == "approve":
        await visit.desk.reviews.approve(visit.uow, visit.me, review_id)
    elif how == "changes":
        await visit.desk.reviews.ask_for_changes(visit.uow, visit.me, review_id, visit.lines("reason"))
    elif how == "refuse":
        await visit.desk.reviews.refuse(visit.uow, visit.me, review_id, visit.lines("reason"))
    else:
        raise InvalidInput("Approve it, ask for changes, or refuse it.")
    return _back(visit, "approved" if how == "approve" else "refused")


async def sign(visit: Visit) -> web.Response:
    """The first publisher signs an exception."""
    await visit.desk.exceptions.sign(visit.uow, visit.me, visit.number(), visit.lines("reason"))
    return _back(visit, "signed")


async def sign_second(visit: Visit) -> web.Response:
    """The second publisher signs."""
    await approvals.approve(visit, visit.desk.exceptions, visit.number())
    return _back(visit, "approved")


def _back(visit: Visit, done: str) -> web.Response:
    return visit.go(f"/console/renditions/{visit.number()}/review", done)
