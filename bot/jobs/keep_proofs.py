"""Manifests and seals for what was approved and done, fingerprints of recordings, and a look at what people sent."""

import asyncio

import structlog

from bot.errors import VouchError
from bot.services.looking import Looking
from bot.services.ports import Messenger
from bot.services.sealing import Sealing

log = structlog.get_logger()

EVERY_SECONDS = 1.0
_LAST_SECONDS = 3.0


async def keep_proofs(sealing: Sealing, looking: Looking, messenger: Messenger) -> None:
    """Again and again, until cancelled. Runs with the worker: it needs the key and the way to files."""
    while True:
        turn = asyncio.ensure_future(_turn(sealing, looking, messenger))
        try:
            done = await asyncio.shield(turn)
        except asyncio.CancelledError:
            # A transaction is not torn apart in the middle: what is begun ends, if it does so soon.
            await asyncio.wait([turn], timeout=_LAST_SECONDS)
            turn.cancel()
            raise
        if not done:
            await asyncio.sleep(EVERY_SECONDS)


async def _turn(sealing: Sealing, looking: Looking, messenger: Messenger) -> int:
    try:
        return await sealing.run() + await looking.look(messenger) + await looking.take_prints()
    except VouchError as error:
        log.warning("proofs.failed", code=error.code)
        return 0
