"""The record is a chain: whatever is changed in it is found, and the first bad entry is named."""

import asyncio
import random
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.db import Database, UnitOfWork
from bot.domain.chain import LinkKind
from bot.errors import InvalidInput
from bot.services import audit
from bot.services.chain import ChainCheck, Verdict, note_restored
from bot.services.provenance import disclosures_fit
from bot.services.retention import Retention, RetentionDays
from bot.services.sealing import Sealing
from bot.services.signatures import MANIFEST, is_signed
from bot.storage.anchor import AnchorFile
from tests.factories import World
from tests.integration.db.cluster import database
from tests.manipulations import KINDS, manipulated


@dataclass
class Record:
    """An installation with its sealer and its checker."""

    world: World

    def __post_init__(self) -> None:
        world = self.world
        self.anchor = AnchorFile(world.folder / "chain.anchor")
        self.sealing = Sealing(world.db, world.vault, world.desk.provenance, self.anchor, world.clock)
        self.check = ChainCheck(world.vault.verify_key, self.anchor, world.clock)

    async def seal(self) -> None:
        while await self.sealing.run():
            pass

    async def verdict(self) -> Verdict:
        async with self.world.db.read() as uow:
            return await self.check.run(uow)

    async def act(self, number: int) -> None:
        async with self.world.db.write() as uow:
            await self.world.desk.audit.note_system(uow, "sample", f"thing {number}", many=number, name="Zoë")

    async def filled(self) -> None:
        """Staff acts and approved renditions, all sealed."""
        for number in range(12):
            await self.act(number)
        await self.world.message("heat", ("en-GB", "ur", "pl"))
        await self.seal()


@pytest.fixture
async def record(world: World) -> Record:
    return Record(world)


async def test_a_record_that_nobody_touched_is_whole(record: Record) -> None:
    await record.filled()
    await record.act(99)
    verdict = await record.verdict()
    assert verdict.bad is None
    assert verdict.entries == 16
    assert verdict.waiting == 1, "the newest act has no seal yet"
    record.world.clock.advance(minutes=11)
    stale = await record.verdict()
    assert stale.bad is not None
    assert stale.bad.seq == 16, "without a worker a seal does not come: that is said"


async def test_what_was_undone_leaves_no_entry(record: Record) -> None:
    world = record.world

    async def undo(uow: UnitOfWork) -> None:
        async with uow.savepoint():
            await world.desk.audit.note_system(uow, "sample", "undone alone")
            raise InvalidInput("no")

    async def undo_all() -> None:
        async with world.db.write() as uow:
            await world.desk.audit.note_system(uow, "sample", "undone as a whole")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await undo_all()
    async with world.db.write() as uow:
        await world.desk.audit.note_system(uow, "sample", "kept")
        with pytest.raises(InvalidInput):
            await undo(uow)
    verdict = await record.verdict()
    assert (verdict.bad, verdict.entries) == (None, 1)


async def test_writers_at_once_keep_one_chain(record: Record) -> None:
    await asyncio.gather(*(record.act(number) for number in range(40)))
    await record.seal()
    verdict = await record.verdict()
    assert (verdict.bad, verdict.entries) == (None, 40)


async def test_two_processes_at_once_keep_one_chain(record: Record) -> None:
    other = Record(World(Database(record.world.db.url), record.world.folder))
    try:
        await asyncio.gather(*(each.act(number) for number in range(15) for each in (record, other)))
        await record.seal()
        verdict = await other.verdict()
    finally:
        await other.world.db.close()
    assert (verdict.bad, verdict.entries) == (None, 30)


async def test_every_approved_rendition_has_a_signed_manifest_that_anybody_can_check(record: Record) -> None:
    await record.filled()
    world = record.world
    row = await world.rendition("heat", "ur")
    async with world.db.read() as uow:
        manifest = await uow.manifests.of_rendition(row.id)
    assert manifest is not None
    assert manifest.signature is not None
    assert is_signed(world.vault.verify_key, MANIFEST, manifest.body.encode(), manifest.signature)
    assert not is_signed(
        world.vault.verify_key, MANIFEST, manifest.body.replace("ur", "pl").encode(), manifest.signature
    )
    assert disclosures_fit(manifest)
    assert row.text not in manifest.body


async def test_what_is_past_its_time_goes_and_the_chain_still_holds(record: Record) -> None:
    await record.filled()
    world = record.world
    world.clock.advance(days=800)
    await Retention(world.db, world.store, world.clock, RetentionDays()).run()
    await record.seal()
    verdict = await record.verdict()
    assert verdict.bad is None
    assert verdict.erased == 12


async def test_a_restored_backup_says_what_it_lost(record: Record, tmp_path: Path) -> None:
    await record.filled()
    folder = tmp_path / "restored"
    folder.mkdir()
    async with database("sqlite", folder) as db:
        other = Record(World(db, record.world.folder))
        await other.act(1)
        assert (await other.verdict()).bad is not None, "the anchor knows more"
        await other.sealing.run()
        async with db.read() as uow:
            assert await uow.chain.unsealed(limit=5), "what was cut off is not sealed over"
        async with db.write() as uow:
            await note_restored(uow, other.anchor, other.world.clock.now())
        await other.seal()
        verdict = await other.verdict()
        assert (verdict.bad, verdict.restored) == (None, 1)


async def test_the_sealer_does_not_sign_what_does_not_fit(record: Record) -> None:
    await record.act(1)
    async with record.world.db.write() as uow:
        await uow.connection.exec_driver_sql("UPDATE chain SET digest = 'forged'")
    await record.seal()
    async with record.world.db.read() as uow:
        row = await uow.chain.get(1)
    assert row is not None
    assert row.signature is None


@pytest.mark.parametrize("kind", KINDS)
async def test_every_manipulation_is_found_and_the_first_bad_entry_named(kind: str, tmp_path: Path) -> None:
    async with database("sqlite", tmp_path) as db:
        record = Record(World(db, tmp_path))
        await record.filled()
        record.world.clock.advance(minutes=20)
        chance = random.Random(7)
        for _ in range(8):
            with manipulated(Path(db.url.partition("///")[2]), kind, chance) as touched:
                verdict = await record.verdict()
                assert verdict.bad is not None
                assert verdict.bad.seq == touched
        assert (await record.verdict()).bad is None


async def test_an_entry_that_says_it_was_erased_needs_an_entry_that_says_so(record: Record) -> None:
    await record.filled()
    async with record.world.db.write() as uow:
        await uow.connection.exec_driver_sql("UPDATE audit SET salt = NULL WHERE id = 3")
    verdict = await record.verdict()
    assert verdict.bad is not None
    async with record.world.db.read() as uow:
        assert verdict.bad.seq == await uow.chain.seq_of(LinkKind.AUDIT, 3)


async def test_a_time_that_is_only_written_otherwise_is_found(tmp_path: Path) -> None:
    async with database("sqlite", tmp_path) as db:
        record = Record(World(db, tmp_path))
        await record.filled()
        for table, column, old, new in (
            ("chain", "at", ".", "/"),
            ("audit", "at", ".", "/"),
            ("audit", "detail", ": ", ":"),
        ):
            key = "seq" if table == "chain" else "id"
            change = f"UPDATE {table} SET {column} = replace({column}, '{{}}', '{{}}') WHERE {key} = 3"
            async with db.write() as uow:
                await uow.connection.exec_driver_sql(change.format(old, new))
            verdict = await record.verdict()
            assert verdict.bad is not None
            assert verdict.bad.seq == 3
            async with db.write() as uow:
                await uow.connection.exec_driver_sql(change.format(new, old))


async def test_times_and_details_are_hashed_as_they_are_read(record: Record) -> None:
    world = record.world
    async with world.db.write() as uow:
        await audit.write(
            uow, at=world.clock.now() + timedelta(microseconds=7), actor="ਗੁਰਪ੍ਰੀਤ", via="test", action="sample",
            subject="x", detail={"b": [1, 2.5, None], "a": {"z": "ż", "y": True}},
        )  # fmt: skip
    assert (await record.verdict()).bad is None
