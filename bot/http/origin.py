"""Cross-site request forgery: only our own pages may change anything."""

from collections.abc import Collection
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.errors import NotAllowed

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class CrossSite(NotAllowed):
    """A request that changes something did not come from our own pages."""

    code = "cross_site"


def same_origin(*, exempt: Collection[str] = ()) -> Middleware:
    """Refuse unsafe methods from anywhere else, by Fetch Metadata, and by Origin for browsers that do not send it.

    `exempt` are path prefixes that programs call and that check a secret of their own (the webhook, the Bot API
    stand-in). Source: OWASP Cross-Site Request Forgery Prevention cheat sheet, Fetch Metadata.
    """
    free = tuple(exempt)

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        exempted = bool(free) and request.path.startswith(free)
        if request.method not in _SAFE_METHODS and not exempted and not _from_ourselves(request):
            raise CrossSite("This was not sent from a page of this site, so nothing was done.")
        return await handler(request)

    return check


def _from_ourselves(request: web.Request) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin", "")
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and parts.netloc != "" and parts.netloc == request.host
