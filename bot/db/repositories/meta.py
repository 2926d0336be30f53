"""Single values (key fingerprint, public sealing key, bot id) and leases."""

from datetime import datetime

from sqlalchemy import delete, select, update

from bot.db.repositories.base import Repository
from bot.db.tables import leases, meta

_ERASURE = "erased_at"


class MetaRepository(Repository):
    """Small facts about this installation, and who holds which single job."""

    async def get(self, key: str) -> str | None:
        """The stored value, or None."""
        value = await self.scalar(select(meta.c.value).where(meta.c.key == key))
        return None if value is None else str(value)

    async def set(self, key: str, value: str) -> None:
        """Store or replace a value; two at once are no conflict."""
        if not await self.insert_new(meta, [{"key": key, "value": value}]):
            await self.connection.execute(update(meta).where(meta.c.key == key).values(value=value))

    async def note_erasure(self, now: datetime) -> None:
        """Somebody was erased in this transaction: the files need a rewrite (Database.wipe_freed_pages)."""
        await self.set(_ERASURE, now.isoformat())

    async def erasure(self) -> str | None:
        """The erasure that still has to reach the files, or None."""
        return await self.get(_ERASURE)

    async def settle_erasure(self, noted: str) -> None:
        """It has reached them; one that was noted since has not."""
        await self.connection.execute(delete(meta).where(meta.c.key == _ERASURE, meta.c.value == noted))

    async def take_lease(self, name: str, holder: str, *, now: datetime, until: datetime) -> int | None:
        """Take or keep the lease; returns its fencing number, or None while another holder's lease runs.

        The number grows whenever the holder changes, so that a stopped holder that wakes up can be told apart.
        """
        row = (await self.connection.execute(select(leases).where(leases.c.name == name))).first()
        if row is None:
            await self.insert_new(leases, [{"name": name, "holder": holder, "fence": 1, "until": until}])
            row = (await self.connection.execute(select(leases).where(leases.c.name == name))).first()
        if row is None or (row.holder != holder and row.until > now):
            return None
        fence = int(row.fence) if row.holder == holder else int(row.fence) + 1
        done = await self.connection.execute(
            update(leases)
            .where(leases.c.name == name, leases.c.fence == row.fence, leases.c.holder == row.holder)
            .values(holder=holder, fence=fence, until=until)
        )
        return fence if done.rowcount == 1 else None

    async def drop_lease(self, name: str, *, holder: str | None = None, until: datetime | None = None) -> None:
        """Let go of a lease, so that the next holder may take it at once, or from `until` on. Its number is kept."""
        statement = update(leases).where(leases.c.name == name)
        if holder is not None:
            statement = statement.where(leases.c.holder == holder)
        free_from = until or datetime.fromtimestamp(0).astimezone()
        await self.connection.execute(statement.values(holder="", until=free_from))

    async def holds(self, name: str, holder: str, fence: int) -> bool:
        """Whether the lease is still this holder's, under this number; nobody can take it before this commits."""
        statement = select(leases.c.fence).where(
            leases.c.name == name, leases.c.holder == holder, leases.c.fence == fence
        )
        # FOR SHARE (PostgreSQL; SQLite has one writer anyway): without it, a new sender could settle what it finds
        # between this look and the commit of intents under the old number, and those would never end.
        return await self.scalar(statement.with_for_update(read=True)) is not None

    async def forget(self, key: str) -> None:
        """Remove a value."""
        await self.connection.execute(delete(meta).where(meta.c.key == key))
