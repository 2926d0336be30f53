"""A town for campaigns: invented residents in many languages, staff, and one message approved in all of them."""

import contextlib
import random
import sqlite3
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

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


class Installation(Protocol):
    """Anything whose processes read their settings from this environment."""

    env: dict[str, str]


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


def settings_of(place: Installation) -> Settings:
    """The settings that the processes read from their environment."""
    fields = {name.removeprefix("VOUCH_").lower(): value for name, value in place.env.items() if "VOUCH_" in name}
    return Settings(_env_file=None, **fields)  # type: ignore[call-arg,arg-type]


@contextlib.asynccontextmanager
async def base_of(place: Installation) -> AsyncIterator[Base]:
    """The database and services, beside the running processes as a `vouch` command would be."""
    base = await open_base(settings_of(place), bot_name="StageBot")
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
        town.texts = await found(base, uow)
        town.language = await settle(base, uow, [each.id for each in people])
    town.people = {each.id: each for each in people}
    return town


async def found(base: Base, uow: UnitOfWork) -> dict[str, str]:
    """Staff, and the message approved in every language; returns its texts as they arrive, by language."""
    add = base.desk.staff.add
    await add(uow, None, AUTHOR, [Role.PUBLISHER, Role.TRIAGER], ["en-GB"])
    await add(uow, None, SECOND, [Role.PUBLISHER, Role.TRIAGER], ["en-GB"])
    await add(uow, None, REVIEWER, [Role.REVIEWER], [each.tag for each in base.registry.languages])
    known = [each.tag for each in base.registry.languages]
    await base.desk.messages.import_pack(uow, read_pack(ROOT / "messages", base.clock.now(), known_languages=known))
    message = await uow.messages.latest(MESSAGE)
    assert message is not None
    reviewer = actor_of(await base.desk.staff.by_name(uow, REVIEWER), "test")
    texts = {}
    for row in sorted(await uow.messages.renditions(message.id), key=lambda each: each.language != "en-GB"):
        await base.desk.approvals.approve_directly(uow, reviewer, "rendition", row.id)
        texts[row.language] = row.text.replace("**", "").strip()
    assert set(LANGUAGES) <= set(texts)
    return texts


async def settle(base: Base, uow: UnitOfWork, chat_ids: Iterable[int]) -> dict[int, str]:
    """Residents who read text, evenly over the languages; returns the language of each chat."""
    assert base.vault is not None
    now, language, new = base.clock.now(), {}, []
    for number, chat_id in enumerate(chat_ids):
        tag = language[chat_id] = LANGUAGES[number % len(LANGUAGES)]
        new.append(
            {
                "bot_id": base.bot_id, "person_tag": base.vault.tag(chat_id), "chat": base.vault.seal_chat(chat_id),
                "listen": tag, "read": tag, "area": None, "form": Form.TEXT, "topics": [], "emergencies_only": False,
                "state": ResidentState.ACTIVE, "paused_until": None, "tester": False, "joined_at": now,
                "changed_at": now,
            }
        )  # fmt: skip
    for at in range(0, len(new), 1000):
        await uow.residents.create_many(new[at : at + 1000])
    return language
