"""Print: posters for a venue's wall and sheets to be read aloud, as PDF at print resolution, in every script.

Pages are pictures: the letters are shaped as in films, whatever reader or printer shows them. The words stand in the
file's metadata too.
"""

import math
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.films import ENGLISH, Writing
from bot.domain.posters import Paper, Poster, PosterText, Sheet
from bot.media import drawing, typeset

if TYPE_CHECKING:
    from PIL.Image import Image

DPI = 150
"""Dots an inch: letters of posters are centimetres high, and a page stays under a megabyte."""
_INK, _SOFT, _PAPER = (12, 24, 44), (70, 84, 106), (255, 255, 255)
_WORDS_A_MINUTE = 110
"""Slow reading aloud to a room."""
_LETTERS_A_MINUTE = 280
"""The same for scripts that leave no spaces between words."""


def write_poster(poster: Poster, out: Path) -> None:
    """One page for a wall: the message in two or three languages, whose word it is, and the code. Raises OSError."""
    out.parent.mkdir(parents=True, exist_ok=True)
    _poster(poster).save(
        out, "PDF", resolution=DPI, title=f"{poster.title} ({poster.revision})", author=poster.organisation
    )


def write_sheet(sheet: Sheet, out: Path) -> None:
    """Pages to read from: large type, how long it takes, which revision, until when. Raises OSError."""
    out.parent.mkdir(parents=True, exist_ok=True)
    pages = _sheet(sheet)
    pages[0].save(
        out, "PDF", resolution=DPI, save_all=True, append_images=pages[1:], title=f"{sheet.title} ({sheet.revision})",
        author=sheet.organisation,
    )  # fmt: skip


def reading_seconds(text: str) -> int:
    """How long it takes to read a text aloud slowly."""
    pieces = typeset.words(text)
    if len(pieces) > 1.5 * len(text.split()):
        return math.ceil(60 * len("".join(pieces).replace(" ", "")) / _LETTERS_A_MINUTE)
    return math.ceil(60 * len(pieces) / _WORDS_A_MINUTE)


# A poster


def _poster(poster: Poster) -> "Image":
    page, unit = _page(poster.paper)
    margin = round(12 * unit)
    foot = _foot_height(unit)
    y = margin + 6 * unit
    head = typeset.paragraph(poster.title, ENGLISH, round(13 * unit), page.width - 2 * margin, bold=True)
    y = typeset.draw_block(page, head, margin, y, _INK, align="left") + 9 * unit
    room = page.height - y - foot - margin
    size = _size(poster.texts, page.width - 2 * margin, room, unit)
    blocks = _blocks(poster.texts, page.width - 2 * margin, size)
    spare = max(0.0, room - _tall(blocks, unit)) / (len(blocks) + 1)
    for text, (name, block) in zip(poster.texts, blocks, strict=True):
        rtl = text.writing.rtl
        x = page.width - margin if rtl else margin
        side = "right" if rtl else "left"
        typeset.draw(page, name, x, y + name.up, (160, 100, 0), align=side)
        y = typeset.draw_block(page, block, x, y + name.height + 4 * unit, _INK, align=side) + 9 * unit + spare
    _poster_foot(page, poster, unit, margin, foot)
    return page


def _page(paper: Paper) -> tuple["Image", float]:
    """An empty page, and the pixels of a millimetre on A4 (on A3 all is larger by the root of two)."""
    from PIL import Image, ImageDraw  # noqa: PLC0415

    wide, high = paper.millimetres
    page = Image.new("RGB", (round(wide / 25.4 * DPI), round(high / 25.4 * DPI)), _PAPER)
    unit = page.width / 210
    ImageDraw.Draw(page).rectangle((0, 0, page.width, 8 * unit), fill=drawing.AMBER)
    return page, unit


def _foot_height(unit: float) -> float:
    return 58 * unit


def _size(texts: tuple[PosterText, ...], width: int, room: float, unit: float) -> int:
    """The largest type in which everything fits."""
    for tenths in range(110, 34, -2):
        size = round(tenths / 10 * unit)
        if _tall(_blocks(texts, width, size), unit) <= room:
            return size
    return round(3.5 * unit)


def _blocks(texts: tuple[PosterText, ...], width: int, size: int) -> list[tuple[typeset.Line, typeset.Block]]:
    return [
        (typeset.line(each.autonym, each.writing, round(1.1 * size), bold=True),
         typeset.block(typeset.wrapped(each.text, each.writing, size, width)))
        for each in texts
    ]  # fmt: skip


def _tall(blocks: list[tuple[typeset.Line, typeset.Block]], unit: float) -> float:
    return sum(name.height + block.height + 13 * unit for name, block in blocks)


def _poster_foot(page: "Image", poster: Poster, unit: float, margin: int, foot: float) -> None:
    from PIL import ImageDraw  # noqa: PLC0415

    top = page.height - foot - margin / 2
    pen = ImageDraw.Draw(page)
    pen.line((margin, top, page.width - margin, top), fill=_SOFT, width=max(1, round(0.4 * unit)))
    code = drawing.qr(poster.link, round(46 * unit))
    page.paste(code, (page.width - margin - code.width, round(top + 5 * unit)))
    x, y = float(margin), top + 7 * unit
    if poster.leader:
        radius = round(14 * unit)
        _face(page, poster, round(x + radius), round(y + radius), radius)
        x += 2 * radius + 6 * unit
    room = page.width - margin - code.width - x - 5 * unit
    lines = [
        (poster.leader, 6.5, True, _INK), (poster.role, 4.6, False, _SOFT), (poster.place, 5.2, True, _INK),
        (f"Checked by {poster.vetted_by} on {_day(poster.vetted_on)}" if poster.vetted_on else "", 4.2, False, _SOFT),
        (f"Valid until {_day(poster.valid_until)} · {poster.code}", 4.2, False, _SOFT),
        (poster.organisation, 4.2, False, _SOFT),
    ]  # fmt: skip
    for words, size, bold, colour in lines:
        if words:
            line = typeset.fitted(words, ENGLISH, round(size * unit), round(3 * unit), round(room), bold=bold)
            typeset.draw(page, line, x, y + line.up, colour, align="left")
            y += line.height + 2.6 * unit


def _face(page: "Image", poster: Poster, x: int, y: int, radius: int) -> None:
    from PIL import Image, ImageDraw, ImageOps  # noqa: PLC0415

    if poster.portrait is not None:
        with Image.open(poster.portrait) as photo:
            picture = ImageOps.fit(photo.convert("RGB"), (2 * radius, 2 * radius))
        page.paste(picture, (x - radius, y - radius), drawing.mask(radius))
        return
    ImageDraw.Draw(page).ellipse((x - radius, y - radius, x + radius, y + radius), fill=(38, 62, 104))
    found = typeset.fitted(drawing.initials(poster.leader), ENGLISH, radius, radius // 2, 2 * radius, bold=True)
    typeset.draw(page, found, x, y - found.height / 2 + found.up, _PAPER, align="center")


# A sheet to read aloud


def _sheet(sheet: Sheet) -> list["Image"]:
    pages: list[Image] = []
    page, unit = _page(Paper.A4)
    margin = round(16 * unit)
    width = page.width - 2 * margin
    size = round(8.2 * unit)
    y = _sheet_head(page, sheet, unit, margin)
    for paragraph in (each for each in sheet.text.text.split("\n") if each.strip()):
        lines = typeset.wrap(paragraph.replace("**", ""), sheet.text.writing, size, width)
        block = typeset.block(lines, least=1.6)
        leading = block.leading
        for line in lines:
            if y + line.height > page.height - 26 * unit:
                pages.append(page)
                page, unit = _page(Paper.A4)
                y = margin + 10 * unit
            x = page.width - margin if line.writing.rtl else margin
            typeset.draw(page, line, x, y + line.up, _INK)
            y += leading
        y += 0.5 * leading
    pages.append(page)
    for number, each in enumerate(pages, 1):
        words = f"{sheet.code} · Valid until {_day(sheet.valid_until)} · {number} of {len(pages)}"
        found = typeset.line(words, ENGLISH, round(4.4 * unit))
        typeset.draw(each, found, each.width / 2, each.height - 12 * unit, _SOFT, align="center")
    return pages


def _sheet_head(page: "Image", sheet: Sheet, unit: float, margin: int) -> float:
    writing: Writing = sheet.text.writing
    y = margin + 6 * unit
    name = typeset.line(sheet.text.autonym, writing, round(9 * unit), bold=True)
    typeset.draw(page, name, page.width - margin if writing.rtl else margin, y + name.up, (160, 100, 0))
    y += name.height + 5 * unit
    minutes, seconds = divmod(reading_seconds(sheet.text.text), 60)
    long = f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
    about = f"{sheet.title} · revision {sheet.revision} · valid until {_day(sheet.valid_until)} · about {long} to read"
    for line in typeset.wrap(about, ENGLISH, round(4.6 * unit), page.width - 2 * margin):
        typeset.draw(page, line, margin, y + line.up, _SOFT, align="left")
        y += line.height + 2.5 * unit
    return y + 8 * unit


def _day(moment: object) -> str:
    return f"{moment.day} {moment:%B %Y}"  # type: ignore[attr-defined]
