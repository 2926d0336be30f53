"""A stage for whole-process tests: the stand-in for Telegram in this process, Vouch as a process of its own."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.sandbox import Person, Sandbox

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "1234567890:TEST-TOKEN-FOR-THE-STAND-IN-ON-LOOPBACK"

_OURS = ("VOUCH_", "PYTHONDONTWRITEBYTECODE")
"""Not handed on: the process starts as it is deployed, and its modules are compiled once, not at every start."""
RETRY_SECONDS = 0.05
"""The unit of the stand-in's growing delays after a webhook did not answer (1 at Telegram)."""


def free_port() -> int:
    """A port that is free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Stage:
    """One installation in `folder`, with its own database, key and port."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.sandbox = Sandbox(TOKEN, "StageBot", rate_limit=False, retry_seconds=RETRY_SECONDS)
        self.api_port = free_port()
        self.port = free_port()
        self.data_dir = folder / "data"
        self.log_path = folder / "vouch.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._runner: web.AppRunner | None = None
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith(_OURS)},
            "VOUCH_TELEGRAM_TOKEN": TOKEN, "VOUCH_TELEGRAM_API_URL": f"http://127.0.0.1:{self.api_port}",
            "VOUCH_LISTEN": f"127.0.0.1:{self.port}", "VOUCH_DATA_DIR": str(self.data_dir),
            "VOUCH_CLI_APPROVE": "true", "VOUCH_ORGANISATION": "Sample Council", "VOUCH_RATE_PER_SECOND": "0",
            "VOUCH_PRIVACY_CONTACT": "privacy@council.example", **settings,
        }  # fmt: skip

    @property
    def url(self) -> str:
        """Where Vouch is served."""
        return f"http://127.0.0.1:{self.port}"

    async def open(self) -> None:
        """Start the stand-in."""
        self._runner = web.AppRunner(self.sandbox.application(), access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.api_port).start()

    async def close(self) -> None:
        """Stop everything that this stage started."""
        await self.kill()
        if self._runner is not None:
            await self.sandbox.close()
            await self._runner.cleanup()

    # The process

    async def start(self, *arguments: str, wait: bool = True) -> None:
        """Start `vouch run` and wait until it takes updates."""
        log = self.log_path.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run", *arguments], cwd=ROOT, env=self.env, stdout=log, stderr=log
        )
        log.close()
        if wait:
            await self.until_ready()

    async def until_ready(self, seconds: float = 30) -> None:
        """Wait for /readyz."""
        async with aiohttp.ClientSession() as session:
            for _ in range(int(seconds * 20)):
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(f"{self.url}/readyz") as answer:
                        if answer.status == 200:
                            return
                if self.process is not None and self.process.poll() is not None:
                    break
                await asyncio.sleep(0.05)
        raise AssertionError(f"vouch did not get ready:\n{self.log_path.read_text()[-3000:]}")

    async def kill(self) -> None:
        """kill -9, as a power cut would."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """SIGTERM, as a deploy would; returns the exit code."""
        return await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> int:
        if self.process is None:
            return 0
        process, self.process = self.process, None
        if process.poll() is None:
            process.send_signal(how)
        try:
            return await asyncio.to_thread(process.wait, 30)
        except subprocess.TimeoutExpired:
            process.kill()  # whoever does not end must not outlive its stage
            raise

    async def cli(self, *arguments: str, fails: bool = False) -> str:
        """Run a `vouch` command beside the running process; returns what it printed."""
        result = await asyncio.to_thread(
            subprocess.run, [sys.executable, "-m", "bot", *arguments], cwd=ROOT, env=self.env, capture_output=True,
            text=True, timeout=120, check=False, input="",
        )  # fmt: skip
        if fails:
            assert result.returncode == 1, result.stdout + result.stderr
            assert "Traceback" not in result.stderr
            return result.stderr.strip()
        assert result.returncode == 0, f"vouch {' '.join(arguments)}\n{result.stdout}\n{result.stderr}"
        return result.stdout.strip()

    async def show(self, broadcast_id: str) -> dict[str, Any]:
        """A broadcast as the command line shows it."""
        shown: dict[str, Any] = json.loads(await self.cli("broadcasts", "show", broadcast_id))
        return shown

    async def until_state(self, broadcast_id: str, *states: str, seconds: float = 60) -> dict[str, Any]:
        """Wait until a broadcast is in one of these states."""
        for _ in range(int(seconds * 2)):
            shown = await self.show(broadcast_id)
            if shown["state"] in states:
                return shown
            await asyncio.sleep(0.5)
        raise AssertionError(f"broadcast {broadcast_id} is {shown['state']}: {shown['counts']}")

    # People

    async def answer_to(self, person: Person, *, after: int = 0, seconds: float = 10) -> list[dict[str, Any]]:
        """What the bot has written to a person since it had written `after` messages; waits for at least one."""
        for _ in range(int(seconds * 50)):
            found = self.received(person)[after:]
            if found:
                await asyncio.sleep(0.15)
                return self.received(person)[after:]
            await asyncio.sleep(0.02)
        raise AssertionError(f"no answer for {person.first_name}:\n{self.log_path.read_text()[-3000:]}")

    def received(self, person: Person) -> list[dict[str, Any]]:
        """Every message of the bot in a person's chat."""
        return [each for each in person.chat.messages.values() if each.get("from", {}).get("is_bot")]

    async def press(self, person: Person, data: str, *, seconds: float = 10) -> dict[str, Any]:
        """Press the newest button with this data, wait for what changes, and return the newest message of the bot."""
        for _ in range(int(seconds * 50)):
            for message in reversed(self.received(person)):
                if data in buttons(message):
                    before = self.fingerprint(person)
                    self.sandbox.hands.press(person, message["message_id"], data=data)
                    return await self._change(person, before, seconds)
            await asyncio.sleep(0.02)
        raise AssertionError(f"{person.first_name} has no button {data}: {[buttons(m) for m in self.received(person)]}")

    def fingerprint(self, person: Person) -> str:
        """Changes whenever the bot writes or edits."""
        return json.dumps(self.received(person), sort_keys=True, default=str)

    async def _change(self, person: Person, before: str, seconds: float) -> dict[str, Any]:
        for _ in range(int(seconds * 50)):
            if self.fingerprint(person) != before:
                await asyncio.sleep(0.1)
                return self.received(person)[-1]
            await asyncio.sleep(0.02)
        raise AssertionError(f"nothing came back to {person.first_name}:\n{self.log_path.read_text()[-3000:]}")

    async def say(self, person: Person, text: str) -> dict[str, Any]:
        """Type something and return the bot's next message."""
        before = self.fingerprint(person)
        self.sandbox.hands.text(person, text)
        return await self._change(person, before, 10)

    async def join(self, person: Person, language: str, *, form: str = "text", area: str = "none") -> None:
        """From nothing to joined, with buttons alone."""
        before = self.fingerprint(person)
        self.sandbox.hands.start(person, "")
        await self._change(person, before, 10)
        while f"l:{language}" not in buttons(self.received(person)[-1]):
            forward = [each for each in buttons(self.received(person)[-1]) if each.startswith("lp:")][-1]
            await self.press(person, forward)
        await self.press(person, f"l:{language}")
        await self.press(person, "join")
        await self.press(person, f"a:{area}")
        await self.press(person, f"f:{form}")


def buttons(message: dict[str, Any]) -> list[str]:
    """The data of every button under a message."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [each.get("callback_data", "") for row in rows for each in row]


@contextlib.asynccontextmanager
async def stage(folder: Path, **settings: str) -> AsyncIterator[Stage]:
    """A stage that cleans up after itself."""
    made = Stage(folder, **settings)
    await made.open()
    try:
        yield made
    finally:
        await made.close()
