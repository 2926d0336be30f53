"""Going through the whole chain: every entry, what it stands for, and the first that does not fit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.db import UnitOfWork
from bot.db.rows import AuditRow, ChainRow, ManifestRow
from bot.domain.chain import GENESIS, Link, LinkKind
from bot.services.audit import digest_of
from bot.services.ports import Anchor, Clock
from bot.services.provenance import digest_of_body
from bot.services.sealing import link_of
from bot.services.signatures import CHAIN, MANIFEST, is_signed

UNSEALED_FOR = timedelta(minutes=10)
"""A worker seals within seconds. What stands unsealed longer was not written by us, or no worker runs."""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Bad:
    """The first entry that does not fit: its number (None: an audit entry outside the chain), and why, in words."""

    seq: int | None
    reason: str

    def __str__(self) -> str:
        return self.reason if self.seq is None else f"Entry {self.seq}: {self.reason}"


@dataclass(frozen=True, slots=True)
class _Portion:
    """Entries, what they stand for, and which of them are not written as we write."""

    rows: list[ChainRow]
    audit: Mapping[int, AuditRow]
    manifests: Mapping[int, ManifestRow]
    misspelt: set[int]
    misspelt_audit: set[int]


@dataclass(slots=True)
class Verdict:
    """What was found. `erased`: entries whose contents are gone on purpose; `waiting`: not sealed yet."""

    entries: int = 0
    erased: int = 0
    waiting: int = 0
    head: str = GENESIS
    restored: int = 0
    bad: Bad | None = None


@dataclass(slots=True)
class _Gone:
    """What is allowed to be missing."""

    audit_through: int
    audit: frozenset[int]
    anchors: frozenset[str]

    @classmethod
    def of(cls, rows: list[ChainRow]) -> "_Gone":
        through, audit, anchors = 0, set[int](), set[str]()
        for row in rows:
            if row.kind == LinkKind.FORGOT:
                through = max(through, int(row.detail.get("through", 0)))
            elif row.kind == LinkKind.ERASED:
                audit.update(row.detail.get("audit", []))
            else:
                anchors.add(str(row.detail.get("hash")))
        return cls(through, frozenset(audit), frozenset(anchors))


class ChainCheck:
    """Reads everything, in portions; a hundred thousand entries take about ten seconds."""

    def __init__(self, verify_key: bytes, anchor: Anchor, clock: Clock) -> None:
        self._key = verify_key
        self._anchor = anchor
        self._clock = clock

    async def run(self, uow: UnitOfWork) -> Verdict:
        """Go through the chain from its first entry to its last, or to the first that does not fit."""
        verdict = Verdict()
        anchor = await self._anchor.read()
        gone = await _gone(uow)
        while verdict.bad is None:
            try:
                portion = await _portion(uow, verdict.entries)
            except (ValueError, TypeError, KeyError):
                verdict.bad = Bad(verdict.entries + 1, "it cannot be read.")
                break
            if not portion.rows:
                verdict.bad = await self._end_is_bad(uow, verdict, anchor, gone)
                break
            for row in portion.rows:
                reason = self._why_bad(verdict, row, anchor, gone)
                reason = reason or self._thing_is_bad(verdict, row, portion, gone)
                if reason is not None:
                    verdict.bad = Bad(verdict.entries + 1, reason)
                    break
                verdict.entries, verdict.head = row.seq, row.hash
        verdict.restored = len(gone.anchors)
        return verdict

    def _why_bad(self, verdict: Verdict, row: ChainRow, anchor: Mapping[str, Any] | None, gone: _Gone) -> str | None:
        if row.seq != verdict.entries + 1:
            return "it is not there."
        try:
            fits = link_of(row).hash_after(verdict.head, row.seq) == row.hash
        except (ValueError, TypeError):
            fits = False
        if not fits:
            return "it does not follow the entry before it: it was changed, moved or put in."
        if row.signature is None:
            return self._unsealed(verdict, row)
        if verdict.waiting:
            return "it is sealed, and one before it is not."
        if not is_signed(self._key, CHAIN, row.hash.encode(), row.signature):
            return "its seal is not ours."
        if anchor and row.seq == anchor["seq"] and row.hash != anchor["hash"] and anchor["hash"] not in gone.anchors:
            return "it is another than the one that was sealed last."
        return None

    def _unsealed(self, verdict: Verdict, row: ChainRow) -> str | None:
        if self._clock.now() - row.at > UNSEALED_FOR:
            return f"it stands without a seal for longer than {UNSEALED_FOR.seconds // 60} minutes."
        verdict.waiting += 1
        return None

    def _thing_is_bad(self, verdict: Verdict, row: ChainRow, portion: _Portion, gone: _Gone) -> str | None:
        audit = row.kind == LinkKind.AUDIT
        if row.seq in portion.misspelt or (audit and row.ref in portion.misspelt_audit):
            return "it is written otherwise than we write."
        if audit:
            return _audit_is_bad(verdict, row, portion.audit.get(row.ref), gone)
        if row.kind == LinkKind.MANIFEST:
            return self._manifest_is_bad(row, portion.manifests.get(row.ref))
        return None

    def _manifest_is_bad(self, row: ChainRow, found: ManifestRow | None) -> str | None:
        if found is None:
            return f"its manifest {row.ref} is not there."
        if digest_of_body(found.body) != row.digest:
            return f"its manifest {row.ref} was changed."
        if found.signature is not None and not is_signed(self._key, MANIFEST, found.body.encode(), found.signature):
            return f"the signature of its manifest {row.ref} is not ours."
        return None

    async def _end_is_bad(
        self, uow: UnitOfWork, verdict: Verdict, anchor: Mapping[str, Any] | None, gone: _Gone
    ) -> Bad | None:
        if anchor and anchor["seq"] > verdict.entries and anchor["hash"] not in gone.anchors:
            return Bad(verdict.entries + 1, f"it is not there: entries up to {anchor['seq']} were sealed.")
        outside = await uow.audit.unchained()
        return Bad(None, f"Audit entry {outside} is in no entry of the chain: it was put in.") if outside else None


def _audit_is_bad(verdict: Verdict, row: ChainRow, found: AuditRow | None, gone: _Gone) -> str | None:
    if found is not None and found.salt is not None:
        digest = digest_of(
            found.salt, at=found.at, actor=found.actor, via=found.via, action=found.action, subject=found.subject,
            detail=found.detail,
        )  # fmt: skip
        return None if digest == row.digest else f"its audit entry {row.ref} was changed."
    if row.ref in gone.audit or (found is None and row.ref <= gone.audit_through):
        verdict.erased += 1
        return None
    return (
        f"its audit entry {row.ref} is not there." if found is None else f"the salt of audit entry {row.ref} is gone."
    )


async def _gone(uow: UnitOfWork) -> _Gone:
    try:
        return _Gone.of(await uow.chain.own_entries())
    except (ValueError, TypeError, AttributeError, KeyError):
        return _Gone(0, frozenset(), frozenset())  # going through them, one by one, finds the one that was changed


async def _portion(uow: UnitOfWork, after: int, limit: int = _AT_ONCE) -> _Portion:
    """The next entries with what they stand for; one alone where something in them cannot even be read."""
    try:
        rows = await uow.chain.after(after, limit=limit)
        refs = {kind: [row.ref for row in rows if row.kind == kind] for kind in (LinkKind.AUDIT, LinkKind.MANIFEST)}
        audit = await uow.audit.these(refs[LinkKind.AUDIT])
        manifests = await uow.manifests.these(refs[LinkKind.MANIFEST])
        misspelt = await uow.chain.misspelt([row.seq for row in rows], refs[LinkKind.AUDIT])
    except (ValueError, TypeError, KeyError):
        if limit == 1:
            raise
        return await _portion(uow, after, 1)
    return _Portion(rows, audit, manifests, *misspelt)


async def note_restored(uow: UnitOfWork, anchor: Anchor, now: datetime) -> None:
    """After a backup was put back: say in the chain which entries are lost, so that it goes on from here."""
    kept = await anchor.read()
    if kept is None:
        return
    row = await uow.chain.get(kept["seq"])
    if row is None or row.hash != kept["hash"]:
        detail = {"through": kept["seq"], "hash": kept["hash"]}
        uow.chain.link(Link(LinkKind.RESTORED, kept["seq"], GENESIS, now, detail))
