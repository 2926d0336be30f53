"""What a film shows besides the people: lower thirds, subtitles, cards. Drawn by Pillow, laid on by ffmpeg."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.domain.clips import ClipShape
from bot.domain.films import ENGLISH, Aspect, Cue, FilmClip, FilmPlan, Writing
from bot.media import typeset
from bot.media.typeset import Block, Line

if TYPE_CHECKING:
    from PIL.Image import Image

NAVY = (12, 24, 44)
DEEP = (7, 14, 28)
WHITE = (255, 255, 255)
PALE = (198, 212, 232)
AMBER = (255, 196, 0)
BOX = (6, 12, 24, 205)
BAR = (*NAVY, 236)
_CUE, _CUE_ENGLISH = 32, 25
"""Type sizes of subtitles in pixels of a picture with a short side of 720: none is under 24."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand in one shape of picture. A circle (round videos, portraits) is its centre and radius."""

    aspect: Aspect
    shape: ClipShape

    @property
    def card(self) -> bool:
        """Voice notes and round videos stand on a card, beside or above their subtitles."""
        return self.shape is not ClipShape.VIDEO

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture."""
        return self.aspect.size

    @property
    def wide(self) -> bool:
        """Whether it is 16:9."""
        return self.aspect is Aspect.WIDE

    @property
    def circle(self) -> tuple[int, int, int]:
        """Where a round video is."""
        return (300, 284, 250) if self.wide else (360, 350, 280)

    @property
    def disc(self) -> tuple[int, int, int]:
        """Where a portrait or initials are."""
        return (300, 200, 140) if self.wide else (360, 290, 180)

    @property
    def waves(self) -> tuple[int, int, int, int]:
        """Where the waveform moves: left, top, width, height."""
        return (60, 380, 480, 120) if self.wide else (100, 510, 520, 130)

    @property
    def text(self) -> tuple[int, int]:
        """Left and right end of subtitles."""
        if self.wide:
            return (600, 1230) if self.card else (110, 1170)
        return (40, 680)

    @property
    def most_lines(self) -> int:
        """Lines of subtitles in each language."""
        return 3 if self.card or not self.wide else 2


# Lower third


@dataclass(frozen=True, slots=True)
class LowerThird:
    """Measured lines of the bar at the foot, and its upper edge."""

    lines: tuple[Line, ...]
    pill: tuple[Line, ...]
    top: int


def lower_third(clip: FilmClip, layout: Layout) -> LowerThird:
    """Name, role and community in the speaker's script, the role in English, and the language."""
    speaker, writing = clip.speaker, clip.writing
    width, height = layout.size
    pill = _pill(clip)
    room = width - 80 - (_pill_width(pill) + 40 if layout.wide else 0)
    place = " · ".join(each for each in (speaker.role, speaker.community) if each)
    name = speaker.name_own or speaker.name
    lines = [typeset.fitted(name, _own(name, writing), 36, 26, room, bold=True)]
    if place:
        lines.append(typeset.fitted(place, _own(place, writing), 26, 22, room))
    role = speaker.role_english if speaker.role_english != speaker.role else ""
    english = ", ".join(each for each in (speaker.name if speaker.name_own else "", role) if each)
    if english:
        lines.append(typeset.fitted(english, ENGLISH, 23, 20, room))
    content = sum(each.height for each in lines) + 12 * (len(lines) - 1)
    above = 0 if layout.wide else _pill_height(pill) + 16
    return LowerThird(tuple(lines), pill, height - max(132, content + above + 44))


def _own(text: str, writing: Writing) -> Writing:
    """How a line of its own is set: one in plain Latin letters runs from the left, whatever stands around it."""
    return ENGLISH if text.isascii() else writing


def _pill(clip: FilmClip) -> tuple[Line, ...]:
    own = typeset.fitted(clip.autonym, clip.writing, 28, 20, 300, bold=True)
    if clip.autonym.casefold() == clip.language_english.casefold():
        return (own,)
    return (own, typeset.fitted(clip.language_english, ENGLISH, 21, 16, 320))


def _pill_width(pill: tuple[Line, ...]) -> int:
    return round(sum(each.width for each in pill)) + 14 * (len(pill) - 1) + 44


def _pill_height(pill: tuple[Line, ...]) -> int:
    return max(each.height for each in pill) + 22


def _draw_bar(image: "Image", third: LowerThird, clip: FilmClip, layout: Layout) -> None:
    from PIL import ImageDraw  # noqa: PLC0415

    width, height = layout.size
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, third.top, width, height), fill=BAR)
    pen.rectangle((0, third.top, width, third.top + 4), fill=AMBER)
    rtl = clip.writing.rtl
    x = width - 40 if rtl else 40
    content = sum(each.height for each in third.lines) + 12 * (len(third.lines) - 1)
    tall = _pill_height(third.pill)
    above = 0 if layout.wide else tall + 16
    y = third.top + 2 + (height - third.top - content - above) / 2
    pill_wide = _pill_width(third.pill)
    if layout.wide:
        left = 40 if rtl else width - 40 - pill_wide
        _draw_pill(image, third.pill, left, round(third.top + 2 + (height - third.top - tall) / 2), rtl=rtl)
    else:
        _draw_pill(image, third.pill, width - 40 - pill_wide if rtl else 40, round(y), rtl=rtl)
        y += above
    for at, line in enumerate(third.lines):
        typeset.draw(image, line, x, y + line.up, WHITE if at == 0 else PALE, align="right" if rtl else "left")
        y += line.height + 12


def _draw_pill(image: "Image", pill: tuple[Line, ...], left: int, top: int, *, rtl: bool) -> None:
    from PIL import ImageDraw  # noqa: PLC0415

    width, height = _pill_width(pill), _pill_height(pill)
    ImageDraw.Draw(image).rounded_rectangle((left, top, left + width, top + height), 12, fill=AMBER)
    x = left + 22
    for line in reversed(pill) if rtl else pill:
        up = top + (height - line.height) / 2 + line.up
        typeset.draw(image, line, x, up, NAVY, align="left")
        x += round(line.width) + 14


# Subtitles


def cue_blocks(text: str, english: str, clip: FilmClip, layout: Layout) -> tuple[Block, Block]:
    """The two texts of a cue as they are set."""
    left, right = layout.text
    return (
        typeset.paragraph(text, clip.writing, _CUE, right - left - 40, bold=True),
        typeset.paragraph(english, ENGLISH, _CUE_ENGLISH, right - left - 40),
    )


def cue_fits(text: str, english: str, clip: FilmClip, layout: Layout, top: int) -> bool:
    """Whether a cue has few enough lines, stays inside the picture and leaves the faces free."""
    own, other = cue_blocks(text, english, clip, layout)
    most = layout.most_lines
    room = top - 60 if layout.card and layout.wide else top - 680 if layout.card else 250 if layout.wide else 330
    left, right = layout.text
    return (
        len(own.lines) <= most and len(other.lines) <= most
        and own.height + other.height + 44 <= room
        and max(own.width, other.width) <= right - left - 24
    )  # fmt: skip


def _draw_cue(image: "Image", cue: Cue, clip: FilmClip, layout: Layout, top: int) -> int:
    """Returns the upper edge of what it drew."""
    from PIL import ImageDraw  # noqa: PLC0415

    own, other = cue_blocks(cue.text, cue.english, clip, layout)
    gap = 16 if own.lines and other.lines else 0
    tall = own.height + other.height + gap + 32
    left, right = layout.text
    if not layout.card:
        y = top - 18 - tall
    elif layout.wide:
        y = max(16, (top - tall) // 2)
    else:
        y = 665 + max(0, (top - 680 - tall) // 2)
    wide = max(own.width, other.width) + 44
    middle = (left + right) / 2
    ImageDraw.Draw(image).rounded_rectangle((middle - wide / 2, y, middle + wide / 2, y + tall), 14, fill=BOX)
    end = typeset.draw_block(image, own, middle, y + 16, WHITE, align="center")
    typeset.draw_block(image, other, middle, end + gap, AMBER, align="center")
    return y


# Whole pictures


def strip(clip: FilmClip, cue: Cue | None, layout: Layout) -> "Image":
    """What lies over (or, on a card, under) the clip while `cue` is shown; as big as the picture."""
    from PIL import Image, ImageDraw  # noqa: PLC0415

    image = Image.new("RGBA", layout.size, (*NAVY, 255) if layout.card else (0, 0, 0, 0))
    if layout.card:
        _gradient(image)
    over = Image.new("RGBA", layout.size, (0, 0, 0, 0))
    third = lower_third(clip, layout)
    if cue is not None:
        _draw_cue(over, cue, clip, layout, third.top)
    _draw_bar(over, third, clip, layout)
    image.alpha_composite(over)
    if layout.card:
        x, y, radius = layout.disc if layout.shape is ClipShape.VOICE else layout.circle
        ImageDraw.Draw(image).ellipse((x - radius - 6, y - radius - 6, x + radius + 6, y + radius + 6), fill=AMBER)
        if layout.shape is ClipShape.VOICE:
            _portrait(image, clip, x, y, radius)
    return image


def strip_top(clip: FilmClip, cues: tuple[Cue, ...], layout: Layout) -> int:
    """The upper edge (an even number) of all that is laid over a full picture: above it nothing has to be blended."""
    third = lower_third(clip, layout)
    tops = [third.top]
    for cue in cues:
        own, other = cue_blocks(cue.text, cue.english, clip, layout)
        tops.append(third.top - 18 - own.height - other.height - 16 - 32)
    return max(0, min(tops) - 2) // 2 * 2


def _gradient(image: "Image") -> None:
    from PIL import Image  # noqa: PLC0415

    shade = Image.linear_gradient("L").resize(image.size)
    image.paste(Image.new("RGBA", image.size, (*DEEP, 255)), (0, 0), shade)


def _portrait(image: "Image", clip: FilmClip, x: int, y: int, radius: int) -> None:
    from PIL import Image, ImageDraw, ImageOps  # noqa: PLC0415

    if clip.portrait is not None:
        with Image.open(clip.portrait) as photo:
            picture = ImageOps.fit(photo.convert("RGB"), (2 * radius, 2 * radius))
        mask = Image.new("L", picture.size, 0)
        ImageDraw.Draw(mask).ellipse((0, 0, 2 * radius, 2 * radius), fill=255)
        image.paste(picture, (x - radius, y - radius), mask)
        return
    ImageDraw.Draw(image).ellipse((x - radius, y - radius, x + radius, y + radius), fill=(38, 62, 104))
    found = typeset.fitted(initials(clip.speaker.name), clip.writing, radius, radius // 2, 2 * radius - 40, bold=True)
    typeset.draw(image, found, x, y - found.height / 2 + found.up, WHITE, align="center")


def initials(name: str) -> str:
    """The first letters of up to two words of a name; titles in brackets do not count."""
    found = [word for word in name.split() if word[:1].isalpha()]
    picked = [found[0], found[-1]] if len(found) > 1 else found
    return "".join(word[0] for word in picked).upper() or "•"


def mask(radius: int) -> "Image":
    """A white disc on black: what of a round video is seen."""
    from PIL import Image, ImageDraw  # noqa: PLC0415

    image = Image.new("L", (4 * radius, 4 * radius), 0)
    ImageDraw.Draw(image).ellipse((0, 0, 4 * radius, 4 * radius), fill=255)
    return image.resize((2 * radius, 2 * radius))


def title_card(plan: FilmPlan) -> "Image":
    """The message's title, and every language by its own name."""
    image = _card(plan.aspect)
    width, height = image.size
    head = typeset.paragraph(plan.title, ENGLISH, 60 if plan.aspect is Aspect.WIDE else 54, width - 140, bold=True)
    rows = _names(plan, width - 140)
    names = sum(max(each.height for each in row) + 22 for row in rows)
    y = (height - head.height - 50 - names) / 2
    y = typeset.draw_block(image, head, width / 2, y, WHITE, align="center") + 50
    for row in rows:
        tall = max(each.height for each in row)
        up = max(each.up for each in row)
        x = (width - sum(each.width for each in row) - 34 * (len(row) - 1)) / 2
        for each in row:
            typeset.draw(image, each, x, y + up, AMBER, align="left")
            x += each.width + 34
        y += tall + 22
    _foot(image, plan.organisation or ("Sample" if plan.sample else ""), sample=plan.sample)
    return image


def _names(plan: FilmPlan, width: int) -> list[list[Line]]:
    names = [typeset.line(each.autonym, each.writing, 34) for each in plan.clips]
    rows: list[list[Line]] = [[]]
    for name in names:
        if rows[-1] and sum(each.width + 34 for each in rows[-1]) + name.width > width:
            rows.append([])
        rows[-1].append(name)
    return rows if names else []


def end_card(plan: FilmPlan) -> "Image":
    """The code that leads to the message, when it was checked, and until when it is valid."""
    image = _card(plan.aspect)
    width, height = image.size
    wide = plan.aspect is Aspect.WIDE
    code = qr(plan.link, 400 if wide else 460)
    lines = [(f"Checked on {_day(plan.vetted_on)}", 40, True)] if plan.vetted_on else []
    lines += [
        (f"Valid until {_day(plan.valid_until)}", 34, False), ("Scan to hear it in your language", 30, False),
        (plan.link.partition("://")[2] or plan.link, 24, False), (plan.code, 30, True),
    ]  # fmt: skip
    room = width - code.width - 220 if wide else width - 100
    blocks = [typeset.paragraph(text, ENGLISH, size, room, bold=bold) for text, size, bold in lines]
    tall = sum(each.height + 26 for each in blocks) - 26
    if wide:
        image.paste(code, (90, (height - code.height) // 2 - 20))
        x, y, align = 90 + code.width + 60, (height - tall) / 2 - 20, "left"
    else:
        top = (height - code.height - 60 - tall) // 2
        image.paste(code, ((width - code.width) // 2, top))
        x, y, align = width // 2, top + code.height + 60, "center"
    for at, each in enumerate(blocks):
        y = typeset.draw_block(image, each, x, y, AMBER if at == 0 else WHITE, align=align) + 26
    _foot(image, plan.organisation, sample=plan.sample)
    return image


def _day(moment: object) -> str:
    return f"{moment.day} {moment:%B %Y}"  # type: ignore[attr-defined]


def _card(aspect: Aspect) -> "Image":
    from PIL import Image, ImageDraw  # noqa: PLC0415

    image = Image.new("RGBA", aspect.size, (*NAVY, 255))
    _gradient(image)
    ImageDraw.Draw(image).rectangle((0, 0, image.width, 10), fill=AMBER)
    return image


def _foot(image: "Image", words: str, *, sample: bool) -> None:
    text = f"{words} · SAMPLE" if sample and words and words != "Sample" else "SAMPLE" if sample else words
    if text:
        found = typeset.fitted(text, ENGLISH, 26, 20, image.width - 80)
        typeset.draw(image, found, image.width / 2, image.height - 40, PALE, align="center")


def qr(link: str, side: int) -> "Image":
    """A code of about `side` pixels, its quiet zone included."""
    from PIL import Image  # noqa: PLC0415
    from qrcode.constants import ERROR_CORRECT_Q  # noqa: PLC0415
    from qrcode.main import QRCode  # noqa: PLC0415

    code: QRCode[Any] = QRCode(error_correction=ERROR_CORRECT_Q, border=3)
    code.add_data(link)  # type: ignore[no-untyped-call]
    rows = code.get_matrix()  # type: ignore[no-untyped-call]
    image = Image.new("RGB", (len(rows), len(rows)), WHITE)
    image.putdata([NAVY if dark else WHITE for row in rows for dark in row])
    module = max(1, side // len(rows))
    return image.resize((module * len(rows), module * len(rows)), Image.Resampling.NEAREST)


def save(image: "Image", path: Path, *, top: int = 0) -> None:
    """Write the picture below `top` as a PNG that is quick to write and to read."""
    picture = image.crop((0, top, image.width, image.height)) if top else image
    picture.save(path, "PNG", compress_level=1)
