"""Staff, their one-time links and sessions. Tokens are stored only as hashes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.repositories.base import Repository
from bot.db.rows import StaffRow
from bot.db.tables import sessions, sign_in_links, staff, tester_invites


class StaffRepository(Repository):
    """Who works here, and how they are let in."""

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection)
        self._expected: dict[bytes, StaffRow | None] = {}

    async def all(self) -> list[StaffRow]:
        """Everybody who has not been removed, by name."""
        return await self.many(StaffRow, self.select(StaffRow, staff).where(staff.c.active).order_by(staff.c.name))

    async def get(self, staff_id: int) -> StaffRow | None:
        """By row number, removed ones too (their name stays in the records)."""
        return await self.one(StaffRow, self.select(StaffRow, staff).where(staff.c.id == staff_id))

    async def by_name(self, name: str) -> StaffRow | None:
        """By the name they go by."""
        return await self.one(StaffRow, self.select(StaffRow, staff).where(staff.c.name == name))

    async def expect(self, tags: Sequence[bytes]) -> None:
        """Read together who of these works here, for whoever asks in this transaction before one is changed."""
        statement = self.select(StaffRow, staff).where(staff.c.person_tag.in_(tags), staff.c.active)
        found = {each.person_tag: each for each in await self.many(StaffRow, statement)}
        self._expected.update({tag: found.get(tag) for tag in tags})

    async def by_tag(self, tag: bytes) -> StaffRow | None:
        """By the keyed hash of their chat."""
        if tag in self._expected:
            return self._expected[tag]
        return await self.one(StaffRow, self.select(StaffRow, staff).where(staff.c.person_tag == tag, staff.c.active))

    async def by_invite(self, invite_hash: bytes, *, now: datetime) -> StaffRow | None:
        """The person whose unused invitation this is."""
        return await self.one(
            StaffRow,
            self.select(StaffRow, staff).where(
                staff.c.invite_hash == invite_hash, staff.c.invite_until > now, staff.c.active
            ),
        )

    async def create(self, **values: Any) -> int:
        """A new staff record; returns the row number."""
        self._expected.clear()
        return await self.add(staff, **values)

    async def change(self, staff_id: int, **values: Any) -> None:
        """Change some columns."""
        self._expected.clear()
        await self.connection.execute(update(staff).where(staff.c.id == staff_id).values(**values))

    async def names(self, ids: Sequence[int]) -> dict[int, str]:
        """Names by row number."""
        rows = await self.connection.execute(select(staff.c.id, staff.c.name).where(staff.c.id.in_(ids)))
        return {int(row[0]): str(row[1]) for row in rows}

    # One-time links and sessions

    async def add_link(self, link_hash: bytes, staff_id: int, *, source: str, until: datetime) -> None:
        """Keep a one-time sign-in link."""
        await self.connection.execute(
            insert(sign_in_links).values(hash=link_hash, staff_id=staff_id, source=source, until=until, used_at=None)
        )

    async def use_link(self, link_hash: bytes, *, now: datetime) -> int | None:
        """Use a link up; returns whose it was, or None when it is unknown, used or too old."""
        done = await self.connection.execute(
            update(sign_in_links)
            .where(
                sign_in_links.c.hash == link_hash,
                sign_in_links.c.until > now,
                sign_in_links.c.used_at.is_(None),
            )
            .values(used_at=now)
        )
        if done.rowcount != 1:
            return None
        found = await self.scalar(select(sign_in_links.c.staff_id).where(sign_in_links.c.hash == link_hash))
        return int(found)

    async def link_is_good(self, link_hash: bytes, *, now: datetime) -> bool:
        """Whether the link could still be used."""
        found = await self.scalar(
            select(sign_in_links.c.staff_id).where(
                sign_in_links.c.hash == link_hash,
                sign_in_links.c.until > now,
                sign_in_links.c.used_at.is_(None),
            )
        )
        return found is not None

    async def add_session(self, session_hash: bytes, staff_id: int, *, now: datetime) -> None:
        """Keep a session."""
        await self.connection.execute(
            insert(sessions).values(hash=session_hash, staff_id=staff_id, created_at=now, seen_at=now)
        )

    async def session(self, session_hash: bytes, *, idle_since: datetime, created_since: datetime) -> StaffRow | None:
        """The active staff member of a session that is neither idle nor too old."""
        statement = (
            self.select(StaffRow, staff)
            .join(sessions, sessions.c.staff_id == staff.c.id)
            .where(
                sessions.c.hash == session_hash, sessions.c.seen_at > idle_since,
                sessions.c.created_at > created_since, staff.c.active,
            )
        )  # fmt: skip
        return await self.one(StaffRow, statement)

    async def touch_session(self, session_hash: bytes, *, now: datetime, older_than: datetime) -> None:
        """Note that the session is in use, at most once a minute."""
        await self.connection.execute(
            update(sessions).where(sessions.c.hash == session_hash, sessions.c.seen_at < older_than).values(seen_at=now)
        )

    async def end_session(self, session_hash: bytes) -> None:
        """Sign one browser out."""
        await self.connection.execute(delete(sessions).where(sessions.c.hash == session_hash))

    async def end_sessions_of(self, staff_id: int) -> None:
        """Sign a person out everywhere and void their unused links."""
        await self.connection.execute(delete(sessions).where(sessions.c.staff_id == staff_id))
        await self.connection.execute(delete(sign_in_links).where(sign_in_links.c.staff_id == staff_id))

    async def end_everything(self) -> None:
        """Sign everybody out, and let no one-time link work any more."""
        await self.connection.execute(delete(sessions))
        await self.connection.execute(delete(sign_in_links))

    async def forget_old_links(self, *, before: datetime) -> None:
        """Remove links and sessions that ended before `before`."""
        await self.connection.execute(delete(sign_in_links).where(sign_in_links.c.until < before))
        await self.connection.execute(delete(sessions).where(sessions.c.created_at < before))

    # Testers of a closed pilot

    async def add_tester_invite(self, invite_hash: bytes, *, until: datetime, uses: int) -> None:
        """Keep an invitation for testers."""
        await self.connection.execute(insert(tester_invites).values(hash=invite_hash, until=until, uses_left=uses))

    async def use_tester_invite(self, invite_hash: bytes, *, now: datetime) -> bool:
        """Use one place of an invitation; False when it is unknown, too old or used up."""
        done = await self.connection.execute(
            update(tester_invites)
            .where(
                tester_invites.c.hash == invite_hash, tester_invites.c.until > now,
                tester_invites.c.uses_left > 0,
            )
            .values(uses_left=tester_invites.c.uses_left - 1)
        )  # fmt: skip
        return bool(done.rowcount == 1)
