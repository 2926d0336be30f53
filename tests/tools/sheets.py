"""`make sheets`: every screen that residents and leaders read, in the languages that break layouts first.

    python -m tests.tools.sheets [FOLDER] [TAG...]

Rendered in Chromium as the sandbox's phones show them, 390 px wide, in four greys; small enough to review in a change.
Languages that are spoken or signed show what is heard: the slot of the recording, and the numbered choices.
A sheet on which something is cut off is not written.
"""

import asyncio
import io
import os
import sys
import tempfile
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import Browser, async_playwright

from bot.chat.renderer import SCREENS, ChatRenderer
from bot.chat.screens.hear import HEARD, Prompt
from bot.chat.screens.scripts import SCRIPTS
from bot.domain.events import MediaKind
from bot.domain.messaging import OutgoingMedia, OutgoingMessage
from bot.i18n import Catalogs, Registry
from bot.sandbox.markup import message_text
from bot.sandbox.rendering import rich_text
from tests.factories import CONTROLLER
from tests.tools.strings.pseudo import TAG_LTR, TAG_RTL, write_locales
from tests.unit.chat.conftest import everything

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
TAGS = ("ur", "ar", "ckb", "pa", "pa-Arab", "bn", "pl", "ro", "so", "ti", "zh-Hant", TAG_LTR, TAG_RTL)
HEARD_TAGS = ("phr", "syl", "yue", "bfi")
SIZE_LIMIT = 300_000
"""Bytes of one sheet."""
_COLUMNS, _PHONE = 7, 390
_SCALE = 0.6
_GREYS = (0, 130, 221, 255)
_STYLE = """
html, body { height: auto; } body { display: block; padding: 8px; background: #fff; }
main { display: flex; gap: 12px; align-items: flex-start; } .column { width: 374px; }
.line { margin-block-end: 14px; } .name { color: #000; font: 600 13px/1.6 ui-monospace, monospace; }
.bubble { border: 1px solid #999; } .key { background: #ddd; color: #000; } .words a { color: #000; }
.heard { padding: 4px 8px; border: 1px solid #999; border-radius: 9px; font: 600 13px/1.6 ui-monospace, monospace; }
"""
_CUT_OFF = """() => [...document.querySelectorAll('.key, .words, .bubble')]
  .filter(each => each.scrollWidth > each.clientWidth + 1).map(each => each.textContent.slice(0, 60))"""


def bubbles(renderer: ChatRenderer, tag: str) -> Iterable[tuple[str, OutgoingMessage]]:
    """Every screen that residents and leaders read, with what people might write in it; or what can be heard."""
    seen = set()
    for kind, params in everything("Sample 5G مثال"):
        office = kind.startswith(("staff.", "test."))
        if not office and kind in (HEARD if tag in HEARD_TAGS else SCREENS):
            message = renderer.render(kind, _in_language(params, tag), tag)
            if message.html not in seen:  # some come with other parameters and look the same
                yield kind, message
            seen.add(message.html)


def _in_language(value: Any, tag: str) -> Any:
    """The same parameters with their cards in this language."""
    if isinstance(value, dict):
        return {key: tag if key == "text_language" else _in_language(each, tag) for key, each in value.items()}
    return [_in_language(each, tag) for each in value] if isinstance(value, list) else value


def _prompts() -> dict[tuple[str, str], Prompt]:
    """A sample in every slot; the number of each names the slot again."""
    return {
        (tag, slot): Prompt(OutgoingMedia(MediaKind.VIDEO if tag == "bfi" else MediaKind.VOICE, number), "sample", tag)
        for tag in HEARD_TAGS
        for number, slot in enumerate(SCRIPTS)
    }


def page(renderer: ChatRenderer, tag: str) -> str:
    """The sheet as HTML: the longest screens are dealt to the shortest columns."""
    columns: list[list[str]] = [[] for _ in range(_COLUMNS)]
    heights = [0] * _COLUMNS
    for kind, message in bubbles(renderer, tag):
        shortest = heights.index(min(heights))
        text = message_text(message.html, "HTML")
        heard = _heard(message) if tag in HEARD_TAGS else ""
        heights[shortest] += text.plain.count("\n") + len(text.plain) // 38 + 3 * len(message.buttons) + 4
        words = rich_text(text.plain, text.entities)
        rows = "".join(
            f'<div class="brow">{"".join(_key(button.label) for button in row)}</div>' for row in message.buttons
        )
        columns[shortest].append(
            f'<p class="name">{kind}</p><div class="line in"><div class="bubble" lang="{tag}">{heard}'
            f'<div class="words" dir="auto">{words}</div></div><div class="buttons">{rows}</div></div>'
        )
    body = "".join(f'<div class="column">{"".join(column)}</div>' for column in columns)
    css = (ROOT / "bot/sandbox/static/phones.css").read_text("utf-8")
    head = f"<!doctype html><html lang='{tag}'><meta charset='utf-8'><style>{css}{_STYLE}</style>"
    return f"{head}<main>{body}</main></html>"


def _key(label: str) -> str:
    return f'<button class="key" dir="auto">{escape(label)}</button>'


def _heard(message: OutgoingMessage) -> str:
    if message.media is None:
        return '<p class="heard">(nothing)</p>'
    slots = list(SCRIPTS)
    number = message.media.media_id
    name = f"bot: {slots[number]}" if number is not None and number < len(slots) else "the message itself"
    return f'<p class="heard">{"🎬" if message.media.kind is MediaKind.VIDEO else "🔊"} {name}</p>'


async def _picture(browser: Browser, html: str) -> bytes:
    """Raises RuntimeError where words do not fit into their place."""
    width = _COLUMNS * (_PHONE - 4) + 16
    sheet = await browser.new_page(viewport={"width": width, "height": 800}, device_scale_factor=_SCALE)
    await sheet.set_content(html)
    await sheet.evaluate("document.fonts.ready")
    cut_off = await sheet.evaluate(_CUT_OFF)
    if cut_off:
        raise RuntimeError(f"cut off: {cut_off}")
    taken = await sheet.screenshot(full_page=True)
    await sheet.close()
    return taken


async def take(folder: Path, tags: Iterable[str]) -> None:
    """One picture a language. Raises RuntimeError when one is too large to keep."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as copy:
        locales = write_locales(ROOT / "locales", Path(copy))
        renderer = ChatRenderer(Catalogs.load(Registry.load(locales), locales), CONTROLLER, _prompts())
        async with async_playwright() as tools:
            browser = await tools.chromium.launch(executable_path=CHROMIUM, args=arguments)
            try:
                for tag in tags:
                    picture = Image.open(io.BytesIO(await _picture(browser, page(renderer, tag)))).convert("L")
                    _save(picture, folder / f"{tag}.webp")
            finally:
                await browser.close()


def _save(picture: Image.Image, path: Path) -> None:
    """In four greys and without loss, so that small letters stay sharp. Raises RuntimeError when it is too large."""
    greys = picture.point([_GREYS[sum(value > limit for limit in (80, 185, 238))] for value in range(256)])
    greys.convert("RGB").save(path, "WEBP", lossless=True, quality=100, method=6)
    size = path.stat().st_size
    if size > SIZE_LIMIT:
        raise RuntimeError(f"{path.name} has {size / 1000:.0f} kB; {SIZE_LIMIT / 1000:.0f} are allowed")
    print(f"{path}: {picture.width} x {picture.height}, {size / 1000:.0f} kB")


def main(arguments: list[str]) -> None:
    """Take the sheets into FOLDER, by default `locales/sheets`."""
    folder = Path(arguments[0]) if arguments else ROOT / "locales" / "sheets"
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(folder, arguments[1:] or (*TAGS, *HEARD_TAGS)))


if __name__ == "__main__":
    main(sys.argv[1:])
