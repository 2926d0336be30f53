"""Adds the console to an application. It receives the desk alone: never a key, a vault or another secret."""

from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

from aiohttp import web
from jinja2 import Environment

from bot.http.app import ASSETS
from bot.http.templates import template_environment
from bot.services.desk import Desk
from bot.services.ports import Printer
from bot.web import moments, words
from bot.web.access import Gate
from bot.web.console.films import PRINTER
from bot.web.console.media import player
from bot.web.console.sign_in import ATTEMPTS, Attempts
from bot.web.routes import ROUTES
from bot.web.visit import ConsoleSettings

__all__ = ["ConsoleSettings", "add_console"]

_HERE = Path(__file__).parent


def add_console(app: web.Application, desk: Desk, settings: ConsoleSettings, *, printer: Printer | None = None) -> None:
    """Add every page of the console, and its static files, to an application made by `guarded_app`.

    `printer`: draws posters for press packs; without one those come without.
    """
    app[ASSETS].add("console/", _HERE / "static")
    app[ATTEMPTS] = Attempts()
    app[PRINTER] = printer
    gate = Gate(desk, settings, _pages(app, desk, settings))
    for route in ROUTES:
        app.router.add_route(route.method, route.path, gate.guard(route))


def _pages(app: web.Application, desk: Desk, settings: ConsoleSettings) -> Environment:
    zone = desk.controller.zone
    names = {area.id: area.name for area in desk.controller.areas}
    pages = template_environment(
        [_HERE / "templates"],
        asset=app[ASSETS].url, settings=settings, controller=desk.controller,
        languages=words.LanguageNames(desk.registry), words=words, zone=zone, player=player,
    )  # fmt: skip
    pages.finalize = words.without_hidden
    pages.filters.update(
        clock=lambda moment: moments.clock_time(moment, zone),
        day=moments.day,
        span=moments.span,
        age=moments.age,
        ahead=lambda moment, now: moments.ahead(moment, now, zone),
        area=lambda key: names.get(key, key),
        directed=words.directed,
        hidden=words.hidden,
        number=lambda value: f"{value:,}",
        instant=datetime.fromisoformat,
        query=lambda values: f"?{urlencode(values)}" if values else "",
    )
    return pages
