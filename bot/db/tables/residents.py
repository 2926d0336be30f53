"""Those who subscribed."""

from sqlalchemy import JSON, Boolean, Column, Index, Integer, LargeBinary, SmallInteger, String, Table, UniqueConstraint

from bot.db.tables.base import VAULT, identity, metadata
from bot.db.types import Id, Instant

residents = Table(
    "residents",
    metadata,
    identity(),
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

tester_invites = Table(
    "tester_invites",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("until", Instant, nullable=False),
    Column("uses_left", Integer, nullable=False),
)
