"""Reads, checks and writes message packs: folders of vetted public messages. Pure: no database, no network.

The format is described in `messages/README.md`.
"""

from bot.domain.renditions import SOURCE_LANGUAGE
from bot.library.findings import Finding, PackInvalid
from bot.library.pack import MessageFile, Pack, RecordingFile, RenditionFile, Source
from bot.library.reader import check_pack, read_pack
from bot.library.topics import TOPICS
from bot.library.writer import write_pack

__all__ = [
    "SOURCE_LANGUAGE",
    "TOPICS",
    "Finding",
    "MessageFile",
    "Pack",
    "PackInvalid",
    "RecordingFile",
    "RenditionFile",
    "Source",
    "check_pack",
    "read_pack",
    "write_pack",
]
