"""`python -m tests.botapi --port N --token T`: start the stand-in."""

import argparse
import asyncio

import uvloop

from tests.botapi.api import Api
from tests.botapi.wire import Door


async def serve(port: int, api: Api, control_port: int = 0) -> None:
    """Serve until cancelled; on `control_port`, if there is one, whatever becomes of the first."""
    door = Door(api, port)
    await door.open()
    if control_port:
        await door.open_control(control_port)
    await asyncio.Event().wait()


def main() -> None:
    """Start it as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m tests.botapi")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--delay-ms", type=float, default=0.0)
    parser.add_argument("--ceiling", type=int, default=0)
    parser.add_argument("--control-port", type=int, default=0)
    said = parser.parse_args()
    uvloop.run(serve(said.port, Api(said.token, delay=said.delay_ms / 1000, ceiling=said.ceiling), said.control_port))


if __name__ == "__main__":
    main()
