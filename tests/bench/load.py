"""Posts updates to a webhook, 64 at once: `python -m tests.bench.load URL SECRET COUNT`. Prints how many had a 200."""

import asyncio
import sys

import aiohttp
import orjson
import uvloop


async def main(url: str, secret: str, count: int) -> None:
    """One batch of requests, bounded in number."""
    numbers = iter(range(1, count + 1))
    good = 0

    async def work(session: aiohttp.ClientSession) -> None:
        nonlocal good
        for number in numbers:
            chat = 5_000_000_000 + number % 500
            update = {
                "update_id": number,
                "message": {
                    "message_id": number, "date": 1, "chat": {"id": chat, "type": "private"}, "text": "Is it true?",
                    "from": {"id": chat, "is_bot": False, "first_name": "Sample", "language_code": "en"},
                },
            }  # fmt: skip
            headers = {"X-Telegram-Bot-Api-Secret-Token": secret, "Content-Type": "application/json"}
            async with session.post(url, data=orjson.dumps(update), headers=headers) as answer:
                good += answer.status == 200

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as session:
        await asyncio.gather(*(work(session) for _ in range(64)))
    print(good)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
