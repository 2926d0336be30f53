"""Quiet hours, series, paid broadcasts, sending again, recall."""

import sqlalchemy as sa
from alembic import op

import bot.db.types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Only columns that may be empty or have a default: quick on a table of any size."""
    op.add_column("residents", sa.Column("quiet_from", sa.SmallInteger(), nullable=True))
    op.add_column("residents", sa.Column("quiet_to", sa.SmallInteger(), nullable=True))
    op.add_column("broadcasts", sa.Column("repeat", sa.Text(), nullable=True))
    op.add_column("broadcasts", sa.Column("occurrence", sa.String(16), nullable=True))
    op.add_column("broadcasts", sa.Column("paid", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("broadcasts") as table:
        table.add_column(sa.Column("resend_of", _BIG, nullable=True))
        table.add_column(sa.Column("resend_kind", sa.String(12), nullable=True))
        table.create_foreign_key(op.f("fk_broadcasts_resend_of"), "broadcasts", ["resend_of"], ["id"])
    op.create_index("uq_broadcasts_series", "broadcasts", ["series", "occurrence"], unique=True)
    op.add_column("deliveries", sa.Column("not_before", bot.db.types.Instant(timezone=True), nullable=True))
    op.add_column("deliveries", sa.Column("recall", sa.SmallInteger(), nullable=True))
    op.create_index(
        "ix_deliveries_recall",
        "deliveries",
        ["broadcast_id", "recall", "resident_id"],
        sqlite_where=sa.text("recall < 2"),
        postgresql_where=sa.text("recall < 2"),
    )


def downgrade() -> None:
    op.drop_index("ix_deliveries_recall", "deliveries")
    op.drop_column("deliveries", "recall")
    op.drop_column("deliveries", "not_before")
    op.drop_index("uq_broadcasts_series", "broadcasts")
    with op.batch_alter_table("broadcasts") as table:
        table.drop_constraint(op.f("fk_broadcasts_resend_of"), type_="foreignkey")
        table.drop_column("resend_kind")
        table.drop_column("resend_of")
    op.drop_column("broadcasts", "paid")
    op.drop_column("broadcasts", "occurrence")
    op.drop_column("broadcasts", "repeat")
    op.drop_column("residents", "quiet_to")
    op.drop_column("residents", "quiet_from")
