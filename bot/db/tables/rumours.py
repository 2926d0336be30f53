"""What residents ask about. Flags are joined to persons only by `reply_paths`, which expire."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    false,
)

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
    Column("assignee_id", ForeignKey("staff.id"), nullable=True),
    Column("due_at", Instant, nullable=True),
    Column("reminders", SmallInteger, nullable=False, server_default="0"),
    Column("harm", SmallInteger, nullable=False, server_default="0"),
    Column("target", String(80), nullable=True),
    Column("consulted", Text, nullable=True),
    Column("consulted_by", ForeignKey("staff.id"), nullable=True),
    Column("consulted_at", Instant, nullable=True),
    Column("merged_into", ForeignKey("rumours.id"), nullable=True),
    Column("draft", JSON, nullable=True),
    Column("reach_limit", Integer, nullable=True),
    Column("seen_again", Integer, nullable=False, server_default="0"),
    Column("helped", Integer, nullable=False, server_default="0"),
    Column("not_helped", Integer, nullable=False, server_default="0"),
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
    Column("expect_at", Instant, nullable=True, index=True),
    Column("wants_changes", Boolean, nullable=False, server_default=false()),
    Column("message_id", ForeignKey("messages.id"), nullable=True),
    info=VAULT,
)

# What a flag said before personal details were taken out of it: only the vault can open it.
originals = Table(
    "originals",
    metadata,
    Column("flag_id", ForeignKey("flags.id", ondelete="CASCADE"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("until", Instant, nullable=False, index=True),
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

rumour_notes = Table(
    "rumour_notes",
    metadata,
    identity(),
    Column("rumour_id", ForeignKey("rumours.id"), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("made_by", ForeignKey("staff.id"), nullable=False),
    Column("made_at", Instant, nullable=False),
)

# Flags that went from one rumour to another, by a merge or a split, so that it can be undone exactly.
rumour_moves = Table(
    "rumour_moves",
    metadata,
    identity(),
    Column("kind", String(8), nullable=False),
    Column("from_id", ForeignKey("rumours.id"), nullable=False, index=True),
    Column("into_id", ForeignKey("rumours.id"), nullable=False, index=True),
    Column("keys", JSON, nullable=False),
    Column("made_by", ForeignKey("staff.id"), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("undone_at", Instant, nullable=True),
)

moved_flags = Table(
    "moved_flags",
    metadata,
    Column("move_id", ForeignKey("rumour_moves.id", ondelete="CASCADE"), primary_key=True),
    Column("flag_id", ForeignKey("flags.id", ondelete="CASCADE"), primary_key=True, index=True),
)

# Which staff have a rumour open on their screen.
rumour_viewers = Table(
    "rumour_viewers",
    metadata,
    Column("rumour_id", ForeignKey("rumours.id"), primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), primary_key=True),
    Column("seen_at", Instant, nullable=False),
)

saved_replies = Table(
    "saved_replies",
    metadata,
    identity(),
    Column("language", String(16), nullable=False, index=True),
    Column("title", String(80), nullable=False),
    Column("text", Text, nullable=False),
    Column("made_by", ForeignKey("staff.id"), nullable=False),
    Column("made_at", Instant, nullable=False),
)
