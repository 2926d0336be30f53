"""`vouch restore`: what a backup holds comes back, settled first, and waits for a person."""

import contextlib
import json
import os
import re
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from bot.app.backup import FORMAT, database_file, only_sqlite, plainly
from bot.app.base import anchor_of, erasures_of, lock_data_dir, open_base, secret_of
from bot.config import Settings
from bot.db import Database
from bot.db.migrate import upgrade
from bot.errors import Conflict, InvalidInput, Unavailable
from bot.services.audit import Audit
from bot.services.chain import note_restored
from bot.services.erasing import LeaderErasure
from bot.services.ports import Clock, SystemClock
from bot.services.restoring import Restoring, Settled
from bot.services.vault import Vault
from bot.storage.folder import FolderStore

_MEDIA = re.compile(r"media/[0-9A-Za-z][0-9A-Za-z._-]{0,199}")
_WORK = ".restoring"


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, from when, what was done to it, and where the old data went."""

    made_at: str
    media: int
    settled: Settled
    set_aside: Path | None


def holds_data(settings: Settings) -> bool:
    """Whether a restore would be in the way of something: a database, or media."""
    media = settings.data_dir / "media"
    return database_file(settings).exists() or (media.is_dir() and any(media.iterdir()))


async def restore(settings: Settings, file: Path, *, via: str, replace: bool, clock: Clock | None = None) -> Restored:
    """Put an archive back, settled (services/restoring.py), and only then where Vouch finds it.

    With `replace` what is there is set aside, in a folder of VOUCH_DATA_DIR. Raises Conflict on PostgreSQL, while
    Vouch is running, and where data would be replaced; ConfigInvalid without the key; InvalidInput for an archive
    that is damaged, no backup, or another key's; Unavailable where files cannot be read or written.
    """
    only_sqlite(settings, "restore with pg_restore and put the media back, then run `vouch restore --settle`")
    clock = clock or SystemClock()
    with plainly(file):
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(settings):
            if holds_data(settings) and not replace:
                raise Conflict("VOUCH_DATA_DIR holds data already: restore into an empty one, or give --replace.")
            vault = Vault(secret_of(settings, make=False))
            work = settings.data_dir / _WORK
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir(mode=0o700)
            try:
                manifest = _unpack(file, work, vault)
                settled = await _settle(work / "vouch.db", settings, vault, clock, via)
                aside = _set_aside(settings, clock) if holds_data(settings) else None
                _put_in_place(settings, work)
            finally:
                shutil.rmtree(work, ignore_errors=True)
    return Restored(str(manifest["made_at"]), int(manifest["media"]), settled, aside)


async def settle_in_place(settings: Settings, *, via: str) -> Settled:
    """Settle a database that was put back by other means (pg_restore, a copy of the disk). Raises Conflict while Vouch
    is running on SQLite; on PostgreSQL the operator sees to that."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(settings):
        base = await open_base(settings)
        try:
            if base.vault is None:
                raise Unavailable("The key is needed to know who was erased.")
            async with base.db.write() as uow:
                settled = await Restoring(base.vault, base.desk.erasing, base.clock).settle(
                    uow, base.erasures.read(), via=via
                )
                await note_restored(uow, anchor_of(settings), base.clock.now())
            await base.desk.erasing.remove_files(base.db)
            await base.db.wipe_freed_pages()
        finally:
            await base.close()
    return settled


def _unpack(file: Path, work: Path, vault: Vault) -> dict[str, Any]:
    """Take the archive apart; returns its manifest, with the number of media files."""
    end: dict[str, Any] = {}
    try:
        with tarfile.open(file, "r:") as tar:
            manifest = _read(tar, "manifest.json")
            _check(manifest, vault)
            (work / "media").mkdir()
            for member in tar:
                if member.name == "vouch.db" or _MEDIA.fullmatch(member.name):
                    _copy(tar, member, work / member.name)
                elif member.name == "end.json":
                    end = _read(tar, "end.json")
    except (tarfile.TarError, EOFError, KeyError, ValueError, TypeError) as error:
        raise InvalidInput(f"{file.name} is no backup, or a damaged one.") from error
    media = sum(1 for _ in (work / "media").iterdir())
    if end.get("media") != media or not (work / "vouch.db").is_file():
        raise InvalidInput(f"{file.name} is damaged: not everything is in it.")
    return {**manifest, "media": media}


def _read(tar: tarfile.TarFile, name: str) -> dict[str, Any]:
    opened = tar.extractfile(name)
    if opened is None:
        raise ValueError("not a plain file")
    content: dict[str, Any] = json.loads(opened.read(10_000))
    return content


def _check(manifest: dict[str, Any], vault: Vault) -> None:
    if manifest["format"] != FORMAT:
        raise InvalidInput("This backup was made by a newer version of Vouch: install that version.")
    if manifest["fingerprint"] not in {"", vault.fingerprint}:
        raise InvalidInput("This backup was made with another key: put that key back first.")


def _copy(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    opened = tar.extractfile(member) if member.isreg() else None
    if opened is None:
        raise ValueError("not a plain file")
    with opened, target.open("xb") as out:
        shutil.copyfileobj(opened, out)
        out.flush()
        os.fsync(out.fileno())


async def _settle(path: Path, settings: Settings, vault: Vault, clock: Clock, via: str) -> Settled:
    db, erasures = Database(f"sqlite+aiosqlite:///{path}"), erasures_of(settings)
    leaders = LeaderErasure(Audit(clock), FolderStore(path.parent / "media"), erasures, clock)
    try:
        if not await db.is_sound():
            raise InvalidInput("The database in this backup is damaged.")
        await upgrade(db)
        async with db.write() as uow:
            if await uow.meta.get("key_fingerprint") not in {None, vault.fingerprint}:
                raise InvalidInput("This backup was made with another key: put that key back first.")
            settled = await Restoring(vault, leaders, clock).settle(uow, erasures.read(), via=via)
            await note_restored(uow, anchor_of(settings), clock.now())
        await leaders.remove_files(db)
        await db.wipe_freed_pages()
    finally:
        await db.close()
    return settled


def _set_aside(settings: Settings, clock: Clock) -> Path:
    aside = settings.data_dir / f"before-restore-{clock.now():%Y%m%dT%H%M%SZ}"
    aside.mkdir(mode=0o700)
    database = database_file(settings)
    # The log of the database goes with it: alone, either would be read as something that it is not.
    for path in (
        *(database.with_name(database.name + end) for end in ("-wal", "-shm", "")),
        settings.data_dir / "media",
    ):
        if path.exists():
            shutil.move(path, aside / path.name)
    return aside


def _put_in_place(settings: Settings, work: Path) -> None:
    target = settings.data_dir / "media"
    with contextlib.suppress(FileNotFoundError):
        target.rmdir()
    (work / "media").rename(target)
    target.chmod(0o770 & ~_umask())
    for path in target.iterdir():
        path.chmod(0o660 & ~_umask())
    # Last: from here on Vouch finds a database, whole and settled.
    shutil.move(work / "vouch.db", database_file(settings))


def _umask() -> int:
    now = os.umask(0o077)
    os.umask(now)
    return now


@contextlib.contextmanager
def _alone(settings: Settings) -> Iterator[IO[str] | None]:
    lock = lock_data_dir(settings)
    if lock is None and settings.is_sqlite:
        raise Conflict("Vouch is running on this data: stop it first.")
    try:
        yield lock
    finally:
        if lock is not None:
            lock.close()
