"""The one gate of the console: session, roles as of now, one transaction a request, and what a refusal looks like."""

import asyncio
import contextlib
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

from aiohttp import web
from jinja2 import Environment
from multidict import MultiDict, MultiDictProxy

from bot.db import UnitOfWork
from bot.domain.staff import may
from bot.errors import InvalidInput, Unavailable, VouchError
from bot.http.errors import status_of, title_of
from bot.services.desk import Desk
from bot.web.visit import NO_FORM, ConsoleSettings, Problem, Route, Uploaded, Visit

UPLOAD_LIMIT = 21 * 1024 * 1024
"""Bytes of a form with a file: the 20 MB of a recording, and its fields."""
_TOUCH_EVERY = timedelta(minutes=1)
_STOP_POLLING = 286
"""The status on which htmx ends polling (htmx.org, hx-trigger, `every`)."""


class Gate:
    """Wraps the handler of each route: nothing of a page runs before its act is allowed."""

    def __init__(self, desk: Desk, settings: ConsoleSettings, pages: Environment) -> None:
        self._desk = desk
        self._settings = settings
        self._pages = pages
        self._touched: dict[bytes, datetime] = {}

    def guard(self, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """The aiohttp handler of a route."""

        async def answer(request: web.Request) -> web.StreamResponse:
            # The body is read before the transaction opens: a slow sender must not hold the database.
            files: dict[str, Uploaded] = {}
            if route.upload:
                refused = await self._keep_out(request, route)
                if refused is not None:
                    return refused
                form, files = await _form_with_files(request)
            else:
                form = await _form(request) if route.method == "POST" else NO_FORM
            try:
                async with self._open(route) as uow:
                    visit = await self._visit(request, uow, form, files=files, live=route.live)
                    if route.act is not None and visit.actor is None:
                        return self._signed_out(visit, route)
                    if route.act is not None:
                        visit.me.check(route.act)
                    response = await route.handler(visit)
            except VouchError as error:
                return await self._refused(request, route, form, error)
            if route.method == "GET" and not route.live:
                await self._touch(request)
            return response

        return answer

    def _open(self, route: Route) -> AbstractAsyncContextManager[UnitOfWork]:
        return self._desk.db.write() if route.method == "POST" else self._desk.db.read()

    async def _visit(
        self,
        request: web.Request,
        uow: UnitOfWork,
        form: MultiDictProxy[str],
        problem: Problem | None = None,
        *,
        files: Mapping[str, Uploaded] | None = None,
        live: bool = False,
    ) -> Visit:
        session = request.cookies.get(self._settings.cookie, "")
        actor = await self._desk.staff.session(uow, session) if session else None
        if actor is not None and request.method == "POST" and problem is None and not live:
            await self._desk.staff.touch(uow, session)
        return Visit(request, self._desk, self._settings, self._pages, uow, actor, form, problem, files or {})

    async def _keep_out(self, request: web.Request, route: Route) -> web.StreamResponse | None:
        """Asked before the body of an upload is read: whoever may not send it sends us no megabytes."""
        try:
            async with self._desk.db.read() as uow:
                visit = await self._visit(request, uow, NO_FORM)
                if visit.actor is None:
                    return self._signed_out(visit, route)
                if route.act is not None:
                    visit.me.check(route.act)
        except VouchError as error:
            return await self._refused(request, route, NO_FORM, error)
        return None

    async def _touch(self, request: web.Request) -> None:
        """Somebody is there: noted at most once a minute, in a transaction of its own; reading goes on without it."""
        session = request.cookies.get(self._settings.cookie, "")
        key, now = hashlib.sha256(session.encode()).digest(), self._desk.clock.now()
        if not session or now - self._touched.get(key, datetime.min.replace(tzinfo=now.tzinfo)) < _TOUCH_EVERY:
            return
        with contextlib.suppress(Unavailable):
            async with self._desk.db.write() as uow:
                if await self._desk.staff.session(uow, session) is None:
                    return
                await self._desk.staff.touch(uow, session)
        self._touched = {each: at for each, at in self._touched.items() if now - at < _TOUCH_EVERY} | {key: now}

    def _signed_out(self, visit: Visit, route: Route) -> web.Response:
        if route.live:
            text = visit.render("signed_out_note.html")
            return web.Response(text=text, content_type="text/html", status=_STOP_POLLING, reason="Stop Polling")
        if route.method == "POST":
            # The session ended while they were writing: what they wrote is theirs to keep.
            wrote = [value for name, value in visit.form.items() if len(value) > 20 and name not in {"form", "seen"}]
            return visit.page("signed_out.html", status=401, wrote=wrote, ended=True)
        return visit.go("/console/sign-in")

    async def _refused(
        self, request: web.Request, route: Route, form: MultiDictProxy[str], error: VouchError
    ) -> web.StreamResponse:
        """The form again with what was typed, or else a page with the sentence; nothing was changed."""
        status = status_of(error)
        if status >= 500:
            raise error
        problem = Problem(str(error), status, form)
        async with self._desk.db.read() as uow:
            visit = await self._visit(request, uow, form, problem)
            if visit.actor is None:
                return self._signed_out(visit, route)
            allowed = route.act is None or may(visit.actor.roles, route.act)
            if route.back is not None and allowed:
                with contextlib.suppress(VouchError):
                    return await route.back(visit)
            return visit.page("problem.html", title=title_of(status))


async def _form(request: web.Request) -> MultiDictProxy[str]:
    """The form's fields. Raises InvalidInput for anything but a plain HTML form of text fields."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise InvalidInput("Only forms of this site are taken here.")
    try:
        posted = await request.post()
    except (ValueError, LookupError) as error:
        raise InvalidInput("This form holds characters that are not text.") from error
    fields = MultiDictProxy[str](posted)  # type: ignore[arg-type] # without multipart there are no files
    if any("\0" in value for value in fields.values()):
        raise InvalidInput("This form holds characters that are not text.")
    return fields


async def _form_with_files(request: web.Request) -> tuple[MultiDictProxy[str], dict[str, Uploaded]]:
    """A form that may carry files. Raises InvalidInput for another kind of form, and for one that is too large."""
    if request.content_type != "multipart/form-data":
        return await _form(request), {}
    try:
        posted = await request.clone(client_max_size=UPLOAD_LIMIT).post()
    except web.HTTPRequestEntityTooLarge as error:
        raise InvalidInput("The file is larger than 20 MB.") from error
    except (ValueError, LookupError) as error:
        raise InvalidInput("This form holds characters that are not text.") from error
    fields: MultiDict[str] = MultiDict()
    files: dict[str, Uploaded] = {}
    for name, value in posted.items():
        if isinstance(value, web.FileField):
            if value.filename:
                data = await asyncio.to_thread(value.file.read)
                files[name] = Uploaded(value.filename[:120], value.content_type, data)
        elif not value and not isinstance(value, str):
            continue  # a file that was not chosen: browsers send it as a part without a name and without bytes
        elif not isinstance(value, str) or "\0" in value:
            raise InvalidInput("This form holds characters that are not text.")
        else:
            fields.add(name, value)
    return MultiDictProxy(fields), files
