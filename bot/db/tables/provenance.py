"""What proves what was said: the chain over audit log and manifests, and fingerprints of approved recordings."""

from sqlalchemy import (
    JSON,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.db.tables.base import VAULT, identity, metadata
from bot.db.types import Id, Instant

chain = Table(
    "chain",
    metadata,
    Column("seq", Id, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("ref", Id, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("detail", JSON, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("signature", LargeBinary, nullable=True),
)
_THINGS, _UNSEALED = text("kind IN ('audit', 'manifest')"), text("signature IS NULL")
Index("uq_chain_thing", chain.c.kind, chain.c.ref, unique=True, sqlite_where=_THINGS, postgresql_where=_THINGS)
Index("ix_chain_unsealed", chain.c.seq, sqlite_where=_UNSEALED, postgresql_where=_UNSEALED)

manifests = Table(
    "manifests",
    metadata,
    identity(),
    Column("code", String(9), nullable=False, unique=True),
    Column("rendition_id", ForeignKey("renditions.id"), nullable=False, index=True),
    Column("rendition_hash", String(64), nullable=True),
    Column("body", Text, nullable=False),
    Column("disclosed", JSON, nullable=False),
    Column("line_hash", String(64), nullable=True, index=True),
    Column("signature", LargeBinary, nullable=True),
    Column("issued_at", Instant, nullable=False),
)

fingerprints = Table(
    "fingerprints",
    metadata,
    Column("media_id", ForeignKey("media.id"), primary_key=True),
    Column("frames", LargeBinary, nullable=False),
    Column("sound", LargeBinary, nullable=False),
    Column("words", Text, nullable=True),
    Column("made_at", Instant, nullable=False),
)

lookups = Table(
    "lookups",
    metadata,
    identity(),
    Column("bot_id", Id, nullable=False),
    Column("person_tag", LargeBinary, nullable=False),
    Column("chat", LargeBinary, nullable=False),
    Column("language", String(16), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("file_id", Text, nullable=False),
    Column("tries", SmallInteger, nullable=False),
    Column("draft", String(12), nullable=True),
    Column("unique_id", String(80), nullable=True),
    Column("reader", JSON, nullable=True),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("bot_id", "person_tag", "file_id"),
    info=VAULT,
)
