"""One rendition beside its English source: read, heard, approved by a second speaker, sent to oneself, withdrawn."""

from aiohttp import web

from bot.db.rows import RenditionRow
from bot.domain.renditions import SOURCE_LANGUAGE, RenditionState
from bot.domain.residents import Form
from bot.domain.staff import Act
from bot.errors import Conflict, NotAllowed, NotFound
from bot.services.outbox import Address
from bot.web.console import approvals
from bot.web.console.hearing import must_hear_first
from bot.web.console.messages import rendition_view
from bot.web.visit import Visit


async def show(visit: Visit) -> web.Response:
    """The rendition, its source, and where its second yes stands."""
    row = await visit.desk.renditions.get(visit.uow, visit.number())
    message = await visit.uow.messages.get(row.message_id)
    if message is None:
        raise NotFound("There is no such message.")
    source = await visit.uow.messages.find_rendition(message.id, SOURCE_LANGUAGE, Form.TEXT)
    draft = row.state == RenditionState.DRAFT
    unheard = await must_hear_first(visit, row)
    beside = source if source is not None and source.id != row.id and not unheard else None
    asked = await approvals.view(visit, visit.desk.renditions, row.id, unasked=True) if draft and not unheard else None
    return visit.page(
        "rendition.html", reach=await visit.uow.tallies.reach(row.id),
        manifest=await visit.uow.manifests.of_rendition(row.id), view=await rendition_view(visit, row), message=message,
        source=beside, draft=draft, unheard=unheard, approval=asked,
    )  # fmt: skip


async def ask(visit: Visit) -> web.Response:
    """Ask a second speaker."""
    row = await visit.desk.renditions.get(visit.uow, visit.number())
    if row.state != RenditionState.DRAFT:
        raise Conflict(f"This rendition is {row.state} already.")
    await approvals.ask(visit, visit.desk.renditions, row.id)
    return _back(visit, "asked")


async def approve(visit: Visit) -> web.Response:
    """The second speaker's yes, asked or not."""
    await approvals.approve(visit, visit.desk.renditions, visit.number(), unasked=True)
    return _back(visit, "approved")


async def refuse(visit: Visit) -> web.Response:
    """The second speaker's no."""
    await approvals.refuse(visit, visit.desk.renditions, visit.number())
    return _back(visit, "refused")


async def withdraw(visit: Visit) -> web.Response:
    """Take it out of use."""
    await visit.desk.renditions.withdraw(visit.uow, visit.me, visit.number())
    return _back(visit, "withdrawn")


async def test_send(visit: Visit) -> web.Response:
    """Send it to my own chat. Raises NotAllowed for a second speaker who has not said yet what it means."""
    row = await visit.desk.renditions.get(visit.uow, visit.number())
    if await must_hear_first(visit, row):
        raise NotAllowed("Hear it first and say what it means: the words come after that.")
    await send_to_myself(visit, row)
    return _back(visit, "test_sent")


async def send_to_myself(visit: Visit, row: RenditionRow) -> None:
    """Queue a rendition as a marked test to whoever is signed in: a draft, too, for it goes to nobody else.

    Raises Conflict for a withdrawn rendition, or when they have not joined with their own phone.
    """
    if row.state == RenditionState.WITHDRAWN:
        raise Conflict("This rendition is withdrawn.")
    myself = await visit.uow.staff.get(visit.me.id)
    if myself is None or myself.chat is None:
        raise Conflict("You have not joined with your own phone yet: ask an admin for an invitation.")
    spoken = row.form != Form.TEXT
    card = await visit.desk.cards.params(
        visit.uow, message_id=row.message_id, text_id=None if spoken else row.id,
        media_rendition_id=row.id if spoken else None, missing=None,
    )  # fmt: skip
    await visit.desk.outbox.put(
        visit.uow, Address(visit.desk.bot_id, myself.chat), "test.card", row.language, card=card
    )
    await visit.desk.audit.note(visit.uow, visit.me, Act.TEST_SEND, f"rendition {row.id}")


def _back(visit: Visit, done: str) -> web.Response:
    return visit.go(f"/console/renditions/{visit.number()}", done)
