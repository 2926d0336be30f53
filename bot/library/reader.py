"""Reads a whole pack: every folder in it is one message, named by its key."""

import re
from collections.abc import Collection
from datetime import datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.library.fields import Reading
from bot.library.findings import Finding, PackInvalid, Report
from bot.library.messages import read_message
from bot.library.pack import MessageFile, Pack

MESSAGE_LIMIT = 500
"""Messages in one pack. A borough has dozens; a folder with more is most likely not a pack."""

LONDON = ZoneInfo("Europe/London")

_KEY = re.compile(r"[a-z0-9-]{2,40}")


def read_pack(
    folder: Path,
    now: datetime,
    *,
    known_languages: Collection[str] | None = None,
    zone: tzinfo = LONDON,
) -> Pack:
    """Read all messages of a pack.

    `now` is an aware time from which distances are counted; `zone` says where a bare date begins and ends;
    `known_languages` are the tags of the language registry (None: any well-formed tag will do).
    Raises PackInvalid with every error found.
    """
    messages, report = _read(folder, now, known_languages, zone)
    if report.errors:
        raise PackInvalid(report.errors)
    return Pack(folder, messages)


def check_pack(
    folder: Path,
    now: datetime,
    *,
    known_languages: Collection[str] | None = None,
    zone: tzinfo = LONDON,
) -> list[Finding]:
    """Every error and every piece of advice, message by message. Arguments as in `read_pack`."""
    return _read(folder, now, known_languages, zone)[1].findings


def key_problem(key: str) -> str | None:
    """One sentence on what is wrong with a message's key, or None."""
    if _KEY.fullmatch(key):
        return None
    return f"'{key}' is not a message key; use 2 to 40 small letters a to z, digits and hyphens."


def _read(
    folder: Path, now: datetime, known_languages: Collection[str] | None, zone: tzinfo
) -> tuple[list[MessageFile], Report]:
    report = Report()
    known = None if known_languages is None else frozenset(known_languages)
    reading = Reading(folder, now, zone, known, report)
    messages = [read_message(each, reading) for each in _message_folders(folder, report)]
    return [message for message in messages if message is not None], report


def _message_folders(folder: Path, report: Report) -> list[Path]:
    """The folders that hold a message; files beside them and hidden folders do not count."""
    if not folder.is_dir():
        report.error(Path(), f"The folder '{folder}' does not exist.")
        return []
    folders = sorted(each for each in folder.iterdir() if each.is_dir() and not each.name.startswith("."))
    if not folders:
        report.error(Path(), "There are no messages here; each has a folder of its own, named by its key.")
    if len(folders) > MESSAGE_LIMIT:
        report.error(Path(), f"There are {len(folders)} folders here; a pack has at most {MESSAGE_LIMIT} messages.")
        return []
    return [each for each in folders if _usable(each, report)]


def _usable(folder: Path, report: Report) -> bool:
    path = Path(folder.name)
    problem = key_problem(folder.name)
    if problem:
        report.error(path, problem)
    if folder.is_symlink():
        report.error(path, "The folder is a link; a pack holds real folders only.")
        return False
    return problem is None
