"""The practical limits: the same traffic with nothing durable about it. Run as processes of their own.

`python -m tests.bench.bare send JOBS.json` posts prepared messages with a bare aiohttp loop and prints its CPU seconds;
`python -m tests.bench.bare receive PORT SECRET` answers 200 to whatever is posted.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

import aiohttp
import orjson
import uvloop
from aiohttp import web

AT_ONCE = 100


async def send(path: Path) -> None:
    """Post every message, a hundred at once, and read each answer whole."""
    jobs = json.loads(path.read_text())
    waiting = iter(jobs["to"])
    bodies, url = jobs["bodies"], f"{jobs['api']}/bot{jobs['token']}/sendMessage"
    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    headers = {"Content-Type": "application/json"}
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:

        async def worker() -> None:
            for chat_id, number in waiting:
                async with session.post(url, data=orjson.dumps({"chat_id": chat_id, **bodies[number]})) as answer:
                    assert orjson.loads(await answer.read())["ok"]

        began = time.process_time()
        await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
        print(time.process_time() - began)


async def receive(port: int, secret: str) -> None:
    """A webhook that forgets everything."""

    async def handler(request: web.Request) -> web.Response:
        if request.headers.get("X-Telegram-Bot-Api-Secret-Token") != secret:
            return web.Response(status=403)
        await request.read()
        return web.Response()

    app = web.Application()
    app.router.add_post("/telegram/webhook", handler)
    app.router.add_get("/readyz", lambda _request: _ready())
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


async def _ready() -> web.Response:
    return web.Response(text="ready\n")


def main(arguments: list[str]) -> None:
    """Do what the arguments say."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        if arguments[0] == "send":
            runner.run(send(Path(arguments[1])))
        else:
            runner.run(receive(int(arguments[1]), arguments[2]))


if __name__ == "__main__":
    main(sys.argv[1:])
