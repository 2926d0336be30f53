"""Vetted messages, their renditions, and files."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.db.tables.base import identity, metadata
from bot.db.types import Id, Instant

media = Table(
    "media",
    metadata,
    identity(),
    Column("kind", String(12), nullable=False),
    Column("mime", String(80), nullable=False),
    Column("size", Id, nullable=False),
    Column("seconds", Integer, nullable=False),
    Column("sha256", String(64), nullable=True, index=True),
    Column("unique_id", String(80), nullable=True, index=True),
    Column("path", String(200), nullable=True),
    Column("bot_id", Id, nullable=True),
    Column("file_id", Text, nullable=True),
    Column("state", String(10), nullable=False),
    Column("tries", SmallInteger, nullable=False),
    Column("created_at", Instant, nullable=False),
)
Index("ix_media_wanted", media.c.id, sqlite_where=media.c.state == "wanted",
      postgresql_where=media.c.state == "wanted")  # fmt: skip

messages = Table(
    "messages",
    metadata,
    identity(),
    Column("key", String(40), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("title", String(200), nullable=False),
    Column("topic", String(20), nullable=False),
    Column("emergency", Boolean, nullable=False),
    Column("valid_from", Instant, nullable=False),
    Column("valid_until", Instant, nullable=False),
    Column("sources", JSON, nullable=False),
    Column("facts", JSON, nullable=False, server_default=text("'{}'")),
    Column("shelf", String(20), nullable=True),
    Column("asks", JSON, nullable=False, server_default=text("'[]'")),
    Column("answers", JSON, nullable=False, server_default=text("'[]'")),
    Column("vetted_by", String(120), nullable=True),
    Column("vetted_on", Date, nullable=True),
    Column("origin", String(8), nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("created_by", ForeignKey("staff.id"), nullable=True),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("key", "revision"),
)

renditions = Table(
    "renditions",
    metadata,
    identity(),
    Column("message_id", ForeignKey("messages.id"), nullable=False),
    Column("language", String(16), nullable=False),
    Column("form", String(8), nullable=False),
    Column("text", Text, nullable=False),
    Column("english", Text, nullable=True),
    Column("media_id", ForeignKey("media.id"), nullable=True),
    Column("leader_id", ForeignKey("leaders.id"), nullable=True),
    Column("consent_id", ForeignKey("consents.id"), nullable=True),
    Column("consent", JSON, nullable=False),
    Column("consented_at", Instant, nullable=True),
    Column("consent_until", Instant, nullable=True),
    Column("translator", String(120), nullable=True),
    Column("made_by", ForeignKey("staff.id"), nullable=True),
    Column("reviewer", String(120), nullable=True),
    Column("reviewer_id", ForeignKey("staff.id"), nullable=True),
    Column("reviewed_on", Date, nullable=True),
    Column("state", String(10), nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("carried_from", ForeignKey("renditions.id"), nullable=True),
    Column("created_at", Instant, nullable=False),
)
_LIVE = renditions.c.state != "withdrawn"
Index("uq_renditions_live", renditions.c.message_id, renditions.c.language, renditions.c.form, unique=True,
      sqlite_where=_LIVE, postgresql_where=_LIVE)  # fmt: skip
"""One of each kind is in use; those that were withdrawn keep their rows, so that where they went stays true."""
