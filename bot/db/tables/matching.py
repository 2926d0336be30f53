"""What is compared with what residents ask: texts of rumours and of vetted messages, as vectors."""

from sqlalchemy import Boolean, Column, Float, Index, LargeBinary, String, Table, Text

from bot.db.tables.base import identity, metadata
from bot.db.types import Instant

likenesses = Table(
    "likenesses",
    metadata,
    identity(),
    Column("kind", String(8), nullable=False),
    Column("owner", String(80), nullable=False),
    Column("answer", String(80), nullable=False),
    Column("language", String(16), nullable=True),
    Column("text", Text, nullable=False),
    Column("model", String(48), nullable=False),
    Column("vector", LargeBinary, nullable=False),
    Column("made_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_likenesses_owner", likenesses.c.kind, likenesses.c.owner)
Index("ix_likenesses_model", likenesses.c.model, likenesses.c.id)

match_labels = Table(
    "match_labels",
    metadata,
    identity(),
    Column("confidence", Float, nullable=False),
    Column("right", Boolean, nullable=False),
    Column("by", String(10), nullable=False),
    Column("language", String(16), nullable=True),
    Column("made_at", Instant, nullable=False),
)
"""Whether a recognition was right, as residents or staff said: no text, no person."""
