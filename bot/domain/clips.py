"""What a recording from somebody's phone is, and the closed set of reasons for not taking it."""

from dataclasses import dataclass
from enum import StrEnum


class ClipShape(StrEnum):
    """What a clip shows. ROUND is a square picture, as Telegram's video messages are."""

    VOICE = "voice"
    ROUND = "round"
    VIDEO = "video"


class Side(StrEnum):
    """Where in a stereo recording the speech is. BOTH also stands for a single channel."""

    BOTH = "both"
    LEFT = "left"
    RIGHT = "right"


class ClipRefusal(StrEnum):
    """Why a file cannot be used as a recording; each face turns the code into its own kind words."""

    NOT_A_RECORDING = "not_a_recording"
    """No sound and no moving picture that can be read: a document, a playlist, a picture, random bytes."""
    DAMAGED = "damaged"
    """A recording, but broken or cut off on its way: sending it again may help."""
    UNKNOWN_FORMAT = "unknown_format"
    """A recording in a format that is not taken."""
    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    TOO_SHORT = "too_short"
    TOO_BIG_A_PICTURE = "too_big_a_picture"
    TOO_MANY_STREAMS = "too_many_streams"
    NO_SOUND = "no_sound"
    """A picture without a sound stream, where speech is expected."""
    SILENT = "silent"
    """A sound stream in which nothing can be heard."""
    NO_PICTURE = "no_picture"
    """Sound alone, where something is to be seen (a signed message)."""
    TOO_MUCH_WORK = "too_much_work"
    """Reading it took more time or memory than a recording may take."""
    CANNOT_BE_READ_HERE = "cannot_be_read_here"
    """ffmpeg is not installed on this machine: no fault of the file."""


@dataclass(frozen=True, slots=True)
class Loudness:
    """How loud the speech is, measured in the channel that a film will use (`Clip.side`).

    `integrated` in LUFS and `true_peak` in dBTP after EBU R128; `silence` is the share (0 to 1) of the clip in which
    nobody is heard: more than 20 LU below the clip's own loudness.
    """

    integrated: float
    true_peak: float
    silence: float


@dataclass(frozen=True, slots=True)
class Clip:
    """What a recording is. Sizes are as it is seen, after its rotation; `seconds` of its longest stream."""

    shape: ClipShape
    container: str
    seconds: float
    size: int
    width: int = 0
    height: int = 0
    rotation: int = 0
    """Degrees clockwise that a player turns the picture by: 0, 90, 180 or 270."""
    frame_rate: float = 0.0
    variable_rate: bool = False
    video_codec: str = ""
    audio_codec: str = ""
    channels: int = 0
    sound_starts: float = 0.0
    """Seconds by which the sound starts after the picture; negative when it starts before."""
    side: Side = Side.BOTH
    loudness: Loudness | None = None
    """None: there is no sound stream."""
    speech: tuple[float, float] = (0.0, 0.0)
    """Seconds from the start at which somebody is first and last heard; where nobody is: the whole clip."""
    pauses: tuple[float, ...] = ()
    """The middles of the pauses between them, in seconds: where a subtitle may change."""

    @property
    def has_picture(self) -> bool:
        """Whether there is something to see."""
        return self.shape is not ClipShape.VOICE

    @property
    def has_sound(self) -> bool:
        """Whether something is heard."""
        return self.loudness is not None and self.loudness.integrated > AUDIBLE_LUFS


AUDIBLE_LUFS = -60.0
"""Below it a clip counts as silent and is never amplified. Speech on phones, also very quiet, is above -55; digital
silence measures -70 (the gate of EBU R128)."""


@dataclass(frozen=True, slots=True)
class ClipLimits:
    """What a recording may be. `seconds`: longest and shortest; `bytes_`: Telegram lets a bot fetch 20 MB."""

    seconds: float = 90.0
    least_seconds: float = 1.0
    bytes_: int = 20 * 1024 * 1024
    pixels: int = 8_847_360
    """4096 by 2160: the most that a phone films in ordinary settings."""
    streams: int = 4
    """A picture and a sound, and the cover and data streams that some phones add."""
