"""A console on a real SQLite file, a clock that the test moves, and sample staff with browsers of their own."""

import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from aiohttp import CookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from jinja2.bccache import Bucket, BytecodeCache

from bot.db import Database
from bot.db.tables import metadata
from bot.domain.controller import Area, Controller
from bot.domain.staff import Role
from bot.http import templates
from bot.http.app import guarded_app
from bot.i18n import Catalogs, Registry
from bot.services.audit import Actor, actor_of
from bot.services.desk import Desk, build_desk
from bot.services.outbox import Address
from bot.services.rumours import Submission
from bot.storage.erasures import ErasureFiles
from bot.storage.folder import FolderStore
from bot.web.app import ConsoleSettings, add_console
from bot.web.health import health_routes
from bot.web.public.site import add_public

BOT_ID = 7
REGISTRY = Registry.load()
CATALOGS = Catalogs.load(REGISTRY)
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
Browser = TestClient


class _Compiled(BytecodeCache):
    """Templates are compiled once for all consoles of this process: half a second each otherwise."""

    def __init__(self) -> None:
        self._known: dict[str, Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._known.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._known[bucket.key] = bucket.code


@pytest.fixture(autouse=True, scope="session")
def _compiled_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(templates, "Environment", partial(templates.Environment, bytecode_cache=_Compiled()))
        yield


class MovableClock:
    """Stands still until the test moves it."""

    def __init__(self) -> None:
        self.time = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def forward(self, **by: float) -> None:
        self.time += timedelta(**by)


@dataclass
class House:
    """The console and what stands behind it."""

    desk: Desk
    clock: MovableClock
    settings: ConsoleSettings
    app: web.Application
    server: TestServer
    browsers: list[Browser] = field(default_factory=list)

    def browser(self, *, jar: bool = True) -> Browser:
        """A browser without a session, whose forms come from our own pages."""
        cookies = CookieJar(unsafe=True) if jar else None
        client: Browser = TestClient(self.server, cookie_jar=cookies, headers=SAME_ORIGIN)
        self.browsers.append(client)
        return client

    async def link(self, name: str) -> str:
        """A one-time link's token."""
        async with self.desk.db.write() as uow:
            return await self.desk.staff.chat_link(uow, await self.desk.staff.by_name(uow, name))

    async def signed_in(self, name: str) -> Browser:
        """A browser in which this person is signed in."""
        browser = self.browser()
        answer = await browser.post("/console/sign-in", data={"t": await self.link(name)}, allow_redirects=False)
        assert answer.status == 303
        return browser

    async def actor(self, name: str) -> Actor:
        """This person at work elsewhere."""
        async with self.desk.db.read() as uow:
            return actor_of(await self.desk.staff.by_name(uow, name), "chat")

    async def staff(self, name: str, *roles: Role, languages: tuple[str, ...] = ()) -> int:
        """A staff member who has joined with their own phone."""
        async with self.desk.db.write() as uow:
            return await self.desk.staff.add(
                uow, None, name, list(roles), list(languages), person_tag=secrets.token_bytes(16),
                chat=b"sealed chat of " + name.encode(), sample=True,
            )  # fmt: skip

    async def flag(self, text: str, *, language: str | None = "en-GB", read: str = "en-GB", **more: Any) -> int:
        """Somebody asks; returns the rumour's number."""
        async with self.desk.db.write() as uow:
            flag = await self.desk.rumours.report(
                uow, Submission("text", text, None, True),
                asker=Address(BOT_ID, b"sealed", more.get("tag") or secrets.token_bytes(16)), language=language,
                read=read, area=more.get("area"), urgent=more.get("urgent", False),
            )  # fmt: skip
            return flag.rumour_id

    async def message(self, key: str = "mmr", *, title: str = "MMR protects", **texts: str) -> int:
        """A vetted message in force; `texts` by language with `_` for `-`, a draft where the name ends in `_draft`."""
        now = self.clock.now()
        async with self.desk.db.write() as uow:
            message_id = await uow.messages.add_message(
                key=key, revision=1, title=title, topic="health", emergency=False, valid_from=now - timedelta(days=1),
                valid_until=now + timedelta(days=90), sources=[{"title": "NHS", "url": "https://www.nhs.uk/"}],
                vetted_by="Somebody Sample", vetted_on=now.date(), origin="pack", content_hash=f"hash of {key}",
                created_by=None, created_at=now,
            )  # fmt: skip
            for name, text in {"en-GB": "It protects children.", **texts}.items():
                draft = name.endswith("_draft")
                language = name.removesuffix("_draft").replace("_", "-")
                await uow.messages.add_rendition(
                    message_id=message_id, language=language, form="text", text=text, consent=[], created_at=now,
                    translator="A translator", state="draft" if draft else "approved", content_hash=f"{key} {language}",
                )  # fmt: skip
        return message_id

    async def residents(self, language: str, number: int, area: str | None = None) -> None:
        """Residents who read and hear this language."""
        now = self.clock.now()
        row = {
            "bot_id": BOT_ID, "chat": b"sealed", "listen": language, "read": language, "area": area, "form": "text",
            "topics": [], "emergencies_only": False, "state": "active", "paused_until": None, "tester": False,
            "joined_at": now, "changed_at": now,
        }  # fmt: skip
        async with self.desk.db.write() as uow:
            await uow.residents.create_many([{**row, "person_tag": secrets.token_bytes(16)} for _ in range(number)])

    async def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row but sessions and links: to see that nothing was changed."""
        async with self.desk.db.read() as uow:
            return {
                table.name: [tuple(row) for row in await uow.connection.execute(table.select())]
                for table in metadata.sorted_tables
                if table.name not in {"sessions", "sign_in_links"}
            }


async def build(tmp_path: Path, empty: Path, *, secure: bool = False) -> AsyncIterator[House]:
    """A house with its server running; taken down afterwards."""
    shutil.copy(empty, tmp_path / "vouch.db")
    db = Database(f"sqlite+aiosqlite:///{tmp_path}/vouch.db")
    clock = MovableClock()
    controller = Controller(
        organisation="Sample Borough", bot_name="SampleVouchBot", areas=(Area("north", "North"), Area("south", "South"))
    )
    desk = build_desk(
        db, REGISTRY, controller, clock, FolderStore(tmp_path / "media"), bot_id=BOT_ID, rate=25,
        deputy_minutes=20, need_chats=True, erasures=ErasureFiles(tmp_path / "erasures"),
    )  # fmt: skip
    settings = ConsoleSettings(
        "https://bot.example.org" if secure else "http://127.0.0.1:8080", secure=secure, sample=True
    )
    app = guarded_app(https=secure)
    add_console(app, desk, settings)
    add_public(app, desk, CATALOGS, site="https://bot.example.org")
    app.add_routes(health_routes(lambda: True))
    house = House(desk, clock, settings, app, TestServer(app))
    await house.server.start_server()
    yield house
    for browser in house.browsers:
        await browser.close()
    await house.server.close()
    await db.close()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with every table and no row, made once and copied for each test."""
    path = tmp_path_factory.mktemp("empty") / "vouch.db"
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")
    metadata.create_all(engine)
    engine.dispose()
    return path


@pytest.fixture
async def house(tmp_path: Path, empty_database: Path) -> AsyncIterator[House]:
    """The console on a loopback address; Tess triages, Rani reviews, Percy and Petra publish, Ada is admin."""
    async for built in build(tmp_path, empty_database):
        await built.staff("Tess", Role.TRIAGER)
        await built.staff("Rani", Role.REVIEWER, languages=("ur", "en-GB"))
        await built.staff("Percy", Role.PUBLISHER)
        await built.staff("Petra", Role.PUBLISHER)
        await built.staff("Ada", Role.ADMIN)
        yield built


@pytest.fixture
async def secure_house(tmp_path: Path, empty_database: Path) -> AsyncIterator[House]:
    """The console behind HTTPS, with Ada alone."""
    folder = tmp_path / "secure"
    folder.mkdir()
    async for built in build(folder, empty_database, secure=True):
        await built.staff("Ada", Role.ADMIN)
        yield built
