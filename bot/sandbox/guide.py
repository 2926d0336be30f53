"""The demo's first page: what this is, the sample people, and a story to try in five minutes."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from bot.http.app import ASSETS
from bot.http.templates import template_environment
from bot.sandbox.borough import GUESTS, LEADERS, STAFF
from bot.sandbox.server import Sandbox

SignIn = Callable[[str], Awaitable[str]]
"""Makes a one-time sign-in address for a sample staff member."""
_HERE = Path(__file__).parent


class Guide:
    """Serves `/` and the demo's sign-in buttons."""

    def __init__(self, sandbox: Sandbox, sign_in: SignIn, app: web.Application) -> None:
        self._sandbox = sandbox
        self._sign_in = sign_in
        app[ASSETS].add("guide/", _HERE / "static" / "guide")
        self._pages = template_environment([_HERE / "templates"], asset=app[ASSETS].url)

    def routes(self) -> list[web.RouteDef]:
        """The page, and a POST that signs a sample staff member in."""
        return [web.get("/", self.page), web.post("/demo/sign-in", self.sign_in)]

    async def page(self, _request: web.Request) -> web.Response:
        """What this is, and the story."""
        people = self._sandbox.core.world.people.values()
        guests = [each for each in people if each.first_name in {name for name, _, _ in GUESTS}]
        leaders = [each for each in people if each.first_name in {name for name, _, _ in LEADERS}]
        phones = {each.first_name: each.id for each in people if each.kind == "staff"}
        html = self._pages.get_template("guide.html").render(
            guests=guests,
            leaders=leaders,
            staff=STAFF,
            phones=phones,
            crowd=sum(each.kind == "crowd" for each in people),
        )
        return web.Response(text=html, content_type="text/html")

    async def sign_in(self, request: web.Request) -> web.Response:
        """To the console's own sign-in page, with a one-time link as the server prints it."""
        name = str((await request.post()).get("name", ""))
        if name not in {each.name for each in STAFF}:
            raise web.HTTPNotFound
        raise web.HTTPSeeOther(await self._sign_in(name))
