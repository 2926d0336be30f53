"""Rumours that staff and partners heard elsewhere, counted apart."""

import sqlalchemy as sa
from alembic import op

import bot.db.types

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = bot.db.types.Instant(timezone=True)


def upgrade() -> None:
    """Nothing that is there changes."""
    op.create_table(
        "hearsay",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("rumour_id", _BIG, nullable=False),
        sa.Column("how", sa.String(length=8), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("area", sa.String(length=40), nullable=True),
        sa.Column("people", _BIG, nullable=False),
        sa.Column("logged_by", _BIG, nullable=False),
        sa.Column("logged_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["rumour_id"], ["rumours.id"], name=op.f("fk_hearsay_rumour_id_rumours")),
        sa.ForeignKeyConstraint(["logged_by"], ["staff.id"], name=op.f("fk_hearsay_logged_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearsay")),
    )
    op.create_index("ix_hearsay_rumour_id", "hearsay", ["rumour_id"])


def downgrade() -> None:
    """Loses what was logged."""
    op.drop_table("hearsay")
