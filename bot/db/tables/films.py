"""Films that staff asked for: chosen, made, approved by a second person, published, and stopped."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, SmallInteger, String, Table, Text, text

from bot.db.tables.base import identity, metadata
from bot.db.types import Instant

films = Table(
    "films",
    metadata,
    identity(),
    Column("message_id", ForeignKey("messages.id"), nullable=False, index=True),
    Column("aspect", String(4), nullable=False),
    Column("languages", JSON, nullable=False),
    Column("state", String(10), nullable=False),
    Column("reason", Text, nullable=True),
    Column("clips", JSON, nullable=False),
    Column("report", JSON, nullable=True),
    Column("media_id", ForeignKey("media.id"), nullable=True),
    Column("sha256", String(64), nullable=True),
    Column("done", Integer, nullable=False),
    Column("steps", Integer, nullable=False),
    Column("tries", SmallInteger, nullable=False),
    Column("holder", String(32), nullable=True),
    Column("lease_until", Instant, nullable=True),
    Column("created_by", ForeignKey("staff.id"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("approved_by", ForeignKey("staff.id"), nullable=True),
    Column("published_at", Instant, nullable=True),
    Column("ended_at", Instant, nullable=True),
    Column("plays", Integer, nullable=False, server_default=text("0")),
    Column("downloads", Integer, nullable=False, server_default=text("0")),
    Column("opens", Integer, nullable=False, server_default=text("0")),
)
"""`clips`: [rendition, language, whether its speaker is named]; `report`: what is in it, by the second. Counts are
plain totals: nothing says who watched, where or when."""
Index("ix_films_state", films.c.state, films.c.id)
