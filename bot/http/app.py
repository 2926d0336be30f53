"""The guarded application that every face adds its routes to."""

from collections.abc import Awaitable, Callable, Collection

from aiohttp import web

from bot.http.assets import Assets
from bot.http.errors import errors_as_pages
from bot.http.headers import security_headers
from bot.http.origin import same_origin
from bot.http.templates import TEMPLATES, template_environment

ASSETS = web.AppKey("assets", Assets)
BODY_LIMIT = 1024 * 1024
"""Bytes of a request body: far above any form of ours and any update of Telegram's (their files are fetched)."""

Direct = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
DIRECT = web.AppKey("direct", dict[str, Direct])
"""Handlers by path that programs call very often: they do without routes, guards and pages, and guard themselves."""


def guarded_app(*, https: bool, exempt: Collection[str] = (), body_limit: int = BODY_LIMIT) -> web.Application:
    """An application with security headers, the same-origin rule, error pages and `/static/`.

    `https`: whether people reach it by HTTPS (then browsers are told to insist on it). `exempt`: path prefixes that
    programs call, see `same_origin`. A face adds its static files with `app[ASSETS].add(...)`.
    """
    app = web.Application(middlewares=[errors_as_pages(), same_origin(exempt=exempt)], client_max_size=body_limit)
    app.on_response_prepare.append(security_headers(https=https))
    app[DIRECT] = {}
    app[ASSETS] = assets = Assets()
    app[TEMPLATES] = template_environment(asset=assets.url)
    app.router.add_get("/static/{name:.+}", assets.serve)
    return app


def open_direct_ways(runner: web.AppRunner, app: web.Application) -> None:
    """Let requests for the paths of `app[DIRECT]` go straight to their handlers; `runner` has been set up."""
    server, ways = runner.server, app[DIRECT]
    if server is None or not ways:
        return
    guarded = server.request_handler

    def choose(request: web.BaseRequest) -> Awaitable[web.StreamResponse]:
        direct = ways.get(request.path)
        # The application answers `Expect: 100-continue`, which Telegram does not send.
        return guarded(request) if direct is None or "Expect" in request.headers else direct(request)

    server.request_handler = choose
