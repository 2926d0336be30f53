"""A borough moves its bot: everybody who agreed comes along, once, in their language; whoever left stays gone."""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from bot.db.tables import residents
from bot.domain.residents import ResidentState
from bot.errors import InvalidInput
from bot.services.importing import COLUMNS, Checker, Imported, Importing, Rejected, read_lines, ways_in
from tests.factories import BOT, CONTROLLER, REGISTRY, World

HEAD = ",".join(COLUMNS)
CONSENT = "2025-06-01T12:00:00+01:00"


def _checker(world: World) -> Checker:
    return Checker(REGISTRY, CONTROLLER, world.clock)


async def _import(world: World, lines: Iterable[str]) -> tuple[Imported, list[Rejected]]:
    rejected: list[Rejected] = []
    newcomers = _checker(world).newcomers(read_lines(lines), rejected.append)
    done = await Importing(world.db, world.vault, world.clock, bot_id=BOT).run(newcomers, via="test")
    return done, rejected


async def test_who_agreed_comes_along_with_what_they_chose(world: World) -> None:
    done, rejected = await _import(
        world,
        [
            "Form,listen,READ,Area,name,consented_at,chat_id\n", f"voice,urd,,Palfrey,ignored,{CONSENT},701\n",
            f"VIDEO,bfi,,,ignored,{CONSENT},702\n", "\n", ",en,en-GB,pleck,ignored,2025-06-01,703\n",
        ],
    )  # fmt: skip
    assert (done.added, done.known, rejected) == (3, 0, [])
    first, second, third = [await world.joined(chat) for chat in (701, 702, 703)]
    assert (first.listen, first.read, first.area, first.form) == ("ur", "ur", "palfrey", "voice")
    assert first.joined_at == datetime(2025, 6, 1, 11, tzinfo=UTC)
    assert (first.state, first.topics, first.tester) == (ResidentState.ACTIVE, [], False)
    assert world.vault.open_chat(first.chat) == 701
    assert (second.listen, second.read, second.area, second.form) == ("bfi", "en-GB", None, "signed")
    assert (third.area, third.form) == ("pleck", "voice")
    assert third.joined_at == datetime(2025, 5, 31, 23, tzinfo=UTC)


async def test_they_get_the_next_broadcast_in_their_language(world: World) -> None:
    author, approver = await world.staff("Ana Sample"), await world.staff("Ben Sample")
    await world.message("heat", ("en-GB", "ur"))
    await _import(world, [HEAD, f"701,ur,,palfrey,text,{CONSENT}"])
    await world.broadcast(author, approver)
    await world.send_all()
    assert ["heat in ur" in each.html for each in world.messenger.to(701)] == [True]


async def test_a_repeat_changes_nothing_and_whoever_stopped_stays_stopped(world: World) -> None:
    lines = [HEAD, *(f"{701 + n},ur,,,text,{CONSENT}" for n in range(5)), f"701,pl,,,voice,{CONSENT}"]
    done, _ = await _import(world, lines)
    assert (done.added, done.known) == (5, 1)
    async with world.db.write() as uow:
        await world.residents.stop(uow, await world.joined(702))
    before = [await world.joined(701 + n) for n in range(5)]
    world.clock.advance(days=1)
    done, _ = await _import(world, lines)
    assert (done.added, done.known) == (0, 6)
    assert [await world.joined(701 + n) for n in range(5)] == before
    assert before[1].state == ResidentState.STOPPED


BAD = {
    "": "chat_id is not a person's", "12a": "chat_id is not a person's", "0": "chat_id is not a person's",
    "4503599627370496": "chat_id is not a person's", "-1001234567890": "a group's or channel's",
    "9" * 5000: "chat_id is not a person's", "701,": "listen is empty", "701,klingon": "listen names no language",
    "701,ur,bfi": "has no written form", "701,ur,,atlantis": "area is not one of", "701,ur,,,song": "form is voice",
    "701,ur,,,,": "consented_at is empty", "701,ur": "consented_at is empty",
    "701,ur,,,,yesterday": "consented_at is not a time", "701,ur,,,,2099-01-01": "in the future",
}  # fmt: skip


async def test_every_bad_line_is_named_with_its_reason_and_the_others_come_along(world: World) -> None:
    lines = [HEAD]
    for number, bad in enumerate(BAD):
        lines += [bad, f"{800 + number},ur,,,text,{CONSENT}"]
    done, rejected = await _import(world, lines)
    assert done.added == len(BAD)
    bad_lines = [2 * n + 2 for n, bad in enumerate(BAD) if bad]
    assert [each.line.number for each in rejected] == bad_lines, "an empty line is no person"
    reasons = [reason for bad, reason in BAD.items() if bad]
    assert all(reason in each.reason for reason, each in zip(reasons, rejected, strict=True)), rejected


@pytest.mark.parametrize("missing", COLUMNS)
async def test_a_file_without_a_column_is_refused_whole(world: World, missing: str) -> None:
    names = [each for each in COLUMNS if each != missing]
    with pytest.raises(InvalidInput, match=missing):
        await _import(world, [",".join(names), f"701,ur,,,text,{CONSENT}"])
    async with world.db.read() as uow:
        assert await uow.residents.count() == 0


async def test_many_come_in_batches_and_one_bad_byte_costs_one_line(world: World) -> None:
    text = io.TextIOWrapper(
        io.BytesIO(
            "\n".join(["\ufeff" + HEAD, *(f"{10_000 + n},pl,,,text,{CONSENT}" for n in range(4_500))]).encode()
            + b'\n9,\xff\xfe,,,text,2025-01-01\n8,"ur' + b"x" * 200_000 + b'",,,text,2025-01-01\n7,ur,,,text,2025-01-01'
        ),
        encoding="utf-8-sig", errors="replace", newline="",
    )  # fmt: skip
    done, rejected = await _import(world, text)
    assert (done.added, done.known, len(rejected)) == (4_501, 0, 2)
    assert [each.line.number for each in rejected] == [4_502, 4_503]
    async with world.db.read() as uow:
        assert await uow.connection.scalar(select(func.count(residents.c.chat.distinct()))) == 4_501
        assert (await uow.audit.page(limit=1))[0].detail == {"added": 4_501, "known": 0}


async def test_invitations_are_counted_by_language_and_area(world: World) -> None:
    lines = [HEAD, f"1,ur,,palfrey,,{CONSENT}", f"2,urd,,Palfrey,,{CONSENT}", f"3,ur,,,,{CONSENT}", "4,ur"]
    rejected: list[Rejected] = []
    ways = ways_in(_checker(world).newcomers(read_lines(csv_lines(lines)), rejected.append))
    assert ways == {("ur", "palfrey"): 2, ("ur", None): 1}
    assert len(rejected) == 1


def csv_lines(lines: list[str]) -> Iterable[str]:
    """As another program would write them: quoted, with its own line ends."""
    for row in csv.reader(lines):
        made = io.StringIO()
        csv.writer(made, quoting=csv.QUOTE_ALL).writerow(row)
        yield made.getvalue()
