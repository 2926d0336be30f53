"""Hearing a recording by itself first: whose turn it is, and from whom its words are kept until then."""

from bot.db.rows import RenditionRow
from bot.domain.leaders import ReviewState
from bot.domain.renditions import RenditionState
from bot.domain.staff import Act, may
from bot.errors import NotAllowed
from bot.web.visit import Visit


async def must_hear_first(visit: Visit, row: RenditionRow) -> bool:
    """Whether this person may be its second speaker and has not said yet what it means: no words of it are shown."""
    if row.state != RenditionState.DRAFT or row.consent_id is None or not await may_review(visit, row.id):
        return False
    review = await visit.uow.recordings.review_by(row.id, visit.me.id, row.content_hash)
    return review is None or review.state in {ReviewState.HEARING, ReviewState.SAID}


async def keeps_source(visit: Visit, message_id: int) -> bool:
    """Whether this person is yet to say what a recording of this message means: until then its source is kept back."""
    drafts = [each for each in await visit.uow.messages.renditions(message_id) if each.state == RenditionState.DRAFT]
    return any([await must_hear_first(visit, each) for each in drafts])


async def check_source(visit: Visit, message_id: int) -> None:
    """Raise NotAllowed for who has still to say what a recording of this message means."""
    if await keeps_source(visit, message_id):
        raise NotAllowed("Hear the recording first and say what it means: the words of this message come after that.")


async def may_review(visit: Visit, rendition_id: int) -> bool:
    """Whether this person may be the second speaker of a rendition."""
    if not may(visit.me.roles, Act.APPROVE_RENDITION):
        return False
    try:
        await visit.desk.renditions.check_approver(visit.uow, visit.me, rendition_id)
    except NotAllowed:
        return False
    return True
