"""Retention: what is past its time is removed, every day, without anybody asking."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.db import Database, UnitOfWork
from bot.domain.chain import GENESIS, Link, LinkKind
from bot.services.ports import Clock, MediaStore
from bot.services.staff import forget_links_before

_SPOKEN = ("voice", "round")
WISH_DAYS = 365
"""How long a person who waits for a language is remembered."""


@dataclass(frozen=True, slots=True)
class RetentionDays:
    """How long things are kept, in days (settings RETENTION_*)."""

    flag: int = 90
    media: int = 30
    voice: int = 14
    reply: int = 30
    delivery: int = 30
    blocked: int = 30
    audit: int = 730


class Retention:
    """Removes rows and files past their time."""

    def __init__(self, db: Database, store: MediaStore, clock: Clock, days: RetentionDays) -> None:
        self._db = db
        self._store = store
        self._clock = clock
        self._days = days

    async def run(self) -> None:
        """One round; safe to repeat."""
        now = self._clock.now()
        async with self._db.write() as uow:
            files = await self._forget_media(uow)
            await uow.rumours.forget_expired_reply_paths(now)
            await uow.rumours.forget_originals(now)
            await uow.triage.forget_viewers_before(now - timedelta(days=1))
            await uow.wishes.forget(expired=now, answered_before=now - timedelta(days=self._days.flag))
            await uow.inbox.forget_before(now - timedelta(hours=48))
            await uow.inbox.drop_conversations_before(now - timedelta(days=7))
            await uow.outbox.forget_ended_before(now - timedelta(days=2))
            await uow.staff.forget_old_links(before=forget_links_before(now))
            await self._forget_audit(uow, now - timedelta(days=self._days.audit))
            await uow.manifests.drop_lookups_before(now - timedelta(hours=1))
            await uow.deliveries.forget_finished_before(now - timedelta(days=self._days.delivery))
            before = now - timedelta(days=self._days.blocked)
            for resident_id in await uow.residents.expired(blocked_before=before, stopped_before=before, limit=10_000):
                await uow.residents.erase(resident_id)
            await uow.languages.forget_before(now - timedelta(days=WISH_DAYS), now - timedelta(days=self._days.flag))
            await uow.meta.note_erasure(now)
        for name in files:
            await self._store.remove(name)
        await self._db.wipe_freed_pages()

    async def _forget_audit(self, uow: UnitOfWork, before: datetime) -> None:
        """Entries past their time; the chain keeps their digests, and says that they are gone on purpose."""
        through = await uow.audit.last_before(before)
        if through is None:
            return
        await uow.audit.forget_before(before)
        uow.chain.link(Link(LinkKind.FORGOT, through, GENESIS, self._clock.now(), {"through": through}))

    async def _forget_media(self, uow: UnitOfWork) -> list[str]:
        now = self._clock.now()
        old = await uow.media.of_flags_before(now - timedelta(days=self._days.voice), _SPOKEN)
        old += await uow.media.of_flags_before(
            now - timedelta(days=self._days.media),
            ["photo", "audio", "video", "animation", "document", "sticker"],
        )
        # Flags may go before their files would: then the files go with them, or nothing would lead to them any more.
        for media_id in await uow.rumours.forget_closed_before(now - timedelta(days=self._days.flag)):
            await uow.manifests.forget_prints(media_id)
            row = await uow.media.get(media_id)
            if row is not None and row.state != "removed":
                old.append(row)
        for row in old:
            if row.kind in _SPOKEN:
                await uow.manifests.forget_prints(row.id)
            await uow.media.change(row.id, state="removed", path=None, file_id=None)
        return [row.path for row in old if row.path]
