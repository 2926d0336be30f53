"""`make sheets`: every screen that residents read, in the languages that break layouts first, as one picture each.

    python -m tests.tools.sheets [FOLDER] [TAG...]

Rendered in Chromium as the sandbox's phones show them, 390 px wide; kept small enough to review in a change.
"""

import asyncio
import io
import os
import sys
import tempfile
from collections.abc import Iterable
from html import escape
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, async_playwright

from bot.chat.renderer import SCREENS, ChatRenderer
from bot.domain.messaging import OutgoingMessage
from bot.i18n import Catalogs, Registry
from bot.sandbox.markup import message_text
from bot.sandbox.rendering import rich_text
from tests.factories import CONTROLLER
from tests.tools.strings.pseudo import TAG_LTR, TAG_RTL, write_locales
from tests.unit.chat.conftest import everything

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
TAGS = ("ur", "ar", "ckb", "pa", "pa-Arab", "bn", "pl", "ro", "so", "ti", "zh-Hant", TAG_LTR, TAG_RTL)
SIZE_LIMIT = 100_000
"""Bytes of one sheet."""
_COLUMNS, _PHONE = 7, 390
_SCALE = 0.5
_STYLE = """
html, body { height: auto; } body { display: block; padding: 8px; background: #d7e4dc; }
main { display: flex; gap: 12px; align-items: flex-start; } .column { width: 374px; }
.line { margin-block-end: 14px; } .name { color: #33524c; font: 600 13px/1.6 ui-monospace, monospace; }
"""


def bubbles(renderer: ChatRenderer, tag: str) -> Iterable[tuple[str, OutgoingMessage]]:
    """Every screen that residents read, with what people might write in it."""
    for kind, params in everything("Sample 5G مثال"):
        if not kind.startswith(("staff.", "test.", "proof.")) and kind in SCREENS:
            yield kind, renderer.render(kind, params, tag)


def page(renderer: ChatRenderer, tag: str) -> str:
    """The sheet as HTML: the longest screens are dealt to the shortest columns."""
    columns: list[list[str]] = [[] for _ in range(_COLUMNS)]
    heights = [0] * _COLUMNS
    for kind, message in bubbles(renderer, tag):
        shortest = heights.index(min(heights))
        text = message_text(message.html, "HTML")
        heights[shortest] += text.plain.count("\n") + len(text.plain) // 38 + 3 * len(message.buttons) + 4
        words = rich_text(text.plain, text.entities)
        rows = "".join(
            f'<div class="brow">{"".join(_key(button.label) for button in row)}</div>' for row in message.buttons
        )
        columns[shortest].append(
            f'<p class="name">{kind}</p><div class="line in"><div class="bubble" lang="{tag}">'
            f'<div class="words" dir="auto">{words}</div></div><div class="buttons">{rows}</div></div>'
        )
    body = "".join(f'<div class="column">{"".join(column)}</div>' for column in columns)
    css = (ROOT / "bot/sandbox/static/phones.css").read_text("utf-8")
    head = f"<!doctype html><html lang='{tag}'><meta charset='utf-8'><style>{css}{_STYLE}</style>"
    return f"{head}<main>{body}</main></html>"


def _key(label: str) -> str:
    return f'<button class="key" dir="auto">{escape(label)}</button>'


async def _picture(browser: Browser, html: str) -> bytes:
    width = _COLUMNS * (_PHONE - 4) + 16
    sheet = await browser.new_page(viewport={"width": width, "height": 800}, device_scale_factor=_SCALE)
    await sheet.set_content(html)
    await sheet.evaluate("document.fonts.ready")
    taken = await sheet.screenshot(full_page=True)
    await sheet.close()
    return taken


async def take(folder: Path, tags: Iterable[str]) -> None:
    """One picture a language. Raises RuntimeError when one is too large to keep."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as copy:
        locales = write_locales(ROOT / "locales", Path(copy))
        renderer = ChatRenderer(Catalogs.load(Registry.load(locales), locales), CONTROLLER)
        async with async_playwright() as tools:
            browser = await tools.chromium.launch(executable_path=CHROMIUM, args=arguments)
            try:
                for tag in tags:
                    picture = Image.open(io.BytesIO(await _picture(browser, page(renderer, tag)))).convert("L")
                    _save(picture, folder / f"{tag}.webp")
            finally:
                await browser.close()


def _save(picture: Image.Image, path: Path) -> None:
    """As good as it fits: poorer first, then smaller. Raises RuntimeError when it is too large to keep at all."""
    for share, quality in ((1.0, 22), (1.0, 14), (1.0, 8), (1.0, 3), (0.85, 8), (0.85, 3), (0.7, 3)):
        size_now = round(picture.width * share), round(picture.height * share)
        picture.resize(size_now).save(path, "WEBP", quality=quality, method=6)
        size = path.stat().st_size
        if size <= SIZE_LIMIT:
            print(f"{path}: {picture.width} x {picture.height}, {size / 1000:.0f} kB")
            return
    raise RuntimeError(f"{path.name} is larger than {SIZE_LIMIT / 1000:.0f} kB")


def main(arguments: list[str]) -> None:
    """Take the sheets into FOLDER, by default `locales/sheets`."""
    folder = Path(arguments[0]) if arguments else ROOT / "locales" / "sheets"
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(folder, arguments[1:] or TAGS))


if __name__ == "__main__":
    main(sys.argv[1:])
