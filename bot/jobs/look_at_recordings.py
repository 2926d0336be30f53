"""Look at recordings whose file has come: what they are, or why they cannot be used."""

import asyncio

import structlog

from bot.errors import VouchError
from bot.services.desk import Desk
from bot.services.ports import ClipProber, Fingerprinter

log = structlog.get_logger()

EVERY_SECONDS = 1.0


async def keep_looking(desk: Desk, prober: ClipProber, printer: Fingerprinter) -> None:
    """Look at what has come, again and again, until cancelled."""
    while True:
        try:
            await desk.recordings.look(desk.db, prober, printer)
        except VouchError as error:
            log.warning("recordings.look_failed", code=error.code)
        await asyncio.sleep(EVERY_SECONDS)
