"""Media: fetching what residents sent, and finding files to send."""

import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.db import Database
from bot.errors import InvalidInput, NotFound, Unavailable
from bot.services.ports import Clock, MediaStore, Messenger

log = structlog.get_logger()

FETCH_LIMIT = 20 * 1024 * 1024
"""Bytes that a bot may fetch (Telegram Bot API, getFile: 20 MB)."""
_TRIES = 5
_SUFFIX = {
    "photo": ".jpg", "voice": ".ogg", "audio": ".mp3", "video": ".mp4", "round": ".mp4", "animation": ".mp4",
    "sticker": ".webp",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StoredMedia:
    """A stored file and what it is."""

    path: Path
    mime: str
    kind: str
    file_id: str | None


class Media:
    """Works outside of transactions: the network is slow, the database is not kept waiting."""

    def __init__(self, db: Database, store: MediaStore, clock: Clock, *, bot_id: int) -> None:
        self._db = db
        self._store = store
        self._clock = clock
        self._bot_id = bot_id

    async def fetch_wanted(self, messenger: Messenger) -> int:
        """Fetch files of flags that are still with the channel; returns how many arrived."""
        async with self._db.read() as uow:
            wanted = await uow.media.wanted(self._bot_id, limit=20)
        arrived = 0
        for row in wanted:
            try:
                file = await messenger.fetch(row.file_id or "", limit=FETCH_LIMIT)
            except InvalidInput:
                await self._set(row.id, state="too_big" if row.size > FETCH_LIMIT else "failed")
                continue
            except Unavailable:
                await self._set(row.id, tries=row.tries + 1, state="failed" if row.tries + 1 >= _TRIES else "wanted")
                continue
            suffix = _SUFFIX.get(row.kind) or mimetypes.guess_extension(row.mime or "") or ".bin"
            path = await self._store.save(file.data, suffix)
            digest = hashlib.sha256(file.data).hexdigest()
            if await self._set(
                row.id, state="stored", path=path, sha256=digest, size=len(file.data), mime=row.mime or file.mime
            ):
                arrived += 1
            else:
                # Another worker fetched it, too: a second copy would be known to nobody, and never removed.
                await self._store.remove(path)
        return arrived

    async def _set(self, media_id: int, **values: object) -> bool:
        async with self._db.write() as uow:
            return await uow.media.arrived(media_id, **values)

    async def open(self, media_id: int) -> StoredMedia:
        """A stored file. Raises NotFound when it is not (or no longer) there."""
        async with self._db.read() as uow:
            row = await uow.media.get(media_id)
        if row is None or row.path is None:
            raise NotFound("This file is not stored (any more).")
        file_id = row.file_id if row.bot_id == self._bot_id else None
        return StoredMedia(self._store.path(row.path), row.mime, row.kind, file_id)
