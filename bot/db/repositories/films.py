"""Films that staff asked for, from the wish to the screen."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, update

from bot.db.repositories.base import Repository
from bot.db.rows import FilmRow
from bot.db.tables import films, messages
from bot.domain.films import KEPT_STATES, FilmState


class FilmRepository(Repository):
    """States: FilmState of domain/films.py."""

    async def create(self, **values: Any) -> int:
        """A new wish; returns its row number."""
        return await self.add(films, clips=[], done=0, steps=0, tries=0, state=FilmState.WAITING, **values)

    async def get(self, film_id: int) -> FilmRow | None:
        """One film."""
        return await self.one(FilmRow, self.select(FilmRow, films).where(films.c.id == film_id))

    async def of_message(self, key: str) -> list[FilmRow]:
        """Films of every revision of a message, newest first."""
        statement = (
            self.select(FilmRow, films)
            .join(messages, messages.c.id == films.c.message_id)
            .where(messages.c.key == key)
            .order_by(films.c.id.desc())
        )
        return await self.many(FilmRow, statement)

    async def in_states(self, states: Sequence[FilmState]) -> list[FilmRow]:
        """Films in these states, oldest first."""
        return await self.many(
            FilmRow, self.select(FilmRow, films).where(films.c.state.in_(states)).order_by(films.c.id)
        )

    async def showing(self, rendition_id: int) -> list[FilmRow]:
        """Films whose file is there and holds this recording."""
        found = await self.in_states(KEPT_STATES)
        return [each for each in found if any(clip[0] == rendition_id for clip in each.clips)]

    async def before(self, film_id: int) -> int:
        """How many others are made first."""
        waiting = films.c.state.in_((FilmState.WAITING, FilmState.MAKING))
        return int(await self.scalar(select(func.count()).where(waiting, films.c.id < film_id)))

    async def change(self, film_id: int, **values: Any) -> None:
        """Change some columns."""
        await self.connection.execute(update(films).where(films.c.id == film_id).values(**values))

    async def move(self, film_id: int, from_state: FilmState, to_state: FilmState, **values: Any) -> bool:
        """Change the state if it is still `from_state`; False when somebody was faster."""
        done = await self.connection.execute(
            update(films).where(films.c.id == film_id, films.c.state == from_state).values(state=to_state, **values)
        )
        return bool(done.rowcount == 1)

    async def count(self, film_id: int, more: Mapping[str, int]) -> None:
        """Add to its plain totals."""
        values = {name: films.c[name] + number for name, number in more.items()}
        await self.connection.execute(update(films).where(films.c.id == film_id).values(**values))

    # Making

    async def next_to_make(self, now: datetime) -> FilmRow | None:
        """The oldest that waits, or whose maker was lost; None while one is being made."""
        making = films.c.state == FilmState.MAKING
        statement = (
            self.select(FilmRow, films)
            .where(or_(films.c.state == FilmState.WAITING, and_(making, films.c.lease_until <= now)))
            .order_by(films.c.id)
            .limit(1)
        )
        busy = await self.scalar(select(films.c.id).where(making, films.c.lease_until > now).limit(1))
        return None if busy is not None else await self.one(FilmRow, statement)

    async def hold(self, film_id: int, holder: str, *, until: datetime) -> bool:
        """Go on making it; False when it was taken from us or taken back."""
        done = await self.connection.execute(
            update(films)
            .where(films.c.id == film_id, films.c.holder == holder, films.c.state == FilmState.MAKING)
            .values(lease_until=until)
        )
        return bool(done.rowcount == 1)

    async def finish(self, film_id: int, holder: str, state: FilmState, **values: Any) -> bool:
        """Write down what became of it, unless it was taken from us meanwhile."""
        done = await self.connection.execute(
            update(films)
            .where(films.c.id == film_id, films.c.holder == holder, films.c.state == FilmState.MAKING)
            .values(state=state, holder=None, lease_until=None, **values)
        )
        return bool(done.rowcount == 1)
