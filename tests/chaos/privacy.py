"""Campaigns of privacy: people go through every flow, then what the service keeps and says is searched for them."""

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bot.sandbox import Person
from bot.sandbox.samples import sample_file
from tests.chaos import town
from tests.chaos.figures import Figure, at_most, exactly, shown
from tests.chaos.sending import begin, until, until_done
from tests.chaos.sweep import Needles, encodings, files_of
from tests.stage import TOKEN, Stage, buttons

PAGES = (
    "/", "/nothing-here", "/console/", "/console/sign-in?t=" + "x" * 43, "/console/rumours/1", "/telegram/webhook",
    "/readyz", "/healthz", "/%00", "/console/media/1", "/m/nothing",
)  # fmt: skip
TABLES_OF_A_PERSON = ("residents", "reply_paths", "conversations")


@dataclass(slots=True)
class Crowd:
    """The people of a campaign, with a text of their own each."""

    stage: Stage
    people: list[Person] = field(default_factory=list)
    texts: dict[int, str] = field(default_factory=dict)

    def text(self, person: Person) -> str:
        """Words that only this person uses."""
        return self.texts.setdefault(person.id, f"sentence of {person.first_name[::-1]} about water")

    async def everybody(self, people: Sequence[Person], *, at_once: int = 12) -> None:
        """Each goes through every flow; some at the same time."""
        gate = asyncio.Semaphore(at_once)

        async def one(number: int, person: Person) -> None:
            async with gate:
                await self._through_every_flow(number, person)

        await asyncio.gather(*(one(number, person) for number, person in enumerate(people)))

    async def _through_every_flow(self, number: int, person: Person) -> None:
        stage = self.stage
        await stage.join(person, ("ur", "pl", "en-GB")[number % 3])
        await self._ask(person, number)
        await self._report_danger(person)
        for command in ("/mine", "/mydata", "/settings", "/about", "/privacy", "/pause"):
            await stage.say(person, command)
        await stage.press(person, "pause:7")
        await stage.press(person, "pause:0")

    async def _ask(self, person: Person, number: int) -> None:
        await self.stage.say(person, self.text(person))
        await self._press_newest(person, "c:")
        kind = ("photo", "voice", "video", "document")[number % 4]
        name, data = sample_file(kind)
        before = self.stage.fingerprint(person)
        # Every file has bytes of its own, as real ones have: equal ones would be one rumour.
        self.stage.sandbox.hands.media(person, kind, data + number.to_bytes(4, "big"), name, self.text(person) + " too")
        await self._changed(person, before)
        await self._press_newest(person, "c:")

    async def _report_danger(self, person: Person) -> None:
        await self.stage.say(person, self.text(person) + ", and I am afraid")
        await self._press_newest(person, "cd:")
        await self._press_newest(person, "cu:")

    async def _press_newest(self, person: Person, start: str) -> None:
        await until(lambda: self._newest(person, start) is not None, 15, f"a button {start}")
        message_id, data = self._newest(person, start) or (0, "")
        before = self.stage.fingerprint(person)
        self.stage.sandbox.hands.press(person, message_id, data=data)
        await self._changed(person, before)

    def _newest(self, person: Person, start: str) -> tuple[int, str] | None:
        message = self.stage.received(person)[-1]
        return next(((message["message_id"], each) for each in buttons(message) if each.startswith(start)), None)

    async def _changed(self, person: Person, before: str) -> None:
        await until(lambda: self.stage.fingerprint(person) != before, 15, "an answer")


async def sweep(stage: Stage, people: Sequence[Person], *, texts: Sequence[str] = (), label: str) -> list[Figure]:
    """Search the data folder, the log, /metrics and pages; texts are looked for outside the database only."""
    said = stage.folder / "pages"
    said.write_bytes(await _pages(stage))
    who = Needles()
    for number, person in enumerate(people):
        who.add_person(f"person {number}", person)
    hits, size = who.search_files(files_of(stage.data_dir, stage.log_path, said))
    words = Needles()
    for number, text in enumerate(texts):
        words.add(f"text {number}", encodings(text))
    spoken, _ = words.search_files([stage.log_path, said])
    secrets = Needles()
    secrets.add("the bot token", encodings(TOKEN) | encodings(TOKEN.partition(":")[2]))
    secrets.add("the secret key", encodings((stage.data_dir / "secret.key").read_text().strip()))
    leaked, _ = secrets.search_files(files_of(stage.data_dir, stage.log_path, said, but=("secret.key",)))
    assert not hits + spoken + leaked, sorted({str(each) for each in hits + spoken + leaked})[:20]
    return [
        shown(f"{label}: searched", size / 1e6, "MB"),
        shown(f"{label}: forms of {len(people):,} people searched for", who.count, "needles"),
        exactly(f"{label}: numbers, names and user names found", len(hits), 0, "hits"),
        exactly(f"{label}: texts found in log, metrics, pages", len(spoken), 0, "hits"),
        exactly(f"{label}: token or key found", len(leaked), 0, "hits"),
    ]


async def _pages(stage: Stage) -> bytes:
    """What the web side says to a stranger on this machine."""
    said = bytearray()
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{stage.url}/metrics") as answer:
            assert answer.status == 200
            metrics = await answer.read()
            assert b"vouch_sends" in metrics
            said += metrics
        for page in PAGES:
            async with session.get(f"{stage.url}{page}", allow_redirects=False) as answer:
                said += str(answer.headers).encode() + await answer.read()
    return bytes(said)


async def flows(folder: Path, people: int) -> list[Figure]:
    """Everybody goes through every flow; the sweep; then half ask to be forgotten, and are."""
    stage = Stage(folder, VOUCH_LOG_LEVEL="DEBUG")
    await stage.open()
    try:
        place = await town.build(stage, 0)
        await stage.start()
        crowd = Crowd(stage, town.add_people(stage, people, seed=11))
        for person in crowd.people:
            person.started = False
        await crowd.everybody(crowd.people)
        number = await begin(stage)
        await until_done(stage, number, 60)
        _leave(stage, crowd.people)
        assert _count(stage, "flags") >= 2 * people
        label = f"{people} people through every flow"
        figures = await sweep(stage, crowd.people, texts=list(crowd.texts.values()), label=label)
        assert place.stage is stage
        return [*figures, *await _forgotten(crowd)]
    finally:
        await stage.close()


def _leave(stage: Stage, people: list[Person]) -> None:
    """Of the second half, who is not forgotten later, some block the bot and some stop."""
    later = people[len(people) // 2 :]
    for person in later[::5]:
        stage.sandbox.hands.block(person)
    for person in later[1::5]:
        stage.sandbox.hands.text(person, "/stop")


async def _forgotten(crowd: Crowd) -> list[Figure]:
    stage, vault = crowd.stage, town.vault_of(crowd.stage)
    half = len(crowd.people) // 2
    gone, others = crowd.people[:half], crowd.people[half:]
    await until(lambda: not _open_work(stage), 30, "everything handled", every=0.2)
    await asyncio.sleep(1.0)
    before = [_rows_of(stage, person.id) for person in others]
    assert all(each["residents"] for each in before)
    await asyncio.gather(*(_forget(stage, person) for person in gone))
    asked = time.monotonic()
    needles = Needles()
    for number, person in enumerate(gone):
        needles.add_person(f"forgotten {number}", person)
        for name, tag in (("tag", vault.tag(person.id)), ("asking tag", vault.asking_tag(person.id))):
            needles.add_bytes(f"forgotten {number}'s {name}", tag)
        needles.add_bytes(f"forgotten {number}'s staff tag", vault.staff_tag(person.id))
    hits = needles.search_files(files_of(stage.data_dir, stage.log_path))[0]
    found_at_first = len(hits)
    while hits and time.monotonic() - asked < 60:
        await asyncio.sleep(1.0)
        hits = needles.search_files(files_of(stage.data_dir, stage.log_path))[0]
    seconds = time.monotonic() - asked
    assert not hits, sorted({str(each) for each in hits})[:20]
    changed = sum(_rows_of(stage, person.id) != then for person, then in zip(others, before, strict=True))
    return [
        shown(f"/forget of {half}: traces at once, before the wipe", found_at_first, "hits"),
        exactly(f"/forget of {half}: traces after the wipe", len(hits), 0, "hits"),
        at_most(f"/forget of {half}: until nothing was left", seconds, 60, "s"),
        exactly(f"/forget of {half}: others changed", changed, 0, f"of {len(others)}"),
        exactly(f"/forget of {half}: addresses left", _addresses(stage, {each.id for each in gone}), 0, "rows"),
    ]


async def _forget(stage: Stage, person: Person) -> None:
    await stage.say(person, "/forget")
    await stage.press(person, "forget:yes")


def _open_work(stage: Stage) -> int:
    updates = int(town.rows(stage, "SELECT count(*) FROM updates WHERE state = 0")[0][0])
    return updates + int(town.rows(stage, "SELECT count(*) FROM outbox WHERE state < 2")[0][0])


def _count(stage: Stage, table: str) -> int:
    return int(town.rows(stage, f"SELECT count(*) FROM {table}")[0][0])


def _rows_of(stage: Stage, chat_id: int) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that hangs on a person, by the tables that know persons."""
    vault = town.vault_of(stage)
    tags = (vault.tag(chat_id), vault.asking_tag(chat_id))
    found = {
        table: town.rows(stage, f"SELECT * FROM {table} WHERE person_tag IN (?, ?) ORDER BY 1", *tags)
        for table in TABLES_OF_A_PERSON
    }
    ids = [row[0] for row in found["residents"]]
    found["deliveries"] = [
        row for each in ids for row in town.rows(stage, "SELECT * FROM deliveries WHERE resident_id = ?", each)
    ]
    return found


def _addresses(stage: Stage, gone: set[int]) -> int:
    """Sealed addresses in any table that the key opens as one of these people."""
    vault, left = town.vault_of(stage), 0
    with closing(sqlite3.connect(f"file:{stage.data_dir / 'vouch.db'}?mode=ro", uri=True)) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            if "chat" in columns:
                sealed = connection.execute(f"SELECT chat FROM {table} WHERE chat IS NOT NULL").fetchall()
                left += sum(vault.open_chat(chat) in gone for (chat,) in sealed)
    return left
