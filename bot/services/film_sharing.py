"""Films in public: after a second person's yes to exactly this file, for as long as everybody in it agrees."""

import asyncio
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import FilmRow, MediaRow, MessageRow
from bot.domain.films import KEPT_STATES, Cue, Ended, FilmSegment, FilmState
from bot.domain.staff import Act
from bot.domain.subtitles import Lines, tracks
from bot.errors import Conflict, NotFound
from bot.services.alerts import Alerts
from bot.services.audit import Actor, Audit
from bot.services.broadcasts import Broadcasts
from bot.services.films import Films
from bot.services.ports import Clock, MediaStore
from bot.services.renditions import content_hash


class FilmSharing:
    """The approval subject `film`."""

    kind = "film"
    act = Act.APPROVE_FILM

    def __init__(
        self, films: Films, broadcasts: Broadcasts, alerts: Alerts, store: MediaStore, audit: Audit, clock: Clock
    ) -> None:  # fmt: skip
        self._films = films
        self._broadcasts = broadcasts
        self._alerts = alerts
        self._store = store
        self._audit = audit
        self._clock = clock

    async def get(self, uow: UnitOfWork, film_id: int) -> FilmRow:
        """One film. Raises NotFound."""
        row = await uow.films.get(film_id)
        if row is None:
            raise NotFound("There is no such film.")
        return row

    async def message(self, uow: UnitOfWork, film: FilmRow) -> MessageRow:
        """The message revision that it carries. Raises NotFound."""
        found = await uow.messages.get(film.message_id)
        if found is None:
            raise NotFound("There is no such message.")
        return found

    async def file(self, uow: UnitOfWork, film: FilmRow) -> MediaRow:
        """Its file. Raises NotFound where that is not there (any more)."""
        media = await uow.media.get(film.media_id) if film.media_id else None
        if media is None or media.path is None or film.state not in KEPT_STATES:
            raise NotFound("This film is not here (any more).")
        return media

    # In public

    async def shown(self, uow: UnitOfWork, key: str) -> list[FilmRow]:
        """The published films of a message that may be shown at this very moment, the wide one first."""
        found = [each for each in await uow.films.of_message(key) if each.state == FilmState.PUBLISHED]
        live = [each for each in found if await self._films.ended(uow, each) is None]
        return sorted(live, key=lambda each: (each.aspect != "16:9", -each.id))

    async def was_shown(self, uow: UnitOfWork, key: str) -> bool:
        """Whether a film of the message was published once."""
        return any(each.published_at is not None for each in await uow.films.of_message(key))

    async def public(self, uow: UnitOfWork, key: str, film_id: int) -> FilmRow:
        """A published film that may be shown at this very moment. Raises NotFound."""
        found = next((each for each in await self.shown(uow, key) if each.id == film_id), None)
        if found is None:
            raise NotFound("This film is not shown any more.")
        return found

    # The approval subject

    async def content_hash(self, uow: UnitOfWork, subject_id: int) -> str:
        """The SHA-256 of the very file, and the message that it stands for."""
        film = await self.get(uow, subject_id)
        message = await self.message(uow, film)
        return content_hash(message.content_hash, film.id, film.sha256 or "", film.aspect)

    async def describe(self, uow: UnitOfWork, subject_id: int) -> dict[str, Any]:
        """What it is, who is in it, and where it can be watched."""
        film = await self.get(uow, subject_id)
        message = await self.message(uow, film)
        return {
            "film_id": film.id, "key": message.key, "title": message.title, "revision": message.revision,
            "aspect": film.aspect, "languages": [each[1] for each in film.clips],
            "seconds": round((film.report or {}).get("seconds", 0)),
        }  # fmt: skip

    async def check_approver(self, uow: UnitOfWork, approver: Actor, subject_id: int) -> None:
        """Another person than who had it made, with a phone of their own."""
        film = await self.get(uow, subject_id)
        await self._broadcasts.check_two(uow, approver.id, film.created_by)

    async def approved(self, uow: UnitOfWork, approver: Actor, subject_id: int) -> None:
        """Published, in the place of an earlier one of the same shape.

        Raises Conflict where it may not be shown any more, or the file is not the one that was made.
        """
        film = await self.get(uow, subject_id)
        if film.state != FilmState.MADE:
            raise Conflict(f"This film is {film.state} already.")
        if await self._films.ended(uow, film) is not None:
            raise Conflict("Somebody in it may not be shown any more, or the message changed: have it made again.")
        await self._check_file(uow, film)
        message = await self.message(uow, film)
        for older in await uow.films.of_message(message.key):
            if older.state == FilmState.PUBLISHED and older.aspect == film.aspect:
                await self._end(uow, older, FilmState.REPLACED, f"Film {film.id} took its place.")
        published = {"approved_by": approver.id, "published_at": self._clock.now()}
        if not await uow.films.move(film.id, FilmState.MADE, FilmState.PUBLISHED, **published):
            raise Conflict("Somebody else changed this film a moment ago.")

    async def _check_file(self, uow: UnitOfWork, film: FilmRow) -> None:
        path = self._store.path((await self.file(uow, film)).path or "")
        if await asyncio.to_thread(_digest, path) != film.sha256:
            raise Conflict("The file on the disk is not the one that was made: have it made again.")

    async def refused(self, uow: UnitOfWork, approver: Actor, subject_id: int, reason: str) -> None:
        """It stays with the team; whoever had it made hears why."""

    # Off the screen

    async def stop(self, uow: UnitOfWork, actor: Actor, film_id: int) -> None:
        """Take it down by hand. Raises Conflict where it is not there."""
        actor.check(Act.APPROVE_FILM)
        await uow.decide_alone()
        film = await self.get(uow, film_id)
        if film.state not in KEPT_STATES:
            raise Conflict("This film is not shown any more.")
        await self._end(uow, film, FilmState.STOPPED, f"Taken down by {actor.name}.")
        await self._audit.note(uow, actor, "stop_film", f"film {film.id}")

    async def over(self, uow: UnitOfWork) -> dict[int, Ended]:
        """Films whose file is there though they may not be shown any more, and why."""
        found = {each.id: await self._films.ended(uow, each) for each in await uow.films.in_states(KEPT_STATES)}
        return {film_id: ended for film_id, ended in found.items() if ended is not None}

    async def end(self, uow: UnitOfWork, over: Mapping[int, Ended]) -> None:
        """Their files go, broadcasts that carry them stop, and the team is told what to do."""
        await uow.decide_alone()
        for film_id in over:
            film = await self.get(uow, film_id)
            ended = await self._films.ended(uow, film)
            if ended is None or film.state not in KEPT_STATES:
                continue
            await self._end(uow, film, FilmState.STOPPED, ended.reason, language=ended.language)
            await self._audit.note_system(uow, "stop_film", f"film {film.id}", reason=ended.reason)
            message = await self.message(uow, film)
            await self._alerts.film(
                uow, film_id=film.id, key=message.key, title=message.title, reason=ended.reason,
                language=ended.language, published=film.state == FilmState.PUBLISHED,
            )  # fmt: skip

    async def _end(
        self, uow: UnitOfWork, film: FilmRow, state: FilmState, reason: str, *, language: str = ""
    ) -> None:  # fmt: skip
        """Nothing of it is kept but that it was: not who was in it, nor what they said."""
        media = await uow.media.get(film.media_id) if film.media_id else None
        if media is not None and media.path:
            # Before the commit: a file that is gone too early is made again, one that stays would be found by nobody.
            await self._store.remove(media.path)
        if media is not None:
            await uow.media.change(media.id, state="removed", path=None, file_id=None, unique_id=None)
        said = f"{reason} {language}".strip()
        await uow.films.change(film.id, state=state, reason=said, report=None, ended_at=self._clock.now())
        await uow.approvals.void(self.kind, film.id)
        await uow.broadcasts.stop_film(film.id, "Its film may not be shown any more.")


def subtitles(film: FilmRow) -> dict[str, Lines]:
    """The words of each language in the film's time; empty for a film that has ended."""
    return tracks(segments(film))


def segments(film: FilmRow) -> list[FilmSegment]:
    """What is in it, in order."""
    found = (film.report or {}).get("segments", [])
    return [FilmSegment(**{**each, "cues": tuple(Cue(**cue) for cue in each["cues"])}) for each in found]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
