"""The same broadcast with aiogram's client: `python send_with_aiogram.py JOBS.json`; prints CPU seconds."""

import asyncio
import json
import sys
import time
from pathlib import Path

import uvloop
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import InlineKeyboardMarkup, LinkPreviewOptions

AT_ONCE = 100


async def main(path: str) -> None:
    """Send every message, a hundred at once."""
    jobs = json.loads(Path(path).read_text())
    bot = Bot(jobs["token"], session=AiohttpSession(api=TelegramAPIServer.from_base(jobs["api"])))
    bodies = [
        {
            "text": each["text"],
            "parse_mode": each.get("parse_mode"),
            "reply_markup": InlineKeyboardMarkup.model_validate(each["reply_markup"])
            if "reply_markup" in each
            else None,
            "link_preview_options": LinkPreviewOptions(is_disabled=True) if "link_preview_options" in each else None,
        }
        for each in jobs["bodies"]
    ]
    waiting = iter(jobs["to"])

    async def worker() -> None:
        for chat_id, number in waiting:
            await bot.send_message(chat_id, **bodies[number])

    began = time.process_time()
    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    print(time.process_time() - began)
    await bot.session.close()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
