"""A database that was put back: nothing leaves it without a person, and whoever was erased since stays erased."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.db.tables import conversations, reply_paths, residents, sessions, updates
from bot.domain.broadcasts import BroadcastState
from bot.services.restoring import REASON, Restoring, Settled
from bot.storage.erasures import ErasureFiles
from tests.factories import BOT, World


async def _settle(world: World, erased: dict[str, datetime] | None = None) -> Settled:
    found = ErasureFiles(world.folder / "erasures").read() if erased is None else erased
    async with world.db.write() as uow:
        return await Restoring(world.vault, world.desk.erasing, world.clock).settle(uow, found, via="test")


async def _count(world: World, table: Any) -> int:
    async with world.db.read() as uow:
        return int(await uow.connection.scalar(select(func.count()).select_from(table)) or 0)


async def test_five_due_broadcasts_send_nothing_until_a_person_resumes_one(world: World) -> None:
    author, approver = await world.staff("Ana Sample"), await world.staff("Ben Sample")
    await world.message("heat", ("en-GB", "ur"))
    chats = [await world.resident("ur") for _ in range(3)]
    at = (world.clock.now() + timedelta(minutes=5)).isoformat()
    scheduled = [await world.broadcast(author, approver, at=at) for _ in range(3)]
    under_way = [await world.broadcast(author, approver) for _ in range(2)]
    async with world.db.write() as uow:
        await world.desk.steering.pause(uow, author, under_way[1])
    world.clock.advance(minutes=10)
    settled = await _settle(world)
    assert settled.held == 5
    async with world.db.write() as uow:
        await world.desk.launch.start_due(uow)
    await world.send_all()
    assert [len(world.messenger.to(chat)) for chat in chats] == [0, 0, 0]
    for number in scheduled + under_way:
        row = await world.row(number)
        assert (row.state, row.reason) == (BroadcastState.PAUSED, REASON)
    async with world.db.write() as uow:
        await world.desk.steering.resume(uow, author, under_way[0])
    await world.send_all()
    assert [len(world.messenger.to(chat)) for chat in chats] == [1, 1, 1]


async def test_what_waited_is_not_worked_on_and_everybody_is_signed_out(world: World) -> None:
    ana = await world.staff("Ana Sample")
    phone = world.phone()
    await phone.start()
    await world.db.intake.store(BOT, [(1, 0, b"sealed"), (2, 1, b"sealed")], now=world.clock.now())
    async with world.db.write() as uow:
        await uow.staff.add_session(b"session", ana.id, now=world.clock.now())
    settled = await _settle(world)
    assert (settled.answers, settled.updates) == (1, 2)
    await world.send_all()
    assert world.messenger.calls == []
    assert await _count(world, sessions) == 0
    async with world.db.read() as uow:
        assert await uow.inbox.counts() == {"waiting": 0, "quarantined": 0}
        assert await uow.connection.scalar(select(func.count(updates.c.body))) == 0
        written = (await uow.audit.page(limit=1))[0]
    assert (written.action, written.detail["updates"]) == ("restore", 2)
    again = await _settle(world)
    assert again == Settled(), "there is nothing left to settle"


async def test_who_erased_themselves_after_the_backup_is_erased_again(world: World) -> None:
    gone, back, other = world.phone(), world.phone(), world.phone()
    for phone in (gone, back, other):
        await phone.join("ur")
        await phone.say("is it true that the water is bad?")
        await phone.press([each for each in phone.buttons if each.startswith("c:")][-1])
    world.clock.advance(hours=2)
    await back.command("forget")
    await back.press("forget:yes")
    world.clock.advance(hours=2)
    await back.join("ur")
    # As in a backup of this moment: `gone` is on file, and the erasure that comes next is in the files beside it alone.
    world.clock.advance(hours=2)
    left = world.person(gone.chat_id)
    marks = [world.vault.erasure_mark(tag) for tag in (left.tag, left.asking_tag)]
    await world.erasures.note(marks, world.clock.now())
    assert await _count(world, reply_paths) == 2
    settled = await _settle(world)
    assert settled.erased == 1
    async with world.db.read() as uow:
        tags = [bytes(row[0]) for row in await uow.connection.execute(select(residents.c.person_tag))]
        talks = [bytes(row[0]) for row in await uow.connection.execute(select(conversations.c.person_tag))]
        ways = [bytes(row[0]) for row in await uow.connection.execute(select(reply_paths.c.person_tag))]
    stayed = [world.person(phone.chat_id) for phone in (back, other)]
    assert sorted(tags) == sorted(each.tag for each in stayed)
    assert sorted(talks) == sorted(each.tag for each in stayed)
    assert ways == [stayed[1].asking_tag]


async def test_a_forgotten_person_leaves_a_mark_that_says_nothing(world: World) -> None:
    phone = world.phone()
    await phone.join("ur")
    await phone.command("forget")
    await phone.press("forget:yes")
    person = world.person(phone.chat_id)
    written = b"".join(each.read_bytes() for each in (world.folder / "erasures").iterdir())
    for known in (person.tag, person.asking_tag, person.staff_tag):
        assert known.hex().encode() not in written
        assert known not in written
    assert str(person.chat_id).encode() not in written
    found = ErasureFiles(world.folder / "erasures").read()
    assert found == {world.vault.erasure_mark(tag): world.clock.now() for tag in (person.tag, person.asking_tag)}


async def test_an_erasure_does_not_wait_for_a_folder_that_cannot_be_written(world: World) -> None:
    phone = world.phone()
    await phone.join("ur")
    (world.folder / "erasures").write_text("a file, not a folder")
    await phone.command("forget")
    await phone.press("forget:yes")
    assert await _count(world, residents) == 0


async def test_marks_survive_torn_lines_and_go_after_three_months(tmp_path: Path, world: World) -> None:
    files, now = ErasureFiles(tmp_path / "marks"), world.clock.now()
    await files.note(["a" * 32], now)
    path = next((tmp_path / "marks").iterdir())
    with path.open("a") as torn:
        torn.write(f"\n{now.isoformat()} bbb")
    await files.note(["c" * 32], now + timedelta(days=1))
    assert files.read() == {"a" * 32: now, "c" * 32: now + timedelta(days=1)}
    await files.note(["d" * 32], now + timedelta(days=92))
    assert set(files.read()) == {"a" * 32, "c" * 32, "d" * 32}
    await files.note(["e" * 32], now + timedelta(days=125))
    assert set(files.read()) == {"d" * 32, "e" * 32}


@pytest.mark.parametrize("line", ["garbage", f"yesterday {'f' * 32}", "2026-11-02T09:00:00+00:00 short", ""])
def test_a_line_that_makes_no_sense_does_not_count(tmp_path: Path, line: str) -> None:
    (tmp_path / "2026-11.log").write_text(line, "utf-8")
    assert ErasureFiles(tmp_path).read() == {}
