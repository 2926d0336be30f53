"""Erasing a leader: name, voice and every hash of them, in every table and file; the chain goes on without them."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.db import Database, UnitOfWork
from bot.db.rows import ConsentRow, LeaderRow, RenditionRow
from bot.domain.chain import GENESIS, Link, LinkKind
from bot.domain.leaders import ConsentEnd, LeaderState
from bot.domain.renditions import RenditionState
from bot.domain.residents import Form
from bot.domain.staff import Act
from bot.services.audit import Actor, Audit
from bot.services.ports import Clock, Erasures, MediaStore
from bot.services.revisions import stop_sending

log = structlog.get_logger()

GONE = "(erased)"


@dataclass(slots=True)
class Erased:
    """What is gone, in numbers; `files` go from the store once this has committed (`remove_files`)."""

    renditions: int = 0
    entries: int = 0
    rows: int = 0
    files: int = 0


def leader_mark(leader: LeaderRow) -> str:
    """By which a restored backup finds an erased leader's row again: made of its number and the microsecond at which it
    was written, so that it names nobody and leads to nothing once the row is gone. 32 hexadecimal digits."""
    return _mark("leader", leader.id, leader.created_at)


def consent_mark(consent: ConsentRow) -> str:
    """The same of a consent that was withdrawn: a restored backup must not give it back."""
    return _mark("consent", consent.id, consent.given_at)


def _mark(kind: str, number: int, made_at: datetime) -> str:
    return hashlib.blake2b(f"{kind} {number} {made_at.isoformat()}".encode(), digest_size=16).hexdigest()


async def remember(erasures: Erasures, mark: str, at: datetime) -> None:
    """For a backup that may be restored: written first, as for residents (services/privacy.py)."""
    try:
        await erasures.note([mark], at)
    except OSError:
        # What the person asked for must not wait for it.
        log.error("erasure.not_noted", reason="the folder erasures in VOUCH_DATA_DIR cannot be written")


class LeaderErasure:
    """At a leader's own wish. What was delivered stays on people's phones: they were told so before they agreed."""

    def __init__(self, audit: Audit, store: MediaStore, erasures: Erasures, clock: Clock) -> None:
        self._audit = audit
        self._store = store
        self._erasures = erasures
        self._clock = clock

    async def erase(self, uow: UnitOfWork, leader: LeaderRow, actor: Actor | None) -> Erased:
        """Erase everything about a leader; `actor` is None where they do it themselves.

        The files go within a minute (`remove_files`); freed pages are wiped then (Database.wipe_freed_pages).
        """
        if actor is not None:
            actor.check(Act.ERASE_LEADER)
        await uow.decide_alone()
        await remember(self._erasures, leader_mark(leader), self._clock.now())
        done = Erased()
        names = [leader.name, *([leader.name_own] if leader.name_own else [])]
        # An answer with their voice in it that has not left yet: whoever waits for it can ask again.
        await uow.erasing.drop_waiting([*names, *await uow.erasing.handles_of(leader.id)])
        if leader.chat is not None:
            await uow.outbox.drop_to(leader.chat)
        for row in await uow.erasing.renditions_of(leader.id):
            done.files += await self._rendition(uow, row)
            done.renditions += 1
        done.files += await uow.erasing.other_media_of(leader.id)
        await uow.erasing.drop_leader(leader.id)
        entries = sorted({each for name in names for each in await uow.erasing.audit_naming(name)})
        for name in names:
            done.rows += await uow.erasing.replace_everywhere(name, GONE)
        await uow.erasing.unsalt_audit(entries)
        done.entries = len(entries)
        uow.chain.link(Link(LinkKind.ERASED, leader.id, GENESIS, self._clock.now(), {"audit": entries}))
        subject = f"leader {leader.id}"
        if actor is None:
            await self._audit.note_system(uow, "erase_leader", subject, recordings=done.renditions)
        else:
            await self._audit.note(uow, actor, Act.ERASE_LEADER, subject, recordings=done.renditions)
        await uow.meta.note_erasure(self._clock.now())
        return done

    async def again(self, uow: UnitOfWork, erased: Mapping[str, datetime]) -> tuple[int, int]:
        """In a database that was put back: erase who was erased since, take back what was taken back since.

        Returns how many leaders of each.
        """
        gone = withdrawn = 0
        for leader in await uow.leaders.all():
            consent = await uow.leaders.consent(leader.id)
            if leader_mark(leader) in erased:
                await self.erase(uow, leader, None)
                gone += 1
            elif consent is not None and consent_mark(consent) in erased:
                await self._take_back(uow, leader, consent)
                withdrawn += 1
        return gone, withdrawn

    async def _take_back(self, uow: UnitOfWork, leader: LeaderRow, consent: ConsentRow) -> None:
        await uow.leaders.change_consent(consent.id, ended_at=self._clock.now(), ended_as=ConsentEnd.WITHDRAWN)
        await uow.leaders.change(leader.id, state=LeaderState.WITHDRAWN)
        for row in await uow.messages.renditions_by_leader(leader.id):
            if row.form != Form.TEXT and row.state != RenditionState.WITHDRAWN:
                await uow.messages.change_rendition(row.id, state=RenditionState.WITHDRAWN)
                await uow.approvals.void("rendition", row.id)
                await stop_sending(uow, row.id, "the speaker has withdrawn their consent")
        await self._audit.note_system(uow, "withdraw_consent", f"leader {leader.id}", again=True)

    async def remove_files(self, db: Database) -> int:
        """Remove what erasures left in the store, and then the names of it; returns how many. Safe to repeat."""
        async with db.read() as uow:
            files = await uow.media.left_over(limit=500)
        for each in files:
            await self._store.remove(each.path or "")
        if files:
            async with db.write() as uow:
                for each in files:
                    await uow.media.change(each.id, path=None)
                await uow.meta.note_erasure(self._clock.now())
        return len(files)

    async def _rendition(self, uow: UnitOfWork, row: RenditionRow) -> int:
        """Withdrawn, silent, and without anything that leads back; the row stays for the totals of what was sent."""
        await uow.messages.change_rendition(
            row.id, state=RenditionState.WITHDRAWN, text="", leader_id=None, consent_id=None, consented_at=None,
            consent_until=None, consent=[], translator=None, media_id=None, content_hash=_nothing(),
        )  # fmt: skip
        await uow.approvals.void("rendition", row.id)
        await stop_sending(uow, row.id, "a rendition was withdrawn")
        await uow.erasing.forget_approvals("rendition", row.id)
        for manifest in await uow.manifests.all_of_rendition(row.id):
            await uow.manifests.change(
                manifest.id, disclosed={"content": None, "leader": None}, rendition_hash=None, line_hash=None
            )
        theirs = [each for each in (row.media_id, *await self._films(uow, row.id)) if each is not None]
        return await uow.erasing.drop_media(theirs)

    async def _films(self, uow: UnitOfWork, rendition_id: int) -> list[int | None]:
        """Nothing is kept of films with them in it; returns their files. The job that ends films tells the team."""
        found = await uow.films.showing(rendition_id)
        for film in found:
            await uow.films.change(film.id, report=None, sha256=None)
        return [each.media_id for each in found]


def _nothing() -> str:
    """A hash of nothing that anybody knows."""
    return hashlib.sha256(secrets.token_bytes(32)).hexdigest()
