"""Feeds: what is in force in one language, for websites, readers and screens that follow it by themselves."""

from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from aiohttp import web

from bot.db import UnitOfWork
from bot.db.rows import RenditionRow
from bot.errors import NotFound
from bot.i18n import Catalogs, Language, strip_controls
from bot.services.desk import Desk
from bot.services.sharing import Shared
from bot.web.public import answers

_TAG = "{tag:[A-Za-z0-9-]{2,16}}"
_Entry = tuple[Shared, RenditionRow]


class Feeds:
    """`/feeds/{tag}.atom` (RFC 4287) and `/feeds/{tag}.json` (JSON Feed 1.1)."""

    def __init__(self, desk: Desk, catalogs: Catalogs, site: str) -> None:
        self._desk = desk
        self._catalogs = catalogs
        self._site = site

    def routes(self) -> list[web.RouteDef]:
        """Every way in."""
        return [web.get(f"/feeds/{_TAG}.atom", self.atom), web.get(f"/feeds/{_TAG}.json", self.json)]

    async def atom(self, request: web.Request) -> web.Response:
        """As Atom."""
        language = self._language(request)
        async with self._desk.db.read() as uow:
            entries = await self._entries(uow, language)
        updated = max((_updated(each) for each in entries), default=None)
        address = f"{self._site}/feeds/{language.tag}.atom"
        parts = [
            '<?xml version="1.0" encoding="utf-8"?>',
            f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(language.tag)}>',
            f"<id>{escape(address)}</id><title>{_xml(self._title)}</title>",
            f'<link rel="self" href={quoteattr(address)}/>',
            f"<updated>{_moment(updated) if updated else '1970-01-01T00:00:00Z'}</updated>",
            f"<author><name>{_xml(self._title)}</name></author>",
            *(self._entry(shared, text) for shared, text in entries), "</feed>",
        ]  # fmt: skip
        return answers.data(request, "\n".join(parts) + "\n", "application/atom+xml; charset=utf-8")

    def _entry(self, shared: Shared, text: RenditionRow) -> str:
        address = self._address(shared, text)
        links = "".join(
            f'<link rel="related" href={quoteattr(each["url"])} title={quoteattr(each["title"])}/>'
            for each in shared.message.sources
        )
        return (
            f"<entry><id>{escape(address)}#r{shared.message.revision}</id><title>{_xml(_title(shared, text))}</title>"
            f"<link href={quoteattr(address)}/>{links}<published>{_moment(shared.message.valid_from)}</published>"
            f"<updated>{_moment(_updated((shared, text)))}</updated><category term={quoteattr(shared.message.topic)}/>"
            f'<content type="text">{_xml(text.text.replace("**", ""))}</content></entry>'
        )

    async def json(self, request: web.Request) -> web.Response:
        """As JSON Feed."""
        language = self._language(request)
        async with self._desk.db.read() as uow:
            entries = await self._entries(uow, language)
        feed = {
            "version": "https://jsonfeed.org/version/1.1", "title": self._title, "language": language.tag,
            "feed_url": f"{self._site}/feeds/{language.tag}.json",
            "items": [
                {
                    "id": f"{self._address(shared, text)}#r{shared.message.revision}",
                    "url": self._address(shared, text), "title": _title(shared, text),
                    "content_text": text.text.replace("**", ""), "language": text.language,
                    "date_published": _moment(shared.message.valid_from),
                    "date_modified": _moment(_updated((shared, text))), "tags": [shared.message.topic],
                }
                for shared, text in entries
            ],
        }  # fmt: skip
        return answers.json(request, feed, "application/feed+json")

    def _language(self, request: web.Request) -> Language:
        found = self._desk.registry.resolve(request.match_info["tag"])
        if found is None or not found.read:
            raise NotFound("There is no feed in this language.")
        return found

    async def _entries(self, uow: UnitOfWork, language: Language) -> list[_Entry]:
        """Only what is there in this very language: a feed promises one."""
        every = await self._desk.reach.sharing.all(uow)
        found = [(each, each.texts[language.tag]) for each in every if language.tag in each.texts]
        return sorted(found, key=lambda each: (not each[0].message.emergency, -_updated(each).timestamp()))

    def _address(self, shared: Shared, text: RenditionRow) -> str:
        return f"{self._site}/m/{shared.message.key}/{text.language}"

    @property
    def _title(self) -> str:
        return self._desk.controller.organisation or "Vouch"


def _updated(entry: _Entry) -> datetime:
    return max(entry[0].message.valid_from, entry[1].created_at)


def _title(shared: Shared, text: RenditionRow) -> str:
    """The title is English; elsewhere the text's first line stands for it."""
    if text.language == "en-GB":
        return shared.message.title
    first = text.text.replace("**", "").strip().split("\n", 1)[0]
    return first if len(first) <= 120 else first[:119] + "…"


def _xml(text: str) -> str:
    """Text for XML 1.0, which knows no other control characters than these (section 2.2)."""
    return escape("".join(each for each in strip_controls(text)[0] if each >= " " or each in "\t\n\r"))


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
