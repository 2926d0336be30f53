"""Every table. `vault` tables (info={"vault": True}) say something about who a person is.

No table holds a name, user name, phone number or open chat address of a resident. `person_tag` is a keyed hash,
`chat` a sealed address; both are worthless without the key, which is never in the database. Flags are joined to
persons only by `reply_paths`, which expire.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from bot.db.types import Id, Instant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
VAULT = {"vault": True}


def _id() -> Column[int]:
    return Column("id", Id, primary_key=True, autoincrement=True)


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

residents = Table(
    "residents",
    metadata,
    _id(),
    Column("bot_id", Id, nullable=False),
    Column("person_tag", LargeBinary, nullable=False),
    Column("chat", LargeBinary, nullable=False),
    Column("listen", String(16), nullable=False),
    Column("read", String(16), nullable=False),
    Column("area", String(40), nullable=True),
    Column("form", String(8), nullable=False),
    Column("topics", JSON, nullable=False),
    Column("emergencies_only", Boolean, nullable=False),
    Column("state", String(8), nullable=False),
    Column("paused_until", Instant, nullable=True),
    Column("quiet_from", SmallInteger, nullable=True),
    Column("quiet_to", SmallInteger, nullable=True),
    Column("tester", Boolean, nullable=False),
    Column("joined_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    UniqueConstraint("bot_id", "person_tag"),
    info=VAULT,
)
Index("ix_residents_audience", residents.c.bot_id, residents.c.state, residents.c.read, residents.c.area)

staff = Table(
    "staff",
    metadata,
    _id(),
    Column("name", String(80), nullable=False, unique=True),
    Column("person_tag", LargeBinary, nullable=True, unique=True),
    Column("chat", LargeBinary, nullable=True),
    Column("roles", JSON, nullable=False),
    Column("languages", JSON, nullable=False),
    Column("deputy_id", ForeignKey("staff.id"), nullable=True),
    Column("invite_hash", LargeBinary, nullable=True),
    Column("invite_until", Instant, nullable=True),
    Column("active", Boolean, nullable=False),
    Column("sample", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
)

tester_invites = Table(
    "tester_invites",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("until", Instant, nullable=False),
    Column("uses_left", Integer, nullable=False),
)

sign_in_links = Table(
    "sign_in_links",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("source", String(8), nullable=False),
    Column("until", Instant, nullable=False),
    Column("used_at", Instant, nullable=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    _id(),
    Column("at", Instant, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("via", String(80), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("detail", JSON, nullable=False),
)

media = Table(
    "media",
    metadata,
    _id(),
    Column("kind", String(12), nullable=False),
    Column("mime", String(80), nullable=False),
    Column("size", Id, nullable=False),
    Column("seconds", Integer, nullable=False),
    Column("sha256", String(64), nullable=True),
    Column("path", String(200), nullable=True),
    Column("bot_id", Id, nullable=True),
    Column("file_id", Text, nullable=True),
    Column("state", String(10), nullable=False),
    Column("tries", SmallInteger, nullable=False),
    Column("created_at", Instant, nullable=False),
)
Index("ix_media_wanted", media.c.id, sqlite_where=media.c.state == "wanted",
      postgresql_where=media.c.state == "wanted")  # fmt: skip

leaders = Table(
    "leaders",
    metadata,
    _id(),
    Column("name", String(120), nullable=False, unique=True),
    Column("role", String(120), nullable=False),
    Column("role_english", String(120), nullable=False),
    Column("community", String(120), nullable=False),
    Column("sample", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
)

messages = Table(
    "messages",
    metadata,
    _id(),
    Column("key", String(40), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("title", String(200), nullable=False),
    Column("topic", String(20), nullable=False),
    Column("emergency", Boolean, nullable=False),
    Column("valid_from", Instant, nullable=False),
    Column("valid_until", Instant, nullable=False),
    Column("sources", JSON, nullable=False),
    Column("vetted_by", String(120), nullable=True),
    Column("vetted_on", Date, nullable=True),
    Column("origin", String(8), nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("created_by", ForeignKey("staff.id"), nullable=True),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("key", "revision"),
)

renditions = Table(
    "renditions",
    metadata,
    _id(),
    Column("message_id", ForeignKey("messages.id"), nullable=False),
    Column("language", String(16), nullable=False),
    Column("form", String(8), nullable=False),
    Column("text", Text, nullable=False),
    Column("media_id", ForeignKey("media.id"), nullable=True),
    Column("leader_id", ForeignKey("leaders.id"), nullable=True),
    Column("consent", JSON, nullable=False),
    Column("consented_at", Instant, nullable=True),
    Column("consent_until", Instant, nullable=True),
    Column("translator", String(120), nullable=True),
    Column("made_by", ForeignKey("staff.id"), nullable=True),
    Column("reviewer", String(120), nullable=True),
    Column("reviewer_id", ForeignKey("staff.id"), nullable=True),
    Column("reviewed_on", Date, nullable=True),
    Column("state", String(10), nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("message_id", "language", "form"),
)

rumours = Table(
    "rumours",
    metadata,
    _id(),
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
    _id(),
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
    _id(),
    Column("flag_id", ForeignKey("flags.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("asked_by", ForeignKey("staff.id"), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("reply", Text, nullable=True),
    Column("replied_at", Instant, nullable=True),
)

approvals = Table(
    "approvals",
    metadata,
    _id(),
    Column("kind", String(12), nullable=False),
    Column("subject_id", Id, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("state", String(10), nullable=False),
    Column("requested_by", ForeignKey("staff.id"), nullable=True),
    Column("asked_id", ForeignKey("staff.id"), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("asked_ids", JSON, nullable=False),
    Column("decided_by", ForeignKey("staff.id"), nullable=True),
    Column("decided_at", Instant, nullable=True),
    Column("reason", Text, nullable=True),
)
Index("ix_approvals_subject", approvals.c.kind, approvals.c.subject_id)

broadcasts = Table(
    "broadcasts",
    metadata,
    _id(),
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
    Column("audience_size", Integer, nullable=True),
    Column("approved_hash", String(64), nullable=True),
    Column("approved_set", JSON, nullable=True),
    Column("created_at", Instant, nullable=False),
    Column("started_at", Instant, nullable=True),
    Column("finished_at", Instant, nullable=True),
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

outbox = Table(
    "outbox",
    metadata,
    _id(),
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
