"""Claims of answered rumours in the team's own words, for the public record."""

import sqlalchemy as sa
from alembic import op

import bot.db.types

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = bot.db.types.Instant(timezone=True)


def upgrade() -> None:
    """Nothing that is there changes."""
    op.create_table(
        "claims",
        sa.Column("rumour_id", _BIG, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("made_by", _BIG, nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("approved_by", _BIG, nullable=True),
        sa.Column("approved_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["rumour_id"], ["rumours.id"], name=op.f("fk_claims_rumour_id_rumours")),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_claims_made_by_staff")),
        sa.ForeignKeyConstraint(["approved_by"], ["staff.id"], name=op.f("fk_claims_approved_by_staff")),
        sa.PrimaryKeyConstraint("rumour_id", name=op.f("pk_claims")),
    )


def downgrade() -> None:
    """Loses the claims."""
    op.drop_table("claims")
