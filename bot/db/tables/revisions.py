"""Changes of messages on their way to a second person's yes, and what leaders tell each other."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text

from bot.db.tables.base import identity, metadata
from bot.db.types import Instant

revisions = Table(
    "revisions",
    metadata,
    identity(),
    Column("message_id", ForeignKey("messages.id"), nullable=False, index=True),
    Column("kind", String(8), nullable=False),
    Column("title", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("answers", JSON, nullable=True),
    Column("meaning", String(10), nullable=False),
    Column("languages", JSON, nullable=False),
    Column("areas", JSON, nullable=False),
    Column("hours", Integer, nullable=True),
    Column("state", String(10), nullable=False),
    Column("made_by", ForeignKey("staff.id"), nullable=False),
    Column("result_id", ForeignKey("messages.id"), nullable=True),
    Column("created_at", Instant, nullable=False),
)

circle_notes = Table(
    "circle_notes",
    metadata,
    identity(),
    Column("leader_id", ForeignKey("leaders.id"), nullable=False, index=True),
    Column("key", String(40), nullable=False),
    Column("topic", String(20), nullable=False),
    Column("language", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("english", Text, nullable=True),
    Column("state", String(8), nullable=False),
    Column("moderated_by", ForeignKey("staff.id"), nullable=True),
    Column("created_at", Instant, nullable=False),
)
Index("ix_circle_notes_state", circle_notes.c.state, circle_notes.c.id)
