"""The audit log: every action of staff. It only grows."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert

from bot.db.repositories.base import Repository
from bot.db.rows import AuditRow
from bot.db.tables import audit


class AuditRepository(Repository):
    """Writes and lists audit entries."""

    async def write(
        self, *, at: datetime, actor: str, via: str, action: str, subject: str, detail: dict[str, Any]
    ) -> None:
        """Add one entry."""
        await self.connection.execute(
            insert(audit).values(at=at, actor=actor, via=via, action=action, subject=subject, detail=detail)
        )

    async def page(self, *, before_id: int | None = None, limit: int = 50) -> list[AuditRow]:
        """Entries, newest first."""
        statement = self.select(AuditRow, audit).order_by(audit.c.id.desc()).limit(limit)
        if before_id is not None:
            statement = statement.where(audit.c.id < before_id)
        return await self.many(AuditRow, statement)

    async def forget_before(self, instant: datetime) -> int:
        """Remove entries past their retention time."""
        return int((await self.connection.execute(delete(audit).where(audit.c.at < instant))).rowcount)
