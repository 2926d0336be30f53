"""Labels: whether recognitions were right."""

from sqlalchemy import func, select

from bot.db.repositories.base import Repository
from bot.db.rows import MatchLabelRow
from bot.db.tables import match_labels

_MOST = 20_000


class MatchLabelRepository(Repository):
    """Figures to fit thresholds to."""

    async def add_label(self, **values: object) -> None:
        """Keep one."""
        await self.add(match_labels, **values)

    async def all(self) -> list[MatchLabelRow]:
        """The newest labels, at most 20,000."""
        statement = self.select(MatchLabelRow, match_labels).order_by(match_labels.c.id.desc()).limit(_MOST)
        return await self.many(MatchLabelRow, statement)

    async def counts(self) -> dict[tuple[str, bool], int]:
        """Labels by who said it and whether it was right."""
        statement = select(match_labels.c.by, match_labels.c.right, func.count()).group_by(
            match_labels.c.by, match_labels.c.right
        )
        return {(str(by), bool(right)): int(count) for by, right, count in await self.connection.execute(statement)}
