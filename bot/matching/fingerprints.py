"""Whether two pictures, two moving pictures or two sounds are near copies of each other, by their fingerprints.

A fingerprint never proves that something is genuine: only the same bytes do. It says `this looks like`, no more.

Where the limits come from, measured on this project's own synthetic scenes, speech and re-encodings (the campaign
`make chaos ARGS="forwards"` measures them anew): pictures that differ are 94 bits of 256 apart or more, what was made
smaller, brighter or forwarded three times is within 31, with a caption bar within 60; the same sound, re-encoded twice,
cut, or played by a telephone, has 5 to 9 % of its bits wrong in windows of five seconds, 5 % faster 18 %, the same
picture with another voice 34 %, another speaker 37 %.
"""

from dataclasses import dataclass
from typing import Any

from bot.matching.guard import against
from bot.matching.normalise import normalise

PICTURE_BITS = 256
PICTURE_NEAR = 60
"""Bits of 256 that may differ in a copy of a picture."""
PICTURE_PLAIN, PICTURE_UNREAD = 31, 10
"""Bits that may differ in a picture without words, and in one of which nobody knows whether there are any: two made-up
screenshots that name another day differ in 24, one and its smaller copy in 4."""
_WORDS_LEAST, _WORDS_SHARED = 4, 0.7
SOUND_NEAR = 0.20
"""Share of the bits that may differ in a copy of a sound, as the median of its windows."""
SOUND_OTHER = 0.28
"""From here on the sound is another one; between the two nothing is said about it."""
WINDOW = 40
"""Fingerprint words in one window: five seconds (Chromaprint makes 8.07 a second)."""
_LEAST = 16
"""Fewer words (two seconds) say nothing."""
_STEP = 20
_FRAMES_NEAR = 0.6
"""Share of the frames that must be found again."""
_FRAMES_LEAST = 2
_BYTES = PICTURE_BITS // 8


@dataclass(frozen=True, slots=True)
class Prints:
    """What is kept of a clip: one hash a second of its picture, and the fingerprint of its sound. Either may be empty.

    `frames`: 32 bytes a frame; a single picture has one. `sound`: Chromaprint's 32-bit words, little-endian.
    """

    frames: bytes = b""
    sound: bytes = b""

    @property
    def frame_list(self) -> list[int]:
        """The frames as numbers."""
        cut = range(0, len(self.frames), _BYTES)
        return [int.from_bytes(self.frames[at : at + _BYTES], "big") for at in cut]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much a clip is like another. None: there was nothing to compare."""

    picture: bool | None
    sound_error: float | None

    @property
    def sound(self) -> bool | None:
        """Whether the sound is a copy; None where that is not known."""
        if self.sound_error is None or SOUND_NEAR <= self.sound_error < SOUND_OTHER:
            return None
        return self.sound_error < SOUND_NEAR

    @property
    def near(self) -> bool:
        """Whether it is a near copy, in picture or sound."""
        return self.picture is True or self.sound is True

    @property
    def voice_changed(self) -> bool:
        """The picture is ours, and the sound is another one."""
        return self.picture is True and self.sound is False


def is_copy(probe: Prints, ours: Prints, probe_words: str | None = None, our_words: str | None = None) -> bool:
    """Whether two files say the same: near copies, with the same voice and the same words in the picture.

    Words: None where they were not read. A screenshot of another message is another picture, however alike they look:
    one day named instead of another changes a tenth of the bits.
    """
    likeness = compare(probe, ours)
    if probe.sound or ours.sound:
        return likeness.sound is True and likeness.picture is not False
    if likeness.picture is not True:
        return False
    distance = min((a ^ b).bit_count() for a in probe.frame_list for b in ours.frame_list)
    if probe_words is None or our_words is None:
        return distance <= PICTURE_UNREAD
    shares = _shared(probe_words, our_words)
    if shares is None:
        return distance <= PICTURE_PLAIN
    return shares >= _WORDS_SHARED and not against(probe_words, [our_words])


def _shared(one: str, other: str) -> float | None:
    """The share of words that both have; None where neither says enough to tell."""
    left, right = (frozenset(normalise(each).split()) for each in (one, other))
    if max(len(left), len(right)) < _WORDS_LEAST:
        return None
    return len(left & right) / len(left | right)


def picture_distance(left: bytes, right: bytes) -> int:
    """Bits in which two picture hashes differ: 0 to 256, at most PICTURE_NEAR in a copy."""
    return (int.from_bytes(left, "big") ^ int.from_bytes(right, "big")).bit_count()


def same_picture(left: bytes, right: bytes) -> bool:
    """Whether two single pictures are near copies."""
    return picture_distance(left, right) <= PICTURE_NEAR


def compare(probe: Prints, ours: Prints) -> Likeness:
    """How much `probe` is like `ours`: it may be a part of it, but not only hold a part of it."""
    return Likeness(_same_frames(probe.frame_list, ours.frame_list), sound_error(probe.sound, ours.sound))


def _same_frames(probe: list[int], ours: list[int]) -> bool | None:
    if not probe or not ours:
        return None
    found = sum(min((each ^ other).bit_count() for other in ours) <= PICTURE_NEAR for each in probe)
    enough = _FRAMES_LEAST if min(len(probe), len(ours)) > 1 else 1
    return found >= enough and found >= _FRAMES_NEAR * len(probe)


def sound_error(probe: bytes, ours: bytes) -> float | None:
    """The median, over windows of `probe`, of the share of bits that are wrong where each fits best into `ours`.

    None where either is shorter than two seconds.
    """
    import numpy  # noqa: PLC0415 - heavy, and most processes never compare a sound

    left, right = (numpy.frombuffer(each[: len(each) // 4 * 4], dtype="<u4") for each in (probe, ours))
    size = min(WINDOW, len(left), len(right))
    if size < _LEAST:
        return None
    places = numpy.lib.stride_tricks.sliding_window_view(right, size)
    starts = sorted({*range(0, len(left) - size + 1, _STEP), len(left) - size})
    errors = [_best(left[start : start + size], places) for start in starts]
    return float(numpy.median(errors))


def _best(window: Any, places: Any) -> float:
    """The lowest share of wrong bits over all places where the window may lie."""
    import numpy  # noqa: PLC0415

    wrong = numpy.bitwise_count(places ^ window).sum(axis=1, dtype="u4")
    return float(wrong.min()) / (32 * len(window))
