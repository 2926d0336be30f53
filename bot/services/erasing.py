"""Erasing a leader: name, voice and every hash of them, in every table and file; the chain goes on without them."""

import hashlib
import secrets
from dataclasses import dataclass

from bot.db import UnitOfWork
from bot.db.rows import LeaderRow, RenditionRow
from bot.domain.chain import GENESIS, Link, LinkKind
from bot.domain.films import FilmState, LeftOut
from bot.domain.renditions import RenditionState
from bot.domain.staff import Act
from bot.services.audit import Actor, Audit
from bot.services.ports import Clock
from bot.services.revisions import stop_sending

GONE = "(erased)"


@dataclass(slots=True)
class Erased:
    """What is gone, in numbers; `files` are to be removed from the store once this has committed."""

    renditions: int = 0
    entries: int = 0
    rows: int = 0
    files: tuple[str, ...] = ()


class LeaderErasure:
    """At a leader's own wish. What was delivered stays on people's phones: they were told so before they agreed."""

    def __init__(self, audit: Audit, clock: Clock) -> None:
        self._audit = audit
        self._clock = clock

    async def erase(self, uow: UnitOfWork, leader: LeaderRow, actor: Actor | None) -> Erased:
        """Erase everything about a leader; `actor` is None where they do it themselves.

        The caller removes the files, and wipes freed pages (Database.wipe_freed_pages).
        """
        if actor is not None:
            actor.check(Act.ERASE_LEADER)
        await uow.decide_alone()
        done, files = Erased(), list[str]()
        names = [leader.name, *([leader.name_own] if leader.name_own else [])]
        # An answer with their voice in it that has not left yet: whoever waits for it can ask again.
        await uow.erasing.drop_waiting([*names, *await uow.erasing.handles_of(leader.id)])
        for row in await uow.erasing.renditions_of(leader.id):
            files += await self._rendition(uow, row)
            done.renditions += 1
        files += await uow.erasing.other_media_of(leader.id)
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
        done.files = tuple(dict.fromkeys(files))
        return done

    async def _rendition(self, uow: UnitOfWork, row: RenditionRow) -> list[str]:
        """Withdrawn, silent, and without anything that leads back; the row stays for the totals of what was sent."""
        await uow.messages.change_rendition(
            row.id, state=RenditionState.WITHDRAWN, text="", leader_id=None, consent_id=None, consented_at=None,
            consent_until=None, consent=[], translator=None, media_id=None, content_hash=_nothing(),
        )  # fmt: skip
        await uow.approvals.void("rendition", row.id)
        files = await self._films(uow, row.id)
        await stop_sending(uow, row.id, "a rendition was withdrawn")
        await uow.erasing.forget_approvals("rendition", row.id)
        for manifest in await uow.manifests.all_of_rendition(row.id):
            await uow.manifests.change(
                manifest.id, disclosed={"content": None, "leader": None}, rendition_hash=None, line_hash=None
            )
        return files + (await uow.erasing.drop_media(row.media_id) if row.media_id else [])

    async def _films(self, uow: UnitOfWork, rendition_id: int) -> list[str]:
        """Films with them in it are off the screen, and what they said in them is forgotten."""
        files: list[str] = []
        for film in await uow.films.showing(rendition_id):
            files += await uow.erasing.drop_media(film.media_id) if film.media_id else []
            await uow.films.change(
                film.id, state=FilmState.STOPPED, reason=LeftOut.WITHDRAWN, report=None, ended_at=self._clock.now()
            )
            await uow.approvals.void("film", film.id)
            await uow.broadcasts.stop_film(film.id, "Its film may not be shown any more.")
        return files


def _nothing() -> str:
    """A hash of nothing that anybody knows."""
    return hashlib.sha256(secrets.token_bytes(32)).hexdigest()
