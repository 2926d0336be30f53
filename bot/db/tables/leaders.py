"""Leaders, what they agreed to, and what they and translators are asked for.

A leader is a public person: the name, role and community that residents are shown stand here as they agreed to them.
`alarm_at`: somebody misuses their voice, and nobody on the team has said yet that they see to it (services/duty.py).
The way to their phone lies sealed, under the same keyed hash as that of staff: so one phone is never two people.
"""

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
    text,
)

from bot.db.tables.base import identity, metadata
from bot.db.types import Instant

leaders = Table(
    "leaders",
    metadata,
    identity(),
    Column("name", String(120), nullable=False, unique=True),
    Column("name_own", String(120), nullable=True),
    Column("role", String(120), nullable=False),
    Column("role_english", String(120), nullable=False),
    Column("community", String(120), nullable=False),
    Column("languages", JSON, nullable=False, server_default=text("'[]'")),
    Column("tasks", JSON, nullable=False, server_default=text("'[]'")),
    Column("credited", Boolean, nullable=False, server_default=false()),
    Column("state", String(10), nullable=False, server_default=text("'listed'")),
    Column("person_tag", LargeBinary, nullable=True),
    Column("chat", LargeBinary, nullable=True),
    Column("invite_hash", LargeBinary, nullable=True),
    Column("invite_until", Instant, nullable=True),
    Column("invited_by", ForeignKey("staff.id"), nullable=True),
    Column("joined_at", Instant, nullable=True),
    Column("paused_at", Instant, nullable=True),
    Column("alarm_at", Instant, nullable=True),
    Column("alarm_step", SmallInteger, nullable=False, server_default=text("0")),
    Column("sample", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
)
Index("uq_leaders_person_tag", leaders.c.person_tag, unique=True)

consents = Table(
    "consents",
    metadata,
    identity(),
    Column("leader_id", ForeignKey("leaders.id"), nullable=False, index=True),
    Column("wording", String(16), nullable=False),
    Column("scope", JSON, nullable=False),
    Column("name_shown", Boolean, nullable=False),
    Column("until", Instant, nullable=False),
    Column("given_at", Instant, nullable=False),
    Column("via", String(8), nullable=False),
    Column("recorded_by", ForeignKey("staff.id"), nullable=True),
    Column("witness", String(120), nullable=True),
    Column("evidence_id", ForeignKey("media.id"), nullable=True),
    Column("asked_30_at", Instant, nullable=True),
    Column("asked_7_at", Instant, nullable=True),
    Column("ended_at", Instant, nullable=True),
    Column("ended_as", String(10), nullable=True),
)
"""A row is never changed but to end it: narrowed, renewed, withdrawn or expired. What follows is a row of its own."""

requests = Table(
    "requests",
    metadata,
    identity(),
    Column("kind", String(10), nullable=False),
    Column("message_id", ForeignKey("messages.id"), nullable=False, index=True),
    Column("leader_id", ForeignKey("leaders.id"), nullable=False),
    Column("language", String(16), nullable=False),
    Column("form", String(8), nullable=False),
    Column("target_seconds", Integer, nullable=True),
    Column("due_at", Instant, nullable=True),
    Column("waiting", Integer, nullable=False, server_default=text("0")),
    Column("position", SmallInteger, nullable=False, server_default=text("0")),
    Column("words", Text, nullable=True),
    Column("state", String(10), nullable=False),
    Column("asked_by", ForeignKey("staff.id"), nullable=True),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
)
Index("ix_requests_leader", requests.c.leader_id, requests.c.state)

suggestions = Table(
    "suggestions",
    metadata,
    identity(),
    Column("message_id", ForeignKey("messages.id"), nullable=False),
    Column("leader_id", ForeignKey("leaders.id"), nullable=False, index=True),
    Column("language", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("media_id", ForeignKey("media.id"), nullable=True),
    Column("state", String(10), nullable=False),
    Column("answer", Text, nullable=True),
    Column("answered_by", ForeignKey("staff.id"), nullable=True),
    Column("created_at", Instant, nullable=False),
    Column("answered_at", Instant, nullable=True),
)

passages = Table(
    "passages",
    metadata,
    Column("request_id", ForeignKey("requests.id"), primary_key=True, autoincrement=False),
    Column("no", SmallInteger, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    Column("media_id", ForeignKey("media.id"), nullable=True),
    Column("changed_at", Instant, nullable=False),
)
"""A translation, a paragraph a row: typed, or spoken and typed up by somebody else."""
