"""A picture keeps its hash through what phones and forwards do to it; another picture has another."""

from io import BytesIO

import numpy
import pytest
from PIL import Image, ImageDraw, ImageEnhance

from bot.errors import InvalidInput
from bot.matching.fingerprints import same_picture
from bot.media.fingerprints import frame_hashes, picture_hash


def scene(seed: int) -> Image.Image:
    """A made-up poster: blocks and discs."""
    dice = numpy.random.default_rng(seed)
    image = Image.new("RGB", (640, 480), tuple(int(each) for each in dice.integers(0, 255, 3)))
    draw = ImageDraw.Draw(image)
    for _ in range(14):
        x, y, wide, high = (int(each) for each in dice.integers((0, 0, 40, 40), (600, 440, 320, 240)))
        colour = tuple(int(each) for each in dice.integers(0, 255, 3))
        (draw.ellipse if dice.random() < 0.5 else draw.rectangle)((x, y, x + wide, y + high), fill=colour)
    return image


def file_of(image: Image.Image, kind: str = "JPEG", **how: int) -> bytes:
    kept = BytesIO()
    image.save(kept, kind, **how)
    return kept.getvalue()


def test_small_bright_and_compressed_copies_are_near_and_others_are_not() -> None:
    hashes = [picture_hash(file_of(scene(seed), quality=90)) for seed in range(12)]
    for seed, ours in enumerate(hashes):
        image = scene(seed)
        for copy in (
            file_of(image, quality=20),
            file_of(image.resize((320, 240))),
            file_of(ImageEnhance.Brightness(image).enhance(1.25)),
            file_of(image, "PNG"),
        ):
            assert same_picture(picture_hash(copy), ours)
        assert not any(same_picture(ours, other) for at, other in enumerate(hashes) if at != seed)


def test_frames_that_show_nothing_have_no_hash() -> None:
    shown = numpy.asarray(scene(3).convert("L").resize((64, 64), Image.Resampling.BOX), dtype="u1").tobytes()
    black = bytes(64 * 64)
    assert len(frame_hashes(black + shown + black)) == 32
    assert same_picture(frame_hashes(shown), picture_hash(file_of(scene(3), "PNG")))


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", b"GIF89a", b"not a picture at all"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        picture_hash(data)


def test_a_picture_too_large_to_be_one_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(InvalidInput):
        picture_hash(file_of(Image.new("1", (30_000, 30_000)), "PNG"))
