"""A town for campaigns: invented residents in many languages, staff, and one message approved in all of them."""

import contextlib
import random
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.app.base import Base, open_base
from bot.config import Settings
from bot.db import UnitOfWork
from bot.domain.residents import Form, ResidentState
from bot.domain.staff import Role
from bot.library import read_pack
from bot.sandbox import Person
from bot.services.audit import actor_of
from bot.services.vault import Vault
from tests.stage import ROOT, Stage

LANGUAGES = (
    "en-GB", "ur", "pa", "bn", "pl", "ar", "ro", "gu", "hi", "so", "fa", "ps", "ckb", "ti", "fr", "pt", "zh-Hant",
)  # fmt: skip
MESSAGE = "stay-at-home"
AUTHOR, SECOND, REVIEWER = "Sample Author", "Sample Second", "Sample Reviewer"


@dataclass(slots=True)
class Town:
    """Who lives here, by chat id, and the approved text of each language."""

    stage: Stage
    people: dict[int, Person] = field(default_factory=dict)
    language: dict[int, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def languages_in(self, text: str) -> set[str]:
        """Every language whose whole approved text stands in what arrived."""
        return {tag for tag, approved in self.texts.items() if approved in text}


def settings_of(stage: Stage) -> Settings:
    """The settings that the stage's process reads from its environment."""
    fields = {name.removeprefix("VOUCH_").lower(): value for name, value in stage.env.items() if "VOUCH_" in name}
    return Settings(_env_file=None, **fields)  # type: ignore[call-arg,arg-type]


@contextlib.asynccontextmanager
async def base_of(stage: Stage) -> AsyncIterator[Base]:
    """The stage's database and services, beside the running process as a `vouch` command would be."""
    base = await open_base(settings_of(stage), bot_name="StageBot")
    try:
        yield base
    finally:
        await base.close()


def vault_of(stage: Stage) -> Vault:
    """The stage's own key."""
    return Vault((stage.data_dir / "secret.key").read_text().strip())


def rows(stage: Stage, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Read the stage's SQLite file from outside, without a lock of any kind."""
    with contextlib.closing(_open(stage.data_dir / "vouch.db")) as connection:
        return connection.execute(statement, values).fetchall()


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=15)
    connection.execute("BEGIN")
    return connection


def add_people(stage: Stage, count: int, *, seed: int = 1) -> list[Person]:
    """People with unique names and user names, whose numbers take more than four bytes (as most of Telegram's do)."""
    chance = random.Random(seed)
    found: list[Person] = []
    while len(found) < count:
        token = "".join(chance.choices("abcdefghjkmnpqrstuvwxyz", k=10))
        person = stage.sandbox.add_person(f"Żółta {token}", "en", username=f"u_{token[::-1]}", started=True)
        if person.id > 2**32:
            found.append(person)
    return found


async def build(stage: Stage, people: int | list[Person], *, seed: int = 1) -> Town:
    """Fill an empty installation: staff, the message, and residents who read text, evenly over the languages.

    `people` are residents that somebody else has added to a stand-in, or how many to add.
    """
    town = Town(stage)
    people = add_people(stage, people, seed=seed) if isinstance(people, int) else people
    async with base_of(stage) as base, base.db.write() as uow:
        await _staff(base, uow)
        await _message(base, uow, town)
        await _residents(base, uow, town, people)
    return town


async def _staff(base: Base, uow: UnitOfWork) -> None:
    add = base.desk.staff.add
    await add(uow, None, AUTHOR, [Role.PUBLISHER, Role.TRIAGER], ["en-GB"])
    await add(uow, None, SECOND, [Role.PUBLISHER, Role.TRIAGER], ["en-GB"])
    await add(uow, None, REVIEWER, [Role.REVIEWER], [each.tag for each in base.registry.languages])


async def _message(base: Base, uow: UnitOfWork, town: Town) -> None:
    known = [each.tag for each in base.registry.languages]
    await base.desk.messages.import_pack(uow, read_pack(ROOT / "messages", base.clock.now(), known_languages=known))
    message = await uow.messages.latest(MESSAGE)
    assert message is not None
    reviewer = actor_of(await base.desk.staff.by_name(uow, REVIEWER), "test")
    renditions = await uow.messages.renditions(message.id)
    for row in sorted(renditions, key=lambda each: each.language != "en-GB"):
        await base.desk.approvals.approve_directly(uow, reviewer, "rendition", row.id)
        town.texts[row.language] = row.text.replace("**", "").strip()
    assert set(LANGUAGES) <= set(town.texts)


async def _residents(base: Base, uow: UnitOfWork, town: Town, people: list[Person]) -> None:
    assert base.vault is not None
    now = base.clock.now()
    new = []
    for number, person in enumerate(people):
        tag = LANGUAGES[number % len(LANGUAGES)]
        town.people[person.id], town.language[person.id] = person, tag
        new.append(
            {
                "bot_id": base.bot_id, "person_tag": base.vault.tag(person.id),
                "chat": base.vault.seal_chat(person.id), "listen": tag, "read": tag, "area": None,
                "form": Form.TEXT, "topics": [], "emergencies_only": False, "state": ResidentState.ACTIVE,
                "paused_until": None, "tester": False, "joined_at": now, "changed_at": now,
            }
        )  # fmt: skip
    for at in range(0, len(new), 1000):
        await uow.residents.create_many(new[at : at + 1000])
