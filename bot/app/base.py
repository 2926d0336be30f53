"""What every command needs: settings, database, key, languages and the desk, opened once."""

import contextlib
import fcntl
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from bot.config import Settings, read_areas
from bot.db import Database
from bot.db.migrate import require_current, upgrade
from bot.domain.controller import Area, Controller
from bot.domain.office import OfficeHours
from bot.domain.paid import PaidTerms
from bot.errors import ConfigInvalid
from bot.i18n import Catalogs, Registry, Status
from bot.services.desk import Desk, build_desk
from bot.services.ports import Clock, SystemClock
from bot.services.vault import MIN_SECRET_LENGTH, Vault
from bot.storage.anchor import AnchorFile
from bot.storage.erasures import ErasureFiles
from bot.storage.folder import FolderStore


@dataclass(slots=True)
class Base:
    """What every command needs: settings, database, languages, the desk, and (not for `web`) the vault."""

    settings: Settings
    db: Database
    clock: Clock
    registry: Registry
    catalogs: Catalogs
    status: Status
    controller: Controller
    store: FolderStore
    erasures: ErasureFiles
    bot_id: int
    desk: Desk
    vault: Vault | None = None
    place: "Place | None" = field(default=None, repr=False)

    def be(self, controller: Controller) -> None:
        """Speak as this controller from here on: the desk is wired anew with it."""
        self.controller = controller
        self.desk = _desk(
            self.settings, self.db, self.registry, controller, self.clock, self.store, self.erasures,
            bot_id=self.bot_id,
        )  # fmt: skip

    async def close(self) -> None:
        """Let go of the database and the place in the data folder."""
        await self.db.close()
        if self.place is not None:
            self.place.close()


# Opening


async def open_base(
    settings: Settings, *, with_key: bool = True, clock: Clock | None = None, bot_name: str = ""
) -> Base:
    """Open the database (SQLite: made and upgraded here) and wire the desk. Raises ConfigInvalid or Unavailable."""
    clock = clock or SystemClock()
    _make_data_dir(settings)
    db = Database(settings.database)
    try:
        await db.check()
        if db.is_sqlite:
            await upgrade(db)
        else:
            await require_current(db)
        vault = await _open_vault(settings, db) if with_key else None
        bot_id = await _bot_id(settings, db)
    except BaseException:
        await db.close()
        raise
    registry = Registry.load()
    controller = _controller(settings, bot_name or await stored(db, "bot_name"))
    store = FolderStore(settings.data_dir / "media")
    erasures = erasures_of(settings)
    return Base(
        settings=settings, db=db, clock=clock, registry=registry, catalogs=Catalogs.load(registry),
        status=Status.load(), controller=controller, store=store, bot_id=bot_id, vault=vault, erasures=erasures,
        desk=_desk(settings, db, registry, controller, clock, store, erasures, bot_id=bot_id),
    )  # fmt: skip


def _desk(
    settings: Settings, db: Database, registry: Registry, controller: Controller, clock: Clock, store: FolderStore,
    erasures: ErasureFiles, *, bot_id: int,
) -> Desk:  # fmt: skip
    return build_desk(
        db, registry, controller, clock, store, bot_id=bot_id, rate=settings.rate_per_second,
        deputy_minutes=settings.approval_deputy_minutes, need_chats=not settings.cli_approve, paid=_paid(settings),
        erasures=erasures, reviews_a_day=settings.reviews_a_day,
    )  # fmt: skip


def _make_data_dir(settings: Settings) -> None:
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigInvalid(f"VOUCH_DATA_DIR cannot be made: {error.strerror}.") from error


def erasures_of(settings: Settings) -> ErasureFiles:
    """Where erasures are remembered: beside the database, in no backup."""
    return ErasureFiles(settings.data_dir / "erasures")


@dataclass(slots=True)
class Place:
    """A worker's place in a data folder; the kernel takes it back when we die."""

    alone: bool
    """Whether nobody else worked there when we came: then a lease that still runs is a dead worker's."""
    _file: IO[str] | None = None

    def close(self) -> None:
        """Leave."""
        if self._file is not None:
            self._file.close()


def join_data_dir(settings: Settings) -> Place:
    """Work on this data folder beside the others, for as long as the place is kept.

    Every worker holds the lock, shared, also one that stands by: else the next to come would take one that has taken
    over for dead. Waits while a restore has the folder. On PostgreSQL leases alone count.
    """
    if not settings.is_sqlite:
        return Place(alone=False)
    file = (settings.data_dir / "worker.lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        alone = True
    except OSError:
        alone = False
    fcntl.flock(file, fcntl.LOCK_SH)
    return Place(alone, file)


def lock_data_dir(settings: Settings) -> IO[str] | None:
    """On SQLite: the exclusive right to this data folder, or None while a worker has a place in it."""
    if not settings.is_sqlite:
        return None
    file = (settings.data_dir / "worker.lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


async def _open_vault(settings: Settings, db: Database) -> Vault:
    vault = Vault(secret_of(settings))
    async with db.write() as uow:
        known = await uow.meta.get("key_fingerprint")
        if known is None:
            await uow.meta.set("key_fingerprint", vault.fingerprint)
            await uow.meta.set("sealing_key", vault.public_key.hex())
        elif known != vault.fingerprint:
            raise ConfigInvalid("VOUCH_SECRET_KEY is not the key that this database was made with.")
        if await uow.meta.get("listing_salt") is None:
            await uow.meta.set("listing_salt", vault.listing_salt)
        if await uow.meta.get("verify_key") is None:
            await uow.meta.set("verify_key", vault.verify_key.hex())
    return vault


def secret_of(settings: Settings, *, make: bool = True) -> str:
    """The secret key: given, or on SQLite of the file in the data folder. Raises ConfigInvalid.

    Where there is none, one is made, unless `make` says otherwise.
    """
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    if not settings.is_sqlite:
        raise ConfigInvalid("VOUCH_SECRET_KEY must be given on PostgreSQL, the same to every worker.")
    path = settings.data_dir / "secret.key"
    if not make and not path.exists():
        raise ConfigInvalid("The key is not here: put secret.key into VOUCH_DATA_DIR, or set VOUCH_SECRET_KEY_FILE.")
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
    secret = path.read_text().strip()
    if len(secret) < MIN_SECRET_LENGTH:
        raise ConfigInvalid("The file secret.key in VOUCH_DATA_DIR is damaged: put the right one back.")
    return secret


async def _bot_id(settings: Settings, db: Database) -> int:
    known = await stored(db, "bot_id")
    if settings.bot_id is not None:
        if not known:
            async with db.write() as uow:
                await uow.meta.set("bot_id", str(settings.bot_id))
        return settings.bot_id
    return int(known or 0)


async def stored(db: Database, key: str) -> str:
    async with db.read() as uow:
        return await uow.meta.get(key) or ""


def _controller(settings: Settings, bot_name: str) -> Controller:
    areas_file = settings.areas_file or _sample_areas()
    areas = tuple(Area(**each) for each in read_areas(areas_file)) if areas_file else ()
    return Controller(
        organisation=settings.organisation, contact=settings.privacy_contact, privacy_url=settings.privacy_url,
        council_url=settings.council_url, bot_name=bot_name, seen_by_police=settings.seen_by_police,
        seen_by_immigration=settings.seen_by_immigration, seen_by_partners=settings.seen_by_partners,
        zone=settings.timezone, areas=areas, public_url=settings.site, reply_days=settings.retention_reply_days,
        pilot=settings.pilot, office=OfficeHours.parse(settings.office_hours),
        answer_hours=settings.answer_within_hours, original_days=settings.retention_original_days,
    )  # fmt: skip


def _paid(settings: Settings) -> PaidTerms | None:
    if not settings.paid_broadcast:
        return None
    return PaidTerms(settings.paid_rate_per_second, settings.paid_stars_per_month)


def _sample_areas() -> Path | None:
    here = Path(__file__).parent.parent
    found = [path for path in (here.parent / "deploy/areas.toml", here / "_data/areas.toml") if path.is_file()]
    return found[0] if found else None


def anchor_of(settings: Settings) -> AnchorFile:
    """Where the newest seal of the chain is remembered: beside the database, in no backup."""
    return AnchorFile(settings.data_dir / "chain.anchor")
