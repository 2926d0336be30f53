"""Writes a message pack, so that reading it again gives the same messages."""

import json
import shutil
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from bot.library.findings import Finding, PackInvalid
from bot.library.languages import tag_problem
from bot.library.messages import MESSAGE_FILE
from bot.library.pack import MessageFile, RecordingFile, RenditionFile
from bot.library.reader import key_problem
from bot.library.recordings import name_problem


def write_pack(folder: Path, messages: Iterable[MessageFile]) -> None:
    """Write each message into `folder`, which is made if need be, and copy its recordings beside it.

    Files of the same name are replaced; other files stay. Dates are written out, never as distances from now.
    Raises PackInvalid before anything is written when a key, language or file name is not one for a pack, and
    OSError when the disk refuses.
    """
    messages = list(messages)
    _check_names(messages)
    for message in messages:
        place = folder / message.key
        place.mkdir(parents=True, exist_ok=True)
        for recording in message.recordings:
            _copy(recording.file, place / recording.name)
        for rendition in message.renditions:
            _replace(place / f"{rendition.language}.md", rendition_source(rendition))
        _replace(place / MESSAGE_FILE, message_source(message))


def message_source(message: MessageFile) -> str:
    """The content of the message's message.toml."""
    lines = [
        _line("title", message.title),
        _line("topic", message.topic),
        _line("revision", message.revision),
        _line("valid_from", message.valid_from),
        _line("valid_until", message.valid_until),
        _line("emergency", message.emergency),
        *_checked("vetted_by", message.vetted_by, "vetted_on", message.vetted_on),
        *([_line("shelf", message.shelf), _line("asks", message.asks)] if message.shelf else []),
        *([_line("answers", message.answers)] if message.answers else []),
    ]
    for source in message.sources:
        lines += ["", "[[sources]]", _line("title", source.title), _line("url", source.url)]
    for recording in message.recordings:
        lines += ["", "[[recordings]]", *_recording_lines(recording)]
    return "\n".join(lines) + "\n"


def rendition_source(rendition: RenditionFile) -> str:
    """The content of the rendition's Markdown file."""
    head = {
        "translator": rendition.translator,
        "reviewer": rendition.reviewer,
        "reviewed_on": rendition.reviewed_on.isoformat() if rendition.reviewed_on else None,
    }
    # A JSON string is a YAML string too, and needs no thought about colons, quotes or words like "no".
    fields = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items() if value]
    return "\n".join(["---", *fields, "---", rendition.text]) + "\n"


def _recording_lines(recording: RecordingFile) -> list[str]:
    names = ("language", "leader", "role", "role_english", "community", "text", "english")
    texts = {name: getattr(recording, name) for name in names}
    return [
        _line("file", recording.name),
        _line("form", recording.form),
        *(_line(name, text) for name, text in texts.items() if text),
        _line("consent", recording.consent),
        _line("consented_at", recording.consented_at),
        _line("consent_until", recording.consent_until),
        *_checked("reviewer", recording.reviewer, "reviewed_on", recording.reviewed_on),
    ]


def _checked(person_key: str, person: str | None, day_key: str, day: date | None) -> list[str]:
    return [_line(person_key, person), _line(day_key, day)] if person and day else []


def _line(key: str, value: str | int | date | Sequence[str]) -> str:
    return f"{key} = {_value(value)}"


def _value(value: str | int | date | Sequence[str]) -> str:
    if isinstance(value, str):
        # TOML's quoted strings are JSON's, but for DEL, which TOML wants escaped.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return f"[{', '.join(map(_value, value))}]"


def _check_names(messages: Sequence[MessageFile]) -> None:
    findings = []
    for message in messages:
        problems = [key_problem(message.key), *(tag_problem(each.language) for each in message.renditions)]
        for recording in message.recordings:
            problem = name_problem(recording.name)
            problems.append(f"The recording '{recording.name}' {problem}." if problem else None)
        findings += [Finding(Path(message.key), None, problem) for problem in problems if problem]
    if findings:
        raise PackInvalid(findings)


def _replace(path: Path, content: str) -> None:
    """Write beside the file and rename: a reader sees the old file or the new one, never half."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(content, encoding="utf-8", newline="\n")
    fresh.replace(path)


def _copy(file: Path, path: Path) -> None:
    if path.exists() and file.samefile(path):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    shutil.copyfile(file, fresh)
    fresh.replace(path)
