"""Residents who come along when a borough moves its bot: read line by line, checked, filed in small transactions."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.db import Database
from bot.domain.controller import Controller
from bot.domain.residents import Form, ResidentState
from bot.errors import InvalidInput
from bot.i18n import Language, Registry
from bot.services import audit
from bot.services.ports import Clock
from bot.services.vault import Vault

COLUMNS = ("chat_id", "listen", "read", "area", "form", "consented_at")
BATCH = 2_000
"""Rows in one transaction: few enough that the bot, which may be running, never waits long for the database."""
_MAX_CHAT_ID = 2**52 - 1
"""Bot API, object User: an id has at most 52 significant bits. Groups have negative numbers."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file: where it stands, and its values in the order of COLUMNS."""

    number: int
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that was left out, and why, in a sentence for whoever made the file."""

    line: Line
    reason: str


@dataclass(frozen=True, slots=True)
class Newcomer:
    """One resident as the file describes them. `consented_at` is when they agreed to be written to."""

    chat_id: int
    listen: str
    read: str
    area: str | None
    form: Form
    consented_at: datetime


@dataclass(slots=True)
class Imported:
    """What became of a file's lines. `known` were on file already (or stand twice in the file): left as they are."""

    added: int = 0
    known: int = 0
    rejected: int = 0


Reject = Callable[[Rejected], None]
"""Told of every line that is left out."""


def read_lines(file: Iterable[str]) -> Iterator[Line | Rejected]:
    """The lines of a CSV file with the COLUMNS in any order; other columns are not looked at.

    Raises InvalidInput when a column is missing: without `consented_at` nobody may be imported at all.
    """
    reader = csv.reader(file)
    try:
        names = [each.strip().lower() for each in next(reader, [])]
    except csv.Error as error:
        raise InvalidInput("The first line cannot be read as CSV.") from error
    places = _places(names)
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:
            yield Rejected(Line(reader.line_num, ("",) * len(COLUMNS)), "this line cannot be read as CSV")
            continue
        if cells is None:
            return
        if any(each.strip() for each in cells):
            yield Line(reader.line_num, tuple(cells[at].strip() if at < len(cells) else "" for at in places))


def _places(names: Sequence[str]) -> list[int]:
    missing = [each for each in COLUMNS if each not in names]
    if "consented_at" in missing:
        raise InvalidInput(
            "The file has no column consented_at: nobody is imported without the time of their consent "
            f"(columns: {','.join(COLUMNS)})."
        )
    if missing:
        raise InvalidInput(f"The file has no column {', '.join(missing)} (columns: {','.join(COLUMNS)}).")
    return [names.index(each) for each in COLUMNS]


class Checker:
    """Turns a line into a newcomer, or says what is wrong with it."""

    def __init__(self, registry: Registry, controller: Controller, clock: Clock) -> None:
        self._registry = registry
        self._clock = clock
        self._zone = ZoneInfo(controller.zone)
        self._areas = {name.casefold(): area.id for area in controller.areas for name in (area.name, area.id)}
        self._languages: dict[str, Language | None] = {}

    def check(self, line: Line) -> Newcomer:
        """The newcomer. An empty `read` follows from `listen`, an empty `area` is the whole borough, an empty `form`
        is voice, as in the chat. Raises InvalidInput with the reason."""
        number, listen, read, area, form, consented_at = line.values
        chat_id = _chat_id(number)
        heard = self._language(listen, "listen")
        seen = self._language(read, "read") if read else self._registry.reading(heard.tag)
        if not seen.read:
            raise InvalidInput(f"{seen.tag} has no written form: leave read empty, or name the language they read")
        return Newcomer(
            chat_id, heard.tag, seen.tag, self._area(area), _form(form, heard), self._consented_at(consented_at)
        )

    def newcomers(self, lines: Iterable[Line | Rejected], reject: Reject) -> Iterator[Newcomer]:
        """Those that can be taken, one after the other; `reject` is told of the rest."""
        for line in lines:
            if isinstance(line, Rejected):
                reject(line)
                continue
            try:
                newcomer = self.check(line)
            except InvalidInput as error:
                reject(Rejected(line, str(error)))
                continue
            yield newcomer

    def _language(self, tag: str, column: str) -> Language:
        if not tag:
            raise InvalidInput(f"{column} is empty")
        if tag not in self._languages:
            if len(self._languages) > 10_000:
                self._languages.clear()
            self._languages[tag] = self._registry.resolve(tag)
        found = self._languages[tag]
        if found is None:
            raise InvalidInput(f"{column} names no language that Vouch knows")
        return found

    def _area(self, name: str) -> str | None:
        if not name:
            return None
        found = self._areas.get(name.casefold())
        if found is None:
            raise InvalidInput("area is not one of the borough's areas (VOUCH_AREAS_FILE)")
        return found

    def _consented_at(self, value: str) -> datetime:
        if not value:
            raise InvalidInput("consented_at is empty: nobody is imported without the time of their consent")
        try:
            moment = datetime.fromisoformat(value)
        except ValueError as error:
            raise InvalidInput("consented_at is not a time like 2026-01-31T10:00:00Z") from error
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self._zone)
        if moment > self._clock.now():
            raise InvalidInput("consented_at is in the future")
        return moment


def _chat_id(value: str) -> int:
    if value.startswith("-"):
        raise InvalidInput("chat_id is a group's or channel's: only people can be residents")
    if not (value.isascii() and value.isdecimal()) or not 0 < int(value[:20]) <= _MAX_CHAT_ID:
        raise InvalidInput("chat_id is not a person's Telegram number")
    return int(value)


def _form(value: str, heard: Language) -> Form:
    picked = value.lower() or Form.VOICE
    if picked not in {Form.VOICE, Form.VIDEO, Form.TEXT}:
        raise InvalidInput("form is voice, video or text")
    # As in the chat: who is sent video in a sign language is sent signed video.
    return Form.SIGNED if heard.signed and picked == Form.VIDEO else Form(picked)


class Importing:
    """Files newcomers as residents of one bot. Holds the vault, so it never lives in bot/web."""

    def __init__(self, db: Database, vault: Vault, clock: Clock, *, bot_id: int) -> None:
        self._db = db
        self._vault = vault
        self._clock = clock
        self._bot_id = bot_id

    async def run(self, newcomers: Iterable[Newcomer], *, via: str) -> Imported:
        """Add everybody who is not on file; who is, also who stopped, stays as they are, so a repeat changes nothing.

        BATCH people are held at a time, each batch in a transaction of its own. Raises Unavailable; what was filed
        before stays, and the same file can be given again.
        """
        done = Imported()
        batch: list[dict[str, Any]] = []
        for newcomer in newcomers:
            batch.append(self._row(newcomer))
            if len(batch) == BATCH:
                await self._file(batch, done)
                batch = []
        await self._file(batch, done)
        async with self._db.write() as uow:
            await audit.write(
                uow, at=self._clock.now(), actor="vouch", via=via, action="import_residents", subject="residents",
                detail={"added": done.added, "known": done.known},
            )  # fmt: skip
        return done

    async def _file(self, batch: list[dict[str, Any]], done: Imported) -> None:
        async with self._db.write() as uow:
            added = await uow.residents.create_many(batch)
        done.added += added
        done.known += len(batch) - added

    def _row(self, newcomer: Newcomer) -> dict[str, Any]:
        # `joined_at` is the time of consent, as for everybody who joins in the chat: the proof that is owed of it.
        return {
            "bot_id": self._bot_id, "person_tag": self._vault.tag(newcomer.chat_id),
            "chat": self._vault.seal_chat(newcomer.chat_id), "listen": newcomer.listen, "read": newcomer.read,
            "area": newcomer.area, "form": newcomer.form, "topics": [], "emergencies_only": False,
            "state": ResidentState.ACTIVE, "paused_until": None, "quiet_from": None, "quiet_to": None,
            "tester": False, "joined_at": newcomer.consented_at, "changed_at": self._clock.now(),
        }  # fmt: skip


def ways_in(newcomers: Iterable[Newcomer]) -> Counter[tuple[str, str | None]]:
    """How many people of a file chose each language and area: what invitations are needed."""
    return Counter((each.listen, each.area) for each in newcomers)
