"""Residents by the million, quickly: real sealed addresses; the rest copied from models inside the database."""

from collections.abc import Iterator
from typing import Any

from bot.app.base import Base
from bot.db import UnitOfWork
from bot.db.tables import residents
from bot.domain.residents import Form, ResidentState
from bot.services.vault import Vault
from tests.chaos import town

FIRST_CHAT = 5_000_000_000
"""The address of the first resident; the others count on from it."""
_MODELS = len(town.LANGUAGES)


async def fill(base: Base, count: int) -> None:
    """Add `count` active residents who read text, evenly over the languages; the n-th has the n-th address."""
    if not count:
        return
    assert base.vault is not None
    async with base.db.write() as uow:
        models = await _models(base, base.vault, uow, min(count, _MODELS))
        if count > _MODELS:
            await _copies(uow, base.vault, models, count)
    if not base.db.is_sqlite:
        async with base.db.engine.connect() as connection:
            await (await connection.execution_options(isolation_level="AUTOCOMMIT")).exec_driver_sql("ANALYZE")


async def _models(base: Base, vault: Vault, uow: UnitOfWork, count: int) -> list[int]:
    """One resident of each language, made as the application makes them; returns their numbers."""
    now = base.clock.now()
    rows: list[dict[str, Any]] = [
        {
            "bot_id": base.bot_id, "person_tag": vault.tag(FIRST_CHAT + number),
            "chat": vault.seal_chat(FIRST_CHAT + number), "listen": tag, "read": tag, "area": None, "form": Form.TEXT,
            "topics": [], "emergencies_only": False, "state": ResidentState.ACTIVE, "paused_until": None,
            "tester": False, "joined_at": now, "changed_at": now,
        }
        for number, tag in enumerate(town.LANGUAGES[:count])
    ]  # fmt: skip
    await uow.residents.create_many(rows)
    found = [await uow.residents.get(base.bot_id, each["person_tag"]) for each in rows]
    return [each.id for each in found if each is not None]


async def _copies(uow: UnitOfWork, vault: Vault, models: list[int], count: int) -> None:
    raw: Any = (await uow.connection.get_raw_connection()).driver_connection
    sqlite = uow.connection.dialect.name == "sqlite"
    kind = "BLOB" if sqlite else "BYTEA"
    await uow.connection.exec_driver_sql(
        f"CREATE TEMPORARY TABLE addresses (n INTEGER PRIMARY KEY, model INTEGER, tag {kind}, chat {kind})"
    )
    rows = _addresses(vault, models, count)
    if sqlite:
        await raw.executemany("INSERT INTO addresses VALUES (?, ?, ?, ?)", rows)
    else:
        async with raw.cursor() as cursor, cursor.copy("COPY addresses FROM STDIN") as copy:
            for row in rows:
                await copy.write_row(row)
    own = {"person_tag": "addresses.tag", "chat": "addresses.chat"}
    names = [each.name for each in residents.columns if each.name != "id"]
    given = ", ".join(own.get(each, f'residents."{each}"') for each in names)
    quoted = ", ".join(f'"{each}"' for each in names)
    made = f"SELECT {given} FROM addresses JOIN residents ON residents.id = model ORDER BY n"
    await uow.connection.exec_driver_sql(f"INSERT INTO residents ({quoted}) {made}")
    await uow.connection.exec_driver_sql("DROP TABLE addresses")


def _addresses(vault: Vault, models: list[int], count: int) -> Iterator[tuple[int, int, bytes, bytes]]:
    for n in range(len(models), count):
        chat_id = FIRST_CHAT + n
        yield n, models[n % len(models)], vault.tag(chat_id), vault.seal_chat(chat_id)
