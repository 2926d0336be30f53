"""The film of a message for anybody: the video with ranges, its subtitles, and how often it was played."""

import asyncio
import contextlib
import re
from collections import Counter

from aiohttp import web

from bot.db import UnitOfWork
from bot.db.rows import FilmRow
from bot.domain.subtitles import srt, webvtt
from bot.errors import NotFound, Unavailable
from bot.services.desk import Desk
from bot.services.film_sharing import subtitles
from bot.web.public import answers

_FILM = r"/m/{key:[a-z0-9-]{2,40}}/film/{id:\d{1,15}}"
_FROM_THE_START = re.compile(r"bytes=0-(\d*)")
_WRITE_EVERY_SECONDS = 2.0
_A_PLAY = 65_536
"""Bytes: browsers ask for the first few to learn what a file is; that is no play yet."""


class Counts:
    """Plain totals of films: who it was is not looked at. Written together, so that a crowd is one small write."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._found: Counter[tuple[int, str]] = Counter()
        self._writing: asyncio.Task[None] | None = None

    def add(self, film_id: int, name: str) -> None:
        """One more of `plays`, `downloads` or `opens`."""
        self._found[film_id, name] += 1
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._soon())

    async def _soon(self) -> None:
        await asyncio.sleep(_WRITE_EVERY_SECONDS)
        await self.write()

    async def finish(self, _app: web.Application) -> None:
        """Write down what was counted last."""
        await self.write()

    async def write(self) -> None:
        """Write down what was counted since the last time."""
        found, self._found = self._found, Counter()
        if not found:
            return
        with contextlib.suppress(Unavailable):
            async with self._desk.db.write() as uow:
                for (film_id, name), number in found.items():
                    await uow.films.count(film_id, {name: number})


class FilmPages:
    """Whether a film may be shown is asked at each request: what was withdrawn is gone with the next one."""

    def __init__(self, desk: Desk, counts: Counts) -> None:
        self._desk = desk
        self._counts = counts

    def routes(self) -> list[web.RouteDef]:
        """Every way in."""
        return [
            web.get(f"{_FILM}.mp4", self.video),
            web.get(rf"{_FILM}.{{tag:[A-Za-z0-9-]{{2,16}}}}.{{kind:vtt|srt}}", self.words),
        ]

    async def video(self, request: web.Request) -> web.StreamResponse:
        """The file; with `?save`, as one that browsers offer to keep and that WhatsApp takes (16 MB)."""
        async with self._desk.db.read() as uow:
            film = await self._film(request, uow)
            path = self._desk.store.path((await self._desk.film_sharing.file(uow, film)).path or "")
        saved = "save" in request.query
        if _begins(request):
            self._counts.add(film.id, "downloads" if saved else "plays")
        name = f"{request.match_info['key']}-{film.aspect.replace(':', 'x')}.mp4"
        return web.FileResponse(
            path,
            headers={
                "Content-Type": "video/mp4",
                "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
                "Cross-Origin-Resource-Policy": "cross-origin",
                "Cache-Control": "no-cache",
                "Content-Disposition": f'{"attachment" if saved else "inline"}; filename="{name}"',
            },
        )

    async def words(self, request: web.Request) -> web.StreamResponse:
        """What is said in it in one language, as subtitles."""
        async with self._desk.db.read() as uow:
            film = await self._film(request, uow)
        lines = subtitles(film).get(request.match_info["tag"])
        if lines is None:
            raise NotFound("There are no subtitles in this language.")
        if request.match_info["kind"] == "srt":
            return answers.data(request, srt(lines), "application/x-subrip; charset=utf-8")
        return answers.data(request, webvtt(lines), "text/vtt; charset=utf-8")

    async def _film(self, request: web.Request, uow: UnitOfWork) -> FilmRow:
        return await self._desk.film_sharing.public(
            uow, request.match_info["key"], int(request.match_info["id"])
        )  # fmt: skip


def _begins(request: web.Request) -> bool:
    """Whether somebody begins to watch: not a look at the first bytes, nor a jump to another place."""
    wanted = request.headers.get("Range")
    if request.method != "GET":
        return False
    if wanted is None:
        return True
    found = _FROM_THE_START.fullmatch(wanted.strip())
    return found is not None and (not found[1] or int(found[1][:12]) >= _A_PLAY)
