"""The web side of a process: console, health, and the webhook where updates come that way."""

import contextlib
import errno
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence

from aiohttp import web

from bot.app.base import Base, stored
from bot.app.posters import PdfPrinter
from bot.channels.telegram.webhook import webhook_handler
from bot.db import Database
from bot.errors import Unavailable
from bot.http.app import BODY_LIMIT, DIRECT, guarded_app, open_direct_ways
from bot.services.inbox import Inbox
from bot.services.vault import same
from bot.web.app import ConsoleSettings, add_console
from bot.web.health import health_routes
from bot.web.public.site import add_public

WEBHOOK_PATH = "/telegram/webhook"


def build_site(
    base: Base, inbox: Inbox | None, ready: Callable[[], bool], *, open_to_programs: Sequence[str] = ()
) -> web.Application:
    """The web application: console, health, and the webhook where updates come that way."""
    settings = base.settings
    app = guarded_app(
        https=settings.secure_site,
        exempt=[WEBHOOK_PATH, *open_to_programs],
        body_limit=BODY_LIMIT if not open_to_programs else 60 * 1024 * 1024,
    )
    add_console(
        app, base.desk,
        ConsoleSettings(public_url=settings.site, secure=settings.secure_site, sample=base.controller.sample),
        printer=PdfPrinter(),
    )  # fmt: skip
    add_public(app, base.desk, base.catalogs, site=settings.site)
    app.add_routes(health_routes(ready))
    if settings.telegram_updates == "webhook" and inbox is not None:
        secret = _WebhookSecret(base.db, _secret_hash(base))
        app.on_startup.append(secret.load)
        app[DIRECT][WEBHOOK_PATH] = receive = webhook_handler(inbox, secret)
        app.router.add_route("*", WEBHOOK_PATH, receive)
    return app


class _WebhookSecret:
    """Compares a webhook secret in constant time with its hash; holds neither the secret nor the key it comes from."""

    def __init__(self, db: Database, known: str) -> None:
        self._db = db
        self._hash = known

    async def load(self, _app: web.Application) -> None:
        """For a web process that has no key: what the worker wrote down."""
        if not self._hash:
            self._hash = await stored(self._db, "webhook_secret_hash")

    def __call__(self, secret: str) -> bool:
        return bool(self._hash) and same(hashlib.sha256(secret.encode()).hexdigest(), self._hash)


def _secret_hash(base: Base) -> str:
    given = base.settings.webhook_secret
    if given is not None:
        return hashlib.sha256(given.get_secret_value().encode()).hexdigest()
    if base.vault is not None:
        return hashlib.sha256(base.vault.webhook_secret(base.bot_id).encode()).hexdigest()
    return ""


@contextlib.asynccontextmanager
async def serve(app: web.Application, listen: str) -> AsyncIterator[None]:
    """Serve an application on HOST:PORT. Raises Unavailable when the port is taken."""
    host, _, port = listen.rpartition(":")
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
    await runner.setup()
    open_direct_ways(runner, app)
    try:
        try:
            await web.TCPSite(runner, host.strip("[]"), int(port)).start()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Unavailable(f"Port {port} is in use: stop the other program or change VOUCH_LISTEN.") from error
            raise Unavailable(f"Cannot listen on {listen}: {error.strerror}.") from error
        yield
    finally:
        await runner.cleanup()
