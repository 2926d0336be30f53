"""Files on their way out: uploaded once, then sent by the handle that Telegram gave."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from bot.channels.telegram.api import Answered, ApiAnswer, BotApi, Upload
from bot.channels.telegram.outcomes import is_wrong_file, outcome_of
from bot.channels.telegram.outgoing import file_in, media_call, unique_id_in
from bot.domain.events import MediaKind
from bot.domain.messaging import Blocked, Moved, NotSent, OutgoingMedia, OutgoingMessage, Rejected, SendOutcome, Sent
from bot.errors import NotFound, Unavailable

_REMEMBERED = 5_000


@dataclass(frozen=True, slots=True)
class StoredMedia:
    """A file that we hold; `file_id` is Telegram's handle from an earlier upload by this bot, if there is one."""

    path: Path
    mime: str
    kind: MediaKind
    file_id: str | None = None

    @property
    def upload(self) -> Upload:
        """It goes by the name of its kind: a name on our disk says nothing to a person."""
        return Upload(self.path, f"{self.kind}{self.path.suffix}", self.mime or "application/octet-stream")


class MediaSource(Protocol):
    """Finds stored files."""

    async def open(self, media_id: int) -> StoredMedia:
        """The file. Raises NotFound when it is gone, Unavailable when it cannot be reached now."""
        ...


@dataclass(frozen=True, slots=True)
class Handle:
    """Telegram's handle of a file, good only for sending in the form `kind`."""

    kind: MediaKind
    file_id: str


@dataclass(slots=True)
class _Known:
    """What this process knows about one file. Whoever uploads holds `lock`; `failures` counts vain uploads."""

    handle: Handle | None = None
    failures: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True, slots=True)
class _Errand:
    """One file for one chat: with the message's text and buttons, or `alone`."""

    chat_id: int
    message: OutgoingMessage
    media: OutgoingMedia
    alone: bool


class FileSender:
    """Sends files. The first message with a file uploads it while the others with the same file wait for its handle."""

    def __init__(self, api: BotApi, source: MediaSource) -> None:
        self._api = api
        self._source = source
        self._known: OrderedDict[int, _Known] = OrderedDict()

    async def send(self, chat_id: int, message: OutgoingMessage, media: OutgoingMedia, *, alone: bool) -> SendOutcome:
        """Send `media` to a chat, with the text and buttons of `message` unless `alone`."""
        errand = _Errand(chat_id, message, media, alone)
        known = self._what_is_known(media.media_id)
        failures = known.failures
        tried = known.handle or (Handle(media.kind, media.file_id) if media.file_id else None)
        if tried is not None and (outcome := await self._by_handle(errand, known, tried)) is not None:
            return outcome
        async with known.lock:
            # Another message may have uploaded it, or failed to, while this one waited.
            if known.handle is not None and known.handle != tried:
                if (outcome := await self._by_handle(errand, known, known.handle)) is not None:
                    return outcome
            elif known.failures != failures:
                return NotSent("the file could not be uploaded", after=2.0)
            try:
                return await self._from_store(errand, known, tried)
            except (NotFound, FileNotFoundError):
                return Rejected("the media file is missing", content=True)
            except (Unavailable, OSError):
                return NotSent("the media file cannot be read now", after=5.0)

    def _what_is_known(self, media_id: int) -> _Known:
        known = self._known.setdefault(media_id, _Known())
        self._known.move_to_end(media_id)
        if len(self._known) > _REMEMBERED and not next(iter(self._known.values())).lock.locked():
            self._known.popitem(last=False)
        return known

    async def _by_handle(self, errand: _Errand, known: _Known, handle: Handle) -> SendOutcome | None:
        """The outcome, or None when Telegram does not know the handle (any more)."""
        answer = await self._call(errand, handle.kind, handle.file_id)
        if not is_wrong_file(answer):
            return outcome_of(answer)
        if known.handle == handle:
            known.handle = None
        return None

    async def _from_store(self, errand: _Errand, known: _Known, tried: Handle | None) -> SendOutcome:
        stored = await self._source.open(errand.media.media_id)
        handle = Handle(errand.media.kind, stored.file_id) if stored.file_id else None
        if handle is not None and handle != tried and (outcome := await self._by_handle(errand, known, handle)):
            known.handle = handle
            return outcome
        return await self._upload(errand, known, stored)

    async def _upload(self, errand: _Errand, known: _Known, stored: StoredMedia) -> SendOutcome:
        kind = errand.media.kind
        answer = await self._call(errand, kind, stored.upload)
        outcome = outcome_of(answer)
        if not isinstance(outcome, Sent):
            known.failures += not isinstance(outcome, Blocked | Moved)
            return outcome
        found = file_in(answer.body.get("result"), kind) if isinstance(answer, Answered) else None
        if found is None:
            return outcome
        known.handle = Handle(*found)
        # A handle that works in another form only is of no use to whoever stores it beside `kind`.
        usable = known.handle.file_id if known.handle.kind == kind else None
        unique_id = unique_id_in(answer.body.get("result"), found[1]) if isinstance(answer, Answered) else None
        return replace(outcome, file_id=usable, unique_id=unique_id)

    async def _call(self, errand: _Errand, kind: MediaKind, file: str | Upload) -> ApiAnswer:
        method, params, files = media_call(errand.chat_id, errand.message, kind, file, alone=errand.alone)
        return await self._api.call(method, params, files)
