"""Open data under `/api/v1/`: rumours that are answered, with their counts, reviews of claims, messages in force."""

from csv import QUOTE_ALL, writer
from io import StringIO
from typing import Any

from aiohttp import web

from bot.services.desk import Desk
from bot.services.open_data import Answered, claim_reviews
from bot.services.sheets import safe_cell
from bot.web.public import answers
from bot.web.public.openapi import description

_COLUMNS = ("id", "first_asked_on", "answered_on", "asked", "claim", "verdict", "title", "message", "url")
LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
"""Texts and figures of a council (Open Government Licence 3.0); recordings are not in it."""


class OpenDataPages:
    """The API's few addresses; every one of them is the same for everybody."""

    def __init__(self, desk: Desk, site: str) -> None:
        self._desk = desk
        self._site = site

    def routes(self) -> list[web.RouteDef]:
        """Every way in."""
        return [
            web.get("/api/v1/", self.index), web.get("/api/v1/openapi.json", self.openapi),
            web.get("/api/v1/rumours.json", self.rumours_json), web.get("/api/v1/rumours.csv", self.rumours_csv),
            web.get("/api/v1/claims.jsonld", self.claims), web.get("/api/v1/messages.json", self.messages),
        ]  # fmt: skip

    async def index(self, request: web.Request) -> web.Response:
        """What there is."""
        return answers.json(
            request,
            {
                name: f"{self._site}/api/v1/{name}"
                for name in ("openapi.json", "rumours.json", "rumours.csv", "claims.jsonld", "messages.json")
            },
        )

    async def openapi(self, request: web.Request) -> web.Response:
        """This API as OpenAPI 3.1."""
        return answers.json(request, description(self._site, self._desk.controller.organisation or "Vouch"))

    async def rumours_json(self, request: web.Request) -> web.Response:
        """Rumours that are answered, with counts."""
        rows = [
            {**self._row(each), "asked_by_language": each.by_language, "asked_by_area": each.by_area}
            for each in await self._answered()
        ]
        return answers.json(request, {"licence": LICENCE, "suppressed_below": 5, "rumours": rows})

    async def rumours_csv(self, request: web.Request) -> web.Response:
        """The same as a table, a line a rumour."""
        sheet = StringIO(newline="")
        out = writer(sheet, quoting=QUOTE_ALL)
        out.writerow(_COLUMNS)
        for row in [self._row(each) for each in await self._answered()]:
            out.writerow([safe_cell(row[name]) for name in _COLUMNS])
        return answers.data(request, sheet.getvalue(), "text/csv; charset=utf-8", name="rumours.csv")

    async def claims(self, request: web.Request) -> web.Response:
        """Approved claims with their reviews, as schema.org ClaimReview, one a language."""
        organisation = self._desk.controller.organisation
        reviews = [
            review
            for each in await self._answered()
            for review in claim_reviews(each, organisation=organisation, site=self._site)
        ]
        feed = {
            "@context": "https://schema.org", "@type": "DataFeed", "license": LICENCE,
            "dataFeedElement": [{"@type": "DataFeedItem", "item": each} for each in reviews],
        }  # fmt: skip
        return answers.json(request, feed, "application/ld+json")

    async def messages(self, request: web.Request) -> web.Response:
        """Messages in force with their approved texts."""
        async with self._desk.db.read() as uow:
            every = await self._desk.reach.sharing.all(uow)
        rows: list[dict[str, Any]] = [
            {
                "key": each.message.key, "revision": each.message.revision, "title": each.message.title,
                "topic": each.message.topic, "emergency": each.message.emergency,
                "valid_from": each.message.valid_from.isoformat(), "valid_until": each.message.valid_until.isoformat(),
                "vetted_by": each.message.vetted_by,
                "vetted_on": each.message.vetted_on.isoformat() if each.message.vetted_on else None,
                "sources": each.message.sources, "url": f"{self._site}/m/{each.message.key}",
                "texts": {tag: text.text for tag, text in sorted(each.texts.items())},
            }
            for each in every
        ]  # fmt: skip
        return answers.json(request, {"licence": LICENCE, "messages": rows})

    async def _answered(self) -> list[Answered]:
        async with self._desk.db.read() as uow:
            return await self._desk.reach.open_data.answered(uow)

    def _row(self, each: Answered) -> dict[str, Any]:
        closed = each.rumour.closed_at
        return {
            "id": each.rumour.id, "first_asked_on": each.rumour.first_at.date().isoformat(),
            "answered_on": closed.date().isoformat() if closed else None, "asked": each.asked,
            "claim": each.claim.text if each.claim else None, "verdict": each.claim.verdict if each.claim else None,
            "title": each.message.title, "message": each.message.key,
            "url": f"{self._site}/m/{each.message.key}" if each.shared else None,
        }  # fmt: skip
