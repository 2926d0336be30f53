"""The stand-in as a whole: one object that an application mounts or that runs alone."""

from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from bot.sandbox.bot_api import BotApi
from bot.sandbox.control import Control
from bot.sandbox.core import Core
from bot.sandbox.people import Hands
from bot.sandbox.phones import Phones
from bot.sandbox.state import Chat, Clock, Person


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


class Sandbox:
    """A local stand-in for the Telegram Bot API, with phones in the browser and a control API for tests.

    `token` is `digits:text` as Telegram's are (ValueError otherwise). `clock` dates everything and feeds the limits;
    `rate_limit=False` switches them off; `retry_seconds` is the unit of the webhook's growing delays. All state is in
    memory and goes with the object.
    """

    def __init__(
        self,
        token: str,
        bot_username: str = "VouchSampleBot",
        clock: Clock = utc_now,
        rate_limit: bool = True,
        retry_seconds: float = 1.0,
    ) -> None:
        self.core = Core(token, bot_username, clock, rate_limit, retry_seconds)
        self.hands = Hands(self.core)
        self._api = BotApi(self.core)
        self._phones = Phones(self.core, self.hands)
        self._control = Control(self.core, self.hands, self._api)

    def add_person(
        self,
        first_name: str,
        language_code: str,
        *,
        username: str | None = None,
        note: str = "",
        kind: str = "resident",
        started: bool = False,
    ) -> Person:
        """Adds a sample person. `started=True`: they have pressed Start before, so the bot may write to them."""
        fields: dict[str, Any] = {"username": username, "note": note, "kind": kind, "started": started}
        return self.core.world.add_person(first_name, language_code, **fields)

    def add_group(self, title: str, members: list[Person]) -> Chat:
        """Adds a group with the bot and these people in it."""
        return self.core.world.add_group(title, members)

    def routes(self) -> list[web.RouteDef]:
        """All routes, to be mounted at the root of an application; call `close` when that application stops."""
        return [*self._api.routes(), *self._control.routes(), *self._phones.routes()]

    async def close(self) -> None:
        """Ends long polls, live pages, hanging calls and webhook deliveries."""
        self.core.updates.release()
        self._api.release()
        self._phones.release()
        if self.core.webhook:
            await self.core.webhook.close()

    def application(self) -> web.Application:
        """An application with nothing but the stand-in."""
        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.add_routes(self.routes())

        async def stop(_: web.Application) -> None:
            await self.close()

        app.on_shutdown.append(stop)
        return app
