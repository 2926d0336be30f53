"""Groups that the bot is in and whose administrators chose something: a keyed hash, and no address at all."""

from sqlalchemy import JSON, Boolean, Column, LargeBinary, Table

from bot.db.tables.base import VAULT, metadata
from bot.db.types import Id, Instant

groups = Table(
    "groups",
    metadata,
    Column("bot_id", Id, primary_key=True),
    Column("group_tag", LargeBinary, primary_key=True),
    Column("automatic", Boolean, nullable=False),
    Column("answered", JSON, nullable=False),
    Column("changed_at", Instant, nullable=False),
    info=VAULT,
)
