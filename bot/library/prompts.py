"""Reads a folder of the bot's own spoken and signed prompts: `{tag}/{slot}.ogg` or `.mp4`, and `{tag}/about.toml`."""

import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

PromptKind = Literal["human", "draft", "computer", "sample"]
SUFFIXES = {".ogg": "voice", ".mp4": "video"}
"""What a prompt may be: Ogg Opus as the channel's voice messages are, or MP4 for one that is signed."""
LIMIT = 20 * 1024 * 1024
"""Bytes of one prompt: what a bot may send at most is 50 MB; half a minute needs far less."""


@dataclass(frozen=True, slots=True)
class PromptFile:
    """One recording. `kind` is `human` only with a speaker, and a second speaker who has heard it."""

    language: str
    slot: str
    file: Path
    media: str
    kind: PromptKind
    speaker: str


def read_prompts(
    folder: Path, *, languages: Collection[str], slots: Collection[str]
) -> tuple[list[PromptFile], list[str]]:
    """Every usable prompt, and a sentence about each file that is not. A folder that is not there is an empty one."""
    found: list[PromptFile] = []
    wrong: list[str] = []
    for room in sorted(each for each in folder.glob("*") if each.is_dir()):
        if room.name not in languages:
            wrong.append(f"{room.name}: not a language of locales/registry.toml.")
            continue
        about = _about(room, wrong)
        for file in sorted(room.iterdir()):
            if file.suffix in SUFFIXES:
                problems = list(_problems(file, slots))
                wrong += [f"{room.name}/{file.name}: {problem}" for problem in problems]
                found += [] if problems else [_prompt(room.name, file, about.get(file.stem, {}))]
    return found, wrong


def _about(room: Path, wrong: list[str]) -> dict[str, dict[str, Any]]:
    path = room / "about.toml"
    if not path.is_file():
        return {}
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        wrong.append(f"{room.name}/about.toml cannot be read: {error}.")
        return {}
    return {slot: table for slot, table in tables.items() if isinstance(table, dict)}


def _problems(file: Path, slots: Collection[str]) -> Iterator[str]:
    if file.stem not in slots:
        yield f"there is no slot {file.stem}; the slots are {', '.join(slots)}."
    if not 0 < file.stat().st_size <= LIMIT:
        yield "the file is empty or larger than 20 MB."


def _prompt(language: str, file: Path, table: dict[str, Any]) -> PromptFile:
    speaker = str(table.get("speaker", ""))
    return PromptFile(language, file.stem, file, SUFFIXES[file.suffix], _kind(speaker, table), speaker)


def _kind(speaker: str, table: dict[str, Any]) -> PromptKind:
    if table.get("sample") is True:
        return "sample"
    if table.get("computer") is True:
        return "computer"
    reviewer = str(table.get("reviewer", ""))
    heard = bool(speaker and reviewer) and reviewer != speaker and isinstance(table.get("reviewed_on"), date)
    return "human" if heard else "draft"
