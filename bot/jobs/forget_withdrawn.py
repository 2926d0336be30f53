"""Remove what films kept of recordings that may not be shown any more: consent ended, withdrawn, speaker erased."""

from bot.db import Database
from bot.services.films import Films
from bot.services.ports import FilmMaker

EVERY_SECONDS = 30.0


async def run(db: Database, films: Films, maker: FilmMaker) -> None:
    """One round."""
    async with db.read() as uow:
        showable = await films.showable(uow)
    await maker.keep_only(showable)
