"""A plain python-telegram-bot broadcast with its own limiter: `python send_with_ptb.py JOBS.json`; prints CPU seconds.

The limiter's rate is far up, so that it costs what it costs and never waits.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

import uvloop
from telegram import InlineKeyboardMarkup, LinkPreviewOptions
from telegram.ext import AIORateLimiter, ApplicationBuilder

AT_ONCE = 100


async def main(path: str) -> None:
    """Send every message, a hundred at once."""
    jobs = json.loads(Path(path).read_text())
    limiter = AIORateLimiter(overall_max_rate=1_000_000, overall_time_period=1)
    application = ApplicationBuilder().token(jobs["token"]).base_url(f"{jobs['api']}/bot").rate_limiter(limiter).build()
    bot = application.bot
    bodies = [
        {
            "text": each["text"],
            "parse_mode": each.get("parse_mode"),
            "reply_markup": InlineKeyboardMarkup.de_json(each["reply_markup"], bot) if "reply_markup" in each else None,
            "link_preview_options": LinkPreviewOptions(is_disabled=True) if "link_preview_options" in each else None,
        }
        for each in jobs["bodies"]
    ]
    waiting = iter(jobs["to"])

    async def worker() -> None:
        for chat_id, number in waiting:
            await bot.send_message(chat_id, **bodies[number])

    async with bot:
        began = time.process_time()
        await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
        print(time.process_time() - began)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
