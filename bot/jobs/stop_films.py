"""Take films off the screen whose message or consents have ended: the page stopped showing them already."""

from bot.services.desk import Desk

EVERY_SECONDS = 5.0


async def run(desk: Desk) -> None:
    """One round."""
    async with desk.db.read() as uow:
        over = await desk.film_sharing.over(uow)
    if over:
        async with desk.db.write() as uow:
            await desk.film_sharing.end(uow, over)
