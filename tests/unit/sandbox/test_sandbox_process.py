"""The stand-in as a process of its own."""

import json
import signal
import socket
import subprocess
import sys
import urllib.request


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_it_runs_alone_and_stops_while_a_poll_waits():
    port = free_port()
    command = [sys.executable, "-m", "bot.sandbox", "--port", str(port), "--token", "9:alone", "--people"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == f"ready: http://127.0.0.1:{port}/phones\n"
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/bot9:alone/getMe") as response:
                assert json.load(response)["result"]["id"] == 9
            poll = socket.create_connection(("127.0.0.1", port))
            poll.sendall(b"GET /bot9:alone/getUpdates?timeout=50 HTTP/1.1\r\nHost: x\r\n\r\n")
            poll.settimeout(5)
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
            poll.close()
        finally:
            process.kill()
