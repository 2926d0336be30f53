"""Requests for a second person's yes."""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from bot.db.repositories.base import Repository
from bot.db.rows import ApprovalRow
from bot.db.tables import approvals


class ApprovalRepository(Repository):
    """States: pending, approved, refused, void (the content changed or the subject ended)."""

    async def create(self, **values: Any) -> int:
        """A new request; returns its row number."""
        return await self.add(approvals, **values)

    async def get(self, approval_id: int) -> ApprovalRow | None:
        """One request."""
        return await self.one(ApprovalRow, self.select(ApprovalRow, approvals).where(approvals.c.id == approval_id))

    async def change(self, approval_id: int, **values: Any) -> None:
        """Change some columns."""
        await self.connection.execute(update(approvals).where(approvals.c.id == approval_id).values(**values))

    async def pending(self, kind: str | None = None, subject_id: int | None = None) -> list[ApprovalRow]:
        """Open requests (about one thing), oldest first."""
        statement = self.select(ApprovalRow, approvals).where(approvals.c.state == "pending")
        if kind is not None:
            statement = statement.where(approvals.c.kind == kind)
        if subject_id is not None:
            statement = statement.where(approvals.c.subject_id == subject_id)
        return await self.many(ApprovalRow, statement.order_by(approvals.c.id))

    async def of(self, kind: str, subject_id: int) -> list[ApprovalRow]:
        """Every request about one thing, newest first."""
        return await self.many(
            ApprovalRow,
            self.select(ApprovalRow, approvals)
            .where(approvals.c.kind == kind, approvals.c.subject_id == subject_id)
            .order_by(approvals.c.id.desc()),
        )

    async def asked_since(self, kind: str, instant: datetime) -> Counter[int]:
        """How often each person was asked for a yes of this kind since then."""
        statement = select(approvals.c.asked_ids).where(approvals.c.kind == kind, approvals.c.asked_at > instant)
        return Counter(int(each) for row in await self.connection.execute(statement) for each in row[0])

    async def decide(self, approval_id: int, **values: Any) -> bool:
        """Settle a request that is still pending; False when somebody was faster."""
        done = await self.connection.execute(
            update(approvals).where(approvals.c.id == approval_id, approvals.c.state == "pending").values(**values)
        )
        return bool(done.rowcount == 1)

    async def void(self, kind: str, subject_id: int) -> None:
        """What was asked about has changed or ended."""
        await self.connection.execute(
            update(approvals)
            .where(approvals.c.kind == kind, approvals.c.subject_id == subject_id, approvals.c.state == "pending")
            .values(state="void")
        )
