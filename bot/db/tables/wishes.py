"""What residents would like to know, or would do better; joined to a person only by `wish_paths`, which expire."""

from sqlalchemy import Column, ForeignKey, LargeBinary, String, Table, Text

from bot.db.tables.base import VAULT, identity, metadata
from bot.db.types import Id, Instant

wishes = Table(
    "wishes",
    metadata,
    identity(),
    Column("code", String(12), nullable=False, unique=True),
    Column("kind", String(8), nullable=False),
    Column("text", Text, nullable=False),
    Column("language", String(16), nullable=True),
    Column("area", String(40), nullable=True),
    Column("received_hour", Instant, nullable=False),
    Column("state", String(10), nullable=False, index=True),
    Column("answered_by", ForeignKey("staff.id"), nullable=True),
    Column("answered_at", Instant, nullable=True),
)

wish_paths = Table(
    "wish_paths",
    metadata,
    Column("wish_id", ForeignKey("wishes.id", ondelete="CASCADE"), primary_key=True),
    Column("bot_id", Id, nullable=False),
    Column("person_tag", LargeBinary, nullable=False, index=True),
    Column("chat", LargeBinary, nullable=False),
    Column("language", String(16), nullable=False),
    Column("until", Instant, nullable=False),
    info=VAULT,
)
