"""Subtitles beside a film, as WebVTT and SRT, and what became of it, as JSON."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.domain.films import FilmPlan, FilmReport
from bot.domain.subtitles import srt, tracks, webvtt


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
    for tag, lines in tracks(report.segments).items():
        for kind, text in (("vtt", webvtt(lines)), ("srt", srt(lines))):
            written.append(stem.with_name(f"{stem.name}.{tag}.{kind}"))
            written[-1].write_text(text, "utf-8")
    return tuple(written)
