"""Broadcasts and one row a resident."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, SmallInteger, String, Table, Text, false, text

from bot.db.tables.base import VAULT, identity, metadata
from bot.db.types import Id, Instant

broadcasts = Table(
    "broadcasts",
    metadata,
    identity(),
    Column("bot_id", Id, nullable=True),
    Column("message_id", ForeignKey("messages.id"), nullable=False),
    Column("state", String(10), nullable=False),
    Column("reason", Text, nullable=True),
    Column("languages", JSON, nullable=False),
    Column("areas", JSON, nullable=False),
    Column("rumour_id", ForeignKey("rumours.id"), nullable=True),
    Column("created_by", ForeignKey("staff.id"), nullable=False),
    Column("approved_by", ForeignKey("staff.id"), nullable=True),
    Column("send_at", Instant, nullable=True),
    Column("send_local", String(60), nullable=True),
    Column("until", Instant, nullable=True),
    Column("series", String(40), nullable=True),
    Column("repeat", Text, nullable=True),
    Column("occurrence", String(16), nullable=True),
    Column("paid", Boolean, nullable=False, server_default=false()),
    Column("resend_of", ForeignKey("broadcasts.id"), nullable=True),
    Column("resend_kind", String(12), nullable=True),
    Column("film_id", Id, nullable=True),
    Column("audience_size", Integer, nullable=True),
    Column("approved_hash", String(64), nullable=True),
    Column("approved_set", JSON, nullable=True),
    Column("created_at", Instant, nullable=False),
    Column("started_at", Instant, nullable=True),
    Column("finished_at", Instant, nullable=True),
    Column("thanked_at", Instant, nullable=True),
    Column("recalled_at", Instant, nullable=True),
)
Index("uq_broadcasts_series", broadcasts.c.series, broadcasts.c.occurrence, unique=True)
Index("ix_broadcasts_state", broadcasts.c.state, broadcasts.c.send_at)

broadcast_groups = Table(
    "broadcast_groups",
    metadata,
    Column("broadcast_id", ForeignKey("broadcasts.id"), primary_key=True),
    Column("no", SmallInteger, primary_key=True, autoincrement=False),
    Column("listen", String(16), nullable=False),
    Column("read", String(16), nullable=False),
    Column("form", String(8), nullable=False),
    Column("language", String(16), nullable=True),
    Column("out_form", String(8), nullable=False),
    Column("text_id", ForeignKey("renditions.id"), nullable=True),
    Column("media_rendition_id", ForeignKey("renditions.id"), nullable=True),
    Column("missing", String(16), nullable=True),
)

_group = broadcast_groups.c
Index("ix_broadcast_groups_chosen", _group.broadcast_id, _group.listen, _group.read, _group.form, _group.no,
      _group.language)  # fmt: skip

PARTITIONS = tuple(f"deliveries_{number}" for number in range(16))
"""PostgreSQL's parts of `deliveries`, by a hash of the broadcast: the rows of one broadcast stand together, and its
indexes grow with a sixteenth of all broadcasts. Made by the migrations, not by `metadata`."""
deliveries = Table(
    "deliveries",
    metadata,
    Column("broadcast_id", Id, primary_key=True, autoincrement=False),
    Column("resident_id", Id, primary_key=True, autoincrement=False),
    Column("group_no", SmallInteger, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("fence", Id, nullable=True),
    Column("changed_at", Instant, nullable=True),
    Column("message_ref", Id, nullable=True),
    Column("error", String(120), nullable=True),
    Column("not_before", Instant, nullable=True),
    Column("recall", SmallInteger, nullable=True),
    info=VAULT,
    sqlite_with_rowid=False,
    postgresql_partition_by="HASH (broadcast_id)",
)
QUEUED = text("deliveries.state = 0")
UNSETTLED = text("deliveries.state IN (-1, 1)")
"""Resting, or being sent. Queries use these very words: SQLite takes a partial index for no others."""
Index("ix_deliveries_queued", deliveries.c.broadcast_id, deliveries.c.resident_id,
      sqlite_where=text("state = 0"), postgresql_where=text("state = 0"))  # fmt: skip
Index("ix_deliveries_unsettled", deliveries.c.broadcast_id, deliveries.c.state,
      sqlite_where=text("state IN (-1, 1)"), postgresql_where=text("state IN (-1, 1)"))  # fmt: skip
Index("ix_deliveries_recall", deliveries.c.broadcast_id, deliveries.c.recall, deliveries.c.resident_id,
      sqlite_where=text("recall < 2"), postgresql_where=text("recall < 2"))  # fmt: skip

erased_counts = Table(
    "erased_counts",
    metadata,
    Column("broadcast_id", Id, primary_key=True, autoincrement=False),
    Column("group_no", SmallInteger, primary_key=True, autoincrement=False),
    Column("state", SmallInteger, primary_key=True, autoincrement=False),
    Column("n", Integer, nullable=False),
)
