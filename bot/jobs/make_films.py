"""Make the films that staff asked for, one after another."""

import asyncio

import structlog

from bot.errors import VouchError
from bot.services.desk import Desk
from bot.services.ports import FilmMaker

log = structlog.get_logger()

EVERY_SECONDS = 1.0


async def keep_making(desk: Desk, maker: FilmMaker) -> None:
    """Make what is asked for, again and again, until cancelled."""
    noted = False
    while True:
        try:
            if not noted:
                await desk.film_making.note_missing(desk.db, maker)
                noted = True
            while await desk.film_making.make_next(desk.db, maker) is not None:
                pass
        except VouchError as error:
            log.warning("films.failed", code=error.code)
        await asyncio.sleep(EVERY_SECONDS)
