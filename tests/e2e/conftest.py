"""What browser tests share: one Chromium a test, and a folder for what it shows."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from tests.tools.screenshots import CHROMIUM

SHOTS = Path("build/screenshots")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A Chromium of one's own."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as tools:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        found = await tools.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield found
        await found.close()
