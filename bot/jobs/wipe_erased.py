"""Make erasure reach the files and the write-ahead log: nothing of an erased person is left on disk within a minute."""

from bot.services.desk import Desk

EVERY_SECONDS = 15.0


async def run(desk: Desk) -> None:
    """One tick."""
    await desk.erasing.remove_files(desk.db)
    await desk.db.wipe_freed_pages()
