"""Pictures, voices and videos for staff to see and hear: served by us, with a type that we set."""

from aiohttp import web

from bot.db.rows import MediaRow
from bot.errors import NotFound
from bot.web.visit import Visit

_SHOWN = frozenset(
    {
        "image/jpeg", "image/png", "image/webp", "image/gif", "audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac",
        "video/mp4", "video/webm", "video/quicktime",
    }
)  # fmt: skip
"""Types that a browser shows without running anything in them."""
_USUAL = {
    "photo": "image/jpeg", "voice": "audio/ogg", "audio": "audio/mpeg", "video": "video/mp4", "round": "video/mp4",
    "animation": "video/mp4", "sticker": "image/webp",
}  # fmt: skip
_PLAYERS = {"image": "image", "audio": "audio", "video": "video"}


def player(row: MediaRow) -> str:
    """How a stored file is shown: `image`, `audio`, `video`, or `` for one that is only offered for download."""
    return _PLAYERS.get(_type(row).partition("/")[0], "")


def _type(row: MediaRow) -> str:
    """The type we vouch for: what the sender said counts only when it is harmless. Documents are never shown."""
    said = row.mime.partition(";")[0].strip().lower()
    if row.kind == "document":
        return "application/octet-stream"
    return said if said in _SHOWN else _USUAL.get(row.kind, "application/octet-stream")


async def of_flag(visit: Visit) -> web.StreamResponse:
    """What a resident sent."""
    flag = await visit.uow.rumours.flag(visit.number())
    if flag is None:
        raise NotFound("This file is not here (any more).")
    await visit.desk.rumours.visible(visit.uow, flag.rumour_id)
    return await file_of(visit, flag.media_id)


async def of_rendition(visit: Visit) -> web.StreamResponse:
    """A leader's recording."""
    rendition = await visit.uow.messages.rendition(visit.number())
    return await file_of(visit, rendition.media_id if rendition else None)


async def file_of(visit: Visit, media_id: int | None) -> web.StreamResponse:
    """A stored file, with a type that we vouch for. Raises NotFound."""
    row = await visit.uow.media.get(media_id) if media_id else None
    if row is None or row.path is None or row.state != "stored":
        raise NotFound("This file is not here (any more).")
    mime = _type(row)
    kept = "inline" if mime in _SHOWN else f'attachment; filename="file-{row.id}"'
    return web.FileResponse(
        visit.desk.store.path(row.path),
        headers={
            "Content-Type": mime,
            "Content-Disposition": kept,
            "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
            "Cache-Control": "no-store",
        },
    )
