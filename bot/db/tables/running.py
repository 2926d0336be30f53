"""What the processes share: facts about the database, leases, updates as they came, conversations, what goes out."""

from sqlalchemy import JSON, Column, Index, LargeBinary, SmallInteger, String, Table, Text, text

from bot.db.tables.base import VAULT, identity, metadata
from bot.db.types import Id, Instant

meta = Table("meta", metadata, Column("key", String(64), primary_key=True), Column("value", Text, nullable=False))

leases = Table(
    "leases",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("fence", Id, nullable=False),
    Column("until", Instant, nullable=False),
)

updates = Table(
    "updates",
    metadata,
    Column("bot_id", Id, primary_key=True),
    Column("update_id", Id, primary_key=True, autoincrement=False),
    Column("lane", SmallInteger, nullable=False, server_default=text("0")),
    Column("state", SmallInteger, nullable=False),
    Column("body", LargeBinary, nullable=True),
    Column("received_at", Instant, nullable=False),
    Column("error", String(120), nullable=True),
    info=VAULT,
)
Index("ix_updates_waiting", updates.c.bot_id, updates.c.lane, updates.c.update_id, sqlite_where=updates.c.state == 0,
      postgresql_where=updates.c.state == 0)  # fmt: skip
Index("ix_updates_received_at", updates.c.received_at)

conversations = Table(
    "conversations",
    metadata,
    Column("bot_id", Id, primary_key=True),
    Column("person_tag", LargeBinary, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("updated_at", Instant, nullable=False),
    info=VAULT,
)

outbox = Table(
    "outbox",
    metadata,
    identity(),
    Column("bot_id", Id, nullable=False),
    Column("person_tag", LargeBinary, nullable=True, index=True),
    Column("chat", LargeBinary, nullable=True),
    Column("kind", String(40), nullable=False),
    Column("params", JSON, nullable=False),
    Column("language", String(16), nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("fence", Id, nullable=True),
    Column("not_before", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant, nullable=True),
    Column("error", String(120), nullable=True),
    info=VAULT,
)
Index("ix_outbox_open", outbox.c.bot_id, outbox.c.state, outbox.c.id,
      sqlite_where=text("state < 2"), postgresql_where=text("state < 2"))  # fmt: skip
