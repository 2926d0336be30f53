"""A film: asked for, made by whichever worker is there, published by a second person, gone when consent is."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.films import FilmState, LeftOut, WhyNot
from bot.domain.messaging import Sent
from bot.domain.staff import Role
from bot.errors import Conflict, InvalidInput, NotAllowed, NotFound, NotVetted
from bot.jobs import stop_films
from bot.services.audit import Actor
from bot.services.film_making import MISSING
from bot.services.film_sharing import subtitles
from tests.factories import World
from tests.fakes import FakeFilmMaker


async def recorded(
    world: World, *languages: str, key: str = "heat", consent: tuple[str, ...] = ("bot", "film")
) -> None:
    """A vetted message with an approved voice in each language, whose speakers agreed to the film."""
    message_id = await world.message(key)
    now = world.clock.now()
    for language in languages:
        data = f"voice in {language}".encode()
        name = await world.desk.store.save(data, ".ogg")
        async with world.db.write() as uow:
            media_id = await uow.media.create(
                kind="voice", mime="audio/ogg", size=len(data), seconds=10, path=name, sha256=f"of {language}",
                state="stored", tries=0, created_at=now,
            )  # fmt: skip
            leader_id = await uow.leaders.create(
                name=f"Sample Leader {language}", role="imam", role_english="imam", community="Sample", sample=True,
                created_at=now, languages=[language], tasks=[], credited=False, state="listed",
            )  # fmt: skip
            await uow.messages.add_rendition(
                message_id=message_id, language=language, form="voice", text=f"Words in {language}", english="Words.",
                media_id=media_id, leader_id=leader_id, consent=["bot", "film"], consented_at=now,
                consent_until=now + timedelta(days=20), state="approved", content_hash=f"{key} {language}",
                created_at=now,
            )  # fmt: skip


async def pair(world: World) -> tuple[Actor, Actor]:
    """Two publishers with phones of their own."""
    return (
        await world.staff("Sample Publisher", Role.PUBLISHER, Role.TRIAGER),
        await world.staff("Sample Second Publisher", Role.PUBLISHER),
    )


async def asked(world: World, actor: Actor, *order: str, aspects: tuple[str, ...] = ("16:9",)) -> list[int]:
    """Ask for a film."""
    async with world.db.write() as uow:
        return await world.desk.film_making.ask(uow, actor, "heat", order=order, aspects=aspects)


async def film(world: World, film_id: int):
    """As it stands."""
    async with world.db.read() as uow:
        return await world.desk.film_sharing.get(uow, film_id)


async def on_screen(world: World) -> list[int]:
    """The films that anybody can see at this moment."""
    async with world.db.read() as uow:
        return [each.id for each in await world.desk.film_sharing.shown(uow, "heat")]


async def alerts(world: World, name: str) -> int:
    """How often somebody was told that a film is off the screen."""
    async with world.db.read() as uow:
        row = await uow.staff.by_name(name)
    chat = world.vault.open_chat(row.chat)
    return sum(each.kind == "staff.film_alert" for each in await world.waiting(chat))


async def published(world: World, maker: FakeFilmMaker, *order: str) -> int:
    """From the wish to the screen, by two people."""
    first, second = await pair(world)
    (film_id,) = await asked(world, first, *order)
    assert await world.desk.film_making.make_next(world.db, maker) == film_id
    await world.approve(second, film_id, "film")
    return film_id


async def test_from_the_wish_to_the_screen_by_two_people(world: World) -> None:
    await recorded(world, "ur", "pl", "pa")
    first, second = await pair(world)
    maker = FakeFilmMaker()
    (film_id,) = await asked(world, first, "pa", "ur")
    assert await world.desk.film_making.make_next(world.db, maker) == film_id
    made = await film(world, film_id)
    assert made.state == FilmState.MADE
    assert [each.writing.tag for each in maker.plans[0].clips] == ["pa", "ur"]
    assert {each["language"]: each["reason"] for each in made.report["left_out"]} == {"pl": LeftOut.NOT_CHOSEN}
    assert (made.done, made.steps) == (2, 3)
    assert await on_screen(world) == []

    with pytest.raises(NotAllowed):
        await world.approve(first, film_id, "film")
    await world.approve(second, film_id, "film")
    assert await on_screen(world) == [film_id]
    shown = await film(world, film_id)
    assert subtitles(shown)["ur"] == [(11.0, 19.0, "Words in ur")]
    assert len(subtitles(shown)["en-GB"]) == 2
    assert await world.desk.film_making.make_next(world.db, maker) is None


async def test_a_yes_is_to_exactly_this_file(world: World) -> None:
    await recorded(world, "ur", "pl")
    first, second = await pair(world)
    (film_id,) = await asked(world, first, "ur", "pl")
    await world.desk.film_making.make_next(world.db, FakeFilmMaker())
    async with world.db.read() as uow:
        made = await world.desk.film_sharing.file(uow, await world.desk.film_sharing.get(uow, film_id))
    path = world.desk.store.path(made.path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + b"!")
    with pytest.raises(Conflict, match="not the one"):
        await world.approve(second, film_id, "film")
    assert await on_screen(world) == []
    path.write_bytes(whole)
    await world.approve(second, film_id, "film")
    assert await on_screen(world) == [film_id]


async def test_only_who_may_be_shown_can_be_chosen(world: World) -> None:
    await recorded(world, "ur", "pl")
    first, _ = await pair(world)
    async with world.db.write() as uow:
        row = await uow.messages.find_rendition((await world.latest("heat")).id, "pl", "voice")
        await uow.messages.change_rendition(row.id, consent=["bot"])
    for order, aspects in ((("ur", "pl"), ("16:9",)), ((), ("16:9",)), (("ur",), ()), (("ur",), ("4:3",))):
        with pytest.raises(InvalidInput):
            await asked(world, first, *order, aspects=aspects)
    assert len(await asked(world, first, "ur", aspects=("16:9", "9:16"))) == 2
    with pytest.raises(Conflict, match="being made"):
        await asked(world, first, "ur")
    with pytest.raises(NotAllowed):
        await asked(world, await world.staff("Sample Reviewer", Role.REVIEWER), "ur")


@pytest.mark.parametrize("how", ["withdrawn", "expired", "changed", "not_named"])
async def test_what_ends_is_off_the_screen_at_once_and_the_team_is_told(world: World, how: str) -> None:
    await recorded(world, "ur", "pl")
    film_id = await published(world, FakeFilmMaker(), "ur", "pl")
    async with world.db.read() as uow:
        path = (await world.desk.film_sharing.file(uow, await world.desk.film_sharing.get(uow, film_id))).path
    row = await world.rendition("heat", "pl", "voice")
    reason = {
        "withdrawn": LeftOut.WITHDRAWN, "expired": LeftOut.CONSENT_EXPIRED, "changed": WhyNot.MESSAGE_CHANGED,
        "not_named": WhyNot.NAME_WITHHELD,
    }[how]  # fmt: skip
    if how == "withdrawn":
        async with world.db.write() as uow:
            await uow.messages.change_rendition(row.id, state="withdrawn")
    elif how == "expired":
        world.clock.advance(days=21)
    elif how == "changed":
        await world.message("heat", revision=2)
    else:
        async with world.db.write() as uow:
            await uow.leaders.add_consent(
                leader_id=row.leader_id, wording=1, scope=["bot", "film"], name_shown=False, via="chat",
                given_at=world.clock.now(), until=world.clock.now() + timedelta(days=20),
            )  # fmt: skip
            consent = await uow.leaders.consent(row.leader_id)
            await uow.messages.change_rendition(row.id, consent_id=consent.id)

    assert await on_screen(world) == [], "no job has run yet"
    async with world.db.read() as uow:
        with pytest.raises(NotFound):
            await world.desk.film_sharing.public(uow, "heat", film_id)

    await stop_films.run(world.desk)
    gone = await film(world, film_id)
    assert (gone.state, gone.reason.split()[0], gone.report) == (FilmState.STOPPED, reason, None)
    with pytest.raises(NotFound):
        world.desk.store.path(path)
    await stop_films.run(world.desk)
    for name in ("Sample Publisher", "Sample Second Publisher"):
        assert await alerts(world, name) == 1, "each is told, and once"


async def test_a_lost_maker_is_taken_over_and_cannot_finish(world: World) -> None:
    await recorded(world, "ur", "pl")
    first, _ = await pair(world)
    (film_id,) = await asked(world, first, "ur", "pl")
    slow, quick = FakeFilmMaker(), FakeFilmMaker()
    held, go_on = asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        held.set()
        await go_on.wait()

    slow.before = hang
    losing = asyncio.create_task(world.desk.film_making.make_next(world.db, slow))
    await held.wait()
    assert await world.desk.film_making.make_next(world.db, quick) is None, "one at a time"
    world.clock.advance(seconds=31)
    assert await world.desk.film_making.make_next(world.db, quick) == film_id
    first_made = await film(world, film_id)
    go_on.set()
    await losing
    assert await film(world, film_id) == first_made
    assert first_made.tries == 2
    async with world.db.read() as uow:
        kept = await uow.media.get(first_made.media_id)
    assert world.desk.store.path(kept.path).is_file()


async def test_what_kills_its_maker_is_given_up(world: World) -> None:
    await recorded(world, "ur")
    first, _ = await pair(world)
    (film_id,) = await asked(world, first, "ur")
    for _ in range(3):
        async with world.db.write() as uow:
            assert await world.desk.film_making._claim(uow, "dies") is not None
        world.clock.advance(seconds=31)
    assert await world.desk.film_making.make_next(world.db, FakeFilmMaker()) is None
    assert (await film(world, film_id)).state == FilmState.FAILED


async def test_consent_is_asked_for_when_it_is_made(world: World) -> None:
    await recorded(world, "ur", "pl")
    first, _ = await pair(world)
    (film_id,) = await asked(world, first, "ur", "pl")
    row = await world.rendition("heat", "pl", "voice")
    async with world.db.write() as uow:
        await uow.messages.change_rendition(row.id, state="withdrawn")
    await world.desk.film_making.make_next(world.db, FakeFilmMaker())
    made = await film(world, film_id)
    assert [each[1] for each in made.clips] == ["ur"]
    assert {each["language"]: each["reason"] for each in made.report["left_out"]} == {"pl": "withdrawn"}


async def test_a_machine_without_ffmpeg_says_what_to_install(world: World) -> None:
    await recorded(world, "ur")
    first, _ = await pair(world)
    (film_id,) = await asked(world, first, "ur")
    maker = FakeFilmMaker(lacks="ffmpeg is not installed: apt-get install ffmpeg.")
    await world.desk.film_making.note_missing(world.db, maker)
    await world.desk.film_making.make_next(world.db, maker)
    failed = await film(world, film_id)
    assert failed.state == FilmState.FAILED
    assert "apt-get install ffmpeg" in failed.reason
    async with world.db.read() as uow:
        assert "apt-get install ffmpeg" in (await uow.meta.get(MISSING) or "")


async def test_a_newer_film_takes_the_place_of_the_older(world: World) -> None:
    await recorded(world, "ur", "pl")
    maker = FakeFilmMaker()
    older = await published(world, maker, "ur", "pl")
    third = await world.staff("Sample Third Publisher", Role.PUBLISHER)
    fourth = await world.staff("Sample Fourth Publisher", Role.PUBLISHER)
    (newer,) = await asked(world, third, "pl")
    await world.desk.film_making.make_next(world.db, maker)
    assert await on_screen(world) == [older]
    await world.approve(fourth, newer, "film")
    assert await on_screen(world) == [newer]
    assert (await film(world, older)).state == FilmState.REPLACED


async def test_an_erased_leader_is_gone_from_films(world: World) -> None:
    await recorded(world, "ur", "pl")
    film_id = await published(world, FakeFilmMaker(), "ur", "pl")
    row = await world.rendition("heat", "pl", "voice")
    async with world.db.write() as uow:
        leader = await uow.leaders.get(row.leader_id)
        done = await world.desk.erasing.erase(uow, leader, None)
    assert await on_screen(world) == []
    assert done.files == 2, "their recording, and the film"
    assert ((await film(world, film_id)).report, (await film(world, film_id)).sha256) == (None, None)
    await stop_films.run(world.desk)
    assert (await film(world, film_id)).state == FilmState.STOPPED
    assert await alerts(world, "Sample Publisher") == 1


async def test_a_recording_that_breaks_our_program_fails_its_film_alone(world: World) -> None:
    await recorded(world, "ur")
    first, _ = await pair(world)
    (broken,) = await asked(world, first, "ur")
    (whole,) = await asked(world, first, "ur", aspects=("9:16",))
    maker = FakeFilmMaker()

    async def breaks() -> None:
        raise TypeError("int is not iterable")

    maker.before = breaks
    assert await world.desk.film_making.make_next(world.db, maker) == broken
    maker.before = None
    assert await world.desk.film_making.make_next(world.db, maker) == whole
    assert [(await film(world, each)).state for each in (broken, whole)] == [FilmState.FAILED, FilmState.MADE]


async def test_a_broadcast_carries_the_film_that_was_approved(world: World) -> None:
    await recorded(world, "ur", "pl")
    film_id = await published(world, FakeFilmMaker(), "ur", "pl")
    hears, reads = await world.resident("ur", form="voice"), await world.resident("en-GB", form="text")
    third, fourth = await world.staff("Sample Third", Role.PUBLISHER), await world.staff("Sample Fourth")
    broadcast_id = await world.broadcast(third, fourth, film_id=film_id)
    media_id = (await film(world, film_id)).media_id
    world.messenger.will(hears, Sent(1, file_id="the channel's handle"))
    await world.send_all()
    (heard,), (read,) = world.messenger.to(hears), world.messenger.to(reads)
    assert (heard.media.media_id, heard.media.kind) == (media_id, "video")
    assert read.media is None, "who chose text gets small messages"
    for each in (heard, read):
        assert f"?film={film_id}" in each.buttons[0][0].url
    assert (await world.shown(broadcast_id))["counts"]["sent"] == 2

    async with world.db.read() as uow:
        assert (await uow.media.get(media_id)).file_id == "the channel's handle"
    later = await world.resident("pl", form="voice")
    await world.broadcast(third, fourth, film_id=film_id)
    await world.send_all()
    assert world.messenger.to(later)[0].media.file_id == "the channel's handle", "not uploaded again"


async def test_a_film_that_ends_stops_its_broadcast_before_the_next_message(world: World) -> None:
    await recorded(world, "ur", "pl")
    film_id = await published(world, FakeFilmMaker(), "ur", "pl")
    for _ in range(3):
        await world.resident("en-GB", form="voice")
    third, fourth = await world.staff("Sample Third", Role.PUBLISHER), await world.staff("Sample Fourth")
    scheduled = await world.draft(third, film_id=film_id, at="2026-11-02T10:00")
    await world.approve(fourth, scheduled)
    running = await world.broadcast(third, fourth, film_id=film_id)
    row = await world.rendition("heat", "pl", "voice")
    async with world.db.write() as uow:
        await uow.messages.change_rendition(row.id, consent=["bot"])
    await world.send_all()
    assert not world.messenger.calls or all(each.message.media is None for each in world.messenger.calls)
    assert (await world.row(running)).state == "stopped"
    await stop_films.run(world.desk)
    world.clock.advance(hours=1, seconds=1)
    async with world.db.write() as uow:
        await world.desk.launch.start_due(uow)
    await world.send_all()
    assert (await world.row(scheduled)).state != "done"
    assert all(each.message.media is None for each in world.messenger.calls)
    with pytest.raises(NotVetted):
        await world.draft(third, film_id=film_id)


async def test_only_a_film_on_the_screen_can_be_broadcast_and_once_at_a_time(world: World) -> None:
    await recorded(world, "ur", "pl")
    first, second = await pair(world)
    (film_id,) = await asked(world, first, "ur")
    await world.desk.film_making.make_next(world.db, FakeFilmMaker())
    with pytest.raises(NotVetted):
        await world.draft(first, film_id=film_id)
    await world.approve(second, film_id, "film")
    with pytest.raises(InvalidInput, match="sent once"):
        await world.draft(first, film_id=film_id, at="2026-11-03T10:00", repeat="FREQ=DAILY")
    await world.message("cold")
    with pytest.raises(NotVetted):
        await world.draft(first, "cold", film_id=film_id)
