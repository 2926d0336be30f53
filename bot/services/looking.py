"""Looking at files that people sent: fetched, compared with our recordings and with what was asked, and gone again.

Of what a person only waits with nothing is kept. Of what they passed on to the team fingerprints stay, and the words in
pictures without personal details, as long as the flag itself.
"""

import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import structlog

from bot.db import Database
from bot.db.rows import LookupRow, MediaRow
from bot.domain.events import looked_at_as
from bot.domain.personal import redact
from bot.domain.proofs import Proof
from bot.errors import InvalidInput, NotFound, Unavailable
from bot.matching.fingerprints import Prints
from bot.matching.normalise import keys_of
from bot.services.copies import COMPARED_STATES, Copies, Reply
from bot.services.media import FETCH_LIMIT
from bot.services.outbox import Address, Outbox
from bot.services.ports import Clock, Fingerprinter, MediaStore, Messenger, TextReader
from bot.services.verifying import UNKNOWN, Found, Verifying

log = structlog.get_logger()
_TRIES = 5
_AT_ONCE = 5
_PATIENCE = timedelta(minutes=1)
"""So long somebody waits for a look at what they sent; then they may pass it on without one."""
_KINDS = ("photo", "voice", "audio", "video", "round", "animation", "document")
_PICTURES = frozenset({"photo", "image"})


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was seen in a file."""

    found: Found = UNKNOWN
    prints: Prints = field(default_factory=Prints)
    words: str | None = None
    """What is written in it; None where it was not read."""


class Looking:
    """Works outside of transactions: fetching, comparing and reading take seconds."""

    def __init__(
        self, db: Database, store: MediaStore, printer: Fingerprinter, verifying: Verifying, outbox: Outbox,
        clock: Clock, *, bot_id: int, copies: Copies, reader: TextReader | None = None,
    ) -> None:  # fmt: skip
        self._db = db
        self._store = store
        self._printer = printer
        self._verifying = verifying
        self._outbox = outbox
        self._clock = clock
        self._bot_id = bot_id
        self._copies = copies
        self._reader = reader

    # What is kept

    async def take_prints(self) -> int:
        """Fingerprints of our own approved recordings, and of files of open and answered rumours, that have none yet.

        Returns how many were made.
        """
        async with self._db.read() as uow:
            ours = await uow.manifests.without_prints(limit=_AT_ONCE)
            rows: list[tuple[MediaRow, str | None]] = [(each, None) for each in ours]
            rows += await uow.manifests.asked_without_prints(COMPARED_STATES, _KINDS, limit=_AT_ONCE)
        for row, language in rows:
            prints, words = await self._of_file(row, language)
            async with self._db.write() as uow:
                await uow.manifests.keep_prints(row.id, prints.frames, prints.sound, self._clock.now(), words)
        return len(rows)

    async def _of_file(self, row: MediaRow, language: str | None) -> tuple[Prints, str | None]:
        kind = looked_at_as(row.kind, row.mime)
        try:
            path = self._store.path(row.path or "")
        except NotFound:
            return Prints(), None
        if kind is None:
            return Prints(), None
        return await self._printer.prints(path, kind), await self._words(path, kind, language)

    async def _words(self, path: Path, kind: str, language: str | None) -> str | None:
        if self._reader is None or kind not in _PICTURES:
            return None
        words = await self._reader.read(path, language)
        return None if words is None else redact(words).text

    # What people sent

    async def look(self, messenger: Messenger) -> int:
        """Look at what people sent; returns how many were looked at.

        Who waits for it hears what is known; of those who only forwarded something, who sent a thing of ours.
        """
        async with self._db.read() as uow:
            asked = await uow.manifests.asked(self._bot_id, limit=_AT_ONCE)
        for row in asked:
            if row.draft is not None and self._clock.now() - row.created_at > _PATIENCE:
                await self._answer(row, _Seen())
                continue
            try:
                file = await messenger.fetch(row.file_id, limit=FETCH_LIMIT)
            except InvalidInput:
                await self._answer(row, _Seen())
                continue
            except Unavailable:
                await self._later(row)
                continue
            await self._answer(row, await self._see(row, file.data))
        return len(asked)

    async def _see(self, row: LookupRow, data: bytes) -> _Seen:
        async with self._db.read() as uow:
            found = await self._verifying.by_bytes(uow, data)
        if found.proof is not Proof.UNKNOWN:
            return _Seen(found)
        with tempfile.TemporaryDirectory(prefix="vouch-look-") as folder:
            path = Path(folder) / "clip"
            path.write_bytes(data)
            prints = await self._printer.prints(path, row.kind)
            words = await self._words(path, row.kind, row.language) if row.draft is not None else None
        async with self._db.read() as uow:
            return _Seen(await self._verifying.by_fingerprint(uow, prints), prints, words)

    async def _answer(self, row: LookupRow, seen: _Seen) -> None:
        reply = await self._reply(row, seen)
        to = Address(row.bot_id, row.chat, row.person_tag)
        aloud = {"hear": hear} if (hear := (row.reader or {}).get("hear")) else {}
        async with self._db.write() as uow:
            if not await uow.manifests.drop_lookup(row.id):
                return  # another worker looked at it, too, and was first
            if reply is not None and reply.rumour_id is not None and row.unique_id:
                await uow.rumours.own_keys(reply.rumour_id, keys_of("", row.unique_id))
            if reply is not None:
                await self._outbox.put(uow, to, reply.kind, row.language, **reply.params, **aloud)
            if seen.found.proof is not Proof.UNKNOWN:
                await self._outbox.put(uow, to, "proof.found", row.language, **seen.found.params(), **aloud)
        log.info("look.ended", kind=reply.kind if reply else "", proof=str(seen.found.proof))

    async def _reply(self, row: LookupRow, seen: _Seen) -> Reply | None:
        """What to tell about it besides whether it is ours; None for who does not wait for that."""
        if row.draft is None or seen.found.proof is Proof.GENUINE:
            return None
        async with self._db.read() as uow:
            return await self._copies.reply(uow, row, seen.prints, seen.words)

    async def _later(self, row: LookupRow) -> None:
        if row.tries + 1 >= _TRIES:
            await self._answer(row, _Seen())
            return
        async with self._db.write() as uow:
            await uow.manifests.try_again(row.id)
