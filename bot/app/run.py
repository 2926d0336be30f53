"""`vouch run`: the parts of a role, started and stopped in order."""

import asyncio
import contextlib
import faulthandler
import gc
import hashlib
import signal
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import structlog

from bot.app.base import Base, anchor_of, join_data_dir, open_base, stored
from bot.app.films import film_maker
from bot.app.prompts import load_prompts
from bot.app.site import WEBHOOK_PATH, build_site, serve
from bot.channels.telegram.files import StoredMedia
from bot.channels.telegram.messenger import TelegramMessenger
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.setup import Announcement, Connection, announce, connect, set_webhook
from bot.channels.telegram.updates import translate
from bot.chat.conversation import Conversation
from bot.chat.elsewhere import Elsewhere
from bot.chat.menu import profiles
from bot.chat.renderer import ChatRenderer
from bot.chat.rooms import Rooms
from bot.chat.screens.hear import Prompt
from bot.config import Settings
from bot.db import INBOX, SENDER, Wakeups
from bot.domain.contact import ContactCap
from bot.domain.events import MediaKind
from bot.domain.schedule import quiet_until
from bot.errors import ConfigInvalid, Unavailable
from bot.i18n import Language
from bot.i18n.identify import Identifier
from bot.jobs.fetch_media import keep_fetching
from bot.jobs.keep_proofs import keep_proofs
from bot.jobs.look_at_recordings import keep_looking
from bot.jobs.make_films import keep_making
from bot.jobs.scheduler import Scheduler
from bot.media.fingerprints import Printer
from bot.media.guard import installed
from bot.media.probe import Prober
from bot.media.reading import PictureReader
from bot.services.copies import Copies
from bot.services.films import Films
from bot.services.inbox import Inbox, InboxWorker
from bot.services.looking import Looking
from bot.services.media import Media
from bot.services.privacy import Privacy
from bot.services.residents import Residents
from bot.services.retention import Retention, RetentionDays
from bot.services.sealing import Sealing
from bot.services.sending import Means, make_pace, make_senders
from bot.services.term import Term
from bot.services.vault import Sealer

log = structlog.get_logger()

Role = Literal["all", "web", "worker", "scheduler"]


class _Media:
    """Gives the channel stored files in its own terms."""

    def __init__(self, media: Media) -> None:
        self._media = media

    async def open(self, media_id: int) -> StoredMedia:
        """The stored file. Raises NotFound."""
        found = await self._media.open(media_id)
        return StoredMedia(found.path, found.mime, MediaKind(found.kind), found.file_id)


@dataclass(slots=True)
class Running:
    """The parts of a started process."""

    base: Base
    inbox: Inbox | None = None
    term: Term | None = None
    poller: Poller | None = None
    ready: bool = False

    def is_ready(self) -> bool:
        """Whether updates are being taken."""
        if self.poller is not None and self.term is not None and self.term.active.is_set():
            return self.poller.ready.is_set()
        return self.ready


async def run(settings: Settings, role: Role, *, stopping: asyncio.Event | None = None) -> None:
    """`vouch run`: start the parts of the role, serve until SIGTERM or SIGINT, stop in order."""
    stopping = stopping or stop_on_signals()
    if role in {"all", "worker"} and not settings.token:
        raise ConfigInvalid(
            "VOUCH_TELEGRAM_TOKEN is missing: talk to @BotFather on Telegram, send /newbot, and put the token it gives "
            "you into VOUCH_TELEGRAM_TOKEN (or a file named by VOUCH_TELEGRAM_TOKEN_FILE)."
        )
    async with contextlib.AsyncExitStack() as stack:
        base = await open_base(settings, with_key=role in {"all", "worker"})
        stack.push_async_callback(base.close)
        base.place = join_data_dir(settings) if role in {"all", "worker"} else None
        running = Running(base)
        connection = await _connect(base, stack) if role in {"all", "worker"} else None
        if connection is not None:
            base.be(replace(base.controller, bot_name=connection.identity.username))
        running.inbox = await open_inbox(base) if role != "scheduler" else None
        if role in {"all", "web"}:
            site = build_site(base, running.inbox, running.is_ready)
            await stack.enter_async_context(serve(site, settings.listen))
        if settings.pilot:
            log.warning("pilot.closed", missing=settings.missing_paperwork)
        await work(running, connection, stopping, ticking=role in {"all", "scheduler"})


_LONGEST_STOP_SECONDS = 75
"""All waits of an orderly stop together take less. A process that hangs says where (names of code, no values) and ends;
what it had begun is unconfirmed then, as after a kill."""


def stop_on_signals() -> asyncio.Event:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        stopping.set()
        faulthandler.dump_traceback_later(_LONGEST_STOP_SECONDS, exit=True)

    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop)
    return stopping


async def _connect(base: Base, stack: contextlib.AsyncExitStack) -> Connection:
    settings = base.settings
    connection = await connect(settings.token, settings.telegram_api_url, ca_file=settings.ca_file)
    stack.push_async_callback(connection.close)
    async with base.db.write() as uow:
        await uow.meta.set("bot_name", connection.identity.username)
        await uow.meta.set("bot_id", str(connection.identity.id))
    return connection


async def open_inbox(base: Base) -> Inbox:
    """An inbox needs the public sealing key only; the worker that made the database has stored it."""
    public = await stored(base.db, "sealing_key")
    if not public:
        raise Unavailable("This database has no sealing key yet: start a worker once before a web process.")
    return Inbox(base.db, base.bot_id, Sealer(bytes.fromhex(public)), base.clock)


async def work(running: Running, connection: Connection | None, stopping: asyncio.Event, *, ticking: bool) -> None:
    """Do the work of the role until `stopping` is set; without a connection only tick and serve."""
    base, inbox = running.base, running.inbox
    # What was loaded stays: looking through all of it for garbage again and again costs a fifth of a webhook's answer.
    gc.collect()
    gc.freeze()
    with _ticking(base) if ticking else contextlib.nullcontext():
        if connection is None or inbox is None:
            running.ready = True
            await stopping.wait()
            return
        async with base.db.write() as uow:
            await base.desk.languages.tell_ready(uow, [each.tag for each in _offered(base)])
        running.term = _term(base, connection, inbox, running, await load_prompts(base))
        if base.settings.telegram_updates == "webhook":
            await _register_webhook(base, connection)
            running.ready = True
        beside: list[asyncio.Future[object]] = [asyncio.ensure_future(announce(connection.bot, _announcements(base)))]
        if not base.db.is_sqlite:
            wake = {INBOX: inbox.stored.set, SENDER: running.term.wake_senders}
            beside.append(asyncio.ensure_future(Wakeups(base.db.url, base.bot_id, wake).run()))
        try:
            await running.term.run(stopping)
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)


def _term(
    base: Base, connection: Connection, inbox: Inbox, running: Running, prompts: dict[tuple[str, str], Prompt]
) -> Term:
    settings, desk, vault = base.settings, base.desk, base.vault
    if vault is None:
        raise ConfigInvalid("A worker needs VOUCH_SECRET_KEY.")
    pace = make_pace(
        settings.rate_per_second, paid_rate=settings.paid_rate_per_second if settings.paid_broadcast else None
    )
    media = Media(base.db, base.store, base.clock, bot_id=base.bot_id)
    messenger = TelegramMessenger(connection.api, _Media(media), pacer=pace.free)
    renderer = ChatRenderer(base.catalogs, base.controller, prompts)
    residents = Residents(vault, desk.outbox, desk.cards, base.clock)
    privacy = Privacy(vault, base.erasures, base.clock)
    offered = _offered(base)
    known = base.registry.offered(settings.language_list, "label", base.status)
    unready = tuple(each for each in known if each not in offered)
    rooms = Rooms(
        desk, residents, privacy, base.catalogs, base.status, offered, unready, installed("tesseract"), Identifier()
    )
    conversation = Conversation(desk, vault, residents, privacy, rooms)
    worker = InboxWorker(
        base.db, base.bot_id, vault, translate, conversation.handle, messenger, apologise=conversation.apologise,
        expect=conversation.expect,
        afterwards=Elsewhere(base.db, conversation, rooms, vault, messenger).step,
    )  # fmt: skip
    means = Means(
        base.db, base.bot_id, vault, messenger, renderer, desk.cards, desk.films, base.clock,
        on_stopped=desk.launch.alert,
        quiet_until=partial(quiet_until, zone=settings.timezone),
        cap=ContactCap(settings.unasked_per_day, settings.unasked_per_week),
    )  # fmt: skip
    senders = make_senders(means, pace)
    sealing = Sealing(base.db, vault, desk.provenance, anchor_of(settings), base.clock)
    looking = Looking(
        base.db, base.store, Printer(), desk.verifying, desk.outbox, base.clock, bot_id=base.bot_id,
        copies=Copies(desk.rumours, desk.recognition), reader=PictureReader(),
    )  # fmt: skip
    extra: list[Callable[[], Awaitable[None]]] = [
        lambda: keep_fetching(media, messenger),
        lambda: keep_looking(desk, Prober(), Printer()),
        lambda: keep_proofs(sealing, looking, messenger),
        lambda: keep_making(desk, film_maker(settings)),
    ]
    if settings.telegram_updates == "polling":
        running.poller = Poller(connection.polling_api, inbox)
        extra.append(running.poller.run)
    alone = base.place is not None and base.place.alone
    return Term(base.db, base.bot_id, inbox, worker, senders, base.clock, extra=extra, alone=alone)


def _announcements(base: Base) -> dict[str, Announcement]:
    found = profiles(base.catalogs, base.controller)
    return {tag: Announcement(each.commands, each.description) for tag, each in found.items()}


def _offered(base: Base) -> tuple[Language, ...]:
    settings = base.settings
    mode: Literal["off", "label"] = "label" if settings.sandboxed or settings.pilot else settings.draft_languages
    return base.registry.offered(settings.language_list, mode, base.status)


async def _register_webhook(base: Base, connection: Connection) -> None:
    settings, vault = base.settings, base.vault
    if settings.webhook_secret is not None:
        secret = settings.webhook_secret.get_secret_value()
    elif vault is not None:
        secret = vault.webhook_secret(base.bot_id)
    else:
        raise ConfigInvalid("VOUCH_WEBHOOK_SECRET is missing.")
    async with base.db.write() as uow:
        await uow.meta.set("webhook_secret_hash", hashlib.sha256(secret.encode()).hexdigest())
    await set_webhook(connection.api, settings.site + WEBHOOK_PATH, secret)


@contextlib.contextmanager
def _ticking(base: Base) -> Iterator[None]:
    settings = base.settings
    days = RetentionDays(
        flag=settings.retention_flag_days, media=settings.retention_media_days, voice=settings.retention_voice_days,
        reply=settings.retention_reply_days, delivery=settings.retention_delivery_days,
        blocked=settings.retention_blocked_days, audit=settings.retention_audit_days,
    )  # fmt: skip
    scheduler = Scheduler(
        base.desk, Retention(base.db, base.store, base.clock, days), base.db,
        Films(base.registry, base.store, base.clock), film_maker(settings),
    )  # fmt: skip
    scheduler.start()
    try:
        yield
    finally:
        scheduler.stop()
