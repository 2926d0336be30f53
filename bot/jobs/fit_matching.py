"""Fit the thresholds of matching to what residents and staff said was right."""

from bot.services.desk import Desk

EVERY_SECONDS = 6 * 3600.0


async def run(desk: Desk) -> None:
    """One tick."""
    async with desk.db.write() as uow:
        await desk.recognition.fit(uow)
