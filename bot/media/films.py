"""Makes films: probes the clips, builds or takes up their segments, joins them, and looks at what came out."""

import asyncio
import hashlib
import json
import os
import shutil
import tempfile
import wave
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import structlog

from bot.domain.clips import Clip, ClipRefusal, ClipShape, Loudness, Side
from bot.domain.films import (
    Cue,
    FilmClip,
    FilmImpossible,
    FilmPlan,
    FilmReport,
    FilmSegment,
    LeftOut,
    Omission,
    Writing,
)
from bot.media import drawing, fonts, guard
from bot.media.guard import Allowance
from bot.media.probe import SUMMARY, probe
from bot.media.segments import RATE, SAMPLES, BuildFailed, Segment, Segments, Settings, clip_key
from bot.media.sidecars import write_beside
from bot.services.ports import Progress

log = structlog.get_logger()

JOBS = 2
TITLE_SECONDS, END_SECONDS = 3.0, 5.0
_AUDIO_KBIT = 64
_CAPS = (850, 700, 560, 450, 360, 290, 230)
"""Steps of the cap of the picture's rate in kbit/s. Steps, so that a clip more or less seldom changes the others."""
_MAX_PEAK = -1.0
"""dBTP, of the finished film (EBU R128)."""
_KEPT_BYTES = 2_000_000_000
_ALLOWED = Allowance(seconds=300, cpu_seconds=120, file_mb=200, output_mb=4, nice=5)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A clip that can be used: its bytes' SHA-256 and what it is."""

    clip: FilmClip
    digest: str
    probed: Clip


class FfmpegFilms:
    """The port `FilmMaker`, kept by ffmpeg and Pillow. `folder` holds what is kept between films."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._segments = Segments(folder)

    def missing(self, plan: FilmPlan | None = None) -> list[str]:
        """What has to be installed before films can be made (with a plan: before this one can), in plain sentences."""
        return missing([each.writing for each in plan.clips] if plan else [])

    async def make(self, plan: FilmPlan, out: Path, progress: Progress | None = None) -> FilmReport:
        """Make the film as `out`, with its report and subtitles beside it.

        Raises FilmImpossible when no clip is left, when something is not installed, or when it is too long for its
        limit of bytes.
        """
        if wanted := self.missing(plan):
            raise FilmImpossible(" ".join(wanted))
        tools = await _tools()
        ready, refused = await self._probe(plan)
        left_out = [*plan.left_out, *refused]
        seconds = TITLE_SECONDS + END_SECONDS + sum(each.probed.seconds for each in ready)
        for cap in _caps(plan.limit, seconds):
            settings = Settings(plan.aspect, cap, tools)
            kept = await asyncio.to_thread(self._kept, plan, ready, left_out, settings, out)
            if kept is not None:
                return kept
            built, failed = await self._build(ready, settings, progress)
            left_out = [*left_out, *failed]
            if not built:
                raise FilmImpossible(_nothing_left(left_out))
            ready = [each for each, _ in built]
            report = await self._join(plan, built, left_out, settings, out)
            if report is not None:
                return report
        raise FilmImpossible(f"The film is too long for {plan.limit // 1_000_000} MB: choose fewer or shorter clips.")

    async def keep_only(self, digests: Collection[str]) -> int:
        """Delete what was made from recordings other than these (SHA-256 of their bytes); returns how many files."""
        return await asyncio.to_thread(self._keep_only, frozenset(digests))

    def _keep_only(self, digests: frozenset[str]) -> int:
        gone = self._segments.keep_only(digests)
        for said in self._folder.glob("film-*.json"):
            if not digests.issuperset(json.loads(said.read_text())["clips"]):
                said.with_suffix(".mp4").unlink(missing_ok=True)
                said.unlink(missing_ok=True)
                gone += 2
        return gone

    # Clips

    async def _probe(self, plan: FilmPlan) -> tuple[list[_Ready], list[Omission]]:
        turns = asyncio.Semaphore(JOBS)

        async def one(clip: FilmClip) -> _Ready | Omission:
            async with turns:
                found = await self._look(clip)
            return Omission(*_named(clip), found) if isinstance(found, str) else found

        looked = await asyncio.gather(*(one(each) for each in plan.clips))
        return (
            [each for each in looked if isinstance(each, _Ready)],
            [each for each in looked if isinstance(each, Omission)],
        )

    async def _look(self, clip: FilmClip) -> _Ready | LeftOut | ClipRefusal:
        try:
            digest = await asyncio.to_thread(_digest, clip.path)
        except OSError:
            return LeftOut.FILE_MISSING
        said = self._folder / f"{digest[:16]}-probe-{'signed' if clip.signed else 'spoken'}.json"
        known = await asyncio.to_thread(_read_probe, said)
        if known is not None:
            return _Ready(clip, digest, known)
        found = await probe(clip.path, signed=clip.signed)
        if isinstance(found, ClipRefusal):
            return found
        await asyncio.to_thread(_write_probe, said, found)
        return _Ready(clip, digest, found)

    async def _build(
        self, ready: Sequence[_Ready], settings: Settings, progress: Progress | None
    ) -> tuple[list[tuple[_Ready, Segment]], list[Omission]]:
        turns = asyncio.Semaphore(JOBS)
        done = 0

        async def one(each: _Ready) -> Segment | BuildFailed:
            nonlocal done
            async with turns:
                try:
                    return await self._segments.clip(each.clip, each.digest, each.probed, settings)
                except BuildFailed as failure:
                    log.warning("film.clip_failed", rendition=each.clip.rendition_id, why=str(failure)[:300])
                    return failure
                finally:
                    done += 1
                    if progress is not None:
                        await progress(done, len(ready) + 1)

        made = await asyncio.gather(*(one(each) for each in ready))
        both = list(zip(ready, made, strict=True))
        return (
            [(each, found) for each, found in both if isinstance(found, Segment)],
            [
                Omission(*_named(each.clip), LeftOut.COULD_NOT_BE_BUILT)
                for each, found in both
                if isinstance(found, BuildFailed)
            ],
        )

    # Joining

    async def _join(
        self, plan: FilmPlan, built: Sequence[tuple[_Ready, Segment]], left_out: Sequence[Omission],
        settings: Settings, out: Path,
    ) -> FilmReport | None:  # fmt: skip
        """The film in its place, or None when it became too large."""
        shown = replace(plan, clips=tuple(each.clip for each, _ in built), left_out=())
        title = await self._segments.card(
            "title", _about_title(shown), lambda: drawing.title_card(shown), TITLE_SECONDS, settings
        )
        end = await self._segments.card(
            "end", _about_end(shown), lambda: drawing.end_card(shown), END_SECONDS, settings
        )
        segments = [title, *(each for _, each in built), end]
        room = Path(tempfile.mkdtemp(prefix=".joining-", dir=self._folder))
        try:
            film = await _joined(shown, segments, room)
            if film.stat().st_size > plan.limit:
                return None
            seconds = sum(each.seconds for each in segments)
            loudness, peak = await _check(film, sum(each.frames for each in segments))
            report = FilmReport(
                seconds, film.stat().st_size, await asyncio.to_thread(_digest, film), loudness, peak,
                _timed(built, title.seconds), tuple(left_out),
            )  # fmt: skip
            await asyncio.to_thread(
                self._keep, film, report, [each for each, _ in built], self._key(plan, [e for e, _ in built], settings)
            )
            return await asyncio.to_thread(_deliver, plan, report, film, out)
        finally:
            shutil.rmtree(room, ignore_errors=True)

    def _key(self, plan: FilmPlan, ready: Sequence[_Ready], settings: Settings) -> str:
        parts = [clip_key(each.clip, each.digest, settings) for each in ready]
        shown = replace(plan, clips=tuple(each.clip for each in ready))
        about = [_about_title(shown), _about_end(shown), plan.key, plan.revision, plan.limit]
        return hashlib.sha256(json.dumps([parts, about, asdict(settings)], default=str).encode()).hexdigest()[:32]

    def _keep(self, film: Path, report: FilmReport, ready: Sequence[_Ready], key: str) -> None:
        """Keep the whole film, so that nothing is built when nothing changed."""
        kept = self._folder / f"film-{key}.mp4"
        part = kept.with_suffix(".part")
        _copy(film, part)
        part.replace(kept)
        said = {"clips": [each.digest for each in ready], "report": asdict(replace(report, left_out=()))}
        part.write_text(json.dumps(said, ensure_ascii=False, default=str))
        part.replace(kept.with_suffix(".json"))
        _make_room(self._folder)

    def _kept(
        self, plan: FilmPlan, ready: Sequence[_Ready], left_out: Sequence[Omission], settings: Settings, out: Path
    ) -> FilmReport | None:
        kept = self._folder / f"film-{self._key(plan, ready, settings)}.mp4"
        try:
            said = json.loads(kept.with_suffix(".json").read_text())["report"]
        except (OSError, ValueError):
            return None
        if not kept.is_file() or _digest(kept) != said["sha256"]:
            return None
        segments = tuple(
            FilmSegment(**{
                **each, "cues": tuple(Cue(**cue) for cue in each["cues"]), "reused": True,
                "rendition_id": one.clip.rendition_id,
            })
            for each, one in zip(said["segments"], ready, strict=True)
        )  # fmt: skip
        report = FilmReport(**{**said, "segments": segments, "left_out": tuple(left_out), "files": ()})
        return _deliver(plan, report, kept, out)


def missing(writings: Sequence[Writing] = ()) -> list[str]:
    """What has to be installed before films can be made, in plain sentences."""
    said = [
        f"{each} is not installed: apt-get install ffmpeg."
        for each in ("ffmpeg", "ffprobe") if not guard.installed(each)
    ]  # fmt: skip
    scripts = fonts.missing([Writing("en-GB", "Latn"), *writings])
    if scripts:
        said.append(f"Fonts are missing ({', '.join(scripts)}): apt-get install {' '.join(fonts.PACKAGES)}.")
    return said


def _caps(limit: int, seconds: float) -> list[int]:
    """The caps to try: the highest whose worst case fits, then lower ones."""
    room = limit * 8 * 0.93 / max(seconds, 1) / 1000 - _AUDIO_KBIT - 8
    return [each for each in _CAPS if each * 1.06 <= room]


def _named(clip: FilmClip) -> tuple[str, str, str]:
    return clip.writing.tag, clip.form, clip.speaker.name


def _nothing_left(left_out: Sequence[Omission]) -> str:
    if not left_out:
        return "There is no recording of this message yet."
    return "No clip is left for the film: " + "; ".join(
        f"{each.language} {each.form}: {each.reason.replace('_', ' ')}" for each in left_out
    ) + "."  # fmt: skip


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_probe(said: Path) -> Clip | None:
    try:
        found = json.loads(said.read_text())
    except (OSError, ValueError):
        return None
    loud = found.pop("loudness")
    return Clip(**{
        **found, "shape": ClipShape(found["shape"]), "side": Side(found["side"]), "speech": tuple(found["speech"]),
        "pauses": tuple(found["pauses"]), "loudness": Loudness(**loud) if loud else None,
    })  # fmt: skip


def _write_probe(said: Path, found: Clip) -> None:
    said.parent.mkdir(mode=0o770, parents=True, exist_ok=True)
    part = said.with_suffix(f".{os.getpid()}.part")
    part.write_text(json.dumps(asdict(found)))
    part.replace(said)


async def _tools() -> str:
    ran = await guard.run("ffmpeg", ["-version"])
    first = ran.output.decode(errors="replace").partition("\n")[0].partition("Copyright")[0].strip()
    return f"{first}; {fonts.fingerprint()}"


def _about_title(plan: FilmPlan) -> list[Any]:
    return [plan.title, [[each.autonym, asdict(each.writing)] for each in plan.clips], plan.organisation, plan.sample]


def _about_end(plan: FilmPlan) -> list[Any]:
    return [plan.link, plan.code, plan.organisation, plan.vetted_on, plan.valid_until.date(), plan.sample]


async def _joined(plan: FilmPlan, segments: Sequence[Segment], room: Path) -> Path:
    """Pictures are copied, sound is joined as PCM and encoded once.

    The encoder's usual search adds up to 3.5 dB to peaks (measured: +1.1 dBTP from -2.5); its fast one under 1.
    """
    quoted = (str(each.picture).replace("'", "'\\''") for each in segments)
    (room / "list.txt").write_text("ffconcat version 1.0\n" + "".join(f"file '{each}'\n" for each in quoted))
    (room / "about.txt").write_text(_chapters(plan, segments), "utf-8")
    await asyncio.to_thread(_join_sound, segments, room / "sound.wav")
    gain = 0.0
    for _ in range(3):
        arguments = [
            "-nostdin", "-v", "error", "-y", "-f", "concat", "-safe", "0", "-i", str(room / "list.txt"),
            "-i", str(room / "sound.wav"), "-i", str(room / "about.txt"), "-map", "0:v", "-map", "1:a",
            "-map_metadata", "2", "-map_chapters", "2", "-c:v", "copy", "-af", f"volume={gain:.2f}dB",
            "-c:a", "aac", "-aac_coder", "fast", "-b:a", f"{_AUDIO_KBIT}k", "-ac", "1", "-movflags", "+faststart",
            "-bitexact",
            "-f", "mp4", str(room / "film.mp4"),
        ]  # fmt: skip
        ran = await guard.run("ffmpeg", arguments, allow=_ALLOWED)
        if not ran.ok:
            raise FilmImpossible("The clips could not be joined: is there room on the disk?")
        _, peak = await _heard(room / "film.mp4")
        if peak is None or peak <= _MAX_PEAK:
            break
        gain -= peak - _MAX_PEAK + 0.1
    return room / "film.mp4"


def _chapters(plan: FilmPlan, segments: Sequence[Segment]) -> str:
    names = [plan.title, *(each.language_english for each in plan.clips), "About this film"]
    lines = [";FFMETADATA1", f"title={_plain(plan.title)}", f"comment={_plain(plan.code)}"]
    at = 0
    for name, segment in zip(names, segments, strict=True):
        after = at + round(segment.seconds * 1000)
        lines += ["[CHAPTER]", "TIMEBASE=1/1000", f"START={at}", f"END={after}", f"title={_plain(name)}"]
        at = after
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    flat = " ".join(text.split())
    return "".join("\\" + char if char in "=;#\\" else char for char in flat)


def _join_sound(segments: Sequence[Segment], path: Path) -> None:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SAMPLES)
        for segment in segments:
            wanted = segment.frames * SAMPLES // RATE
            sound = b""
            if segment.sound is not None:
                with wave.open(str(segment.sound), "rb") as part:
                    sound = part.readframes(wanted)
            out.writeframes(sound.ljust(2 * wanted, b"\0"))


async def _heard(film: Path) -> tuple[float | None, float | None]:
    """Loudness and true peak of the finished film; None where it is silent."""
    ran = await guard.run("ffmpeg", [
        "-nostdin", "-hide_banner", "-nostats", "-v", "info", "-xerror", "-threads", "1", "-i", f"file:{film}", "-vn",
        "-af", "ebur128@0=peak=true:framelog=verbose", "-f", "null", "-",
    ], allow=_ALLOWED)  # fmt: skip
    found = SUMMARY.findall(ran.said)
    if not ran.ok or not found:
        raise FilmImpossible("The film cannot be read back: is there room on the disk?")
    loud, peak = float(found[-1][1]), float(found[-1][2])
    return (loud, peak) if loud > -69 else (None, None)


async def _check(film: Path, frames: int) -> tuple[float | None, float | None]:
    """Look at what came out before anybody else does: every frame there, quick to start, loud enough."""
    ran = await guard.run("ffprobe", [
        "-v", "error", "-count_packets", "-select_streams", "v", "-show_entries", "stream=nb_read_packets",
        "-of", "csv=p=0", f"file:{film}",
    ], allow=_ALLOWED)  # fmt: skip
    counted = ran.output.decode().strip().rstrip(",")
    if not ran.ok or counted != str(frames):
        raise FilmImpossible(f"The film has {counted or 'no'} pictures where {frames} were to be.")
    return await _heard(film)


def _timed(built: Sequence[tuple[_Ready, Segment]], start: float) -> tuple[FilmSegment, ...]:
    timed = []
    for ready, segment in built:
        clip = ready.clip
        timed.append(FilmSegment(
            clip.rendition_id, clip.writing.tag, clip.speaker.name, clip.form, round(start, 3),
            round(start + segment.seconds, 3), tuple(each.moved(start) for each in segment.cues), segment.loudness,
            segment.true_peak, segment.reused,
        ))  # fmt: skip
        start += segment.seconds
    return tuple(timed)


def _copy(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _deliver(plan: FilmPlan, report: FilmReport, film: Path, out: Path) -> FilmReport:
    """Put the film into its place, whole at once, and what belongs beside it."""
    part = out.with_name(f".{out.name}.part")
    shutil.copyfile(film, part)
    part.replace(out)
    return replace(report, files=(out, *write_beside(plan, report, out)))


def _make_room(folder: Path) -> None:
    """Keep at most _KEPT_BYTES: what was not used for longest goes first."""
    files = sorted(((each.stat(), each) for each in folder.iterdir() if each.is_file()), key=lambda it: it[0].st_mtime)
    total = sum(stat.st_size for stat, _ in files)
    for stat, each in files:
        if total <= _KEPT_BYTES:
            break
        each.unlink(missing_ok=True)
        total -= stat.st_size
