"""Gists: what a speaker says that a flag means."""

import sqlalchemy as sa
from alembic import op

import bot.db.types

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = bot.db.types.Instant(timezone=True)


def upgrade() -> None:
    """Nothing that is there changes."""
    op.create_table(
        "gists",
        sa.Column("flag_id", _BIG, nullable=False),
        sa.Column("asked_id", _BIG, nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("given_by", _BIG, nullable=True),
        sa.Column("given_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["flag_id"], ["flags.id"], name=op.f("fk_gists_flag_id_flags"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["asked_id"], ["staff.id"], name=op.f("fk_gists_asked_id_staff")),
        sa.ForeignKeyConstraint(["given_by"], ["staff.id"], name=op.f("fk_gists_given_by_staff")),
        sa.PrimaryKeyConstraint("flag_id", name=op.f("pk_gists")),
    )


def downgrade() -> None:
    """Loses the gists."""
    op.drop_table("gists")
