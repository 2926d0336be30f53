"""Runs the stand-in alone, on loopback: `python -m bot.sandbox --port 8081 --token 1:sample`."""

import argparse

from aiohttp import web

from bot.sandbox.samples import SAMPLE_PEOPLE
from bot.sandbox.server import Sandbox


def main() -> None:
    """Reads the options and serves until stopped."""
    options = argparse.ArgumentParser(prog="python -m bot.sandbox", description=__doc__)
    options.add_argument("--port", type=int, default=8081)
    options.add_argument("--token", default="1234567890:sample-token")
    options.add_argument("--username", default="VouchSampleBot")
    options.add_argument("--no-rate-limit", action="store_true")
    options.add_argument("--retry-seconds", type=float, default=1.0, help="unit of the webhook's growing delays")
    options.add_argument("--people", action="store_true", help="add a few sample people")
    chosen = options.parse_args()
    sandbox = Sandbox(
        chosen.token,
        chosen.username,
        rate_limit=not chosen.no_rate_limit,
        retry_seconds=chosen.retry_seconds,
    )
    if chosen.people:
        for name, language, note, kind in SAMPLE_PEOPLE:
            sandbox.add_person(name, language, note=note, kind=kind)
    web.run_app(
        sandbox.application(),
        host="127.0.0.1",
        port=chosen.port,
        print=lambda *_: print(f"ready: http://127.0.0.1:{chosen.port}/phones", flush=True),  # noqa: T201
        access_log=None,
    )


if __name__ == "__main__":
    main()
