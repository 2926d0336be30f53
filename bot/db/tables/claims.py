"""A rumour's claim in our own words, for the public record: what residents wrote is never published."""

from sqlalchemy import Column, ForeignKey, String, Table, Text

from bot.db.tables.base import metadata
from bot.db.types import Instant

claims = Table(
    "claims",
    metadata,
    Column("rumour_id", ForeignKey("rumours.id"), primary_key=True),
    Column("text", Text, nullable=False),
    Column("verdict", String(12), nullable=False),
    Column("made_by", ForeignKey("staff.id"), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("approved_by", ForeignKey("staff.id"), nullable=True),
    Column("approved_at", Instant, nullable=True),
)
