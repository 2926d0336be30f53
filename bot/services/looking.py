"""Looking at clips that people sent: fetched, compared, and gone again; nothing of them is kept."""

import tempfile
from pathlib import Path

import structlog

from bot.db import Database
from bot.db.rows import LookupRow
from bot.domain.proofs import Proof
from bot.errors import InvalidInput, NotFound, Unavailable
from bot.services.media import FETCH_LIMIT
from bot.services.outbox import Address, Outbox
from bot.services.ports import Clock, Fingerprinter, MediaStore, Messenger
from bot.services.verifying import Found, Verifying

log = structlog.get_logger()
_TRIES = 5
_AT_ONCE = 5


class Looking:
    """Works outside of transactions: fetching and comparing take seconds."""

    def __init__(
        self, db: Database, store: MediaStore, printer: Fingerprinter, verifying: Verifying, outbox: Outbox,
        clock: Clock, *, bot_id: int,
    ) -> None:  # fmt: skip
        self._db = db
        self._store = store
        self._printer = printer
        self._verifying = verifying
        self._outbox = outbox
        self._clock = clock
        self._bot_id = bot_id

    async def take_prints(self) -> int:
        """Fingerprints of our own approved recordings that have none yet; returns how many were made."""
        async with self._db.read() as uow:
            rows = await uow.manifests.without_prints(limit=_AT_ONCE)
        for row in rows:
            try:
                prints = await self._printer.prints(self._store.path(row.path or ""), row.kind)
                frames, sound = prints.frames, prints.sound
            except NotFound:
                frames, sound = b"", b""
            async with self._db.write() as uow:
                await uow.manifests.keep_prints(row.id, frames, sound, self._clock.now())
        return len(rows)

    async def look(self, messenger: Messenger) -> int:
        """Look at what people sent; returns how many were looked at. Only who sent something of ours hears more."""
        async with self._db.read() as uow:
            asked = await uow.manifests.asked(self._bot_id, limit=_AT_ONCE)
        for row in asked:
            try:
                file = await messenger.fetch(row.file_id, limit=FETCH_LIMIT)
            except InvalidInput:
                await self._drop(row)
                continue
            except Unavailable:
                await self._later(row)
                continue
            await self._answer(row, await self._find(row, file.data))
        return len(asked)

    async def _find(self, row: LookupRow, data: bytes) -> Found:
        async with self._db.read() as uow:
            found = await self._verifying.by_bytes(uow, data)
        if found.proof is not Proof.UNKNOWN:
            return found
        with tempfile.TemporaryDirectory(prefix="vouch-look-") as folder:
            path = Path(folder) / "clip"
            path.write_bytes(data)
            prints = await self._printer.prints(path, row.kind)
        async with self._db.read() as uow:
            return await self._verifying.by_fingerprint(uow, prints)

    async def _answer(self, row: LookupRow, found: Found) -> None:
        async with self._db.write() as uow:
            await uow.manifests.drop_lookup(row.id)
            if found.proof is Proof.UNKNOWN:
                return
            await self._outbox.put(
                uow, Address(row.bot_id, row.chat, row.person_tag), "proof.found", row.language, **found.params()
            )
        log.info("proof.found", proof=str(found.proof))

    async def _later(self, row: LookupRow) -> None:
        async with self._db.write() as uow:
            if row.tries + 1 >= _TRIES:
                await uow.manifests.drop_lookup(row.id)
            else:
                await uow.manifests.try_again(row.id)

    async def _drop(self, row: LookupRow) -> None:
        async with self._db.write() as uow:
            await uow.manifests.drop_lookup(row.id)
