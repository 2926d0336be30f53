"""The audit log: every action of staff. It only grows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from bot.db.repositories.base import Repository
from bot.db.rows import AuditRow
from bot.db.tables import audit, chain


class AuditRepository(Repository):
    """Writes and lists audit entries."""

    async def write(
        self, *, at: datetime, actor: str, via: str, action: str, subject: str, detail: dict[str, Any], salt: bytes
    ) -> int:
        """Add one entry; returns its number."""
        return await self.add(
            audit, at=at, actor=actor, via=via, action=action, subject=subject, detail=detail, salt=salt
        )

    async def these(self, ids: Sequence[int]) -> dict[int, AuditRow]:
        """The entries with these numbers that are there, by number."""
        found = await self.many(AuditRow, self.select(AuditRow, audit).where(audit.c.id.in_(ids)))
        return {each.id: each for each in found}

    async def unchained(self) -> int | None:
        """The first entry that stands in no chain though later than the first that does, or None."""
        first = select(func.min(chain.c.ref)).where(chain.c.kind == "audit").scalar_subquery()
        linked = select(chain.c.ref).where(chain.c.kind == "audit", chain.c.ref == audit.c.id).exists()
        found = await self.scalar(select(func.min(audit.c.id)).where(audit.c.id >= first, ~linked))
        return None if found is None else int(found)

    async def last_before(self, instant: datetime) -> int | None:
        """The number of the newest entry before `instant`."""
        found = await self.scalar(select(func.max(audit.c.id)).where(audit.c.at < instant))
        return None if found is None else int(found)

    async def page(self, *, before_id: int | None = None, limit: int = 50) -> list[AuditRow]:
        """Entries, newest first."""
        statement = self.select(AuditRow, audit).order_by(audit.c.id.desc()).limit(limit)
        if before_id is not None:
            statement = statement.where(audit.c.id < before_id)
        return await self.many(AuditRow, statement)

    async def forget_before(self, instant: datetime) -> int:
        """Remove entries past their retention time."""
        return int((await self.connection.execute(delete(audit).where(audit.c.at < instant))).rowcount)
