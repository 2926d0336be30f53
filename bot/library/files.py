"""Opens the files of a pack with suspicion: a pack may come from anywhere."""

from pathlib import Path

from bot.library.findings import Report

TEXT_FILE_LIMIT = 64 * 1024
"""Bytes of a message.toml or a text: far more than any real one, far less than what could hurt."""

RECORDING_LIMIT = 50 * 1024 * 1024
"""Bytes. The Bot API takes files of up to 50 MB (core.telegram.org/bots/api#sending-files)."""


def read_text_file(path: Path, shown: Path, report: Report) -> str | None:
    """The text of a small UTF-8 file with `\\n` line ends, or None after reporting why it cannot be read.

    `shown` is the path that findings name. A byte order mark at the start is dropped.
    """
    problem = file_problem(path, TEXT_FILE_LIMIT)
    if problem:
        report.error(shown, f"The file {problem}.")
        return None
    try:
        data = path.read_bytes()
    except OSError as error:
        report.error(shown, f"The file cannot be opened: {error.strerror}.")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        report.error(shown, "The file is not UTF-8 text; save it again as UTF-8.", line)
        return None
    return text.replace("\r\n", "\n")


def file_problem(path: Path, limit: int) -> str | None:
    """Why a file is not a plain one of 1 to `limit` bytes, as the end of a sentence; or None."""
    if path.is_symlink():
        return "is a link; a pack holds real files only"
    if not path.is_file():
        return "does not exist or is not a plain file"
    size = path.stat().st_size
    if size == 0:
        return "is empty"
    if size > limit:
        return f"is too large: {size:,} bytes, and {limit:,} are the most"
    return None
