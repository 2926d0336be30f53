"""How the public side answers: what browsers may keep, what other sites may read, and 304 for what has not changed."""

import hashlib
from collections.abc import Mapping

import orjson
from aiohttp import web

from bot.http.headers import content_policy

PAGE_POLICY = content_policy(script_src="'none'", connect_src="'none'", form_action="'none'")
"""A page for anybody runs no script at all and sends nothing anywhere."""
OPEN = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
"""Other sites may read it (Fetch standard, CORS protocol): it is the same for everybody and holds no cookie."""


def page(request: web.Request, text: str, *, status: int = 200, headers: Mapping[str, str] | None = None) -> (
    web.Response
):  # fmt: skip
    """An HTML page; asked for again before it is shown again, so that what is withdrawn is gone at once."""
    given = {"Content-Security-Policy": PAGE_POLICY, "Referrer-Policy": "no-referrer", **(headers or {})}
    return _answer(request, text.encode(), "text/html; charset=utf-8", given, status=status)


def data(request: web.Request, body: bytes | str, mime: str, *, name: str = "") -> web.Response:
    """Open data, for any program and any site; `name` for a file that browsers offer to save."""
    headers = {**OPEN, "Content-Disposition": f'attachment; filename="{name}"'} if name else dict(OPEN)
    return _answer(request, body.encode() if isinstance(body, str) else body, mime, headers)


def json(request: web.Request, value: object, mime: str = "application/json") -> web.Response:
    """A JSON document as open data."""
    return data(request, orjson.dumps(value, option=orjson.OPT_INDENT_2), mime)


def _answer(
    request: web.Request, body: bytes, mime: str, headers: Mapping[str, str], *, status: int = 200
) -> web.Response:
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    kept = {"ETag": etag, "Cache-Control": "no-cache", **headers}
    if status == 200 and etag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=kept)
    return web.Response(body=body, status=status, headers={**kept, "Content-Type": mime})
