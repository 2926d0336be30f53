"""`vouch backup`: database and media in one archive, without the key, while Vouch may be running.

The archive is a tar: `manifest.json` (whose it is, and of when), `vouch.db`, `media/NAME`, and `end.json`, which says
that it is whole. SQLite only: PostgreSQL has tools of its own.
"""

import contextlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.app.base import Base, open_base
from bot.config import Settings
from bot.db import Database
from bot.errors import Conflict, NotFound, Unavailable

FORMAT = 1


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What an archive holds."""

    residents: int
    media: int
    size: int


async def back_up(settings: Settings, file: Path) -> BackedUp:
    """Write the archive, readable by its owner alone, while Vouch may be running.

    Raises Conflict on PostgreSQL and where the file is there already, Unavailable where it cannot be written.
    """
    only_sqlite(settings, "make a backup with pg_dump, and keep the folder media of VOUCH_DATA_DIR with it")
    if not database_file(settings).exists():
        raise Conflict("There is no database here to make a backup of: check VOUCH_DATA_DIR.")
    with plainly(file), _beside(file) as work:
        base = await open_base(settings, with_key=False)
        try:
            made_at = base.clock.now().isoformat(timespec="seconds")
            copy = work / "vouch.db"
            await base.db.snapshot(copy)
            fingerprint, residents, names = await _contents(copy)
            manifest = {"format": FORMAT, "made_at": made_at, "fingerprint": fingerprint}
            return _archive(file, work, manifest, _media(base, names), residents)
        finally:
            await base.close()


@contextlib.contextmanager
def _beside(file: Path) -> Iterator[Path]:
    if file.exists():
        raise Conflict(f"{file.name} is there already: a backup never overwrites another.")
    if not file.parent.is_dir():
        raise Unavailable(f"The folder for {file.name} is not there.")
    with tempfile.TemporaryDirectory(prefix=f".{file.name}.", dir=file.parent) as work:
        yield Path(work)


async def _contents(copy: Path) -> tuple[str, int, list[str]]:
    db = Database(f"sqlite+aiosqlite:///{copy}")
    try:
        async with db.read() as uow:
            fingerprint = await uow.meta.get("key_fingerprint") or ""
            return fingerprint, await uow.residents.count(), await uow.media.stored_paths()
    finally:
        await db.close()


def _archive(
    file: Path, work: Path, manifest: dict[str, Any], media: Iterable[tuple[str, Path]], residents: int
) -> BackedUp:
    part = work / "archive"
    kept = 0
    with part.open("xb") as opened:
        part.chmod(0o600)
        with tarfile.open(fileobj=opened, mode="w") as tar:
            _add(tar, "manifest.json", manifest)
            tar.add(work / "vouch.db", "vouch.db")
            for name, path in media:
                # Retention may have removed it since the copy of the database was made.
                with contextlib.suppress(FileNotFoundError):
                    tar.add(path, f"media/{name}", recursive=False)
                    kept += 1
            _add(tar, "end.json", {"media": kept})
        opened.flush()
        os.fsync(opened.fileno())
    part.rename(file)
    return BackedUp(residents, kept, file.stat().st_size)


def _add(tar: tarfile.TarFile, name: str, content: dict[str, Any]) -> None:
    data = json.dumps(content).encode()
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(data), 0o600
    tar.addfile(member, io.BytesIO(data))


def _media(base: Base, names: Iterable[str]) -> Iterator[tuple[str, Path]]:
    for name in names:
        with contextlib.suppress(NotFound):
            yield name, base.store.path(name)


def only_sqlite(settings: Settings, instead: str) -> None:
    """Raise Conflict on PostgreSQL, with what to do instead."""
    if not settings.is_sqlite:
        raise Conflict(f"This is for SQLite; on PostgreSQL {instead} (deploy/README.md).")


def database_file(settings: Settings) -> Path:
    """Where the SQLite database is, or will be."""
    return Path(settings.database.partition(":///")[2])


@contextlib.contextmanager
def plainly(file: Path) -> Iterator[None]:
    """Errors of the disk, as one sentence."""
    try:
        yield
    except OSError as error:
        raise Unavailable(f"{file.name} or VOUCH_DATA_DIR cannot be used: {error.strerror or error}.") from error
