"""Reads one message: its `message.toml`, its texts and its recordings."""

import re
import tomllib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from bot.domain.answers import MAX_CLAIM, MAX_CLAIMS, clean_claims
from bot.library.fields import Fields, Reading
from bot.library.files import read_text_file
from bot.library.pack import MessageFile, RecordingFile, Source
from bot.library.recordings import read_recording
from bot.library.renditions import read_renditions
from bot.library.shelf import check_shelf, read_shelf
from bot.library.texts import label_problem
from bot.library.topics import TOPICS

MESSAGE_FIELDS = (
    "title", "topic", "revision", "valid_from", "valid_until", "emergency", "sources",
    "vetted_by", "vetted_on", "recordings", "shelf", "asks", "answers",
)  # fmt: skip
MESSAGE_FILE = "message.toml"
TABLE_LIMIT = 100
"""Sources, and recordings, of one message: above any real number, below what would make a check slow."""


def read_message(folder: Path, reading: Reading) -> MessageFile | None:
    """The message in one folder, or None when its message.toml cannot be read at all."""
    path = (folder / MESSAGE_FILE).relative_to(reading.root)
    content = read_text_file(folder / MESSAGE_FILE, path, reading.report)
    renditions = read_renditions(folder, reading)
    table = _toml(content, path, reading) if content is not None else None
    if content is None or table is None:
        return None
    fields = Fields(reading, path, table, _line_finder(content, "", 0), "message.toml")
    fields.refuse_unknown(MESSAGE_FIELDS)
    valid_from, valid_until = _validity(fields)
    vetted_by, vetted_on = fields.person_and_day("vetted_by", "vetted_on")
    if vetted_by is None:
        fields.advise("Nobody has vetted this message yet ('vetted_by').")
    recordings = _recordings(fields, content, folder)
    shelf, asks = read_shelf(fields)
    if shelf is not None:
        check_shelf(fields, renditions, recordings)
    _advise_on_unused(folder, {file.name for file in recordings}, reading)
    return MessageFile(
        key=folder.name,
        title=fields.label("title", limit=120),
        topic=_topic(fields),
        revision=_revision(fields),
        valid_from=valid_from,
        valid_until=valid_until,
        sources=_sources(fields, content),
        vetted_by=vetted_by,
        vetted_on=vetted_on,
        emergency=_emergency(fields),
        renditions=renditions,
        recordings=recordings,
        shelf=shelf,
        asks=asks,
        answers=_answers(fields),
    )


def _toml(content: str, path: Path, reading: Reading) -> dict[str, object] | None:
    try:
        return tomllib.loads(content)
    except (ValueError, RecursionError) as error:
        match = re.search(r"\(at line (\d+), column \d+\)", str(error))
        sentence = "The file is not valid TOML here; look for a missing quote, bracket or '='."
        reading.report.error(path, sentence, int(match[1]) if match else None)
        return None


def _line_finder(content: str, table: str, index: int) -> Callable[[str | None], int | None]:
    """Finds the line of a key at the top of the file (no `table`), or in the `index`th `[[table]]`.

    tomllib gives no places, so this takes the first line that begins like the key: good enough to point at.
    """
    lines = content.split("\n")
    heads = [n for n, line in enumerate(lines) if re.match(r"\s*\[", line)]
    starts = [n for n in heads if re.match(rf"\s*\[\[\s*{table}\s*\]\]", lines[n])] if table else [0]
    if index >= len(starts):
        return lambda key: None
    start = starts[index]
    end = next((n for n in heads if n > start or (not table and n == start)), len(lines))

    def line_of(key: str | None) -> int | None:
        if key is not None:
            for number in range(start, end):
                if re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", lines[number]):
                    return number + 1
        return start + 1

    return line_of


def _topic(fields: Fields) -> str:
    topic = fields.label("topic")
    if topic and topic not in TOPICS:
        fields.error(f"The topic '{topic}' is unknown; the topics are: {', '.join(TOPICS)}.", "topic")
    return topic


def _revision(fields: Fields) -> int:
    revision = fields.values.get("revision")
    # bool is an int in Python, and 2**31 - 1 is what a database column surely holds.
    if isinstance(revision, int) and not isinstance(revision, bool) and 1 <= revision < 2**31:
        return revision
    fields.error("'revision' must be a whole number, 1 for the first version of the message.", "revision")
    return 1


def _emergency(fields: Fields) -> bool:
    emergency = fields.values.get("emergency", False)
    if not isinstance(emergency, bool):
        fields.error("'emergency' is true or false, without quotes.", "emergency")
    return emergency is True


def _answers(fields: Fields) -> tuple[str, ...]:
    given = fields.values.get("answers", [])
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        fields.error("'answers' is a list of short sentences in quotes: what is going round.", "answers")
        return ()
    if len(given) > MAX_CLAIMS:
        fields.error(f"There are {len(given)} sentences in 'answers'; {MAX_CLAIMS} are the most.", "answers")
        return ()
    for each in given:
        problem = label_problem(each, MAX_CLAIM)
        if problem:
            fields.error(f"A sentence in 'answers' {problem}.", "answers")
            return ()
    return tuple(clean_claims(given))


def _validity(fields: Fields) -> tuple[datetime, datetime]:
    valid_from = fields.moment("valid_from")
    valid_until = fields.moment("valid_until", end_of_day=True)
    if not {"valid_from", "valid_until"} <= fields.values.keys():
        return valid_from, valid_until
    if valid_until <= valid_from:
        fields.error("'valid_until' is not after 'valid_from'.", "valid_until")
    elif valid_until <= fields.reading.now:
        fields.advise("The message has run out: it will not be sent any more.", "valid_until")
    return valid_from, valid_until


def _sources(fields: Fields, content: str) -> tuple[Source, ...]:
    given = fields.values.get("sources")
    if not isinstance(given, list) or not given:
        fields.error("'sources' must list at least one page that the facts come from.", "sources")
        return ()
    if len(given) > TABLE_LIMIT:
        fields.error(f"There are {len(given)} sources; {TABLE_LIMIT} are the most.", "sources")
        return ()
    return tuple(_source(each, fields, _line_finder(content, "sources", n)) for n, each in enumerate(given))


def _source(given: object, fields: Fields, line_of: Callable[[str | None], int | None]) -> Source:
    def place(key: str | None) -> int | None:
        return line_of(key) or fields.line_of("sources")

    values = given if isinstance(given, dict) else {"url": given}
    table = Fields(fields.reading, fields.path, values, place, "a source")
    table.refuse_unknown(("title", "url"))
    url = table.label("url", limit=300)
    host = _host(url)
    if url and not host:
        table.error(f"The source '{url}' is not a web address that starts with https:// or http://.", "url")
    title = table.label("title", required=False) or host or ""
    return Source(title, url)


def _host(url: str) -> str | None:
    """The host of a plain web address: no spaces, no name or password in it; None for anything else."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return None
    plain = parts.scheme in {"https", "http"} and "@" not in parts.netloc and not re.search(r"\s", url)
    return host if plain and "." in host else None


def _recordings(fields: Fields, content: str, folder: Path) -> tuple[RecordingFile, ...]:
    given = fields.values.get("recordings", [])
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        fields.error("Recordings are [[recordings]] tables.", "recordings")
        return ()
    if len(given) > TABLE_LIMIT:
        fields.error(f"There are {len(given)} recordings; {TABLE_LIMIT} are the most.", "recordings")
        return ()
    recordings: list[RecordingFile] = []
    for index, values in enumerate(given):
        place = _line_finder(content, "recordings", index)
        table = Fields(fields.reading, fields.path, values, place, "a recording")
        recording = read_recording(table, folder)
        if any(recording.name and recording.name == other.name for other in recordings):
            table.error(f"The file '{recording.name}' belongs to two recordings.", "file")
        recordings.append(recording)
    return tuple(recordings)


def _advise_on_unused(folder: Path, used: set[str], reading: Reading) -> None:
    """A file that nothing names is most often a recording whose table was forgotten, or a misspelt name."""
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        text = file.parent == folder and (file.suffix == ".md" or file.name == MESSAGE_FILE)
        if not file.is_dir() and not text and name not in used and not file.name.startswith("."):
            reading.report.advise(file.relative_to(reading.root), "Nothing names this file, so it is not used.")
