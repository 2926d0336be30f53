"""Messages: what there is, what is in force, and in which languages."""

from dataclasses import dataclass

from aiohttp import web

from bot.db.rows import MessageRow, RenditionRow
from bot.domain.renditions import SOURCE_LANGUAGE, RenditionState
from bot.domain.residents import Form
from bot.errors import NotFound
from bot.web.console.hearing import must_hear_first
from bot.web.console.media import player
from bot.web.visit import Visit


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One message in the list, its renditions approved ones first."""

    message: MessageRow
    renditions: tuple[RenditionRow, ...]
    in_force: bool

    @property
    def approved(self) -> int:
        """How many renditions may leave."""
        return sum(each.state == RenditionState.APPROVED for each in self.renditions)

    @property
    def recorded(self) -> int:
        """How many of them are heard or seen."""
        return sum(each.form != Form.TEXT for each in self.renditions)


@dataclass(frozen=True, slots=True)
class RenditionView:
    """A rendition with how its recording is shown, and whose voice it is."""

    row: RenditionRow
    player: str
    leader: str


async def listing(visit: Visit) -> web.Response:
    """The newest revision of every message; answers to rumours apart."""
    rows = await visit.uow.messages.all_latest()
    renditions = await visit.uow.messages.renditions_of([each.id for each in rows])
    lines = [_line(visit, each, renditions[each.id]) for each in sorted(rows, key=lambda row: row.title)]
    return visit.page(
        "messages.html",
        library=[each for each in lines if each.message.origin != "answer"],
        answers=[each for each in lines if each.message.origin == "answer"],
    )


def _line(visit: Visit, row: MessageRow, renditions: list[RenditionRow]) -> MessageLine:
    order = {RenditionState.APPROVED: 0, RenditionState.DRAFT: 1}
    ordered = sorted(renditions, key=lambda each: (order.get(RenditionState(each.state), 2), each.language))
    in_force = row.vetted_by is not None and row.valid_from <= visit.now < row.valid_until
    return MessageLine(row, tuple(ordered), in_force)


async def show(visit: Visit) -> web.Response:
    """One message: its English source and its renditions."""
    row = await visit.uow.messages.latest(visit.request.match_info["key"])
    if row is None:
        raise NotFound("There is no such message.")
    views = [await rendition_view(visit, each) for each in await visit.uow.messages.renditions(row.id)]
    source = next((each for each in views if each.row.language == SOURCE_LANGUAGE and each.row.form == Form.TEXT), None)
    texts = {each.row.language: each.row for each in views if each.row.form == Form.TEXT}
    wanted = visit.request.query.get("language", "")
    unheard = {each.row.id for each in views if await must_hear_first(visit, each.row)}
    return visit.page(
        "message.html", unheard=unheard, kept=sorted(unheard), line=_line(visit, row, [each.row for each in views]),
        source=source,
        others=[each for each in views if each is not source], chosen=wanted,
        prefill=texts[wanted].text if wanted in texts and texts[wanted].state != RenditionState.APPROVED else "",
        languages_to_write=[
            each for each in visit.desk.registry.languages
            if each.read and (each.tag not in texts or texts[each.tag].state != RenditionState.APPROVED)
        ],
    )  # fmt: skip


async def rendition_view(visit: Visit, row: RenditionRow) -> RenditionView:
    """A rendition with its recording's player and its leader's name."""
    media = await visit.uow.media.get(row.media_id) if row.media_id else None
    leader = await visit.uow.leaders.get(row.leader_id) if row.leader_id else None
    return RenditionView(row, player(media) if media and media.path else "", leader.name if leader else "")


async def write(visit: Visit) -> web.Response:
    """Write the message in another language: a draft."""
    row = await visit.uow.messages.latest(visit.request.match_info["key"])
    if row is None:
        raise NotFound("There is no such message.")
    language, text = visit.text("language"), visit.lines("text")
    rendition_id = await visit.desk.renditions.write(visit.uow, visit.me, row.id, language, text)
    return visit.go(f"/console/renditions/{rendition_id}", "written")
