"""Errors as pages: a plain sentence for what people can act on, a short reference for what they cannot."""

import secrets
from pathlib import Path

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.errors import Conflict, InvalidInput, NotAllowed, NotFound, NotVetted, Unavailable, VouchError
from bot.http.templates import TEMPLATES

log = structlog.get_logger()

_STATUS: dict[type[VouchError], int] = {
    InvalidInput: 400,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    NotVetted: 409,
    Unavailable: 503,
}
_TITLES = {
    400: "That cannot be used as it is",
    403: "This is not yours to do",
    404: "This page is not here",
    405: "This page does not work that way",
    409: "That does not fit any more",
    413: "That is too much at once",
    429: "A little too fast",
    500: "Something went wrong here",
    503: "Not reachable right now",
}


def status_of(error: VouchError) -> int:
    """The HTTP status that says the same as this error; 500 for one that nobody outside can act on."""
    return next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 500)


def title_of(status: int) -> str:
    """A heading for a page with this status."""
    return _TITLES.get(status, "That did not work")


def errors_as_pages() -> Middleware:
    """Turn every exception into a page. Logs name the route and the kind of error, never a text, an id or a value."""

    @web.middleware
    async def catch(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except VouchError as error:
            status = status_of(error)
            if status < 500 or isinstance(error, Unavailable):
                return _page(request, status, str(error))
            return _unexpected(request, error)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            return _page(request, error.status, "", allow=error.headers.get("Allow"))
        except Exception as error:  # noqa: BLE001 - the last net: whatever it was, people get a page
            return _unexpected(request, error)

    return catch


def _unexpected(request: web.Request, error: Exception) -> web.Response:
    reference = secrets.token_hex(4)
    log.error(
        "request failed",
        reference=reference,
        route=_route(request),
        method=request.method,
        error=type(error).__name__,
        at=_place(error),
    )
    return _page(request, 500, "It is our fault, not yours, and nothing was changed.", reference=reference)


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else ""


def _place(error: Exception) -> str:
    """File and line where it was raised: enough to find it, and no value of any variable."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"


def _page(
    request: web.Request, status: int, sentence: str, *, reference: str = "", allow: str | None = None
) -> web.Response:
    text = (
        request.app[TEMPLATES]
        .get_template("error.html")
        .render(title=title_of(status), sentence=sentence, reference=reference)
    )
    response = web.Response(text=text, content_type="text/html", status=status)
    if allow:
        response.headers["Allow"] = allow
    return response
