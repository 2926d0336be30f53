"""Rumours that staff and partners heard elsewhere: by word of mouth, on the telephone, in another app. Of nobody."""

from sqlalchemy import Column, ForeignKey, String, Table

from bot.db.tables.base import identity, metadata
from bot.db.types import Id, Instant

hearsay = Table(
    "hearsay",
    metadata,
    identity(),
    Column("rumour_id", ForeignKey("rumours.id"), nullable=False, index=True),
    Column("how", String(8), nullable=False),
    Column("language", String(16), nullable=True),
    Column("area", String(40), nullable=True),
    Column("people", Id, nullable=False),
    Column("logged_by", ForeignKey("staff.id"), nullable=False),
    Column("logged_at", Instant, nullable=False),
)
