"""The bot's own voice: recordings of its key screens, kept as media so that each is uploaded once."""

import hashlib
from collections.abc import Iterable

from bot.db import UnitOfWork
from bot.library.prompts import PromptFile
from bot.services.ports import Clock, MediaStore

_MIME = {"voice": "audio/ogg", "video": "video/mp4"}


class Prompts:
    """Brings the recordings of a folder into the store."""

    def __init__(self, store: MediaStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def keep(self, uow: UnitOfWork, files: Iterable[PromptFile]) -> dict[tuple[str, str], int]:
        """The number of each recording's media by language and slot; the same recording is kept once."""
        return {(each.language, each.slot): await self._keep(uow, each) for each in files}

    async def _keep(self, uow: UnitOfWork, prompt: PromptFile) -> int:
        data = prompt.file.read_bytes()
        key = f"prompt:{hashlib.sha256(data).hexdigest()[:48]}"
        known = await uow.meta.get(key)
        if known is not None and await uow.media.get(int(known)) is not None:
            return int(known)
        media_id = await uow.media.create(
            kind=prompt.media, mime=_MIME[prompt.media], size=len(data), seconds=0, state="stored", tries=0,
            path=await self._store.save(data, prompt.file.suffix), created_at=self._clock.now(),
        )  # fmt: skip
        await uow.meta.set(key, str(media_id))
        return media_id
