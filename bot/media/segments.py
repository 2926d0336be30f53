"""One normalised segment a clip: picture of one size, rate and codec, sound of exactly the same length; kept by what it
is made of, so that only what changed is built again."""

import asyncio
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from bot.domain.clips import Clip, ClipShape, Side
from bot.domain.films import Aspect, Cue, FilmClip
from bot.media import drawing, guard
from bot.media.cues import cues
from bot.media.drawing import Layout
from bot.media.guard import Allowance, Ran
from bot.media.probe import SUMMARY

LAYOUT_VERSION = 2
"""Raised with every change of what a segment looks or sounds like: kept ones are then not used again."""
RATE = 30
SAMPLES = 48_000
TARGET_LUFS = -16.0
"""Loudness of speech for phones and the web (AES TD1008 gives -16 for small devices)."""
_LIMIT = 10 ** (-2.6 / 20)
"""Limiter's ceiling as an amplitude: AAC adds up to 0.8 dB, peaks between samples up to 0.5; the film keeps -1 dBTP."""
_CLOSE_LU = 0.4
_OF_CLIP = re.compile(r"([0-9a-f]{16})-")
"""How the name of a clip's segment begins, unlike a card's: with that of the recording's bytes."""
_STRICT = ("-xerror", "-err_detect", "explode", "-threads", "1")
"""What is damaged is not shown: by itself ffmpeg hides what it cannot read and ends well."""
_ALLOWED = Allowance(seconds=240, cpu_seconds=180, memory_mb=1_500, file_mb=200, output_mb=1, nice=5)


class BuildFailed(Exception):
    """ffmpeg could not make a segment; the sentence is for the log."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A finished segment. `sound` None: it is silent."""

    picture: Path
    sound: Path | None
    frames: int
    cues: tuple[Cue, ...] = ()
    loudness: float | None = None
    true_peak: float | None = None
    reused: bool = False

    @property
    def seconds(self) -> float:
        """Its exact length."""
        return self.frames / RATE


@dataclass(frozen=True, slots=True)
class Settings:
    """What every segment of a film shares. `rate_cap` in kbit/s is what keeps the promise of the film's size."""

    aspect: Aspect
    rate_cap: int
    tools: str
    """Versions of ffmpeg and of the fonts."""


def encoder(settings: Settings) -> list[str]:
    """How pictures are encoded, the same in every segment, so that they join without encoding again."""
    cap = settings.rate_cap
    return [
        "-c:v", "libx264", "-preset", "veryfast", "-crf", "25", "-maxrate", f"{cap}k", "-bufsize", f"{cap}k",
        "-x264-params", "vbv-init=0.5:keyint=60:open-gop=0:force-cfr=1", "-profile:v", "high", "-pix_fmt", "yuv420p",
        "-threads", "1", "-video_track_timescale", "15360", "-map_metadata", "-1", "-an",
    ]  # fmt: skip


class Segments:
    """The kept segments of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def clip(self, clip: FilmClip, digest: str, probed: Clip, settings: Settings) -> Segment:
        """The segment of a clip, built if it is not kept. Raises BuildFailed."""
        name = f"{digest[:16]}-{clip_key(clip, digest, settings)}"
        kept = await asyncio.to_thread(self._kept, name)
        if kept is not None:
            return kept

        async def build(room: Path) -> Segment:
            return await _build_clip(clip, probed, settings, room)

        return await self._build(name, build)

    async def card(
        self, kind: str, about: object, draw: Callable[[], Any], seconds: float, settings: Settings
    ) -> Segment:
        """A still picture; `about` names all that it shows."""
        name = f"{kind}-{_hash(about, asdict(settings), seconds)}"
        kept = await asyncio.to_thread(self._kept, name)
        if kept is not None:
            return kept

        async def build(room: Path) -> Segment:
            return await _build_card(draw, seconds, settings, room)

        return await self._build(name, build)

    def keep_only(self, digests: Collection[str]) -> int:
        """Delete every segment of other clips (consent ended, speaker erased); returns how many files went."""
        kept = {each[:16] for each in digests}
        found = [each for each in self._folder.glob("*-*") if (of := _OF_CLIP.match(each.name)) and of[1] not in kept]
        for each in found:
            each.unlink(missing_ok=True)
        return len(found)

    def _kept(self, name: str) -> Segment | None:
        said = self._folder / f"{name}.json"
        try:
            known = json.loads(said.read_text())
        except (OSError, ValueError):
            return None
        picture, sound = self._folder / f"{name}.mp4", self._folder / f"{name}.wav"
        if not picture.is_file() or known["sound"] != sound.is_file():
            return None
        os.utime(said)
        return Segment(
            picture, sound if known["sound"] else None, known["frames"], tuple(Cue(**each) for each in known["cues"]),
            known["loudness"], known["true_peak"], reused=True,
        )  # fmt: skip

    async def _build(self, name: str, build: Callable[[Path], Any]) -> Segment:
        """Build in a room of its own; the description comes last and makes it count, so a kill leaves nothing half."""
        self._folder.mkdir(mode=0o770, parents=True, exist_ok=True)
        room = Path(tempfile.mkdtemp(prefix=".building-", dir=self._folder))
        try:
            built: Segment = await build(room)
            return await asyncio.to_thread(self._keep, name, built)
        finally:
            shutil.rmtree(room, ignore_errors=True)

    def _keep(self, name: str, built: Segment) -> Segment:
        placed = replace(
            built, picture=_place(built.picture, self._folder / f"{name}.mp4"),
            sound=_place(built.sound, self._folder / f"{name}.wav") if built.sound else None,
        )  # fmt: skip
        said = built.picture.parent / "said.json"
        said.write_text(json.dumps({
            "frames": built.frames, "sound": built.sound is not None, "cues": [asdict(each) for each in built.cues],
            "loudness": built.loudness, "true_peak": built.true_peak,
        }))  # fmt: skip
        _place(said, self._folder / f"{name}.json")
        return placed


def _place(made: Path, name: Path) -> Path:
    with made.open("rb") as file:
        os.fsync(file.fileno())
    return made.replace(name)


def clip_key(clip: FilmClip, digest: str, settings: Settings) -> str:
    """What a clip's segment depends on, and nothing else."""
    portrait = hashlib.sha256(clip.portrait.read_bytes()).hexdigest() if clip.portrait else ""
    shown = replace(clip, path=Path(), portrait=None, rendition_id=0)
    return _hash(asdict(shown), digest, portrait, asdict(settings))


def _hash(*parts: object) -> str:
    said = json.dumps([LAYOUT_VERSION, *parts], sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


# Building


async def _build_card(draw: Callable[[], Any], seconds: float, settings: Settings, room: Path) -> Segment:
    await asyncio.to_thread(lambda: drawing.save(draw(), room / "card.png"))
    frames = round(seconds * RATE)
    await _ffmpeg([
        "-i", str(room / "card.png"), "-vf", f"format=yuv420p,loop=-1:1:0,fps={RATE}", *encoder(settings),
        "-frames:v", str(frames), str(room / "out.mp4"),
    ])  # fmt: skip
    return Segment(room / "out.mp4", None, frames)


async def _build_clip(clip: FilmClip, probed: Clip, settings: Settings, room: Path) -> Segment:
    frames = max(1, round(probed.seconds * RATE))
    layout = Layout(settings.aspect, probed.shape)
    found, top = await asyncio.to_thread(_draw, clip, probed, layout, frames / RATE, room)
    picture, inputs = _picture(clip, probed, layout, top, room)
    loud = probed.loudness if probed.has_sound else None
    gain = TARGET_LUFS - loud.integrated if loud else 0.0
    waves = probed.shape is ClipShape.VOICE
    graph = picture
    if loud is not None:
        split = "asplit[heard][seen]" if waves else "anull[heard]"
        graph += f";{_sound(probed, gain, frames)},{split}"
        graph += f";[seen]{_waves(layout)}" if waves else ""
    sound = ["-map", "[heard]", "-c:a", "pcm_s16le", "-f", "wav", str(room / "out.wav")] if loud else []
    ran = await _ffmpeg([
        *_STRICT, *guard.untrusted(clip.path), *inputs, "-filter_complex_threads", "1",
        "-filter_complex", graph, "-map", "[picture]", *encoder(settings), "-frames:v", str(frames),
        str(room / "out.mp4"), *sound,
    ])  # fmt: skip
    if loud is None:
        return Segment(room / "out.mp4", None, frames, found)
    measured = await _hold_loudness(ran, clip, probed, gain, frames, room)
    return Segment(room / "out.mp4", room / "out.wav", frames, found, *measured)


def _draw(clip: FilmClip, probed: Clip, layout: Layout, seconds: float, room: Path) -> tuple[tuple[Cue, ...], int]:
    """Write the pictures of all cues and the list that shows each in its time."""
    foot = drawing.lower_third(clip, layout).top

    def fits(text: str, english: str) -> bool:
        return drawing.cue_fits(text, english, clip, layout, foot)

    english = "" if clip.text.strip() == clip.english.strip() else clip.english
    found = cues(clip.text, english, probed, seconds, fits)
    top = 0 if layout.card else drawing.strip_top(clip, found, layout)
    shown: list[Cue | None] = [*found] or [None]
    lines = ["ffconcat version 1.0"]
    for at, cue in enumerate(shown):
        drawing.save(drawing.strip(clip, cue, layout), room / f"{at}.png", top=top)
        lines += [f"file '{at}.png'", f"option framerate {RATE}"]
        lines += [f"duration {(cue.end - cue.start) if cue else seconds:.3f}"]
    lines += [f"file '{len(shown) - 1}.png'", f"option framerate {RATE}"]
    (room / "strips.txt").write_text("\n".join(lines) + "\n")
    if probed.shape is ClipShape.ROUND:
        drawing.save(drawing.mask(layout.circle[2]), room / "mask.png")
    return found, top


def _picture(clip: FilmClip, probed: Clip, layout: Layout, top: int, room: Path) -> tuple[str, list[str]]:
    """The graph that ends in [picture], and the inputs after the clip that it needs."""
    width, height = layout.size
    inputs = ["-f", "concat", "-safe", "0", "-i", str(room / "strips.txt")]
    hold = f"tpad=stop_mode=clone:stop_duration={probed.seconds + 2:.2f}"
    if probed.shape is ClipShape.VOICE:
        x, y, _, _ = layout.waves
        base = f"[1:v]format=yuv420p,fps={RATE},{hold}[base]"
        if not probed.has_sound:
            return base.replace("[base]", "[picture]"), inputs
        return f"{base};[base][waves]overlay={x}:{y}:format=yuv420:eof_action=pass[picture]", inputs
    video = f"[0:v:0]fps={RATE}:start_time=0"
    if probed.shape is ClipShape.ROUND:
        x, y, radius = layout.circle
        side = 2 * radius
        inputs += ["-i", str(room / "mask.png")]
        return (
            f"[1:v]format=yuv420p,fps={RATE},{hold}[base];"
            f"{video},scale={side}:{side}:flags=bilinear,setsar=1,format=yuv420p,{hold}[seen];"
            f"[2:v]format=gray,loop={round(probed.seconds + 3) * RATE}:1:0,fps={RATE}[mask];"
            "[seen][mask]alphamerge[round];"
            f"[base][round]overlay={x - radius}:{y - radius}:format=yuv420[picture]"
        ), inputs
    over = f"[1:v]format=yuva420p,fps={RATE},{hold}[strip]"
    full = f"{_fill(video, probed, width, height)},{hold}[full]"
    return f"{full};{over};[full][strip]overlay=0:{top}:format=yuv420[picture]", inputs


def _fill(video: str, probed: Clip, width: int, height: int) -> str:
    """The picture whole and undistorted; where it leaves room, a blurred and darkened enlargement of itself."""
    scale = min(width / probed.width, height / probed.height)
    wide, tall = round(probed.width * scale / 2) * 2, round(probed.height * scale / 2) * 2
    if wide >= width - 8 and tall >= height - 8:
        return f"{video},scale={width}:{height}:flags=bilinear,setsar=1,format=yuv420p"
    small_w, small_h = width // 8 // 2 * 2, height // 8 // 2 * 2
    return (
        f"{video},scale={wide}:{tall}:flags=bilinear,setsar=1,format=yuv420p,split[sharp][soft];"
        f"[soft]scale={small_w}:{small_h}:force_original_aspect_ratio=increase:flags=fast_bilinear,"
        f"crop={small_w}:{small_h},boxblur=6:2,eq=brightness=-0.14:saturation=0.8,"
        f"scale={width}:{height}:flags=bilinear,setsar=1[behind];"
        f"[behind][sharp]overlay={(width - wide) // 4 * 2}:{(height - tall) // 4 * 2}:format=yuv420"
    )


def _sound(probed: Clip, gain: float, frames: int) -> str:
    """Speech from the channel that has it, at the target, of exactly as many samples as the picture lasts."""
    channel = "c0=c0"
    if probed.channels > 1:
        channel = {Side.BOTH: "c0=.5*c0+.5*c1", Side.LEFT: "c0=c0", Side.RIGHT: "c0=c1"}[probed.side]
    samples = frames * SAMPLES // RATE
    end = samples / SAMPLES
    return (
        f"[0:a:0]aformat=channel_layouts={'mono' if probed.channels <= 1 else 'stereo'},pan=mono|{channel},"
        f"aresample={SAMPLES}:async=1:first_pts=0,volume={gain:.2f}dB,"
        f"alimiter=limit={_LIMIT:.4f}:level=false:attack=4:release=60,"
        f"apad=whole_len={samples},atrim=end_sample={samples},"
        f"afade=t=in:d=0.02,afade=t=out:st={end - 0.03:.3f}:d=0.03,ebur128@0=peak=true:framelog=verbose"
    )


def _waves(layout: Layout) -> str:
    _, _, width, height = layout.waves
    return (
        f"showwaves=s={width}x{height}:mode=cline:rate={RATE}:colors=0xffc400:draw=full:scale=sqrt,"
        "format=yuva420p[waves]"
    )


async def _hold_loudness(
    ran: Ran, clip: FilmClip, probed: Clip, gain: float, frames: int, room: Path
) -> tuple[float, float]:
    """Where the limiter took too much away, mend the gain; the sound alone is made again."""
    loud, peak = _measured(ran)
    for _ in range(2):
        if abs(loud - TARGET_LUFS) <= _CLOSE_LU:
            break
        gain += TARGET_LUFS - loud
        again = await _ffmpeg([
            *_STRICT, *guard.untrusted(clip.path), "-vn", "-filter_complex", _sound(probed, gain, frames) + "[heard]",
            "-map", "[heard]", "-c:a", "pcm_s16le", "-f", "wav", str(room / "out.wav"),
        ])  # fmt: skip
        loud, peak = _measured(again)
    return loud, peak


def _measured(ran: Ran) -> tuple[float, float]:
    found = SUMMARY.findall(ran.said)
    if not found:
        raise BuildFailed("The sound could not be measured.")
    return float(found[-1][1]), float(found[-1][2])


async def _ffmpeg(arguments: list[str]) -> Ran:
    ran = await guard.run(
        "ffmpeg", ["-nostdin", "-hide_banner", "-nostats", "-v", "info", "-y", *arguments], allow=_ALLOWED
    )
    if not ran.ok:
        raise BuildFailed(f"{ran.ending}: {ran.said[-300:]}")
    return ran
