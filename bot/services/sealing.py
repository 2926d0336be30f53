"""Sealing: the worker, who has the key, signs what everybody writes; a chain that does not fit is not signed."""

from typing import Any

import structlog

from bot.db import Database, UnitOfWork
from bot.db.rows import ChainRow
from bot.domain.chain import GENESIS, Link, LinkKind
from bot.services.ports import Anchor, Clock
from bot.services.provenance import Provenance
from bot.services.signatures import CHAIN, MANIFEST
from bot.services.vault import Vault

log = structlog.get_logger()

HEAD = "chain_head"
_AT_ONCE = 500


class Sealing:
    """Signs new entries and manifests, and remembers outside the database how far it came."""

    def __init__(self, db: Database, vault: Vault, provenance: Provenance, anchor: Anchor, clock: Clock) -> None:
        self._db = db
        self._provenance = provenance
        self._vault = vault
        self._anchor = anchor
        self._clock = clock
        self._without: set[int] = set()
        """Approved renditions whose recording is not there: looked at once, not every second."""

    async def run(self) -> int:
        """One round; returns how many manifests were issued, and entries and manifests signed."""
        done = await self._issue()
        async with self._db.read() as uow:
            if not await uow.chain.unsealed(limit=1) and not await uow.manifests.unsigned(limit=1):
                return done
        async with self._db.write() as uow:
            done += await self._sign_manifests(uow)
            rows = await uow.chain.unsealed(limit=_AT_ONCE)
            if rows and await self._fits(uow, rows):
                await uow.chain.seal({each.seq: self._vault.sign(CHAIN, each.hash.encode()) for each in rows})
                head = {"seq": rows[-1].seq, "hash": rows[-1].hash, "at": self._clock.now().isoformat()}
                await uow.meta.set(HEAD, f"{head['seq']}:{head['hash']}")
                # Before the commit: an anchor that is one ahead says `look`, one behind would say nothing.
                await self._keep(head)
                done += len(rows)
        return done

    async def _issue(self) -> int:
        """A manifest for whatever was approved since, by whichever way."""
        async with self._db.read() as uow:
            missing = [each for each in await uow.manifests.missing(limit=_AT_ONCE) if each not in self._without]
        if not missing:
            return 0
        async with self._db.write() as uow:
            for rendition_id in missing:
                if await self._provenance.issue(uow, rendition_id) is None:
                    self._without.add(rendition_id)
        return len(missing)

    async def _sign_manifests(self, uow: UnitOfWork) -> int:
        rows = await uow.manifests.unsigned(limit=_AT_ONCE)
        for each in rows:
            await uow.manifests.change(each.id, signature=self._vault.sign(MANIFEST, each.body.encode()))
        return len(rows)

    async def _fits(self, uow: UnitOfWork, rows: list[ChainRow]) -> bool:
        """Whether the new entries follow the old, and what was sealed before is still there."""
        before = await uow.chain.get(rows[0].seq - 1) if rows[0].seq > 1 else None
        previous = before.hash if before else GENESIS
        seq = before.seq if before else 0
        for each in rows:
            seq += 1
            if each.seq != seq or link_of(each).hash_after(previous, seq) != each.hash:
                log.error("chain.not_sealed", entry=each.seq)
                return False
            previous = each.hash
        anchor = await self._anchor.read()
        if anchor is not None and not await self._holds(uow, anchor):
            log.error("chain.cut", entry=anchor["seq"])
            return False
        return True

    async def _holds(self, uow: UnitOfWork, anchor: dict[str, Any]) -> bool:
        row = await uow.chain.get(anchor["seq"])
        if row is not None and row.hash == anchor["hash"]:
            return True
        return any(
            each.kind == LinkKind.RESTORED and each.detail.get("hash") == anchor["hash"]
            for each in await uow.chain.own_entries()
        )

    async def _keep(self, head: dict[str, Any]) -> None:
        try:
            await self._anchor.keep(head)
        except OSError:
            log.error("chain.not_anchored", reason="VOUCH_DATA_DIR cannot be written")


def link_of(row: ChainRow) -> Link:
    """The entry without its place."""
    return Link(LinkKind(row.kind), row.ref, row.digest, row.at, row.detail)
