"""Remove what is past its retention time."""

from bot.services.retention import Retention

EVERY_SECONDS = 3600.0


async def run(retention: Retention) -> None:
    """One round."""
    await retention.run()
