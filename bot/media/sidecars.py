"""Subtitles beside a film, as WebVTT and SRT, and what became of it, as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.domain.films import ENGLISH, Cue, FilmPlan, FilmReport

Lines = Sequence[tuple[float, float, str]]
"""Start and end in seconds, and the words."""


def webvtt(lines: Lines) -> str:
    """A WebVTT file (W3C); what would be markup is escaped."""
    blocks = [f"{_clock(a, '.')} --> {_clock(b, '.')}\n{_escaped(text)}\n" for a, b, text in lines]
    return "\n".join(["WEBVTT\n", *blocks])


def srt(lines: Lines) -> str:
    """A SubRip file: plain text."""
    return "\n".join(
        f"{at}\n{_clock(a, ',')} --> {_clock(b, ',')}\n{text}\n" for at, (a, b, text) in enumerate(lines, 1)
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(seconds: float, mark: str) -> str:
    whole, milli = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{mark}{milli:03}"


def tracks(report: FilmReport) -> dict[str, Lines]:
    """The words of each language in the film's time; English has those of every clip."""
    found: dict[str, list[tuple[float, float, str]]] = {ENGLISH.tag: []}
    for segment in report.segments:
        for cue in segment.cues:
            if segment.language != ENGLISH.tag and cue.text:
                found.setdefault(segment.language, []).append((cue.start, cue.end, cue.text))
            found[ENGLISH.tag] += _english(segment.language, cue)
    return {tag: lines for tag, lines in found.items() if lines}


def _english(language: str, cue: Cue) -> list[tuple[float, float, str]]:
    text = cue.text if language == ENGLISH.tag else cue.english
    return [(cue.start, cue.end, text)] if text else []


def described(plan: FilmPlan, report: FilmReport, name: str) -> dict[str, Any]:
    """What became of the plan, as plain data: FILE.report.json."""
    return {
        "message": plan.key, "revision": plan.revision, "title": plan.title, "aspect": plan.aspect, "file": name,
        "seconds": round(report.seconds, 3), "bytes": report.size, "sha256": report.sha256, "code": plan.code,
        "link": plan.link, "valid_until": plan.valid_until.isoformat(), "loudness": report.loudness,
        "true_peak": report.true_peak,
        "segments": [asdict(each) for each in report.segments],
        "left_out": [asdict(each) for each in report.left_out],
    }  # fmt: skip


def write_beside(plan: FilmPlan, report: FilmReport, film: Path) -> tuple[Path, ...]:
    """Write FILE.report.json, FILE.{lang}.vtt and .srt beside FILE.mp4; returns their paths. Raises OSError."""
    stem = film.with_suffix("")
    written = [stem.with_name(f"{stem.name}.report.json")]
    written[0].write_text(json.dumps(described(plan, report, film.name), ensure_ascii=False, indent=1) + "\n", "utf-8")
    for tag, lines in tracks(report).items():
        for kind, text in (("vtt", webvtt(lines)), ("srt", srt(lines))):
            written.append(stem.with_name(f"{stem.name}.{tag}.{kind}"))
            written[-1].write_text(text, "utf-8")
    return tuple(written)
