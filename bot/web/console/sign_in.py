"""Signing in with a one-time link, and out."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from aiohttp import web

from bot.errors import NotAllowed
from bot.web.visit import ConsoleSettings, Visit

MINUTE = timedelta(minutes=1)
ATTEMPTS_A_MINUTE = 5
"""Wrong links from one address before it has to wait (OWASP Authentication cheat sheet: slow down, never lock out)."""
_MOST_ADDRESSES = 10_000


class Attempts:
    """Counts wrong links by address, in memory. A good link always counts as none: offices share one address."""

    def __init__(self) -> None:
        self._failed: dict[str, list[datetime]] = {}

    def too_many(self, address: str, now: datetime) -> bool:
        """Whether this address has to wait."""
        recent = [at for at in self._failed.get(address, []) if now - at < MINUTE]
        return len(recent) >= ATTEMPTS_A_MINUTE

    def failed(self, address: str, now: datetime) -> None:
        """Note one wrong link."""
        if len(self._failed) >= _MOST_ADDRESSES:
            self._failed = {each: times for each, times in self._failed.items() if now - times[-1] < MINUTE}
        kept = [at for at in self._failed.pop(address, []) if now - at < MINUTE]
        self._failed[address] = [*kept, now]


ATTEMPTS = web.AppKey("attempts", Attempts)


def address_of(remote: str | None, headers: Mapping[str, str], settings: ConsoleSettings) -> str:
    """Where a request comes from: the last address that our own reverse proxy wrote down, or the connection's."""
    forwarded = headers.get("X-Forwarded-For", "")
    if settings.secure and forwarded:
        return forwarded.rpartition(",")[2].strip()
    return remote or ""


async def show(visit: Visit) -> web.Response:
    """Looking at a link does not use it up: chat apps and scanners open links too."""
    token = visit.request.query.get("t", "")
    good = bool(token) and await visit.desk.staff.link_is_good(visit.uow, token)
    return visit.page("sign_in.html", token=token if good else "", asked=bool(token))


async def sign_in(visit: Visit) -> web.Response:
    """Use the link up: a new session, whatever session was there before."""
    attempts = visit.request.app[ATTEMPTS]
    address = address_of(visit.request.remote, visit.request.headers, visit.settings)
    if attempts.too_many(address, visit.now):
        response = visit.page("sign_in_slow.html", status=429)
        response.headers["Retry-After"] = "60"
        return response
    try:
        session = await visit.desk.staff.sign_in(visit.uow, visit.text("t"))
    except NotAllowed:
        attempts.failed(address, visit.now)
        return visit.page("sign_in.html", status=403, token="", asked=True)
    if visit.actor is not None:
        await visit.desk.staff.sign_out(visit.uow, visit.actor, visit.request.cookies[visit.settings.cookie])
    response = visit.go("/console/", "signed_in")
    response.set_cookie(
        visit.settings.cookie, session, path="/", httponly=True, secure=visit.settings.secure, samesite="Lax"
    )
    return response


async def sign_out(visit: Visit) -> web.Response:
    """End the session here and in the database."""
    await visit.desk.staff.sign_out(visit.uow, visit.me, visit.request.cookies[visit.settings.cookie])
    response = visit.go("/console/signed-out")
    response.del_cookie(visit.settings.cookie, path="/", httponly=True, secure=visit.settings.secure, samesite="Lax")
    return response


async def signed_out(visit: Visit) -> web.Response:
    """Goodbye."""
    return visit.page("signed_out.html", wrote=[], ended=False)
