"""Fetch the files of what residents sent."""

import asyncio

import structlog

from bot.errors import VouchError
from bot.services.media import Media
from bot.services.ports import Messenger

log = structlog.get_logger()

EVERY_SECONDS = 2.0


async def keep_fetching(media: Media, messenger: Messenger) -> None:
    """Fetch what is wanted, again and again, until cancelled."""
    while True:
        try:
            await media.fetch_wanted(messenger)
        except VouchError as error:
            log.warning("media.fetch_failed", code=error.code)
        await asyncio.sleep(EVERY_SECONDS)
