"""What residents ask about. Flags are joined to persons only by `reply_paths`, which expire."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from bot.db.tables.base import VAULT, identity, metadata
from bot.db.types import Id, Instant

rumours = Table(
    "rumours",
    metadata,
    identity(),
    Column("state", String(16), nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("text", Text, nullable=False),
    Column("language", String(16), nullable=True),
    Column("flag_count", Integer, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("message_id", ForeignKey("messages.id"), nullable=True),
    Column("drafted_by", ForeignKey("staff.id"), nullable=True),
    Column("decided_by", ForeignKey("staff.id"), nullable=True),
    Column("reason", Text, nullable=True),
    Column("closed_at", Instant, nullable=True),
)
Index("ix_rumours_state", rumours.c.state, rumours.c.urgent, rumours.c.last_at)

rumour_keys = Table(
    "rumour_keys",
    metadata,
    Column("key", String(80), primary_key=True),
    Column("rumour_id", ForeignKey("rumours.id"), nullable=False, index=True),
)

flags = Table(
    "flags",
    metadata,
    identity(),
    Column("rumour_id", ForeignKey("rumours.id"), nullable=False, index=True),
    Column("code", String(12), nullable=False, unique=True),
    Column("kind", String(12), nullable=False),
    Column("text", Text, nullable=False),
    Column("media_id", ForeignKey("media.id"), nullable=True),
    Column("language", String(16), nullable=True),
    Column("area", String(40), nullable=True),
    Column("forwarded", Boolean, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("received_hour", Instant, nullable=False),
    Column("hidden", String(200), nullable=True),
)

reply_paths = Table(
    "reply_paths",
    metadata,
    Column("flag_id", ForeignKey("flags.id", ondelete="CASCADE"), primary_key=True),
    Column("bot_id", Id, nullable=False),
    Column("person_tag", LargeBinary, nullable=False, index=True),
    Column("chat", LargeBinary, nullable=False),
    Column("language", String(16), nullable=False),
    Column("state", String(10), nullable=False),
    Column("until", Instant, nullable=False),
    info=VAULT,
)

questions = Table(
    "questions",
    metadata,
    identity(),
    Column("flag_id", ForeignKey("flags.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("asked_by", ForeignKey("staff.id"), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("reply", Text, nullable=True),
    Column("replied_at", Instant, nullable=True),
)
