"""Groups whose administrators let the bot answer without being asked: a keyed hash, no address."""

import sqlalchemy as sa
from alembic import op

import bot.db.types

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = bot.db.types.Instant(timezone=True)


def upgrade() -> None:
    """Nothing that is there changes."""
    op.create_table(
        "groups",
        sa.Column("bot_id", _BIG, nullable=False),
        sa.Column("group_tag", sa.LargeBinary(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("answered", sa.JSON(), nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("bot_id", "group_tag", name=op.f("pk_groups")),
    )


def downgrade() -> None:
    """Answers that nobody asked for end everywhere."""
    op.drop_table("groups")
