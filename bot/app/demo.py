"""`vouch demo`: stand-in, bot, console and a sample borough in one process. No token, nobody outside is reached."""

import asyncio
import contextlib
import json
import shutil
import webbrowser
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.request import urlopen

from aiohttp import web
from pydantic import SecretStr

from bot.app.base import Base, open_base
from bot.app.run import Running, open_inbox, stop_on_signals, work
from bot.app.site import build_site, serve
from bot.channels.telegram.setup import connect
from bot.config import Settings, load_settings
from bot.errors import Unavailable
from bot.library import read_pack
from bot.sandbox.borough import known_languages, seed, set_stage
from bot.sandbox.guide import Guide
from bot.sandbox.server import Sandbox

_TOKEN = "1000000001:SAMPLE-TOKEN-OF-THE-DEMO-NOT-A-SECRET"  # noqa: S105 - opens the stand-in on this machine only
_BOT_NAME = "VouchSampleBot"


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """How the demo is started."""

    port: int = 8080
    headless: bool = False
    reset: bool = False


def _settings(options: DemoOptions) -> Settings:
    # The demo is a world of its own: nothing of a real borough's settings but the data folder counts in it.
    data_dir = load_settings().data_dir / "demo"
    if options.reset and data_dir.exists():
        shutil.rmtree(data_dir)
    address = f"http://127.0.0.1:{options.port}"
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        telegram_token=SecretStr(_TOKEN), telegram_api_url=address, telegram_updates="polling",
        listen=f"127.0.0.1:{options.port}", public_url="", data_dir=data_dir, database_url=None, secret_key=None,
        rate_per_second=25, draft_languages="label", languages="", areas_file=None, cli_approve=False,
        organisation="Sample Borough Council (demo)", privacy_contact="privacy@sample-borough.example",
        privacy_url="https://sample-borough.example/privacy", council_url="https://sample-borough.example/vouch",
        dpia_signed="", seen_by_police=False, seen_by_immigration=False, seen_by_partners=False,
        # Whoever tries the demo sends as often as they like.
        unasked_per_day=0, unasked_per_week=0, paid_broadcast=False,
    )  # fmt: skip


def _messages_folder() -> Path:
    here = Path(__file__).parent.parent
    return next(path for path in (here.parent / "messages", here / "_data" / "messages") if path.is_dir())


@contextlib.asynccontextmanager
async def _stage(options: DemoOptions, stopping: asyncio.Event) -> AsyncIterator[tuple[Base, Sandbox]]:
    settings = _settings(options)
    async with contextlib.AsyncExitStack() as stack:
        base = await open_base(settings, bot_name=_BOT_NAME)
        stack.push_async_callback(base.close)
        base.be(replace(base.controller, sample=True))
        sandbox = Sandbox(_TOKEN, _BOT_NAME)
        stack.push_async_callback(sandbox.close)
        set_stage(sandbox)
        await _seed(base, sandbox)
        running = Running(base)
        running.inbox = await open_inbox(base)
        site = build_site(base, running.inbox, running.is_ready, open_to_programs=("/bot", "/file/", "/sandbox/api/"))
        _add_demo(site, base, sandbox)
        await stack.enter_async_context(serve(site, settings.listen))
        connection = await connect(settings.token, settings.telegram_api_url)
        stack.push_async_callback(connection.close)
        working = asyncio.create_task(work(running, connection, stopping, ticking=True))
        try:
            await _until_ready(running, working)
            yield base, sandbox
        finally:
            stopping.set()
            sandbox.core.updates.release()
            await working


def _add_demo(site: web.Application, base: Base, sandbox: Sandbox) -> None:
    async def sign_in(name: str) -> str:
        async with base.db.write() as uow:
            token = await base.desk.staff.server_link(uow, name, via="the demo's first page")
        return f"/console/sign-in?t={token}"

    site.add_routes(Guide(sandbox, sign_in, site).routes())
    site.add_routes(sandbox.routes())


async def _seed(base: Base, sandbox: Sandbox) -> None:
    pack = read_pack(_messages_folder(), base.clock.now(), known_languages=known_languages(base.registry))
    async with base.db.write() as uow:
        if base.vault is None:
            raise Unavailable("The demo needs its own key.")
        await seed(uow, base.desk, base.vault, sandbox, pack)


async def _until_ready(running: Running, working: asyncio.Task[None]) -> None:
    while not running.is_ready():
        if working.done():
            working.result()
            raise Unavailable("The demo stopped before it was ready.")
        await asyncio.sleep(0.05)


async def run_demo(options: DemoOptions, say: Callable[[str], None]) -> None:
    """Serve until stopped; says `ready: URL`."""
    stopping = stop_on_signals()
    async with _stage(options, stopping) as (base, _):
        url = base.settings.site + "/"
        say(f"ready: {url}")
        if not options.headless:
            await asyncio.to_thread(webbrowser.open, url)
        await stopping.wait()


async def check_demo(options: DemoOptions, say: Callable[[str], None]) -> None:
    """Start, let one phone join and ask, stop. Raises Unavailable when anything is not as it should be."""
    stopping = asyncio.Event()
    async with _stage(options, stopping) as (base, sandbox):
        guest = next(each for each in sandbox.core.world.people.values() if each.kind == "resident")
        page = await asyncio.to_thread(_fetch, base.settings.site + "/")
        if "Vouch" not in page:
            raise Unavailable("The demo's page does not answer.")
        sandbox.hands.start(guest, "l_ur")
        for _ in range(200):
            if any("inline_keyboard" in json.dumps(each) for each in guest.chat.messages.values()):
                say("ok: the demo works")
                return
            await asyncio.sleep(0.05)
        raise Unavailable("The demo's bot did not answer within 10 seconds.")


def _fetch(url: str) -> str:
    with urlopen(url, timeout=10) as answer:  # noqa: S310 - our own page on loopback
        return str(answer.read().decode())
