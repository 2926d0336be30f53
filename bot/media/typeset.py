"""Sets text in any script: Pillow with raqm shapes, this cuts lines and finds a font for each character.

Nothing is assumed about the height of a line: every line is measured, for Nastaliq hangs twice as deep as Latin.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.domain.films import Writing
from bot.media.fonts import Face, covered, faces

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

Colour = tuple[int, ...]
_ADDRESS = re.compile(r"https?://[!-~]+")
"""Read from the left as a whole, its last slash too, whatever runs around it."""
_JOINERS = {0x200C, 0x200D, 0x200E, 0x200F, 0x2060}
_NO_START = set("、。，．！？：；）」』》〉】〕…‥·”’%,.!?:;)]}")
_IDEOGRAPHIC = ("CJK", "HIRAGANA", "KATAKANA", "FULLWIDTH")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a line in one font."""

    text: str
    face: Face
    rtl: bool
    width: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line, its runs from left to right. `up` and `down`: pixels of ink above and below the baseline."""

    text: str
    runs: tuple[Run, ...]
    size: int
    writing: Writing
    width: float
    up: int
    down: int

    @property
    def height(self) -> int:
        """Pixels of ink."""
        return self.up + self.down


@dataclass(frozen=True, slots=True)
class Block:
    """Lines one below the other. `leading` is the distance of baselines that lets none touch another."""

    lines: tuple[Line, ...]
    leading: int

    @property
    def width(self) -> int:
        """Pixels of the longest line."""
        return round(max((each.width for each in self.lines), default=0))

    @property
    def height(self) -> int:
        """Pixels of ink, first to last line."""
        if not self.lines:
            return 0
        return self.lines[0].up + self.leading * (len(self.lines) - 1) + self.lines[-1].down


@lru_cache(maxsize=256)
def font(face: Face, size: int) -> "FreeTypeFont":
    """An opened font."""
    from PIL import ImageFont  # noqa: PLC0415 - heavy, and only films and posters need it

    return ImageFont.truetype(str(face.path), size, index=face.index, layout_engine=ImageFont.Layout.RAQM)


# Measuring


def line(text: str, writing: Writing, size: int, *, bold: bool = False) -> Line:
    """A text on one line, measured."""
    runs = [
        (level, Run(part, found, level % 2 == 1, _width(part, found, size, writing, rtl=level % 2 == 1)))
        for part, found, level in _parts(text, writing, bold=bold)
    ]
    up = down = 0
    for _, run in runs:
        _, top, _, bottom = font(run.face, size).getbbox(
            run.text, anchor="ls", direction=_direction(run.rtl), language=writing.tag
        )
        up, down = max(up, round(-top)), max(down, round(bottom))
    return Line(text, tuple(_visual(runs)), size, writing, sum(run.width for _, run in runs), up, down)


def _width(text: str, face: Face, size: int, writing: Writing, *, rtl: bool) -> float:
    return font(face, size).getlength(text, direction=_direction(rtl), language=writing.tag)


def _direction(rtl: bool) -> str:
    return "rtl" if rtl else "ltr"


def _parts(text: str, writing: Writing, *, bold: bool) -> Iterator[tuple[str, Face, int]]:
    """Stretches of one level and one font: a character stays in the font before it while that has it."""
    order = faces(writing, bold=bold)
    if not order:
        return
    current, level, held = order[0], 0, ""
    for char, its_level in zip(text, _levels(text, rtl=writing.rtl), strict=True):
        point = ord(char)
        weak = char.isspace() or point in _JOINERS or unicodedata.combining(char)
        wanted = current if weak else _face_for(point, order, current)
        if held and (wanted != current or its_level != level):
            yield held, current, level
            held = ""
        current, level = wanted, its_level
        held += char
    if held:
        yield held, current, level


def _face_for(point: int, order: Sequence[Face], current: Face) -> Face:
    own = order[0]
    if point in covered(own):
        return own
    if point in covered(current):
        return current
    return next((each for each in order if point in covered(each)), own)


def _levels(text: str, *, rtl: bool) -> list[int]:
    """The embedding level of each character: a short form of the Unicode Bidirectional Algorithm (UAX 9) for one line
    without explicit controls. Odd levels run from the right."""
    base = 1 if rtl else 0
    levels: list[int | None] = []
    strong = "R" if rtl else "L"
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in {"L", "R", "AL"}:
            strong = "L" if kind == "L" else "R"
            levels.append(base if (strong == "R") == rtl else base + 1)
        elif kind in {"EN", "AN"}:
            levels.append(2 if rtl or strong == "R" else 0)
        else:
            levels.append(None)
    _join_numbers(text, levels)
    for found in _ADDRESS.finditer(text):
        levels[found.start() : found.end()] = [0 if base == 0 else 2] * len(found[0])
    return _resolve(levels, text, base)


def _join_numbers(text: str, levels: list[int | None]) -> None:
    """One separator between two digits belongs to the number: 10:30, 1.5 (rule W4)."""
    for at in range(1, len(text) - 1):
        if levels[at] is None and text[at] in ".,:/-" and text[at - 1].isdigit() and text[at + 1].isdigit():
            levels[at] = levels[at - 1]


def _resolve(levels: list[int | None], text: str, base: int) -> list[int]:
    """What has no direction of its own takes that of both neighbours, or else the line's (rules N1, N2)."""
    known: list[int] = []
    for at, level in enumerate(levels):
        if level is not None:
            known.append(level)
            continue
        before = known[at - 1] if at and not _is_number(text, at - 1) else base
        after = next((b for b in range(at + 1, len(levels)) if levels[b] is not None), None)
        following = base if after is None or _is_number(text, after) else levels[after]
        known.append(before if before == following else base)
    return known


def _is_number(text: str, at: int) -> bool:
    return unicodedata.bidirectional(text[at]) in {"EN", "AN"}


def _visual(runs: list[tuple[int, Run]]) -> list[Run]:
    """Runs from left to right (rule L2): stretches of each level and above turn round, the highest first."""
    order = list(runs)
    for level in range(max((each for each, _ in runs), default=0), 0, -1):
        at = 0
        while at < len(order):
            end = at
            while end < len(order) and order[end][0] >= level:
                end += 1
            order[at:end] = reversed(order[at:end])
            at = max(end, at + 1)
    return [run for _, run in order]


# Cutting into lines


def words(text: str) -> list[str]:
    """Pieces between which a line may end; each keeps the space after it. Scripts without spaces: each character."""
    pieces: list[str] = []
    for word in text.split():
        piece = ""
        for char in word:
            ideograph = unicodedata.name(char, "").startswith(_IDEOGRAPHIC)
            if piece and (ideograph or _ends_ideograph(piece)) and char not in _NO_START:
                pieces.append(piece)
                piece = ""
            piece += char
        pieces.append(piece + " ")
    return pieces


def _ends_ideograph(piece: str) -> bool:
    last = next((char for char in reversed(piece) if char not in _NO_START), " ")
    return unicodedata.name(last, "").startswith(_IDEOGRAPHIC)


def wrap(text: str, writing: Writing, size: int, width: int, *, bold: bool = False) -> list[Line]:
    """The text in lines of at most `width` pixels, as even as they can be. A word that is wider stands alone."""
    pieces = words(text)
    if not pieces:
        return []
    widths = [line(each, writing, size, bold=bold).width for each in pieces]
    count = len(_fill(widths, width))
    target = min(width, max(sum(widths) / count, *widths))
    groups = _fill(widths, width)
    for step in range(8):
        even = _fill(widths, target + (width - target) * step / 8)
        if len(even) <= count:
            groups = even
            break
    return [line("".join(pieces[a:b]).strip(), writing, size, bold=bold) for a, b in groups]


def wrapped(text: str, writing: Writing, size: int, width: int) -> list[Line]:
    """A text of several paragraphs in lines."""
    return [each for part in text.split("\n") if part.strip() for each in wrap(part, writing, size, width)]


def _fill(widths: Sequence[float], width: float) -> list[tuple[int, int]]:
    groups: list[tuple[int, int]] = []
    start, used = 0, 0.0
    for at, each in enumerate(widths):
        if at > start and used + each > width:
            groups.append((start, at))
            start, used = at, 0.0
        used += each
    if widths:
        groups.append((start, len(widths)))
    return groups


def block(lines: Sequence[Line], *, gap: float = 0.18, least: float = 1.22) -> Block:
    """Lines one below the other so that none touches the next: `gap` and `least` in parts of the type's size."""
    if not lines:
        return Block((), 0)
    size = max(each.size for each in lines)
    needed = max((a.down + b.up for a, b in itertools.pairwise(lines)), default=0)
    return Block(tuple(lines), round(max(needed + gap * size, least * size)))


def paragraph(text: str, writing: Writing, size: int, width: int, *, bold: bool = False) -> Block:
    """A text as a block."""
    return block(wrap(text, writing, size, width, bold=bold))


def fitted(text: str, writing: Writing, size: int, least: int, width: int, *, bold: bool = False) -> Line:
    """One line that fits: smaller type first, then cut off with an ellipsis."""
    for now in range(size, least - 1, -2):
        found = line(text, writing, now, bold=bold)
        if found.width <= width:
            return found
    kept = words(text)
    while len(kept) > 1 and line("".join(kept).strip() + "…", writing, least, bold=bold).width > width:
        kept.pop()
    return line("".join(kept).strip() + "…", writing, least, bold=bold)


# Drawing


def draw(image: "Image", found: Line, x: float, baseline: float, fill: Colour, *, align: str = "start") -> None:
    """Draw a line. `align`: which end `x` is: start (its right end in a script from the right), center, left, right."""
    from PIL import ImageDraw  # noqa: PLC0415

    pen = ImageDraw.Draw(image)
    side = ("right" if found.writing.rtl else "left") if align == "start" else align
    at = x - found.width if side == "right" else x - found.width / 2 if side == "center" else x
    for run in found.runs:
        pen.text(
            (at, baseline), run.text, font=font(run.face, found.size), fill=fill, anchor="ls",
            direction=_direction(run.rtl), language=found.writing.tag,
        )  # fmt: skip
        at += run.width


def draw_block(image: "Image", found: Block, x: float, top: float, fill: Colour, *, align: str = "start") -> float:
    """Draw a block whose ink starts at `top`; returns where it ends."""
    baseline = top + (found.lines[0].up if found.lines else 0)
    for each in found.lines:
        draw(image, each, x, baseline, fill, align=align)
        baseline += found.leading
    return top + found.height
