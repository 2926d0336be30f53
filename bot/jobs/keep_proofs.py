"""Manifests and seals for what was approved and done, fingerprints of recordings, and a look at what people sent."""

import asyncio

import structlog

from bot.errors import VouchError
from bot.services.looking import Looking
from bot.services.ports import Messenger
from bot.services.sealing import Sealing

log = structlog.get_logger()

EVERY_SECONDS = 1.0


async def keep_proofs(sealing: Sealing, looking: Looking, messenger: Messenger) -> None:
    """Again and again, until cancelled. Runs with the worker: it needs the key and the way to files."""
    while True:
        try:
            done = await sealing.run() + await looking.look(messenger) + await looking.take_prints()
        except VouchError as error:
            log.warning("proofs.failed", code=error.code)
            done = 0
        if not done:
            await asyncio.sleep(EVERY_SECONDS)
