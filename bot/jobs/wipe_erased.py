"""Make erasure reach the write-ahead log: nothing of an erased person is left on disk within a minute."""

from bot.db import Database

EVERY_SECONDS = 15.0


async def run(db: Database) -> None:
    """One tick."""
    await db.wipe_freed_pages()
