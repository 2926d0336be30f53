"""Subtitles of a film as WebVTT and SRT: the words of each language, in the film's own time."""

from collections.abc import Iterable, Sequence

from bot.domain.films import ENGLISH, Cue, FilmSegment

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


def tracks(segments: Iterable[FilmSegment]) -> dict[str, Lines]:
    """The words of each language in the film's time; English has those of every clip."""
    found: dict[str, list[tuple[float, float, str]]] = {ENGLISH.tag: []}
    for segment in segments:
        for cue in segment.cues:
            if segment.language != ENGLISH.tag and cue.text:
                found.setdefault(segment.language, []).append((cue.start, cue.end, cue.text))
            found[ENGLISH.tag] += _english(segment.language, cue)
    return {tag: lines for tag, lines in found.items() if lines}


def _english(language: str, cue: Cue) -> list[tuple[float, float, str]]:
    text = cue.text if language == ENGLISH.tag else cue.english
    return [(cue.start, cue.end, text)] if text else []
