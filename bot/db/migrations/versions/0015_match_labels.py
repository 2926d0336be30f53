"""Whether recognitions were right: figures without text, to fit thresholds to."""

import sqlalchemy as sa
from alembic import op

from bot.db.types import Id, Instant

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table of its own."""
    op.create_table(
        "match_labels",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("right", sa.Boolean, nullable=False),
        sa.Column("by", sa.String(10), nullable=False),
        sa.Column("language", sa.String(16), nullable=True),
        sa.Column("made_at", Instant, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("match_labels")
