"""Whether the process lives, whether it takes updates, and its figures for Prometheus."""

import ipaddress
from collections.abc import Callable

from aiohttp import web
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.metrics import REGISTRY

_PROXY_HEADERS = ("X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via")


def health_routes(ready: Callable[[], bool]) -> list[web.RouteDef]:
    """`/healthz`, `/readyz` (200 once `ready()` says yes, 503 before) and `/metrics` (this machine only)."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_request: web.Request) -> web.Response:
        return web.Response(text="ready\n") if ready() else web.Response(text="not ready\n", status=503)

    async def metrics(request: web.Request) -> web.Response:
        if not _from_this_machine(request):
            raise web.HTTPNotFound
        return web.Response(body=generate_latest(REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)]


def _from_this_machine(request: web.Request) -> bool:
    """Loopback, and not by way of a reverse proxy, whose requests come from loopback too."""
    if any(name in request.headers for name in _PROXY_HEADERS):
        return False
    try:
        return ipaddress.ip_address(request.remote or "").is_loopback
    except ValueError:
        return False
