"""What people and staff say about languages: wishes for one, better words, and what a question was really in."""

from sqlalchemy import Column, Float, ForeignKey, LargeBinary, String, Table, Text, UniqueConstraint

from bot.db.tables.base import VAULT, identity, metadata
from bot.db.types import Id, Instant

language_wishes = Table(
    "language_wishes",
    metadata,
    identity(),
    Column("bot_id", Id, nullable=False),
    Column("person_tag", LargeBinary, nullable=False, index=True),
    Column("chat", LargeBinary, nullable=False),
    Column("language", String(16), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("bot_id", "person_tag", "language"),
    info=VAULT,
)

wording_suggestions = Table(
    "wording_suggestions",
    metadata,
    identity(),
    Column("language", String(16), nullable=False),
    Column("string_id", String(16), nullable=True),
    Column("english", Text, nullable=False),
    Column("shown", Text, nullable=False),
    Column("suggestion", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("done_at", Instant, nullable=True),
)

language_corrections = Table(
    "language_corrections",
    metadata,
    identity(),
    Column("rumour_id", ForeignKey("rumours.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("guessed", String(16), nullable=True),
    Column("confidence", Float, nullable=True),
    Column("corrected", String(16), nullable=False),
    Column("by_id", ForeignKey("staff.id"), nullable=False),
    Column("at", Instant, nullable=False),
)
