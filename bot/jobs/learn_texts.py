"""Bring what questions are compared with up to date: new rumours, new answers, new messages, what ran out."""

from bot.services.desk import Desk

EVERY_SECONDS = 10.0


async def run(desk: Desk) -> None:
    """One tick. Looks first whether there is anything to do: then most ticks only read."""
    async with desk.db.read() as uow:
        news = await desk.recognition.has_news(uow)
        missing = await desk.recognition.missing(uow) if news else []
    if news:
        ready = await desk.matching.prepare(missing)
        async with desk.db.write() as uow:
            await desk.recognition.learn(uow, ready)
