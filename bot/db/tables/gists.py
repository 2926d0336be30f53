"""What a speaker of the language says that a flag means: short English beside the original, never instead of it."""

from sqlalchemy import Column, ForeignKey, Table, Text

from bot.db.tables.base import metadata
from bot.db.types import Instant

gists = Table(
    "gists",
    metadata,
    Column("flag_id", ForeignKey("flags.id", ondelete="CASCADE"), primary_key=True),
    Column("asked_id", ForeignKey("staff.id"), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("text", Text, nullable=True),
    Column("given_by", ForeignKey("staff.id"), nullable=True),
    Column("given_at", Instant, nullable=True),
)
