"""The comms team, its way in, its approvals, and the record of what it did."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, LargeBinary, String, Table, Text

from bot.db.tables.base import identity, metadata
from bot.db.types import Id, Instant

staff = Table(
    "staff",
    metadata,
    identity(),
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

approvals = Table(
    "approvals",
    metadata,
    identity(),
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

audit = Table(
    "audit",
    metadata,
    identity(),
    Column("at", Instant, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("via", String(80), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("detail", JSON, nullable=False),
    Column("salt", LargeBinary, nullable=True),
)
