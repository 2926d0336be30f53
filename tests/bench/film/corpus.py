"""Seventeen clips in the formats that phones send, made here: a computer voice, moving test pictures, and in every clip
two moments at which a flash and a beep come together, by which anybody can measure whether sound and picture do."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.stage import ROOT

SECONDS = 6.3
BEEPS = (1.0, SECONDS - 1.3)
BEEP = 0.06
MESSAGE = ROOT / "messages" / "stay-at-home"


@dataclass(frozen=True, slots=True)
class Kind:
    """One clip: whose language, what voice reads it, and how the phone made it."""

    tag: str
    voice: str
    name: str
    role: str
    role_english: str
    what: str
    file: str
    form: str = "video"
    size: str = "720x1280"
    rate: int = 30
    video: tuple[str, ...] = ("-c:v", "libx264", "-preset", "veryfast", "-b:v", "2500k", "-pix_fmt", "yuv420p")
    audio: tuple[str, ...] = ("-c:a", "aac", "-b:a", "96k")
    sound: str = "anull"
    picture: str = "null"
    late: float = 0.0
    more: tuple[str, ...] = field(default=())
    flashes: bool = True


_OPUS = ("-c:a", "libopus", "-b:a", "28k", "-ar", "48000")
KINDS = (
    Kind("ur", "ur", "Sample Amber", "امام", "Imam", "voice note", "a.ogg", "voice", audio=_OPUS, flashes=False),
    Kind(
        "pa",
        "pa",
        "Sample Birch",
        "ਗ੍ਰੰਥੀ",
        "Granthi",
        "quiet voice note",
        "b.ogg",
        "voice",
        audio=_OPUS,
        sound="volume=-18dB",
        flashes=False,
    ),
    Kind("pl", "pl", "Sample Cedar", "ksiądz", "Priest", "round video of 384", "c.mp4", size="384x384"),
    Kind("bn", "bn", "Sample Daisy", "ইমাম", "Imam", "round video of 240", "d.mp4", size="240x240"),
    Kind("ar", "ar", "Sample Elder", "إمام المسجد", "Imam", "portrait", "e.mp4"),
    Kind("gu", "gu", "Sample Fern", "શિક્ષક", "Teacher", "landscape", "f.mp4", size="1280x720"),
    Kind(
        "hi",
        "hi",
        "Sample Gorse",
        "पुजारी",
        "Priest",
        "turned by its metadata",
        "g.mp4",
        size="1280x720",
        more=("rotate",),
    ),
    Kind(
        "so",
        "sw",
        "Sample Hazel",
        "Imaam",
        "Imam",
        "HEVC",
        "h.mov",
        size="1080x1920",
        video=(
            "-c:v",
            "libx265",
            "-preset",
            "ultrafast",
            "-b:v",
            "3500k",
            "-tag:v",
            "hvc1",
            "-x265-params",
            "log-level=none",
            "-pix_fmt",
            "yuv420p",
        ),
    ),
    Kind(
        "ro",
        "ro",
        "Sample Ivy",
        "preot",
        "Priest",
        "VP9",
        "i.webm",
        size="640x480",
        video=("-c:v", "libvpx-vp9", "-b:v", "900k", "-deadline", "realtime", "-cpu-used", "8", "-pix_fmt", "yuv420p"),
        audio=_OPUS,
    ),
    Kind(
        "fa",
        "fa",
        "Sample Juniper",
        "روحانی",
        "Cleric",
        "3gp, H.263",
        "j.3gp",
        size="352x288",
        rate=15,
        video=("-c:v", "h263", "-b:v", "400k", "-pix_fmt", "yuv420p"),
        audio=("-c:a", "aac", "-ar", "8000", "-ac", "1", "-b:a", "16k"),
    ),
    Kind(
        "zh-Hant",
        "yue",
        "Sample Laurel",
        "牧師",
        "Pastor",
        "variable frame rate",
        "k.mp4",
        picture="select='not(eq(mod(n,7),4))*not(eq(mod(n,11),5))'",
        more=("vfr",),
    ),
    Kind("uk", "uk", "Sample Maple", "священник", "Priest", "60 frames a second", "l.mp4", size="1280x720", rate=60),
    Kind(
        "ti", "am", "Sample Nettle", "ቀሺ", "Priest", "speech in one channel", "m.mp4", sound="pan=stereo|c0=c0|c1=0*c0"
    ),
    Kind("ckb", "ku", "Sample Olive", "مەلا", "Mullah", "late sound", "n.mp4", late=0.4),
    Kind(
        "fr",
        "fr-fr",
        "Sample Poplar",
        "pasteure",
        "Pastor",
        "clipped sound",
        "o.mp4",
        sound="volume=26dB,alimiter=limit=1:level=false",
    ),
    Kind("it", "it", "Sample Quince", "parroco", "Parish priest", "very quiet sound", "p.mp4", sound="volume=-33dB"),
    Kind("tr", "tr", "Sample Rowan", "imam", "Imam", "voice as m4a", "q.m4a", "voice", flashes=False),
)


def text_of(tag: str) -> str:
    """The first lines of the shipped sample message in a language."""
    body = (MESSAGE / f"{tag}.md").read_text("utf-8").split("---\n", 2)[2]
    return body.strip().partition("\n")[0]


def make(folder: Path) -> list[Kind]:
    """All clips; those that are there already stay."""
    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda kind: _make(kind, folder), KINDS))
    (folder / "expected.json").write_text(json.dumps([
        {**asdict(each), "text": text_of(each.tag), "english": text_of("en-GB")} for each in KINDS
    ], ensure_ascii=False, indent=1))  # fmt: skip
    return list(KINDS)


def _make(kind: Kind, folder: Path) -> None:
    out = folder / kind.file
    if out.exists():
        return
    speech = folder / f"{kind.tag}.wav"
    _run(["espeak-ng", "-v", kind.voice, "-s", "150", "-w", str(speech), text_of(kind.tag) * 3])
    beeps = "+".join(f"between(t,{each - kind.late},{each - kind.late + BEEP})" for each in BEEPS)
    mixed = (
        f"[0:a]aresample=48000,volume=-9dB,volume='if({beeps},0,1)':eval=frame[s];"
        f"aevalsrc='0.25*sin(2*PI*3000*t)*({beeps})':s=48000:d={SECONDS}[b];"
        f"[s][b]amix=2:duration=first:normalize=0,apad,atrim=0:{SECONDS - kind.late},{kind.sound}[a]"
    )
    part = out.with_name(f"part-{out.name}")
    if kind.form == "voice":
        _run([*_FFMPEG, "-i", str(speech), "-filter_complex", mixed, "-map", "[a]", *kind.audio, str(part)])
    else:
        _film(kind, speech, mixed, beeps, part)
    part.replace(out)


def _film(kind: Kind, speech: Path, mixed: str, beeps: str, part: Path) -> None:
    flashes = "+".join(f"between(t,{each},{each + 0.12})" for each in BEEPS)
    graph = (
        f"{mixed};testsrc2=size={kind.size}:rate={kind.rate}:duration={SECONDS},eq=brightness=-0.35:saturation=0.7,"
        f"noise=alls=6:allf=t,drawbox=t=fill:color=white:enable='{flashes}',{kind.picture}[v]"
    )
    sound = part.with_suffix(".wav")
    picture = part.with_name(f"picture-{part.name}")
    vfr = ("-vsync", "vfr") if "vfr" in kind.more else ()
    _run(
        [
            *_FFMPEG,
            "-i",
            str(speech),
            "-filter_complex",
            graph,
            "-map",
            "[a]",
            str(sound),
            "-map",
            "[v]",
            *kind.video,
            *vfr,
            "-an",
            str(picture),
        ]
    )
    turned = ("-metadata:s:v:0", "rotate=90") if "rotate" in kind.more else ()
    _run(
        [
            *_FFMPEG,
            "-i",
            str(picture),
            "-itsoffset",
            str(kind.late),
            "-i",
            str(sound),
            "-map",
            "0:v",
            "-map",
            "1:a",
            "-c:v",
            "copy",
            *turned,
            *kind.audio,
            str(part),
        ]
    )
    sound.unlink()
    picture.unlink()


_FFMPEG = ("ffmpeg", "-nostdin", "-v", "error", "-y")


def _run(line: list[str]) -> None:
    done = subprocess.run(line, capture_output=True, timeout=240, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(line)}\n{done.stderr.decode(errors='replace')}")
