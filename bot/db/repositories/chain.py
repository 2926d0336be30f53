"""The chain: appended at the end of a transaction, one writer at a time, so that each entry has one before it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, Text, insert, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.repositories.base import Repository
from bot.db.rows import ChainRow
from bot.db.tables import audit, chain
from bot.db.types import stored_instant
from bot.domain.chain import GENESIS, Link, LinkKind

_APPENDING = 868_368_003
"""The advisory lock under which the chain grows (PostgreSQL). SQLite has one writing transaction at a time."""
_OWN = (LinkKind.ERASED, LinkKind.FORGOT, LinkKind.RESTORED)


class ChainRepository(Repository):
    """Entries have numbers without a gap, from 1."""

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection)
        self._added: list[Link] = []

    def link(self, added: Link) -> None:
        """Put one more entry at the end, when this transaction commits."""
        self._added.append(added)

    @property
    def count(self) -> int:
        """How many wait for the commit."""
        return len(self._added)

    def keep_first(self, count: int) -> None:
        """Forget what was added after the first `count`: what it stood for was undone."""
        del self._added[count:]

    async def append(self) -> None:
        """Give every waiting entry its place. Called last of all, before the commit."""
        if not self._added:
            return
        if self.connection.dialect.name == "postgresql":
            await self.connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_APPENDING})")
        last = await self.last()
        seq, previous = (last.seq, last.hash) if last else (0, GENESIS)
        rows: list[dict[str, Any]] = []
        for each in self._added:
            seq += 1
            previous = each.hash_after(previous, seq)
            rows.append(
                {
                    "seq": seq, "at": each.at, "kind": str(each.kind), "ref": each.ref, "digest": each.digest,
                    "detail": dict(each.detail), "hash": previous, "signature": None,
                }
            )  # fmt: skip
        self._added = []
        await self.connection.execute(insert(chain), rows)

    async def last(self) -> ChainRow | None:
        """The newest entry."""
        return await self.one(ChainRow, self.select(ChainRow, chain).order_by(chain.c.seq.desc()).limit(1))

    async def get(self, seq: int) -> ChainRow | None:
        """One entry."""
        return await self.one(ChainRow, self.select(ChainRow, chain).where(chain.c.seq == seq))

    async def after(self, seq: int, *, limit: int) -> list[ChainRow]:
        """The entries that follow, in order."""
        statement = self.select(ChainRow, chain).where(chain.c.seq > seq).order_by(chain.c.seq).limit(limit)
        return await self.many(ChainRow, statement)

    async def misspelt(self, seqs: Sequence[int], audit_ids: Sequence[int]) -> tuple[set[int], set[int]]:
        """Entries, and entries of the audit log, that are written otherwise than we write, though they read the same.

        SQLite keeps times and JSON as text; PostgreSQL has types for them.
        """
        if self.connection.dialect.name != "sqlite":
            return set(), set()
        return await self._misspelt(chain, chain.c.seq, seqs), await self._misspelt(audit, audit.c.id, audit_ids)

    async def _misspelt(self, table: Table, key: ColumnElement[int], ids: Sequence[int]) -> set[int]:
        at, detail = table.c.at, table.c.detail
        statement = select(key, at, type_coerce(at, Text), detail, type_coerce(detail, Text)).where(key.in_(list(ids)))
        return {
            int(row[0])
            for row in await self.connection.execute(statement)
            if stored_instant(row[1]) != row[2] or json.dumps(row[3]) != row[4]
        }

    async def unsealed(self, *, limit: int) -> list[ChainRow]:
        """Entries that carry no signature yet, in order."""
        statement = self.select(ChainRow, chain).where(chain.c.signature.is_(None)).order_by(chain.c.seq).limit(limit)
        return await self.many(ChainRow, statement)

    async def seal(self, signatures: Mapping[int, bytes]) -> None:
        """Write signatures to their entries."""
        for seq, signature in signatures.items():
            await self.connection.execute(update(chain).where(chain.c.seq == seq).values(signature=signature))

    async def own_entries(self) -> list[ChainRow]:
        """Entries that say what was erased, forgotten or lost, in order."""
        return await self.many(
            ChainRow, self.select(ChainRow, chain).where(chain.c.kind.in_(_OWN)).order_by(chain.c.seq)
        )

    async def seq_of(self, kind: LinkKind, ref: int) -> int | None:
        """Where a thing stands in the chain."""
        found = await self.scalar(select(chain.c.seq).where(chain.c.kind == kind, chain.c.ref == ref))
        return None if found is None else int(found)
