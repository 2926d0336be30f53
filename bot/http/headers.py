"""Security headers on every answer, whoever made it."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from aiohttp import web

_POLICY: Mapping[str, str] = MappingProxyType(
    {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "media-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
)
YEAR_SECONDS = 365 * 24 * 60 * 60


def content_policy(**changed: str) -> str:
    """The Content-Security-Policy of our pages; `frame_ancestors="'self'"` and the like change or add a directive."""
    directives = dict(_POLICY) | {name.replace("_", "-"): value for name, value in changed.items()}
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def security_headers(*, https: bool) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """A signal for `app.on_response_prepare`, which runs for files, streams and errors as well as for pages.

    A handler that needs another value (a page that may be framed, a file that may be cached) sets its own header
    first; what is set stays. Sources: OWASP HTTP Headers and Content Security Policy cheat sheets.
    """
    policy = content_policy()
    fixed = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        "Cache-Control": "no-store",
    }
    if https:
        fixed["Strict-Transport-Security"] = f"max-age={YEAR_SECONDS}"

    async def add(_request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Server"] = "Vouch"
        own_policy = response.headers.get("Content-Security-Policy")
        if own_policy is None:
            response.headers["Content-Security-Policy"] = policy
        if "frame-ancestors 'self'" not in (own_policy or ""):
            response.headers.setdefault("X-Frame-Options", "DENY")
        for name, value in fixed.items():
            response.headers.setdefault(name, value)

    return add
