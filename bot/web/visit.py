"""One request to the console: who asks, the transaction it runs in, and how it answers."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web
from jinja2 import Environment
from markupsafe import Markup
from multidict import MultiDict, MultiDictProxy
from yarl import URL

from bot.db import UnitOfWork
from bot.domain.staff import Act, may
from bot.errors import InvalidInput, NotAllowed
from bot.services.audit import Actor
from bot.services.desk import Desk
from bot.web.words import DONE

NO_FORM: MultiDictProxy[str] = MultiDictProxy(MultiDict())


@dataclass(frozen=True, slots=True)
class ConsoleSettings:
    """`public_url`: where people reach us; `secure`: it is HTTPS; `sample`: everything here is sample data."""

    public_url: str
    secure: bool
    sample: bool

    @property
    def cookie(self) -> str:
        """The session cookie's name; `__Host-` binds it to this very host and to HTTPS (RFC 6265bis, 4.1.3.2)."""
        return "__Host-vouch_session" if self.secure else "vouch_session"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a form was not taken, and what it held, so that nobody has to type it again."""

    sentence: str
    status: int
    form: MultiDictProxy[str]

    @property
    def form_id(self) -> str:
        """Which form of the page it was."""
        return self.form.get("form", "")


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file of a form. Its name is shown and never used; what it is, its bytes decide."""

    name: str
    mime: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Visit:
    """What a page handler gets. `actor` is None only on pages for people who are not signed in."""

    request: web.Request
    desk: Desk
    settings: ConsoleSettings
    pages: Environment
    uow: UnitOfWork
    actor: Actor | None
    form: MultiDictProxy[str] = field(default_factory=lambda: NO_FORM)
    problem: Problem | None = None
    files: Mapping[str, Uploaded] = field(default_factory=dict)

    @property
    def me(self) -> Actor:
        """Whoever is signed in."""
        if self.actor is None:
            raise NotAllowed("Sign in first.")
        return self.actor

    @property
    def now(self) -> datetime:
        """The time as the desk's clock tells it."""
        return self.desk.clock.now()

    def may(self, act: str) -> bool:
        """Whether the one signed in may do this; for showing and hiding, the services decide."""
        return self.actor is not None and may(self.actor.roles, Act(act))

    def number(self, name: str = "id") -> int:
        """A number in the address (routes let only digits through)."""
        return int(self.request.match_info[name])

    def text(self, name: str) -> str:
        """A field of the form without spaces around it."""
        return self.form.get(name, "").strip()

    def lines(self, name: str) -> str:
        """A field of several lines; HTML forms end lines with CR LF, we with LF."""
        return self.text(name).replace("\r\n", "\n")

    def texts(self, name: str) -> list[str]:
        """Every value of a field: ticked boxes."""
        return self.form.getall(name, [])

    def whole_number(self, name: str) -> int:
        """A field that holds a row number. Raises InvalidInput."""
        value = self.text(name)
        if not (value.isascii() and value.isdigit() and len(value) <= 15):
            raise InvalidInput("Something is missing in this form: load the page again.")
        return int(value)

    # Answering

    def render(self, template: str, **values: Any) -> str:
        """A template with everything that all pages know."""
        return self.pages.get_template(template).render(
            visit=self, now=self.now, problem=self.problem, typed=self._typed, **values
        )

    def _typed(self, form_id: str, name: str, default: str = "") -> str:
        if self.problem is not None and self.problem.form_id == form_id:
            return self.problem.form.get(name, "")
        return default

    def typed_all(self, form_id: str, name: str, default: list[str]) -> list[str]:
        """Ticked boxes of a form that was not taken, or else `default`."""
        if self.problem is not None and self.problem.form_id == form_id:
            return self.problem.form.getall(name, [])
        return default

    def page(self, template: str, *, status: int = 200, **values: Any) -> web.Response:
        """A whole page."""
        done = DONE.get(self.request.query.get("done", ""), "") if self.problem is None else ""
        text = self.render(template, done=done, **values)
        if self.problem is not None:
            status = self.problem.status
        return web.Response(text=text, content_type="text/html", status=status)

    def go(self, path: str, done: str | None = None) -> web.Response:
        """After a form was taken: on to a page of ours, which says what was done."""
        location = URL(path, encoded=True)
        if done is not None:
            location = location.update_query(done=done)
        return web.Response(status=303, headers={"Location": str(location)})

    def live(self, name: str, template: str, path: str, **values: Any) -> Markup:
        """A part of a page that keeps itself up to date: htmx asks `path` for it again every few seconds."""
        body, mark = self._part(template, values)
        return self._wrap(name, body, mark, path)

    def live_answer(self, name: str, template: str, path: str, **values: Any) -> web.Response:
        """The answer to htmx: nothing (204) while the part is what the page shows already."""
        body, mark = self._part(template, values)
        if self.request.query.get("seen") == mark:
            return web.Response(status=204)
        return web.Response(text=self._wrap(name, body, mark, path), content_type="text/html")

    def _part(self, template: str, values: dict[str, Any]) -> tuple[str, str]:
        body = self.render(template, **values)
        return body, hashlib.sha256(body.encode()).hexdigest()[:16]

    def _wrap(self, name: str, body: str, mark: str, path: str) -> Markup:
        url = str(URL(path).update_query(seen=mark))
        return Markup(self.pages.get_template("live.html").render(name=name, url=url, body=Markup(body)))  # noqa: S704 - rendered with escaping


PageHandler = Callable[[Visit], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """A way in. `act` is what one must be allowed to do (None: anybody, also without signing in).

    `back` is the page that holds the form: shown again, with what was typed, when the form is not taken. A `live`
    route is asked by the page itself, so it does not count as somebody being there. An `upload` takes a file.
    """

    method: str
    path: str
    handler: PageHandler
    act: Act | None
    back: PageHandler | None = None
    live: bool = False
    upload: bool = False
