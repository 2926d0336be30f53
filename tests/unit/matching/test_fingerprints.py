"""Near copies are told from others by their fingerprints: bits that a person would not notice may differ."""

import random

import numpy
import pytest

from bot.matching.fingerprints import PICTURE_NEAR, Prints, compare, picture_distance, same_picture, sound_error


def noisy(words: bytes, share: float, chance: random.Random) -> bytes:
    """A copy in which about this share of the bits is wrong."""
    return bytes(
        each ^ sum(1 << bit for bit in range(8) if chance.random() < share) for each in words
    )  # fmt: skip


@pytest.fixture
def chance() -> random.Random:
    return random.Random(11)


def sound(chance: random.Random, seconds: float) -> bytes:
    return chance.randbytes(int(seconds * 8.07) * 4)


def test_a_picture_may_differ_in_sixty_bits_and_no_more(chance: random.Random) -> None:
    ours = chance.randbytes(32)
    flipped = int.from_bytes(ours, "big") ^ ((1 << PICTURE_NEAR) - 1)
    assert same_picture(flipped.to_bytes(32, "big"), ours)
    assert not same_picture((flipped ^ (1 << 200)).to_bytes(32, "big"), ours)
    assert picture_distance(ours, chance.randbytes(32)) > PICTURE_NEAR


def test_a_part_of_a_sound_is_found_in_it_and_another_is_not(chance: random.Random) -> None:
    ours = sound(chance, 40)
    part = noisy(ours[4 * 57 : 4 * 57 + 4 * 90], 0.09, chance)
    error = sound_error(part, ours)
    assert error is not None
    assert 0.05 < error < 0.13
    assert (sound_error(sound(chance, 11), ours) or 0) > 0.3
    assert sound_error(sound(chance, 1), ours) is None, "a second says nothing"


def test_the_same_picture_with_another_voice_is_named(chance: random.Random) -> None:
    frames = chance.randbytes(32 * 12)
    ours = Prints(frames, sound(chance, 12))
    said_by_another = compare(Prints(noisy(frames, 0.02, chance), sound(chance, 12)), ours)
    assert said_by_another.voice_changed
    copied = compare(Prints(noisy(frames, 0.02, chance), noisy(ours.sound, 0.07, chance)), ours)
    assert copied.near
    assert not copied.voice_changed
    assert not compare(Prints(chance.randbytes(32 * 12), sound(chance, 12)), ours).near
    assert compare(Prints(), ours).picture is None


def test_numbers_of_words_do_not_need_to_be_whole() -> None:
    words = numpy.arange(60, dtype="<u4").tobytes()
    assert sound_error(words + b"\x01", words) == 0.0
