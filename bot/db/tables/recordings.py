"""Recordings before they become renditions, and what second speakers heard in them."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, false

from bot.db.tables.base import identity, metadata
from bot.db.types import Instant

recordings = Table(
    "recordings",
    metadata,
    identity(),
    Column("request_id", ForeignKey("requests.id"), nullable=False, index=True),
    Column("leader_id", ForeignKey("leaders.id"), nullable=False),
    Column("media_id", ForeignKey("media.id"), nullable=False),
    Column("form", String(8), nullable=False),
    Column("state", String(10), nullable=False),
    Column("seconds", Integer, nullable=False),
    Column("unique_id", String(80), nullable=True, index=True),
    Column("by_id", Boolean, nullable=False, server_default=false()),
    Column("findings", JSON, nullable=False),
    Column("rendition_id", ForeignKey("renditions.id"), nullable=True),
    Column("recorded_by", ForeignKey("staff.id"), nullable=True),
    Column("witness", String(120), nullable=True),
    Column("created_at", Instant, nullable=False),
    Column("submitted_at", Instant, nullable=True),
)
Index("ix_recordings_arriving", recordings.c.id, sqlite_where=recordings.c.state == "arriving",
      postgresql_where=recordings.c.state == "arriving")  # fmt: skip

reviews = Table(
    "reviews",
    metadata,
    identity(),
    Column("rendition_id", ForeignKey("renditions.id"), nullable=False, index=True),
    Column("content_hash", String(64), nullable=False),
    Column("reviewer_id", ForeignKey("staff.id"), nullable=False),
    Column("state", String(10), nullable=False),
    Column("said", Text, nullable=False),
    Column("said_media_id", ForeignKey("media.id"), nullable=True),
    Column("tie", String(10), nullable=True),
    Column("reason", Text, nullable=True),
    Column("created_at", Instant, nullable=False),
    Column("said_at", Instant, nullable=True),
    Column("decided_at", Instant, nullable=True),
)
"""What a second speaker said a recording means, before they saw its source; bound to one exact content."""
