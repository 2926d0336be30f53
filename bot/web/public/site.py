"""Adds the public side to an application. It gets the desk and the catalogs: never a key, a vault or a session."""

from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment
from markupsafe import Markup

from bot.http.app import ASSETS
from bot.http.templates import template_environment
from bot.i18n import Catalogs
from bot.services.desk import Desk
from bot.web import words
from bot.web.public.data import OpenDataPages
from bot.web.public.feeds import Feeds
from bot.web.public.films import Counts, FilmPages
from bot.web.public.messages import MessagePages
from bot.web.public.verify import VerifyPages

_TEMPLATES = Path(__file__).parent.parent / "templates" / "public"


def add_public(app: web.Application, desk: Desk, catalogs: Catalogs, *, site: str) -> None:
    """Add share pages, feeds and open data; `site` is the address by which people reach us."""
    pages = _pages(app, desk)
    counts = Counts(desk)
    app.on_cleanup.append(counts.finish)
    app.add_routes(FilmPages(desk, counts).routes())
    app.add_routes(MessagePages(desk, catalogs, pages, site, counts).routes())
    app.add_routes(VerifyPages(desk, catalogs, pages).routes())
    app.add_routes(Feeds(desk, catalogs, site).routes())
    app.add_routes(OpenDataPages(desk, site).routes())


def _pages(app: web.Application, desk: Desk) -> Environment:
    pages = template_environment(
        [_TEMPLATES], asset=app[ASSETS].url, controller=desk.controller, directed=words.directed
    )
    pages.filters["html"] = _html
    pages.finalize = words.without_hidden
    return pages


def _html(value: Any) -> Markup:
    """A catalog's text: it is HTML already, with its values escaped (i18n.Safe)."""
    return Markup(str(value))  # noqa: S704
