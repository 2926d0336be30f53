"""`vouch backup` and `vouch restore` as whole processes: what comes back waits, and who left stays gone."""

import asyncio
import io
import shutil
import sqlite3
import tarfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app.backup import back_up
from bot.app.restore import restore
from bot.errors import ConfigInvalid, Conflict, InvalidInput
from bot.sandbox import Person
from bot.services.audit import actor_of
from tests.chaos import town
from tests.chaos.sending import truth, until
from tests.stage import Stage, stage

PEOPLE = 6
EVERY_ONE = {"VOUCH_UNASKED_PER_DAY": "0", "VOUCH_UNASKED_PER_WEEK": "0"}
"""No limit on how often one person is written to: each broadcast here reaches everybody."""


async def _due_broadcasts(vouch: Stage, *, seconds: float) -> list[int]:
    """Five approved broadcasts that start by themselves in some seconds."""
    at = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
    async with town.base_of(vouch) as base, base.db.write() as uow:
        author, second = [
            actor_of(await base.desk.staff.by_name(uow, each), "test") for each in (town.AUTHOR, town.SECOND)
        ]
        numbers = [await base.desk.broadcasts.create(uow, author, key=town.MESSAGE, at=at) for _ in range(5)]
        for number in numbers:
            await base.desk.approvals.approve_directly(uow, second, "broadcast", number)
        file = await base.store.save(b"a sample of a recording", ".ogg")
        await uow.media.create(
            kind="voice", mime="audio/ogg", size=23, seconds=1, path=file, bot_id=base.bot_id, state="stored", tries=0,
            created_at=base.clock.now(),
        )  # fmt: skip
    return numbers


async def _forget(vouch: Stage, person: Person) -> None:
    vouch.sandbox.hands.text(person, "/forget")
    await vouch.press(person, "forget:yes")


def _bytes_of(folder: Path) -> bytes:
    return b"".join(each.read_bytes() for each in sorted(folder.rglob("*")) if each.is_file())


async def test_after_a_restore_nothing_is_sent_without_a_person_and_who_left_stays_gone(tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar"
    async with stage(tmp_path, **EVERY_ONE) as vouch:
        place = await town.build(vouch, PEOPLE)
        gone = next(iter(place.people.values()))
        await vouch.start()
        numbers = await _due_broadcasts(vouch, seconds=3)
        made = await back_up(town.settings_of(vouch), archive)
        assert (made.residents, made.media) == (PEOPLE, 1)
        assert archive.stat().st_mode & 0o777 == 0o600
        secret = (vouch.data_dir / "secret.key").read_bytes().strip()
        assert secret not in archive.read_bytes()
        # The old life goes on: the broadcasts go out by themselves, and one person leaves.
        await until(lambda: truth(vouch) >= 5 * PEOPLE, 30, "five broadcasts to everybody")
        await _forget(vouch, gone)
        with pytest.raises(Conflict, match="stop it first"):
            await restore(town.settings_of(vouch), archive, via="test", replace=True)
        await vouch.kill()

        # A new disk: the key comes from the safe, the marks of erasures from their own copy.
        vouch.data_dir.rename(tmp_path / "lost")
        vouch.data_dir.mkdir()
        with pytest.raises(ConfigInvalid, match="The key is not here"):
            await restore(town.settings_of(vouch), archive, via="test", replace=False)
        assert [each.name for each in vouch.data_dir.iterdir()] == ["worker.lock"], "no key was made"
        shutil.copy(tmp_path / "lost" / "secret.key", vouch.data_dir)
        shutil.copytree(tmp_path / "lost" / "erasures", vouch.data_dir / "erasures")
        said = await vouch.cli("restore", str(archive))
        assert "5 broadcasts are paused" in said
        assert "1 residents who were erased since are erased again" in said
        tag = town.vault_of(vouch).tag(gone.id)
        assert tag in archive.read_bytes(), "they were in the backup"
        assert tag not in _bytes_of(vouch.data_dir)
        assert [each.read_bytes() for each in (vouch.data_dir / "media").iterdir()] == [b"a sample of a recording"]
        assert not (vouch.data_dir / ".restoring").exists()

        arrived = truth(vouch)
        await vouch.start()
        await asyncio.sleep(3)  # several ticks of the clock that starts what is due
        states = town.rows(vouch, "SELECT id, state FROM broadcasts ORDER BY id")
        sent = truth(vouch) - arrived
        print(f"five due broadcasts restored: {sent} sent without a person")
        assert sent == 0
        assert states == [(number, "paused") for number in numbers]


async def test_a_restore_refuses_what_it_must_and_leaves_everything_as_it_was(tmp_path: Path) -> None:
    vouch, archive = Stage(tmp_path), tmp_path / "backup.tar"
    settings = town.settings_of(vouch)
    with pytest.raises(Conflict, match="no database here"):
        await back_up(settings, archive)
    await town.build(vouch, 2)
    await back_up(settings, archive)
    with pytest.raises(Conflict, match="never overwrites"):
        await back_up(settings, archive)
    before = _bytes_of(vouch.data_dir)
    with pytest.raises(Conflict, match="restore into an empty one"):
        await restore(settings, archive, via="test", replace=False)
    key = (vouch.data_dir / "secret.key").read_text().strip()
    empty = settings.model_copy(update={"data_dir": tmp_path / "empty", "secret_key": SecretStr(key)})
    for name, content, says in _damaged(archive):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InvalidInput, match=says):
            await restore(empty, tmp_path / name, via="test", replace=False)
        assert [each.name for each in empty.data_dir.iterdir()] == ["worker.lock"], name
    other = empty.model_copy(update={"secret_key": SecretStr("another-key-that-is-long-enough-to-be-one")})
    with pytest.raises(InvalidInput, match="made with another key"):
        await restore(other, archive, via="test", replace=False)
    assert _bytes_of(vouch.data_dir) == before
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == [], "nothing half-made is left"


def _damaged(archive: Path) -> list[tuple[str, bytes, str]]:
    whole = archive.read_bytes()
    with tarfile.open(archive) as tar:
        start = tar.getmember("vouch.db").offset_data
    bent = whole[: start + 100] + b"\xff" * 8_000 + whole[start + 8_100 :]
    escaping = io.BytesIO()
    with tarfile.open(archive) as old, tarfile.open(fileobj=escaping, mode="w") as new:
        for member in old:
            opened = old.extractfile(member)
            member.name = {"vouch.db": "../vouch.db"}.get(member.name, member.name)
            new.addfile(member, opened)
    return [
        ("cut.tar", whole[: len(whole) // 2], "damaged"), ("bent.tar", bent, "damaged"),
        ("words.tar", b"not an archive at all", "no backup"), ("escaping.tar", escaping.getvalue(), "damaged"),
    ]  # fmt: skip


async def test_what_was_there_is_set_aside_after_asking(tmp_path: Path) -> None:
    vouch, archive = Stage(tmp_path), tmp_path / "backup.tar"
    await town.build(vouch, 2)
    said = await vouch.cli("backup", str(archive))
    assert "2 residents" in said
    assert "The key is not in it" in said
    with closing(sqlite3.connect(vouch.data_dir / "vouch.db")) as db, db:
        db.execute("DELETE FROM residents")
    assert "Abort" in await vouch.cli("restore", str(archive), "--replace", fails=True), "nobody answered"
    assert town.rows(vouch, "SELECT count(*) FROM residents") == [(0,)]
    done = await restore(town.settings_of(vouch), archive, via="test", replace=True)
    assert town.rows(vouch, "SELECT count(*) FROM residents") == [(2,)]
    assert done.set_aside is not None
    with closing(sqlite3.connect(done.set_aside / "vouch.db")) as db:
        assert db.execute("SELECT count(*) FROM residents").fetchone() == (0,)


async def test_a_backup_of_a_newer_version_says_so(tmp_path: Path) -> None:
    vouch, archive = Stage(tmp_path), tmp_path / "backup.tar"
    await town.build(vouch, 1)
    with closing(sqlite3.connect(vouch.data_dir / "vouch.db")) as db, db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Conflict, match="newer version of Vouch"):
        await back_up(town.settings_of(vouch), archive)


async def test_postgresql_has_its_own_tools(tmp_path: Path) -> None:
    vouch = Stage(tmp_path, VOUCH_DATABASE_URL="postgresql+psycopg://sample@127.0.0.1:1/x", VOUCH_SECRET_KEY="k" * 40)
    with pytest.raises(Conflict, match="pg_dump"):
        await back_up(town.settings_of(vouch), tmp_path / "b.tar")
    with pytest.raises(Conflict, match="--settle"):
        await restore(town.settings_of(vouch), tmp_path / "b.tar", via="test", replace=False)
