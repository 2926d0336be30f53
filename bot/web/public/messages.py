"""Share pages: one message in force, in one language, with who checked it and until when it is valid."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import web
from jinja2 import Environment
from markupsafe import Markup

from bot.db import UnitOfWork
from bot.db.rows import FilmRow
from bot.domain.renditions import SOURCE_LANGUAGE
from bot.errors import NotFound
from bot.i18n import Catalogs, Language
from bot.services.desk import Desk
from bot.services.film_sharing import subtitles
from bot.services.sharing import Recording, Shared
from bot.web.public import answers
from bot.web.public.codes import svg_code
from bot.web.public.films import Counts
from bot.web.public.words import PageWords
from bot.web.words import directed

_KEY = "{key:[a-z0-9-]{2,40}}"
_TAG = "{tag:[A-Za-z0-9-]{2,16}}"
_ADDRESS = re.compile(r"https?://[^\s<>]+")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_ACCEPTED = re.compile(r"([A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*q=([01](?:\.\d{1,3})?))?")
_FORMS = {"voice": "audio/ogg", "video": "video/mp4", "signed": "video/mp4"}
_PLAYED = frozenset({"audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac", "video/mp4", "video/webm", "video/quicktime"})


@dataclass(frozen=True, slots=True)
class FilmView:
    """Films that are shown, the languages of the first one's subtitles, and whether there was one that is gone."""

    films: list[FilmRow]
    subtitles: list[Language]
    gone: bool


class MessagePages:
    """`/m/{key}`, `/m/{key}/{tag}` and the recordings on them."""

    def __init__(self, desk: Desk, catalogs: Catalogs, pages: Environment, site: str, counts: Counts) -> None:
        self._desk = desk
        self._catalogs = catalogs
        self._pages = pages
        self._site = site
        self._counts = counts

    def routes(self) -> list[web.RouteDef]:
        """Every way in."""
        return [
            web.get(f"/m/{_KEY}", self.any_language),
            web.get(f"/m/{_KEY}/{_TAG}", self.one_language),
            web.get(f"/m/{_KEY}/{_TAG}/{{form:voice|video|signed}}", self.recording),
        ]

    async def any_language(self, request: web.Request) -> web.StreamResponse:
        """In the language that the reader's browser asks for, as far as there is a text in it."""
        async with self._desk.db.read() as uow:
            shared = await self._desk.reach.sharing.get(uow, request.match_info["key"])
            wanted = wanted_languages(request.headers.get("Accept-Language", ""))
            known = [found for tag in wanted if (found := self._desk.registry.resolve(tag)) is not None]
            chain = [tag for each in known for tag in self._desk.registry.read_chain(each.tag) if tag != SOURCE_LANGUAGE
                     or each.tag == SOURCE_LANGUAGE]  # fmt: skip
            tag = shared.best(chain).language
            recordings = await self._desk.reach.sharing.recordings(uow, shared.message, tag)
            return await self._page(request, shared, tag, recordings, film=await self._film(uow, shared, tag))

    async def one_language(self, request: web.Request) -> web.StreamResponse:
        """In one language; where there is no approved text in it, the one that stands in, and a line that says so."""
        async with self._desk.db.read() as uow:
            shared = await self._desk.reach.sharing.get(uow, request.match_info["key"])
            found = self._desk.registry.resolve(request.match_info["tag"])
            if found is None:
                raise NotFound("There is no such language here.")
            tag = shared.best(self._desk.registry.read_chain(found.tag)).language
            recordings = await self._desk.reach.sharing.recordings(uow, shared.message, tag)
            missing = "" if tag in {found.tag, self._desk.registry.reading(found.tag).tag} else found.tag
            film = await self._film(uow, shared, tag)
            self._count_open(request, film)
            return await self._page(request, shared, tag, recordings, missing, film=film)

    def _count_open(self, request: web.Request, film: "FilmView") -> None:
        """Somebody came by the button of a broadcast that carried a film."""
        came_by = request.query.get("film", "")
        if request.method == "GET" and came_by in {str(each.id) for each in film.films}:
            self._counts.add(int(came_by), "opens")

    async def _film(self, uow: UnitOfWork, shared: Shared, tag: str) -> "FilmView":
        """The published film, its subtitles (the reader's language first), and whether one is shown no longer."""
        key = shared.message.key
        shown = await self._desk.film_sharing.shown(uow, key)
        tags = sorted(subtitles(shown[0]), key=lambda each: each != tag) if shown else []
        gone = not shown and await self._desk.film_sharing.was_shown(uow, key)
        return FilmView(shown, [self._desk.registry.get(each) for each in tags], gone)

    async def _page(
        self, request: web.Request, shared: Shared, tag: str, recordings: list[Recording], missing: str = "", *,
        film: "FilmView",
    ) -> web.Response:  # fmt: skip
        t = self._catalogs.translator(tag)
        others = [self._desk.registry.get(each) for each in shared.texts if each != tag]
        start = f"https://t.me/{self._desk.controller.bot_name}?start=l_{tag}" if self._desk.controller.bot_name else ""
        text = self._pages.get_template("message.html").render(
            words=PageWords(t, self._desk.controller), language=t.language, message=shared.message,
            title=shared.message.title if tag == SOURCE_LANGUAGE else "",
            text=shown(shared.texts[tag].text), excerpt=_excerpt(shared.texts[tag].text), recordings=recordings,
            film=film, others=others, missing=self._desk.registry.get(missing) if missing else None,
            address=f"{self._site}/m/{shared.message.key}/{tag}", start=start, code=svg_code(start) if start else "",
            site=self._site,
        )  # fmt: skip
        return answers.page(request, text, headers={"Vary": "Accept-Language", "Content-Language": tag})

    async def recording(self, request: web.Request) -> web.StreamResponse:
        """The file of a recording whose leader agreed that it is shown outside the bot."""
        async with self._desk.db.read() as uow:
            shared = await self._desk.reach.sharing.get(uow, request.match_info["key"])
            found = await self._desk.reach.sharing.recordings(uow, shared.message, request.match_info["tag"])
        form = request.match_info["form"]
        played = next((each for each in found if each.rendition.form == form), None)
        if played is None or played.media.path is None:
            raise NotFound("There is no such recording here.")
        said = played.media.mime.partition(";")[0].strip().lower()
        return web.FileResponse(
            self._desk.store.path(played.media.path),
            headers={
                "Content-Type": said if said in _PLAYED else _FORMS[form],
                "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
                "Cache-Control": "no-cache",
                "Content-Disposition": f'inline; filename="{quote(shared.message.key)}-{played.rendition.language}"',
            },
        )


def shown(text: str) -> list[Markup]:
    """A rendition's paragraphs for the screen: bold, links to the official pages that it names, nothing else."""
    return [_paragraph(each) for each in text.split("\n\n") if each.strip()]


def _paragraph(text: str) -> Markup:
    html = str(directed(text.strip()))
    html = _BOLD.sub(r"<strong>\1</strong>", html)
    return Markup(_ADDRESS.sub(_link, html))  # noqa: S704 - escaped above; only our own tags were put in


def _link(match: re.Match[str]) -> str:
    address = match[0].rstrip(".,;:!?)")
    # It stands in escaped text, so it is escaped already; the policy allows no script whatever it says.
    return f'<a class="govuk-link" rel="noreferrer" dir="ltr" href="{address}">{address}</a>{match[0][len(address) :]}'


def _excerpt(text: str) -> str:
    plain = " ".join(text.replace("**", "").split())
    return plain if len(plain) <= 200 else plain[:199] + "…"


def wanted_languages(header: str) -> list[str]:
    """Languages of an Accept-Language header, the most wanted first (RFC 9110, 12.5.4); at most ten are looked at."""
    found = [(match[1], float(match[2] or 1)) for part in header[:400].split(",")[:10]
             if (match := _ACCEPTED.fullmatch(part.strip()))]  # fmt: skip
    return [tag for tag, weight in sorted(found, key=lambda pair: -pair[1]) if weight > 0]
