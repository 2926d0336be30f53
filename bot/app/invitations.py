"""Invitations for people whom the bot may not write to first: links, QR codes and posters to print."""

import csv
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from qrcode.image.svg import SvgPathImage
from qrcode.main import QRCode

from bot.app.base import Base
from bot.channels.telegram.setup import connect
from bot.chat.menu import profiles
from bot.errors import VouchError

UNKNOWN_BOT = "YOUR_BOT"
"""Stands in links while nobody has told us the bot's name."""
_PIXELS = 12
"""Side of one module in the PNG: a code of 41 modules becomes about 500 pixels, sharp on a printed page."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """One way in: for people of one language and, where `area` is given, of one area."""

    name: str
    link: str
    language: str
    rtl: bool
    tag: str
    area: str
    people: int
    words: str
    draft: bool


async def bot_name(base: Base) -> str:
    """The bot's user name: as a worker left it, or as Telegram tells it now; UNKNOWN_BOT where neither can be had."""
    if base.controller.bot_name:
        return base.controller.bot_name
    if base.settings.token:
        try:
            found = await connect(base.settings.token, base.settings.telegram_api_url, ca_file=base.settings.ca_file)
        except VouchError:
            return UNKNOWN_BOT
        await found.close()
        return found.identity.username
    return UNKNOWN_BOT


def write_invitations(base: Base, bot: str, ways: Mapping[tuple[str, str | None], int], folder: Path) -> None:
    """Make `folder` with `posters.html`, `links.csv` and, for each language and area, its code as SVG and PNG.

    `ways` says how many people a language and area have; an area of None stands for the whole borough. Files of these
    names that are there already are replaced. Raises OSError.
    """
    invitations = _invitations(base, bot, ways)
    codes = {each.name: _code(each.link) for each in invitations}
    folder.mkdir(parents=True, exist_ok=True)
    for name, code in codes.items():
        (folder / f"{name}.svg").write_bytes(_svg(code))
        (folder / f"{name}.png").write_bytes(_png(code))
    pages = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    page = pages.get_template("posters.html").render(
        invitations=invitations, pictures={name: Markup(_svg(code).decode()) for name, code in codes.items()},  # noqa: S704 - made by us
        bot=bot, known=bot != UNKNOWN_BOT,
    )  # fmt: skip
    (folder / "posters.html").write_text(page, "utf-8")
    with (folder / "links.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("language", "area", "people", "link"))
        rows.writerows((each.tag, each.area, each.people, each.link) for each in invitations)


def _invitations(base: Base, bot: str, ways: Mapping[tuple[str, str | None], int]) -> list[Invitation]:
    words = profiles(base.catalogs, base.controller)
    areas = {each.id: each.name for each in base.controller.areas}
    order = {each.tag: at for at, each in enumerate(base.registry.languages)}
    found = []
    for (tag, area), people in sorted(ways.items(), key=lambda way: (order[way[0][0]], way[0][1] or "")):
        language, reading = base.registry.get(tag), base.registry.reading(tag)
        place = f"-p_{area}" if area else ""
        found.append(
            Invitation(
                name=f"{tag}-{area}" if area else tag, link=f"https://t.me/{bot}?start=l_{tag}{place}",
                language=language.autonym, rtl=reading.rtl, tag=tag, area=areas.get(area or "", ""), people=people,
                words=words[reading.tag if reading.tag in words else ""].description,
                draft=not base.registry.critical_reviewed(tag, base.status),
            )
        )  # fmt: skip
    return found


def _code(link: str) -> Any:
    code: Any = QRCode(border=4)
    code.add_data(link)
    code.make(fit=True)
    return code


def _svg(code: Any) -> bytes:
    picture: bytes = code.make_image(image_factory=SvgPathImage).to_string()
    return picture


def _png(code: Any) -> bytes:
    """One bit a pixel, by the PNG specification (W3C, third edition): signature, IHDR, IDAT, IEND."""
    modules: list[list[bool]] = code.get_matrix()
    side = len(modules) * _PIXELS
    rows = bytearray()
    for line in modules:
        bits = "".join(("0" if dark else "1") * _PIXELS for dark in line)
        row = int(bits.ljust(-(-side // 8) * 8, "1"), 2).to_bytes(-(-side // 8), "big")
        rows += (b"\0" + row) * _PIXELS
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
