"""Making films that staff asked for: one at a time, by whichever worker is there; a lost one is taken up again.

What a film is made from is planned when it is made, not when it was asked for: consents are asked for anew.
"""

import asyncio
import contextlib
import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog

from bot.db import Database, UnitOfWork
from bot.db.rows import FilmRow
from bot.domain.films import (
    LEASE_SECONDS,
    MOST_TRIES,
    Aspect,
    FilmImpossible,
    FilmPlan,
    FilmReport,
    FilmState,
    InFilm,
)
from bot.domain.staff import Act
from bot.errors import Conflict, InvalidInput, NotFound, VouchError
from bot.services.audit import Actor, Audit
from bot.services.films import Films, Publisher
from bot.services.ports import Clock, FilmMaker, MediaStore, Progress

log = structlog.get_logger()

MISSING = "films_missing"
"""The fact (meta) in which workers write down what has to be installed before films can be made; empty: nothing."""


class FilmMaking:
    """From the wish of one person to a file that the team can watch."""

    def __init__(self, films: Films, publisher: Publisher, store: MediaStore, audit: Audit, clock: Clock) -> None:
        self._films = films
        self._publisher = publisher
        self._store = store
        self._audit = audit
        self._clock = clock

    async def plan(self, uow: UnitOfWork, key: str, *, order: Sequence[str] = ()) -> FilmPlan:
        """What a film of the message would be made from now. Raises NotFound."""
        return await self._films.plan(uow, key, Aspect.WIDE, self._publisher, order=order)

    async def ask(
        self, uow: UnitOfWork, actor: Actor, key: str, *, order: Sequence[str], aspects: Sequence[str]
    ) -> list[int]:  # fmt: skip
        """Ask for a film, in one shape or both, of these languages in this order; returns the numbers.

        Raises InvalidInput without a language or a shape, or for one that may not be shown; Conflict while the same is
        being made.
        """
        actor.check(Act.MAKE_FILM)
        await uow.decide_alone()
        shapes = [each for each in Aspect if each in aspects]
        if not shapes:
            raise InvalidInput("Choose a shape: for screens, for phones, or both.")
        usable = [each.writing.tag for each in (await self.plan(uow, key)).clips]
        wanted = list(dict.fromkeys(order))
        if not wanted:
            raise InvalidInput("Choose at least one recording.")
        if gone := [each for each in wanted if each not in usable]:
            raise InvalidInput(f"The recording in {gone[0]} may not be shown (any more): look again at who is in it.")
        message = await uow.messages.latest(key)
        if message is None:
            raise NotFound(f"There is no message {key}.")
        for film in await uow.films.in_states((FilmState.WAITING, FilmState.MAKING)):
            if film.message_id == message.id and film.aspect in shapes and film.languages == wanted:
                raise Conflict(f"Film {film.id} is just that, and is being made.")
        made = [
            await uow.films.create(
                message_id=message.id, aspect=shape, languages=wanted, created_by=actor.id, created_at=self._clock.now()
            )
            for shape in shapes
        ]
        for each in made:
            await self._audit.note(uow, actor, Act.MAKE_FILM, f"film {each}", message=key, languages=wanted)
        return made

    # The worker's side

    async def note_missing(self, db: Database, maker: FilmMaker) -> None:
        """Write down what this machine lacks, for the page that staff see."""
        said = " ".join(maker.missing())
        async with db.read() as uow:
            known = await uow.meta.get(MISSING) or ""
        if known != said:
            async with db.write() as uow:
                await uow.meta.set(MISSING, said)

    async def make_next(self, db: Database, maker: FilmMaker) -> int | None:
        """Make the next film, if one waits and none is being made; returns its number."""
        holder = secrets.token_hex(8)
        async with db.read() as uow:
            if await uow.films.next_to_make(self._clock.now()) is None:
                return None
        async with db.write() as uow:
            film = await self._claim(uow, holder)
        if film is None:
            return None
        keeping = asyncio.create_task(self._keep(db, film.id, holder))
        try:
            await self._make(db, maker, film, holder)
        finally:
            keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeping
        return film.id

    async def _claim(self, uow: UnitOfWork, holder: str) -> FilmRow | None:
        await uow.decide_alone()
        film = await uow.films.next_to_make(self._clock.now())
        if film is None:
            return None
        if film.tries >= MOST_TRIES:
            # It took its maker along each time.
            await uow.films.change(
                film.id, state=FilmState.FAILED, holder=None, lease_until=None, ended_at=self._clock.now(),
                reason=f"It was begun {MOST_TRIES} times and never finished: leave out the clip that was added last.",
            )  # fmt: skip
            return None
        await uow.films.change(
            film.id, state=FilmState.MAKING, holder=holder, lease_until=self._until(), tries=film.tries + 1, done=0
        )
        return film

    def _until(self) -> Any:
        return self._clock.now() + timedelta(seconds=LEASE_SECONDS)

    async def _keep(self, db: Database, film_id: int, holder: str) -> None:
        while True:
            await asyncio.sleep(LEASE_SECONDS / 3)
            with contextlib.suppress(VouchError):
                async with db.write() as uow:
                    await uow.films.hold(film_id, holder, until=self._until())

    async def _make(self, db: Database, maker: FilmMaker, film: FilmRow, holder: str) -> None:
        async def step(done: int, steps: int) -> None:
            async with db.write() as uow:
                await uow.films.change(film.id, done=done, steps=steps)

        with tempfile.TemporaryDirectory(prefix="vouch-film-") as room:
            try:
                plan = await self._planned(db, film)
                report, path = await self._build(maker, plan, Path(room) / "film.mp4", step)
            except VouchError as error:
                why = str(error)
            except OSError:
                why = "It could not be written: is there room on the disk?"
            except Exception as error:
                log.exception("film.failed", film=film.id, error=type(error).__name__)
                why = "Something went wrong in our program: its log says more."
            else:
                if not await self._made(db, film, holder, plan, report, path):
                    await self._store.remove(path)
                return
        async with db.write() as uow:
            await uow.films.finish(film.id, holder, FilmState.FAILED, reason=why, ended_at=self._clock.now())

    async def _build(self, maker: FilmMaker, plan: FilmPlan, out: Path, step: Progress) -> tuple[FilmReport, str]:
        """The film in the store; returns what became of it, and its name there."""
        report = await maker.make(plan, out, step)
        return report, await self._store.save(await asyncio.to_thread(out.read_bytes), ".mp4")

    async def _planned(self, db: Database, film: FilmRow) -> FilmPlan:
        async with db.read() as uow:
            message = await uow.messages.get(film.message_id)
            latest = await uow.messages.latest(message.key) if message else None
            if message is None or latest is None or latest.id != message.id:
                raise FilmImpossible("The message was changed meanwhile: choose again.")
            plan = await self._films.plan(
                uow, message.key, Aspect(film.aspect), self._publisher, order=film.languages
            )  # fmt: skip
        if not plan.clips:
            raise FilmImpossible("No recording is left that may be shown.")
        return plan

    async def _made(
        self, db: Database, film: FilmRow, holder: str, plan: FilmPlan, report: FilmReport, path: str
    ) -> bool:  # fmt: skip
        """Write it down; False when somebody else made it meanwhile."""
        named = {each.rendition_id: bool(each.speaker.name) for each in plan.clips}
        clips = [InFilm(each.rendition_id, each.language, named[each.rendition_id]) for each in report.segments]
        async with db.write() as uow:
            media_id = await uow.media.create(
                kind="video", mime="video/mp4", size=report.size, seconds=round(report.seconds), sha256=report.sha256,
                path=path, state="stored", tries=0, created_at=self._clock.now(),
            )  # fmt: skip
            kept = await uow.films.finish(
                film.id, holder, FilmState.MADE, media_id=media_id, sha256=report.sha256, report=_plain(report),
                clips=[[each.rendition_id, each.language, each.named] for each in clips], reason=None,
            )  # fmt: skip
            if not kept:
                await uow.media.remove(media_id)
        return kept


def _plain(report: FilmReport) -> dict[str, Any]:
    return asdict(replace(report, files=()))
