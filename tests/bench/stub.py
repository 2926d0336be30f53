"""A Bot API that costs next to nothing, so that it is never the bottleneck: `python -m tests.bench.stub PORT`."""

import asyncio
import sys

import uvloop

_BODY = b'{"ok":true,"result":{"message_id":%d,"date":0,"chat":{"id":1,"type":"private"},"text":"x"}}'
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


class Stub(asyncio.Protocol):
    """Answers every request with a message, knowing just enough of HTTP to find where a request ends."""

    number = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].lower()
            at = head.find(b"content-length:")
            size = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.buffer) < end + 4 + size:
                return
            self.buffer = self.buffer[end + 4 + size :]
            Stub.number += 1
            body = _BODY % Stub.number
            self.transport.write(_HEAD % len(body) + body)  # type: ignore[attr-defined]


async def main(port: int) -> None:
    """Serve until killed by whoever started it."""
    server = await asyncio.get_running_loop().create_server(Stub, "127.0.0.1", port)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(int(sys.argv[1])))
