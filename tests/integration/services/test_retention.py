"""What is past its time goes by itself, with its files; what has to stay says nothing about anybody."""

import pytest
from sqlalchemy import ColumnElement, Table, func, select

from bot.db.tables import deliveries, flags, media, questions, reply_paths, residents, updates
from bot.domain.events import IncomingMedia, MediaKind
from bot.domain.rumours import RumourState
from bot.errors import NotFound
from bot.services.media import Media
from bot.services.ports import FetchedFile
from bot.services.retention import Retention, RetentionDays
from tests.factories import BOT, World


def _retention(world: World, **days: int) -> Retention:
    return Retention(world.db, world.store, world.clock, RetentionDays(**days))


async def _count(world: World, table: Table, *where: ColumnElement[bool]) -> int:
    async with world.db.read() as uow:
        return int(await uow.connection.scalar(select(func.count()).select_from(table).where(*where)) or 0)


async def _fetched(world: World, kind: MediaKind, data: bytes) -> str:
    """A flag whose file has been fetched; returns the file's name in the store."""
    unique = f"{kind}-{data.decode()}"
    world.messenger.files[unique] = FetchedFile(data, "application/octet-stream")
    await world.ask("", media=IncomingMedia(kind, unique, unique))
    assert await Media(world.db, world.store, world.clock, bot_id=BOT).fetch_wanted(world.messenger) == 1
    async with world.db.read() as uow:
        return str(await uow.connection.scalar(select(media.c.path).order_by(media.c.id.desc()).limit(1)))


async def test_voices_go_after_two_weeks_and_pictures_after_a_month(world: World) -> None:
    voice, photo = await _fetched(world, MediaKind.VOICE, b"v"), await _fetched(world, MediaKind.PHOTO, b"p")
    world.clock.advance(days=13)
    await _retention(world).run()
    assert world.store.path(voice).read_bytes() == b"v"
    world.clock.advance(days=2)
    await _retention(world).run()
    with pytest.raises(NotFound):
        world.store.path(voice)
    assert world.store.path(photo).read_bytes() == b"p"
    world.clock.advance(days=16)
    await _retention(world).run()
    with pytest.raises(NotFound):
        world.store.path(photo)
    assert await _count(world, media, media.c.path.is_not(None)) == 0


async def test_a_closed_rumour_keeps_its_decision_and_loses_its_words(world: World) -> None:
    ana = await world.staff("Ana Sample")
    rumour_id = await world.ask("my neighbour at number 5 is ill")
    async with world.db.write() as uow:
        await world.desk.questions.ask_back(uow, ana, 1, "Which street?")
        await world.desk.rumours.close(uow, ana, rumour_id, RumourState.NOT_AMPLIFIED, "about one person")
    world.clock.advance(days=89)
    await _retention(world).run()
    assert await _count(world, flags) == 1
    world.clock.advance(days=2)
    await _retention(world).run()
    for table in (flags, reply_paths, questions):
        assert await _count(world, table) == 0, table.name
    async with world.db.read() as uow:
        row = await uow.rumours.get(rumour_id)
    assert row is not None
    assert (row.text, row.reason) == ("", "")
    assert (row.state, row.flag_count, row.decided_by) == ("not_amplified", 1, ana.id)
    assert await world.ask("my neighbour at number 5 is ill") == rumour_id, "it is still recognised"


async def test_files_go_with_their_flags_also_when_flags_are_kept_for_less_long(world: World) -> None:
    ana = await world.staff("Ana Sample")
    photo = await _fetched(world, MediaKind.PHOTO, b"p")
    async with world.db.write() as uow:
        await world.desk.rumours.close(uow, ana, 1, RumourState.SPAM, "advertising")
    world.clock.advance(days=8)
    await _retention(world, flag=7, media=30).run()
    assert await _count(world, flags) == 0
    with pytest.raises(NotFound):
        world.store.path(photo)


async def test_an_open_rumour_keeps_its_questions(world: World) -> None:
    await world.ask("is this true?")
    world.clock.advance(days=400)
    await _retention(world).run()
    assert await _count(world, flags) == 1
    assert await _count(world, reply_paths) == 0, "the way back ends all the same"


async def test_who_stopped_or_blocked_us_is_erased_after_a_month_and_nobody_else(world: World) -> None:
    kept = await world.resident("ur")
    for blocked in (True, False):
        chat = await world.resident("ur")
        async with world.db.write() as uow:
            row = await world.residents.find(uow, world.person(chat))
            assert row is not None
            await world.residents.stop(uow, row, blocked=blocked)
    world.clock.advance(days=29)
    await _retention(world).run()
    assert await _count(world, residents) == 3
    world.clock.advance(days=2)
    await _retention(world).run()
    assert await _count(world, residents) == 1
    async with world.db.read() as uow:
        assert await world.residents.find(uow, world.person(kept)) is not None


async def test_delivery_rows_become_totals(world: World) -> None:
    ana, bea = await world.staff("Ana Sample"), await world.staff("Bea Sample")
    await world.message("heat", ["en-GB", "ur"])
    for read in ("ur", "ur", "en-GB"):
        await world.resident(read)
    broadcast_id = await world.broadcast(ana, bea)
    await world.send_all()
    before = await world.shown(broadcast_id)
    world.clock.advance(days=31)
    await _retention(world).run()
    await _retention(world).run()
    assert await _count(world, deliveries) == 0
    after = await world.shown(broadcast_id)
    assert after["counts"] == before["counts"]
    assert after["by_language"] == before["by_language"]


async def test_records_of_updates_talks_and_links_go_in_days(world: World) -> None:
    ana = await world.staff("Ana Sample")
    phone = world.phone()
    await phone.start("l_ur")
    await world.db.intake.store(BOT, [(1, 0, b"sealed")], now=world.clock.now())
    async with world.db.write() as uow:
        await uow.inbox.quarantine(BOT, 1, "unreadable")
        await world.desk.staff.chat_link(uow, await world.desk.staff.get(uow, ana.id))
    await world.send_all()
    world.clock.advance(days=8)
    await _retention(world).run()
    assert await _count(world, updates) == 0
    async with world.db.read() as uow:
        assert await uow.inbox.conversation(BOT, world.person(phone.chat_id).tag) is None
        assert await uow.outbox.counts() == {}
        for table in ("sign_in_links", "sessions"):
            assert (await uow.connection.exec_driver_sql(f"SELECT count(*) FROM {table}")).scalar() == 0


async def test_the_audit_log_is_kept_for_its_time(world: World) -> None:
    await world.staff("Ana Sample")
    world.clock.advance(days=729)
    await _retention(world).run()
    async with world.db.read() as uow:
        assert await uow.audit.page()
    world.clock.advance(days=2)
    await _retention(world).run()
    async with world.db.read() as uow:
        assert await uow.audit.page() == []


async def test_what_cannot_be_fetched_is_given_up_and_what_is_too_big_is_said_so(world: World) -> None:
    keeper = Media(world.db, world.store, world.clock, bot_id=BOT)
    await world.ask("", media=IncomingMedia(MediaKind.VIDEO, "gone", "gone", size=25 * 1024 * 1024))
    await world.ask("", media=IncomingMedia(MediaKind.VIDEO, "lost", "lost", size=1))
    assert await keeper.fetch_wanted(world.messenger) == 0
    async with world.db.read() as uow:
        assert [row.state for row in [await uow.media.get(each) for each in (1, 2)] if row] == ["too_big", "failed"]
        assert await uow.media.wanted(BOT, limit=5) == []
